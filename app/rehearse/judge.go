package rehearse

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"onetrans/app/record"
	"onetrans/app/sandbox"
	"onetrans/flows/message/onetrans"
	"onetrans/flows/message/platform"
)

// Kind is a sort of difference.
type Kind string

// The kinds, what weighs most first.
const (
	Refuses Kind = "refuses" // this program would have refused what was carried out
	Takes   Kind = "takes"   // and would have carried out what was refused
	Form    Kind = "form"    // the answer's form: not GBK, not JSON
	Code    Kind = "code"    // another return code
	Result  Kind = "result"  // another state of the trade
	Field   Kind = "field"   // any other field
	Status  Kind = "status"  // the exit status, or what the function returned
)

// What a difference names that is no field: the answer's form, the exit status of
// 'onetrans call', and what the library's function returns.
const (
	formOf     = "pOutData"
	exitOf     = "exit"
	returnedOf = "OneTrans()"
)

// kindOf is the kind of the weightiest difference; empty without any.
func kindOf(all []Difference) Kind {
	kind := Kind("")
	for _, d := range all {
		switch {
		case d.Field == "code":
			return Code
		case d.Field == "data.result":
			kind = Result
		case d.Field == exitOf:
			kind = cmp.Or(kind, Status)
		case kind == "":
			kind = Field
		}
	}
	return kind
}

// judgeTime is how long a call may take that is judged: what it asks beyond the one
// answer that there is, nobody answers.
const judgeTime = time.Second

// judging is where calls are judged, one after the other.
type judging struct {
	*stage // nil before the first
	vendor *echo
	who    *cast
}

// Judge says of each call that somebody else answered in what this program's answer
// would have differed: it gets the same call, and what was answered for the platform's
// own answer. Calls that this program answered itself are passed over.
func Judge(ctx context.Context, calls []record.Call) (judged []Played, err error) {
	j := judging{vendor: &echo{}, who: &cast{person: sandbox.Persons()[0]}}
	defer func() { err = errors.Join(err, j.close()) }()
	for _, c := range calls {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if c.By != record.ByVendor {
			continue
		}
		if err := j.clear(); err != nil {
			return nil, err
		}
		judged = append(judged, j.judge(ctx, c))
	}
	return judged, nil
}

// clear sees that nothing is in doubt or under way: nobody answers what would be asked
// about it, and the calls after it would be judged by that.
func (j *judging) clear() error {
	if j.stage != nil {
		open, err := j.journal.Open()
		if err != nil || len(open) == 0 {
			return err
		}
	}
	if err := j.close(); err != nil {
		return err
	}
	var err error
	j.stage, err = openStage(j.vendor, j.who, judgeTime, 0)
	return err
}

func (j *judging) close() error {
	if j.stage == nil {
		return nil
	}
	err := j.stage.close()
	j.stage = nil
	return err
}

// judge holds one call against what this program would have made of it. Ours returns 0
// with every answer: what it says stands in its code.
func (j *judging) judge(ctx context.Context, c record.Call) Played {
	p := j.judgeAnswer(ctx, c)
	if c.Returned != 0 {
		p.Reason, p.Kind = "", cmp.Or(p.Kind, Status)
		p.Differences = append(p.Differences, Difference{Field: returnedOf, Then: strconv.Itoa(c.Returned), Now: "0"})
	}
	return p
}

func (j *judging) judgeAnswer(ctx context.Context, c record.Call) Played {
	then, answered := answerOf(c.Out)
	p, decided := judgeUnplayed(c, then, answered)
	if decided {
		return p
	}
	j.who.then = then
	exit := 0
	now := j.vendor.during(c, then, func() (out []byte) {
		out, exit, _ = j.play(ctx, c.TransType, c.In.Message, c.Buffer) // without an answer all differs
		return out
	})
	if len(j.vendor.sent) > 0 {
		p.Sent = messages(c, j.vendor.sent[0])
	}
	p.Differences = append(answers(c, now), exits(c, exit)...)
	if len(p.Differences) > 0 && undecided(then) {
		p.Reason, p.Differences = NeedsMore, nil
		return p
	}
	p.Kind = kindOf(p.Differences)
	return p
}

