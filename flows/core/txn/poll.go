package txn

import (
	"context"
	"time"
)

// How often the platform is asked: at once, then ever less often.
const (
	firstPause = 500 * time.Millisecond
	lastPause  = 3 * time.Second
	// idlePause is for a trade that nobody waits for any more.
	idlePause = 30 * time.Second
	// longPause is for one that has been open for an hour: a refund by bank
	// transfer takes days.
	longPause = 5 * time.Minute
)

// maxHold is how long a platform is asked to hold a query.
const maxHold = 20 * time.Second

// startPolling polls a trade in the background until it is final. It may be
// called for one that is polled already.
func (c *Core) startPolling(l *live) {
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
		if c.ctx.Err() != nil || l.stopPolling() {
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

// stopPolling ends the polling of a trade that is final.
func (l *live) stopPolling() bool {
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
	if l.order.kind().takesDays && now.After(p.SentAt.Add(time.Hour)) {
		pause = longPause
	}
	// What waits to be sent again is asked for when that may be.
	if wait := p.RetryAt.Sub(now); wait > 0 {
		pause = min(pause, max(wait, firstPause))
	}
	return pause
}

// hold is how long the platform may hold the next question about a trade.
func (c *Core) hold(l *live) time.Duration {
	s, holds := l.status(), l.order.kind().holds
	// Where nobody waits any more, to ask now and then costs less than a query that is
	// always held.
	if !c.platform.Capabilities().Hold || holds == nil || !holds(s.Trade) || !s.SilentSince.IsZero() || l.patience(time.Now()) > lastPause {
		return 0
	}
	return maxHold
}

type backoff struct{ next, most time.Duration }

func newBackoff() *backoff { return &backoff{next: firstPause, most: lastPause} }

// wait pauses, longer each time; it ends early with ctx's error.
func (b *backoff) wait(ctx context.Context) error {
	timer := time.NewTimer(min(b.next, b.most))
	defer timer.Stop()
	b.next = min(b.next*3/2, b.most)
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

func (b *backoff) restart() { b.next = firstPause }
