package txn

import (
	"context"
	"time"

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
	c.mu.Lock()
	defer c.mu.Unlock()
	if l.polled || l.trade.Final() || c.closed {
		return
	}
	l.polled = true
	c.polling.Go(func() { c.poll(l) })
}

func (c *Core) poll(l *live) {
	pause := newBackoff()
	for {
		asked, before, hold := time.Now(), l.now().Progress, c.hold(l)
		_, err := c.ask(c.ctx, l, hold)
		if c.ctx.Err() != nil || l.unwatch() {
			return
		}
		if err != nil {
			c.log.Error("polling", "no", l.order.No, "error", err)
		}
		if after := l.now().Progress; after.State != before.State || after.Result != before.Result {
			pause.restart() // something moves
		}
		pause.most = l.patience(time.Now())
		// A platform that held the query has made the pause itself.
		if hold > 0 && time.Since(asked) >= lastPause {
			continue
		}
		if pause.wait(c.ctx) != nil {
			return
		}
	}
}

// unwatch ends the polling of a trade that is final.
func (l *live) unwatch() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.polled = !l.trade.Final()
	return !l.polled
}

// patience is how long to pause at most: less while somebody may be waiting.
func (l *live) patience(now time.Time) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	p := l.trade.Progress
	if len(l.watchers) > 0 || now.Before(p.ExpireAt.Add(ArrivalMargin)) || now.Before(p.SentAt.Add(ArrivalMargin)) {
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

// ask asks the platform once how a trade stands, or to close it where that is
// wanted, and journals what it says. spoke tells whether it said anything of
// the trade; that it did not is no error. An error is the journal's, or ctx's.
func (c *Core) ask(ctx context.Context, l *live, hold time.Duration) (spoke bool, err error) {
	release, err := l.take(ctx)
	if err != nil {
		return false, err
	}
	defer release()
	t := l.now()
	if t.Final() {
		return true, nil
	}
	if c.givesUpArrival(t, time.Now()) {
		if t, err = c.happen(l, closeAsked{}, "never arrived"); err != nil {
			return false, err
		}
	}
	// A platform that can't close may yet know that the order is paid.
	if c.shallClose(t) {
		hold = 0
		if spoke, err = c.put(ctx, l, true, 0); spoke || err != nil {
			return spoke, err
		}
	}
	return c.put(ctx, l, false, hold)
}

// put puts one question about a trade, whose turn is held, and journals the
// answer: how it stands, or, closing, to close it.
func (c *Core) put(ctx context.Context, l *live, closing bool, hold time.Duration) (spoke bool, err error) {
	t := l.now()
	request, err := t.Order.query(hold)
	read := queryEvent
	if closing {
		request, err = t.Order.close()
		read = closeEvent
	}
	if err != nil {
		return false, err
	}
	asking, done, ok := l.holding(ctx, hold)
	if !ok {
		return false, nil
	}
	defer done()
	answer, err := c.call(asking, request)
	if err != nil && asking.Err() == context.Canceled {
		return false, ctx.Err() // nobody waits any more: that is no silence of the platform
	}
	e := read(t, answer, err)
	if e != nil || !closing {
		l.heard(e != nil)
	}
	if e == nil {
		return false, ctx.Err()
	}
	_, err = c.happen(l, e, fate(answer, err))
	return true, err
}

// givesUpArrival says whether an order that the platform does not know, long
// after it was sent, shall be closed, so that it can never arrive.
func (c *Core) givesUpArrival(t Trade, now time.Time) bool {
	p := t.Progress
	return t.At() == Unknown && p.Result == onetrans.ResultNotFound && !p.CloseAsked &&
		now.After(p.SentAt.Add(ArrivalMargin)) && c.platform.Capabilities().Close
}

// shallClose says whether the platform is to be asked to close an order. A
// payment that was faster may still fail, and leave the order to be closed.
func (c *Core) shallClose(t Trade) bool {
	p := t.Progress
	return p.CloseAsked && c.platform.Capabilities().Close && !(p.CloseAnswered && moneyMoves(t))
}