// judgeUnplayed judges a call that need not be played for that, or can't.
func judgeUnplayed(c record.Call, then onetrans.Answer, answered bool) (p Played, decided bool) {
	p.Call = c
	code := onetrans.Code(then.Code.String())
	refused := answered && slices.Contains(refusals(), code)
	switch {
	case c.Refusal != nil && refused && c.Refusal.Code == string(code):
	case c.Refusal != nil:
		p.Kind = Refuses
		if refused || answered && code != onetrans.CodeOK {
			p.Kind = Code
		}
		p.Differences = refusal(then, *c.Refusal)
	case c.Out.Fault == record.FaultLong:
		p.Reason = NoAnswer
	case !answered:
		p.Kind = Form
		p.Differences = []Difference{{Field: formOf, Then: string(c.Out.Fault)}}
	case refused:
		p.Kind = Takes
		p.Differences = refusal(then, record.Refusal{})
	case c.In.Fault != record.FaultNone:
		p.Reason = NoContent
	case slices.Contains(circumstances(), code):
		p.Reason = Circumstance
	default:
		return p, false
	}
	return p, true
}

// refusal is what differs where one of the two refuses a call, or both do.
func refusal(then onetrans.Answer, ours record.Refusal) []Difference {
	return []Difference{
		{Field: "code", Then: then.Code.String(), Now: ours.Code},
		{Field: "err_msg", Then: then.ErrMsg.String(), Now: ours.ErrMsg},
	}
}

// refusals are codes of a call that was refused before anything was sent.
func refusals() []onetrans.Code {
	return []onetrans.Code{onetrans.CodeNotJSON, onetrans.CodeField, onetrans.CodeTransType}
}

// undecided says that an answer leaves a trade under way, where this program goes on asking.
func undecided(then onetrans.Answer) bool {
	result := onetrans.Result(fieldsOf(then.Data)["result"].text)
	return result == onetrans.ResultIng || result == onetrans.ResultExp || result == onetrans.ResultInit
}

// exits is the difference between the exit statuses of a call, then and now.
func exits(c record.Call, now int) (all []Difference) {
	if c.Exit != now {
		all = append(all, Difference{Field: exitOf, Then: strconv.Itoa(c.Exit), Now: strconv.Itoa(now)})
	}
	return all
}

// answers are the fields in which what HIS was answered differs from what this program
// would have answered. Times and sentences are each one's own.
func answers(c record.Call, ours []byte) (all []Difference) {
	before, after := fieldsOf(c.Out.Message), fieldsOf(ours)
	for _, path := range paths(before, after) {
		then, now := before[path], after[path]
		switch {
		case path == "inf_refmsgid", then.object || now.object:
		case then.says() == now.says() && record.Compares(now.within, now.name) == record.ByNothing:
		case then.says() == now.says() && !strings.HasPrefix(path, "data.") && record.Compares(now.within, now.name) == record.ByBeingThere:
		case !then.says() && path != "code": // we say more
		case then.text != now.text:
			all = append(all, Difference{Field: path, Then: shown(then), Now: shown(now)})
		}
	}
	return decisive(all, before, after)
}

// messages are the fields in which what would have been sent differs from what HIS said.
func messages(c record.Call, sent jsontext.Value) (all []Difference) {
	var asked onetrans.Request
	if onetrans.Unmarshal(c.In.Message, &asked) != nil {
		return nil
	}
	data, err := onetrans.DataObject(asked.Data)
	if err != nil {
		return nil
	}
	before, after := fieldsOf(data), fieldsOf(sent)
	for _, path := range paths(before, after) {
		if then, now := before[path], after[path]; then.text != now.text {
			all = append(all, Difference{Field: path, Then: shown(then), Now: shown(now)})
		}
	}
	return all
}

// echo is a platform that answers one call with what somebody else answered it.
type echo struct {
	mu     sync.Mutex
	call   *record.Call // nil between two calls
	answer onetrans.Answer
	sent   []jsontext.Value
}

// during lets one call be played.
func (e *echo) during(c record.Call, answer onetrans.Answer, play func() []byte) []byte {
	e.mu.Lock()
	e.call, e.answer, e.sent = &c, answer, nil
	e.mu.Unlock()
	out := play()
	e.mu.Lock()
	defer e.mu.Unlock()
	e.call = nil
	return out
}

// Call answers the call's own kind of message, and knows nothing more. A background
// question about an earlier trade may come before the call's own.
func (e *echo) Call(_ context.Context, r onetrans.Request) (onetrans.Answer, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.call != nil && r.TransType.String() == e.call.TransType {
		e.sent = append(e.sent, r.Data)
		return e.answer, nil
	}
	return onetrans.Answer{}, platform.ErrNoAnswer
}

// Capabilities are those of a platform that answers each call once, whatever pages and
// readers it needed for that.
func (e *echo) Capabilities() platform.Capabilities {
	return platform.Capabilities{OwnCashier: true, OwnReaders: true}
}
