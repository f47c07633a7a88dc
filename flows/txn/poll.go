package txn

import (
	"context"
	"fmt"
	"time"

	"onetrans/flows/flow"
	"onetrans/flows/onetrans"
)

// maxHold is how long a platform is asked to hold a query.
const maxHold = 20 * time.Second

// queryTimeout is how long a query that is not held may take.
const queryTimeout = 10 * time.Second

// watchOver polls a trade in the background until it is final. It may be
// called for one that is watched over already.
func (c *Core) watchOver(l *live) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.polled || l.trade.Final() {
		return
	}
	l.polled = true
	c.polling.Go(func() { c.poll(l) })
}

func (c *Core) poll(l *live) {
	defer func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.polled = false
	}()
	pause := newBackoff()
	for {
		before := time.Now()
		state := l.status().Trade.At()
		err := c.ask(c.ctx, l, c.hold(l))
		if c.ctx.Err() != nil || l.status().Trade.Final() {
			return
		}
		if err != nil {
			c.log.Error("polling", "no", l.order.No, "error", err)
		}
		if l.status().Trade.At() != state {
			pause.restart()
		}
		pause.most = l.patience(time.Now())
		// A platform that held the query may be asked again at once.
		if err == nil && l.status().SilentSince.IsZero() && time.Since(before) > firstPause {
			continue
		}
		if pause.wait(c.ctx) != nil {
			return
		}
	}
}

// patience is how long to pause at most: less while somebody may be waiting.
func (l *live) patience(now time.Time) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.watchers) > 0 || now.Before(l.trade.Progress.ExpireAt.Add(ArrivalMargin)) || now.Sub(l.trade.Progress.SentAt) < ArrivalMargin {
		return lastPause
	}
	return idlePause
}

// hold is how long the platform may hold the next query about a trade.
func (c *Core) hold(l *live) time.Duration {
	s := l.status()
	if !c.platform.Capabilities().Hold || s.Trade.At() != Pending || !s.SilentSince.IsZero() {
		return 0
	}
	return maxHold
}

// ask asks the platform once how a trade stands, or asks it to close the trade
// where that is wanted and not answered yet, and journals what it says. An
// answer that proves nothing is no error: the status tells that it is silent.
// An error is the journal's, or ctx's.
func (c *Core) ask(ctx context.Context, l *live, hold time.Duration) error {
	release, err := l.take(ctx)
	if err != nil {
		return err
	}
	defer release()
	t := l.status().Trade
	if t.Final() {
		return nil
	}
	if c.giveUpArrival(t, time.Now()) {
		if t, err = c.happen(l, closeAsked{}, "never arrived"); err != nil {
			return err
		}
	}
	closing := t.Progress.CloseAsked && !t.Progress.CloseAnswered && c.platform.Capabilities().Close
	request, err := t.Order.query(hold)
	if closing {
		hold = 0
		request, err = t.Order.close()
	}
	if err != nil {
		return err
	}
	ctx, done := l.holding(ctx, hold)
	defer done()
	answer, err := c.platform.Call(ctx, request)
	if err != nil && ctx.Err() == context.Canceled {
		return nil // somebody would not wait for a held query: nothing was said
	}
	l.heard(err == nil)
	var e flow.Event
	if closing {
		e = closeEvent(t, answer, err)
	} else {
		e = queryEvent(t, answer, err)
	}
	if e == nil {
		return nil
	}
	_, err = c.happen(l, e, fate(answer, err))
	return err
}

// giveUpArrival says whether an order that the platform does not know, long
// after it was sent, shall be closed, so that it can never arrive.
func (c *Core) giveUpArrival(t Trade, now time.Time) bool {
	return (t.At() == Unknown || t.At() == Created) && !t.Progress.CloseAsked &&
		t.Progress.Result == onetrans.ResultNotFound &&
		now.Sub(t.Progress.SentAt) > ArrivalMargin && c.platform.Capabilities().Close
}

// take waits for the turn to speak about a trade.
func (l *live) take(ctx context.Context) (release func(), err error) {
	select {
	case l.turn <- struct{}{}:
		return func() { <-l.turn }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// holding bounds one question's time. A held one can be ended by interrupt.
func (l *live) holding(ctx context.Context, hold time.Duration) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithTimeout(ctx, hold+queryTimeout)
	l.mu.Lock()
	defer l.mu.Unlock()
	if hold == 0 {
		return ctx, cancel
	}
	if l.urgent > 0 {
		cancel()
		return ctx, cancel
	}
	l.unhold = cancel
	return ctx, func() {
		cancel()
		l.mu.Lock()
		defer l.mu.Unlock()
		l.unhold = nil
	}
}

// interrupt ends a held query, and keeps the next from being held until done.
func (l *live) interrupt() (done func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.urgent++
	if l.unhold != nil {
		l.unhold()
	}
	return func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.urgent--
	}
}

// Check asks the platform now how a trade stands.
func (c *Core) Check(ctx context.Context, no string) (Status, error) {
	return c.now(ctx, no, nil)
}

// CloseOrder asks the platform to close an unpaid order for good. The status
// says what came of it: closed, paid after all, or, when the platform does not
// answer, still open; then it is asked again in the background until it is.
func (c *Core) CloseOrder(ctx context.Context, no string) (Status, error) {
	return c.now(ctx, no, closeAsked{})
}

// now lets first happen, if anything, and asks at once.
func (c *Core) now(ctx context.Context, no string, first flow.Event) (Status, error) {
	l, ok := c.find(no)
	if !ok {
		return c.last(no)
	}
	defer l.interrupt()()
	if first != nil {
		if _, err := c.happen(l, first, ""); err != nil {
			return l.status(), err
		}
	}
	err := c.ask(ctx, l, 0)
	return l.status(), err
}

// last is the status of a trade that is final.
func (c *Core) last(no string) (Status, error) {
	t, known, err := c.journal.Trade(onetrans.TransRecharge, no)
	if err != nil {
		return Status{}, fmt.Errorf("%w: looking for %s: %w", ErrJournal, no, err)
	}
	if !known {
		return Status{}, fmt.Errorf("%w: %s", ErrUnknownTrade, no)
	}
	return Status{Trade: t}, nil
}
