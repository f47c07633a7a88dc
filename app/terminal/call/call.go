// Package call carries out the calls of HIS: pInData in, pOutData out, both JSON in
// GBK. It knows no screen: the pages that some calls need are behind an interface.
package call

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"slices"
	"time"

	"onetrans/devices"
	"onetrans/flows/core/txn"
	"onetrans/flows/message/onetrans"
	"onetrans/flows/message/platform"
)

// Exit statuses of a call whose answer was written.
const (
	ExitAnswered = 0
	// ExitUnknown comes with 600008, which must never be taken for a failure.
	ExitUnknown = 2
)

// callTime is how long a call without a page may take.
const callTime = 30 * time.Second

// answerTime is what is left of a caller's wait for the answer itself.
const answerTime = 300 * time.Millisecond

// Core is what a call needs of the transaction core.
type Core interface {
	Acquire() (release func(), err error)
	Capabilities() platform.Capabilities
	Call(context.Context, onetrans.Request) (onetrans.Answer, error)
	Recharge(context.Context, onetrans.Asked[onetrans.RechargeIn]) (txn.Status, error)
	Refund(context.Context, onetrans.Asked[onetrans.RefundIn]) (txn.Status, error)
	CancelSettlement(context.Context, onetrans.Asked[onetrans.SettleCancelIn]) (txn.CancelStatus, error)
	Settle(context.Context, onetrans.Asked[onetrans.SettleIn]) (txn.SettleStatus, error)
	RecallRecharge(onetrans.Asked[onetrans.RechargeIn]) (status txn.Status, known bool, err error)
	RecallSettlement(context.Context, onetrans.Asked[onetrans.SettleIn]) (status txn.SettleStatus, known bool, err error)
	Query(context.Context, onetrans.Asked[onetrans.QueryIn]) (onetrans.Answer, error)
	AccountOf(onetrans.QueryIn) (accountType string, err error)
	Watch(no string) (statuses <-chan txn.Status, end func(), err error)
	WatchRefund(no string) (statuses <-chan txn.Status, end func(), err error)
	WatchCancellation(setlID string) (statuses <-chan txn.CancelStatus, end func(), err error)
}

// Terminal is what a call works with.
type Terminal struct {
	Core Core
	// Cards is nil if there is no reader.
	Cards devices.CardReader
	// Identity is nil if there is no reader of identity cards.
	Identity devices.IdentityReader
	// Pages is nil if there is no display.
	Pages Pages
}

// Door answers calls.
type Door struct {
	// Acquire opens what a call needs, for as long as the call runs. It is not
	// called for a request that is refused.
	Acquire func() (t Terminal, end func(), err error)
	// Through carries a call out as it was handed over where another program answers
	// HIS: nothing is judged or sent by this one, which only looks on ([Door.Judge]).
	// Its errors are the platform's. Nil: this program answers.
	Through func(ctx context.Context, c onetrans.Call) (out []byte, err error)
	// Credentials are for calls without their own.
	Credentials Credentials
	// UnknownWait is how long after its beginning a call keeps asking about money
	// in doubt before it is answered 600008.
	UnknownWait time.Duration
	// Demo means that the platform is the sandbox; every answer's err_msg says so.
	Demo bool
	Log  *slog.Logger
}

// longestWait bounds what a caller may say that it waits.
const longestWait = 24 * time.Hour

// windowKey is of the caller's window, in a call's context.
type windowKey struct{}

// WindowOf is the window from which a call came; 0: none, or not said.
func WindowOf(ctx context.Context) uint64 {
	window, _ := ctx.Value(windowKey{}).(uint64)
	return window
}

// Waiting is a call's context: it has the caller's window, and ends in time for the answer
// to one who says how long it waits.
func Waiting(ctx context.Context, c onetrans.Call) (context.Context, context.CancelFunc) {
	if c.Window != 0 {
		ctx = context.WithValue(ctx, windowKey{}, c.Window)
	}
	if c.WaitMS == 0 {
		return context.WithCancel(ctx)
	}
	wait := time.Duration(min(c.WaitMS, int(longestWait.Milliseconds()))) * time.Millisecond
	return context.WithTimeout(ctx, wait-min(answerTime, wait/10))
}

// Serve carries out a call and returns the answer in GBK, with the exit status for
// it.
func (d Door) Serve(ctx context.Context, c onetrans.Call) (out []byte, exit int) {
	if d.Through != nil {
		return d.handOn(ctx, c)
	}
	request, in, refusal := d.read(&c)
	if refusal != nil {
		return d.written(c, *refusal)
	}
	return d.written(c, d.carryOut(ctx, request, in))
}

