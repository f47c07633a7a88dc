package kiosk

import (
	"context"
	"errors"
	"sync"
	"time"

	"onetrans/flows/core/txn"
	"onetrans/flows/message/onetrans"
	"onetrans/flows/view"
)

// ErrStopped says that the kiosk does not run any more, or not yet.
var ErrStopped = errors.New("the kiosk does not run")

// ErrNotOffered says that this terminal settles no bills.
var ErrNotOffered = errors.New("not offered here")

// ErrNoScanner says that this terminal reads no codes.
var ErrNoScanner = errors.New("no scanner")

// Outcome is how a call's page ended, and what is known then.
type Outcome struct {
	End End
	// Answer is the platform's, of PageIdentify: also a refusing one, when the
	// person left after it.
	Answer onetrans.Answer
	// Code is what PageScan brought: a bearer token, never logged.
	Code string
	// Trade is PageCashier's, Settlement PageSettle's; zero when nothing was sent.
	Trade      txn.Status
	Settlement txn.SettleStatus
}

// job is a call that is being served.
type job struct {
	called Called
	gone   <-chan struct{} // closed when the caller is
	result chan result
	// lent is closed when the screen comes back from another's page; nil where a page of
	// ours is wanted.
	lent chan struct{}
}

type result struct {
	outcome Outcome
	err     error
}

// hungUp is closed when the caller is gone; without a call it never is.
func (j *job) hungUp() <-chan struct{} {
	if j == nil {
		return nil
	}
	return j.gone
}

func (r *Runner) newJob(ctx context.Context, c PageCall) (*job, error) {
	if c.Kind == PageSettle && r.out.Bills == nil {
		return nil, ErrNotOffered
	}
	called, err := newCalled(c)
	if r.out.Codes == nil && (c.Kind == PageScan || called.Charge.DepositType != "") {
		return nil, ErrNoScanner
	}
	return &job{called: called, gone: ctx.Done(), result: make(chan result, 1)}, err
}

// Serve gives the screen to a call of HIS, which holds the terminal, until its
// page is over. When ctx ends the page does, too, and what is known then is
// returned. An error says why nothing was sent: [txn.ErrBusy] when somebody is
// being served, [ErrStopped], those of package txn and of the platform.
func (r *Runner) Serve(ctx context.Context, c PageCall) (Outcome, error) {
	j, err := r.newJob(ctx, c)
	if err != nil {
		return Outcome{}, err
	}
	select {
	case r.calls <- j:
	case <-r.stopped:
		return Outcome{}, ErrStopped
	case <-ctx.Done():
		return Outcome{End: Cancelled}, nil
	}
	end := <-j.result
	return end.outcome, end.err
}

