package rehearse

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"onetrans/app/record"
	"onetrans/app/sandbox"
	"onetrans/flows/message/onetrans"
	"onetrans/flows/message/platform"
	"onetrans/flows/message/wire"
)

// Reason is why a call could not be rehearsed, or said nothing.
type Reason string

// The reasons.
const (
	NoContent    Reason = "no_content"   // what HIS handed over was no message, or too long to be recorded
	NoAnswer     Reason = "no_answer"    // the answer was no message
	Unknown      Reason = "unknown"      // a trans_type that there is not
	OnAPage      Reason = "page"         // a settlement on a page
	Circumstance Reason = "circumstance" // the answer came of the day: busy, a device, the network, a doubt
	Earlier      Reason = "earlier"      // about a trade from before the recording
	NeedsMore    Reason = "needs_more"   // the outcome needs later answers of the platform
)

// Played is what came of one call.
type Played struct {
	Call        record.Call
	Reason      Reason // "" where it was held against what was answered then
	Differences []Difference
	// Kind is what sort of difference it is; empty: none.
	Kind Kind
	// Sent are the differences between what HIS said and what this program would have
	// sent to the platform.
	Sent []Difference
}

// How long a call may take in a rehearsal, and asks about money in doubt.
const (
	replayTime = 15 * time.Second
	replayWait = 2 * time.Second
)

// Replay plays calls, in their order, against a fresh sandbox, and holds each answer
// against the one that was recorded.
func Replay(ctx context.Context, calls []record.Call) (played []Played, err error) {
	t, err := openTheatre(calls)
	if err != nil {
		return nil, err
	}
	defer func() {
		if closed := t.close(); err == nil {
			err = closed
		}
	}()
	for _, c := range calls {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		p, err := t.perform(ctx, c)
		if err != nil {
			return nil, err
		}
		played = append(played, p)
	}
	return played, nil
}

// theatre is a stage with a sandbox for its platform.
type theatre struct {
	*stage
	server  *sandbox.Server
	url     string
	books   string // the sandbox's folder
	serving sync.WaitGroup
	stop    context.CancelFunc
	client  *platform.Client

	cast    *cast
	persons *persons
	numbers *numbers
	known   map[string]bool // numbers of trades that were begun in the recording
}

func openTheatre(calls []record.Call) (t *theatre, err error) {
	t = &theatre{cast: &cast{}, persons: personsOf(calls), numbers: newNumbers(), known: map[string]bool{}, stage: &stage{}}
	if err = t.openSandbox(); err == nil {
		t.client, err = platform.New(platform.Options{URL: t.url, Keys: wire.Keys{
			AppID: sandbox.DemoAppID, AppKey: sandbox.DemoAppKey, SignType: wire.SM3, EncType: wire.SM4,
		}})
	}
	if err == nil {
		t.stage, err = openStage(t.client, t.cast, replayTime, replayWait)
	}
	if err != nil {
		_ = t.close()
		return nil, err
	}
	t.cast.pay = func(no string) { t.control("pay", map[string]string{"outChargeNo": no}) }
	return t, nil
}