// handOn lets another program answer a call, one at a time. Only where it gave no answer
// at all, or one that the caller's buffer can't hold, there is one of ours.
func (d Door) handOn(ctx context.Context, c onetrans.Call) (out []byte, exit int) {
	request := asked(&c)
	terminal, end, err := d.Acquire()
	if err != nil {
		d.Log.Error("taking the terminal", "error", err)
		return d.written(c, failure(request, err))
	}
	defer end()
	release, err := terminal.Core.Acquire()
	if err != nil {
		return d.written(c, failure(request, err))
	}
	defer release()
	back, err := lent(ctx, terminal.Pages, c.TransType)
	if err != nil {
		return d.written(c, failure(request, err))
	}
	defer back()
	if out, err = d.Through(ctx, c); err != nil {
		return d.written(c, failure(request, err))
	}
	var answer onetrans.Answer
	if text, err := onetrans.DecodeGBK(out); err == nil {
		err = onetrans.Unmarshal(text, &answer)
		if err == nil && c.Buffer > 0 && len(out) > c.Buffer {
			return d.written(c, answer)
		}
	}
	if answer.Code.String() == string(onetrans.CodeUnknown) {
		return out, ExitUnknown
	}
	return out, ExitAnswered
}

// asked is what a call asks for, as far as that can be read; its trans_type is said by both
// from then on.
func asked(c *onetrans.Call) onetrans.Request {
	request, _ := c.Request()
	c.TransType = cmp.Or(c.TransType, request.TransType.String())
	request.TransType = onetrans.T(c.TransType)
	return request
}

// lent takes what is shown off the screen for a call that may have a page of another's.
func lent(ctx context.Context, pages Pages, transType string) (back func(), err error) {
	switch transType {
	case onetrans.TransUserGet, onetrans.TransUserThirdGet, onetrans.TransRecharge, onetrans.TransSettle:
		if pages != nil {
			return pages.Lend(ctx)
		}
	}
	return func() {}, nil
}

// Refuse validates a call without touching the terminal, and returns the answer to
// one that is refused before anything is done; refused is false for any other, and
// where another program answers.
func (d Door) Refuse(c onetrans.Call) (out []byte, exit int, refused bool) {
	if d.Through != nil {
		return nil, 0, false
	}
	return d.Judge(c)
}

// Judge says whether this program's rules refuse a call, whoever answers it, and with
// which answer.
func (d Door) Judge(c onetrans.Call) (out []byte, exit int, refused bool) {
	_, _, refusal := d.read(&c)
	if refusal == nil {
		return nil, 0, false
	}
	out, exit = d.written(c, *refusal)
	return out, exit, true
}

// Busy is the answer to a call while another is running, unless it is refused
// anyway.
func (d Door) Busy(c onetrans.Call) (out []byte, exit int) {
	return d.turnAway(c, reply(sayings.busy))
}

// Silent is the answer to a call whose terminal's owner does not answer: nothing
// was handed over.
func (d Door) Silent(c onetrans.Call) (out []byte, exit int) {
	return d.turnAway(c, reply(sayings.silentOwner))
}

// OtherVersion is the answer to a call whose terminal's owner is a version of this
// program with no protocol version in common: nothing was handed over.
func (d Door) OtherVersion(c onetrans.Call) (out []byte, exit int) {
	return d.turnAway(c, reply(sayings.otherVersion))
}

// Lost is the answer to a call whose owner was lost after it had been handed over:
// nobody knows how far it got.
func (d Door) Lost(c onetrans.Call) (out []byte, exit int) {
	request := asked(&c)
	return d.turnAway(c, inDoubt(request))
}

// turnAway answers a call that is not carried out here, unless it is refused anyway.
func (d Door) turnAway(c onetrans.Call, answer onetrans.Answer) (out []byte, exit int) {
	if out, exit, refused := d.Refuse(c); refused {
		return out, exit
	}
	return d.written(c, answer)
}

// ErrNotServed: nobody serves the terminal within the time that there was for it.
var ErrNotServed = errors.New("nobody serves the terminal in time")

// NotServed is the answer to whatever call it may be of a terminal that nobody serves.
// why is for persons.
func (d Door) NotServed(err error, why string) (out []byte) {
	answer := failure(onetrans.Request{}, err)
	switch onetrans.Code(answer.Code.String()) {
	case onetrans.CodeInternal, onetrans.CodeJournal:
		answer.ErrMsg = onetrans.T(onetrans.Clip(say("not_served", "why", why), onetrans.MaxErrMsg))
	}
	out, _ = d.written(onetrans.Call{}, answer)
	return out
}