// Lend takes what is shown off the screen, for a page of the platform's own, until back
// is called: nothing of ours may lie over it, and nobody is served meanwhile. Its errors
// are Serve's, and ctx's.
func (r *Runner) Lend(ctx context.Context) (back func(), err error) {
	j := &job{result: make(chan result, 1), lent: make(chan struct{})}
	select {
	case r.calls <- j:
	case <-r.stopped:
		return nil, ErrStopped
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if end := <-j.result; end.err != nil {
		return nil, end.err
	}
	return sync.OnceFunc(func() { close(j.lent) }), nil
}

// lend waits for the screen to come back. What was tapped meanwhile was not meant for us.
func (r *Runner) lend(ctx context.Context, j *job) {
	j.result <- result{}
	select {
	case <-j.lent:
	case <-ctx.Done():
	}
	for len(r.taps) > 0 {
		<-r.taps
	}
	r.shown = view.Page{} // so that it is shown again
}

// Alone serves one call on a screen that shows nothing else. tell gets its
// outcome as soon as that is final; Alone returns when the page, which stays for
// who reads it, is over, and nothing runs any more. When ctx ends so does the
// page, and before its outcome is known the call as well. It takes the place of
// Run; its errors are Serve's.
func (r *Runner) Alone(ctx context.Context, c PageCall, tell func(Outcome, error)) {
	j, err := r.newJob(ctx, c)
	if err != nil {
		tell(Outcome{}, err)
		return
	}
	r.job, r.alone = j, true
	running, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	over := make(chan struct{})
	go func() {
		defer close(over)
		r.Run(running)
	}()
	end := <-j.result
	tell(end.outcome, end.err)
	select {
	case <-over:
	case <-ctx.Done():
		stop()
		<-over
	}
}

// done: this runner was for one call, whose page is over.
func (r *Runner) done() bool { return r.alone && r.job == nil && !r.model.answered }

// begin gives the screen to a call, unless somebody has it.
func (r *Runner) begin(ctx context.Context, j *job) {
	if r.job != nil || !r.model.Free() {
		j.result <- result{err: txn.ErrBusy}
		return
	}
	if j.lent != nil {
		r.lend(ctx, j)
		return
	}
	r.job = j
	r.carryOut(ctx, Wipe{}) // what was watched for the last person
	r.handle(ctx, j.called)
}

func (r *Runner) hangUp(ctx context.Context) {
	if r.model.call != nil {
		r.handle(ctx, HungUp{})
		return
	}
	r.job.gone = nil // its outcome is on the way
}

// stopJob ends the call that has the screen because the kiosk stops. Money
// under way stays with the core, so nobody may say that nothing was taken.
func (r *Runner) stopJob() {
	if j := r.job; j != nil {
		select {
		case j.result <- result{outcome: Outcome{End: Unsettled}}:
		default: // it has its outcome
		}
	}
}

// finish tells a call's caller what is known, as it is now.
func (r *Runner) finish(ctx context.Context, s *session, e Ended) {
	j := r.job
	r.job = nil
	r.work.Go(func() {
		s.sending.Wait() // the session has ended, and with it whatever it sends
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), view.ClosePatience)
		defer cancel()
		if s.unsent != nil {
			e.Err = s.unsent
		}
		outcome, err := r.outcome(ctx, e)
		j.result <- result{outcome, err}
	})
}

func (r *Runner) outcome(ctx context.Context, e Ended) (Outcome, error) {
	o := Outcome{Answer: e.Answer, Code: e.Code}
	switch {
	case e.Leaves && errors.Is(e.Err, context.Canceled): // it was given up before anything left
		o.End = Cancelled
	case e.Err != nil: // nothing was sent, whatever there is under this number
		return o, e.Err
	case e.Order != "":
		o.Trade = r.charges().last(ctx, e.Order, e.Undo)
		o.End = endOf(o.Trade, e)
		return o, nil
	case e.Settlement != "":
		o.Settlement = r.settlements().last(ctx, e.Settlement, e.Undo)
		o.Settlement.No = e.Settlement // also where nothing could be read
		o.End = endOfBills(o.Settlement, e)
		return o, nil
	case e.How == timeUp:
		o.End = TimedOut
	case e.How != done && e.Answer.Code.Empty():
		o.End = Cancelled
	}
	return o, nil
}

// endOf is what an order's state says: closed because somebody wanted it,
// because nobody paid in time, decided, or not known.
func endOf(s txn.Status, e Ended) End {
	switch s.Trade.At() {
	case txn.Closed, txn.NotFound, txn.NotSent:
		return e.unpaid(s.Trade.Progress.ExpireAt)
	case txn.Succ, txn.Fail, txn.Refused:
		return Answered
	}
	return Unsettled
}

// unpaid says why what was to be paid, until then, was not.
func (e Ended) unpaid(until time.Time) End {
	switch {
	case e.Leaves:
		return Cancelled
	case e.How == timeUp, !until.IsZero() && !time.Now().Before(until.Add(-view.ClockSlack)):
		return TimedOut
	}
	return Answered
}

// endOfBills is what a settlement's state says, as endOf.
func endOfBills(s txn.SettleStatus, e Ended) End {
	switch s.State {
	case txn.Abandoned, txn.NotSent:
		return e.unpaid(s.ExpireAt)
	case txn.Succ, txn.Refused, txn.Refunded, txn.Cancelled:
		return Answered
	}
	return Unsettled
}