func (t *theatre) openSandbox() error {
	ctx, stop := context.WithCancel(context.Background())
	t.stop = stop
	folder, err := tempFolder()
	if err != nil {
		return err
	}
	t.books = folder
	log := slog.New(slog.DiscardHandler)
	if t.server, err = sandbox.Open(sandbox.Options{Dir: folder, NoSync: true, Log: log}); err != nil {
		return err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	t.url = "http://" + listener.Addr().String()
	t.server.SetBaseURL(t.url)
	t.serving.Go(func() { _ = t.server.Serve(ctx, listener) })
	return nil
}

func (t *theatre) close() error {
	err := t.stage.close()
	if t.client != nil {
		t.client.Close()
	}
	t.stop()
	t.serving.Wait()
	if t.server != nil {
		err = errors.Join(err, t.server.Close())
	}
	if t.books != "" {
		err = errors.Join(err, os.RemoveAll(t.books))
	}
	return err
}

// control does at the sandbox what the world did then. What it can't do shows in the
// answer.
func (t *theatre) control(what string, body map[string]string) {
	data, err := json.Marshal(body)
	if err != nil {
		return
	}
	resp, err := http.Post(t.url+"/control/"+what, "application/json", strings.NewReader(string(data)))
	if err == nil {
		resp.Body.Close()
	}
}

// perform plays one call.
func (t *theatre) perform(ctx context.Context, c record.Call) (Played, error) {
	p := Played{Call: c, Reason: t.unplayable(c)}
	if p.Reason != "" && p.Reason != Circumstance {
		return p, nil
	}
	then, _ := answerOf(c.Out)
	t.cast.person, t.cast.then = t.persons.playing(c), then
	in, err := recast(c, t.cast, t.numbers)
	if err != nil {
		return p, err
	}
	t.world(in, then)
	now, exit, err := t.play(ctx, c.TransType, in, c.Buffer)
	if err != nil {
		return p, err
	}
	t.begun(c)
	if p.Reason == "" {
		p.Differences = append(t.differences(c, now), exits(c, exit)...)
		p.Kind = kindOf(p.Differences)
	}
	return p, nil
}

// world does what was done outside HIS before the answer was given: the order that it
// says to be paid is paid.
func (t *theatre) world(in []byte, then onetrans.Answer) {
	said := fieldsOf(then.Data)
	if said["result"].text != string(onetrans.ResultSucc) {
		return
	}
	for path, f := range fieldsOf(in) {
		if path == "data.outTradeNo" || path == "data.outChargeNo" {
			t.control("pay", map[string]string{"outChargeNo": f.text})
			t.control("refund", map[string]string{"outRefundNo": f.text, "result": string(onetrans.ResultSucc)})
		}
	}
}

// circumstances are codes whose answers came of the day on which they were given.
func circumstances() []onetrans.Code {
	return []onetrans.Code{
		onetrans.CodeBusy, onetrans.CodeDevice, onetrans.CodeUnknown, onetrans.CodeUntrusted, onetrans.CodeJournal,
		onetrans.CodeNotSent, onetrans.CodeInternal, onetrans.CodeInDoubt,
		onetrans.CodePlatformSignature, onetrans.CodePlatformReplay, onetrans.CodePlatformBusy,
	}
}

// unplayable says why a call can't be held against its record.
func (t *theatre) unplayable(c record.Call) Reason {
	switch {
	case !slices.Contains(onetrans.TransTypes(), c.TransType):
		return Unknown
	case c.In.Fault != record.FaultNone:
		return NoContent
	case c.Out.Fault != record.FaultNone:
		return NoAnswer
	case c.TransType == onetrans.TransSettle:
		return OnAPage
	case t.earlier(c):
		return Earlier
	}
	if then, ok := answerOf(c.Out); !ok || slices.Contains(circumstances(), onetrans.Code(then.Code.String())) {
		return Circumstance
	}
	return ""
}

// original are the fields that name a trade which has to be there before.
var original = map[string][]string{
	onetrans.TransQuery:        {"data.outTradeNo", "data.traceNo"},
	onetrans.TransRefund:       {"data.outChargeNo", "data.traceNo"},
	onetrans.TransSettleCancel: {"data.setl_id"},
}

// earlier says that a call is about a trade that is not in the recording.
func (t *theatre) earlier(c record.Call) bool {
	fields := fieldsOf(c.In.Message)
	names, named := original[c.TransType], false
	for _, path := range names {
		if no := fields[path].text; no != "" {
			if t.known[no] || t.numbers.now[no] != "" {
				return false
			}
			named = true
		}
	}
	return named
}

// begun notes the numbers under which a call has begun a trade.
func (t *theatre) begun(c record.Call) {
	for path, f := range fieldsOf(c.In.Message) {
		if c.TransType == onetrans.TransRecharge && path == "data.outChargeNo" || c.TransType == onetrans.TransRefund && path == "data.outRefundNo" {
			t.known[f.text] = true
		}
	}
}

// differences are the fields of the interface in which the answer is another than
// the one that was recorded.
func (t *theatre) differences(c record.Call, now []byte) (all []Difference) {
	before, after := fieldsOf(c.Out.Message), fieldsOf(now)
	known, required := map[string]bool{}, map[string]bool{}
	for _, r := range append(onetrans.CommonRules(onetrans.Out), onetrans.Rules(c.TransType, onetrans.Out)...) {
		path := strings.TrimPrefix(r.Node+"."+r.Code, ".")
		known[path], required[path] = true, r.Required == "Y"
	}
	for _, path := range paths(before, after) {
		then, now := before[path], after[path]
		switch {
		case path == "inf_refmsgid": // is each answer's own
			continue
		case !known[path], reads(c.TransType) && path != "code" && !required[path]: // it is another person
			continue
		case t.numberOrSame(then, now):
			continue
		}
		all = append(all, Difference{Field: path, Then: shown(then), Now: shown(now)})
	}
	return decisive(all, before, after)
}

func (t *theatre) numberOrSame(then, now field) bool {
	if then.says() != now.says() {
		return false
	}
	if then.isNumber() && now.isNumber() {
		return t.numbers.same(then.text, now.text)
	}
	return then.object || record.Compares(then.within, then.name) != record.ByValue || then.text == now.text
}

// shown is what a difference says that a field holds.
func shown(f field) string {
	if f.object {
		return "{…}"
	}
	return f.text
}