// read reads a call: the request, completed, and its data, or the answer to one that is
// refused.
func (d Door) read(c *onetrans.Call) (request onetrans.Request, in any, refusal *onetrans.Answer) {
	request, in, err := c.Parse(d.Credentials.complete)
	var fault *saying
	switch {
	case errors.Is(err, onetrans.ErrTransType):
		fault = &sayings.transType
	case errors.Is(err, onetrans.ErrOtherType):
		fault = &sayings.otherType
	case errors.Is(err, onetrans.ErrUTF8):
		fault = &sayings.utf8
	case errors.Is(err, onetrans.ErrUTF16):
		fault = &sayings.utf16
	case errors.Is(err, onetrans.ErrGBK), errors.Is(err, onetrans.ErrMalformed):
		fault = &sayings.notJSON
	default:
		fault = d.faultOf(request, in, err, mendedByJournal(in))
	}
	if fault != nil {
		answer := reply(*fault)
		refusal = &answer
	}
	return request, in, refusal
}

// faultOf is what a caller hears of the fields that keep a request from being carried out:
// of what is wrong with them, and of the credentials that nobody has, but for those that
// are spared. Nil if there are none.
func (d Door) faultOf(request onetrans.Request, in any, wrong error, spared func(*onetrans.FieldError) bool) *saying {
	fields := slices.DeleteFunc(fieldErrors(errors.Join(wrong, d.Credentials.check(request, in))), spared)
	if len(fields) == 0 {
		return nil
	}
	fault := sayings.field.said(fieldsText(fields))
	return &fault
}

// carryOut carries out a validated request.
func (d Door) carryOut(ctx context.Context, request onetrans.Request, in any) onetrans.Answer {
	begin := time.Now()
	transType := request.TransType.String()
	terminal, end, err := d.Acquire()
	if err != nil {
		d.Log.Error("taking the terminal", "error", err)
		return failure(request, err)
	}
	defer end()
	release, err := terminal.Core.Acquire()
	if err != nil {
		return failure(request, err)
	}
	defer release()
	if fault := d.fromJournal(terminal.Core, request, in); fault != nil {
		return reply(*fault)
	}
	if deviations := onetrans.Deviations(request, in); len(deviations) > 0 {
		d.Log.Info("taken although longer than specified", "trans_type", transType, "fields", deviations)
	}
	job := job{Terminal: terminal, request: request, in: in, begin: begin, until: begin.Add(d.UnknownWait)}
	answer := handlers()[transType](ctx, job)
	d.Log.Info("call", "trans_type", transType, "code", answer.Code.String(), "took", time.Since(begin))
	return answer
}

// job is a request being carried out.
type job struct {
	Terminal
	request onetrans.Request
	in      any // its data
	begin   time.Time
	// until is when money in doubt is reported as unknown.
	until time.Time
}

func (j job) failure(err error) onetrans.Answer { return failure(j.request, err) }

// handler carries out one trans_type.
type handler func(context.Context, job) onetrans.Answer

// of has data of one type at hand.
func of[In any](carryOut func(context.Context, job, onetrans.Asked[In]) onetrans.Answer) handler {
	return func(ctx context.Context, j job) onetrans.Answer {
		return carryOut(ctx, j, onetrans.Asked[In]{Request: j.request, In: *j.in.(*In)})
	}
}

// handlers carry out the trans_types that HIS may call.
func handlers() map[string]handler {
	return map[string]handler{
		onetrans.TransUserGet:      of(userGet),
		onetrans.TransUserThirdGet: of(userThirdGet),
		onetrans.TransRecharge:     of(recharge),
		onetrans.TransQuery:        of(query),
		onetrans.TransRefund:       of(refund),
		onetrans.TransSettle:       of(settle),
		onetrans.TransSettleCancel: of(cancelSettlement),
		onetrans.TransAuthURL:      pass,
		onetrans.TransAuthQuery:    pass,
	}
}

// written is the answer in GBK as it fits the caller's buffer. One that cannot be
// written is answered as unknown: the call may have been about money.
func (d Door) written(c onetrans.Call, answer onetrans.Answer) (out []byte, exit int) {
	answer = d.marked(answer)
	out, err := onetrans.Fit(c.TransType, answer, c.Buffer)
	if errors.Is(err, onetrans.ErrTooLong) {
		answer = d.marked(reply(sayings.tooLong))
		out, err = onetrans.Fit(c.TransType, answer, 0)
	}
	if err != nil {
		return []byte(`{"code":"600008","data":{}}`), ExitUnknown
	}
	if answer.Code.String() == string(onetrans.CodeUnknown) {
		return out, ExitUnknown
	}
	return out, ExitAnswered
}

// marked is an answer that says that it comes from the sandbox, if it does.
func (d Door) marked(answer onetrans.Answer) onetrans.Answer {
	if d.Demo {
		answer.ErrMsg = onetrans.T(onetrans.Clip(say("demo", "said", answer.ErrMsg.String()), onetrans.MaxErrMsg))
	}
	return answer
}
