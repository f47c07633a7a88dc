package txn

import (
	"context"
	"time"

	"onetrans/flows/message/onetrans"
)

// maxHold is how long a platform is asked to hold a query.
const maxHold = 20 * time.Second

// queryTimeout is how long a query that is not held may take.
const queryTimeout = 10 * time.Second

// slowTimeout is how long one may take for which the platform asks the
// insurance.
const slowTimeout = 30 * time.Second

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
	pause := idlePause
	if l.order.Kind() == onetrans.TransRefund && now.After(p.SentAt.Add(time.Hour)) {
		pause = longPause
	}
	// What waits to be sent again is asked for when that may be.
	if left := p.RetryAt.Sub(now); left > 0 {
		pause = min(pause, max(left, firstPause))
	}
	return pause
}

// hold is how long the platform may hold the next question about a trade.
func (c *Core) hold(l *live) time.Duration {
	s := l.status()
	// For who waits no more, asking now and then costs less than asking without end.
	if !c.platform.Capabilities().Hold || !c.kindOf(l).holds(s.Trade) || !s.SilentSince.IsZero() || l.patience(time.Now()) > lastPause {
		return 0
	}
	return maxHold
}

// ask goes on with a trade once: it asks the platform how the trade stands, or
// says what has to be said next, and journals what comes of it. spoke tells
// whether the platform said anything of the trade; that it did not is no error.
// An error is the journal's, or ctx's.
func (c *Core) ask(ctx context.Context, l *live, hold time.Duration) (spoke bool, err error) {
	release, err := l.lock(ctx)
	if err != nil {
		return false, err
	}
	defer release()
	if err := c.catchUp(l); err != nil {
		return false, err
	}
	if l.now().Final() {
		return true, nil
	}
	return c.kindOf(l).ask(c, ctx, l, hold)
}

// put puts one question about a trade, whose turn is held, and journals the answer.
func (c *Core) put(ctx context.Context, l *live, m message, hold time.Duration) (spoke bool, err error) {
	t := l.now()
	limit := hold + queryTimeout
	if m.slow {
		limit = slowTimeout
	}
	asking, done, ok := l.holding(ctx, hold, limit)
	if !ok {
		return false, nil
	}
	defer done()
	answer, err := c.call(asking, m.request)
	if err != nil && asking.Err() == context.Canceled {
		return false, ctx.Err() // nobody waits any more: that is no silence of the platform
	}
	e := m.read(t, answer, err)
	if e != nil || !m.aside {
		l.heard(e != nil)
	}
	if e == nil {
		return false, ctx.Err()
	}
	_, err = c.happen(l, e, outcomeNote(answer, err))
	return true, err
}
