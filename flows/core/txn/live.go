package txn

import (
	"context"
	"sync"
	"time"
)

// live is a trade that is not final, with what belongs to it while it is in memory.
type live struct {
	order Order
	// turn is held by whoever speaks to the platform about this trade, so
	// that answers are heard in the order of their questions.
	turn chan struct{}

	mu          sync.Mutex
	trade       Trade
	silentSince time.Time
	watchers    map[*watcher]struct{}
	// unhold ends a query that the platform is holding; nil while there is none.
	unhold context.CancelFunc
	// urgent counts those who want an answer now: no query is held meanwhile.
	urgent int
	// unsure is the step whose writing failed last, and may stand in the journal
	// all the same; nil when memory and journal agree.
	unsure *Trade
	// unwritten says that what came of the last send could not be written.
	unwritten bool
	// polled says that the background polling has this trade.
	polled bool
}

func newLive(t Trade) *live {
	return &live{
		order:    t.Order,
		turn:     make(chan struct{}, 1),
		trade:    t,
		watchers: make(map[*watcher]struct{}),
	}
}

// track is the open trade in memory, which t becomes where there is none.
func (c *Core) track(t Trade) *live {
	c.mu.Lock()
	defer c.mu.Unlock()
	l, ok := c.live[t.Order.key()]
	if !ok {
		l = newLive(t)
		c.live[t.Order.key()] = l
	}
	return l
}

func (c *Core) find(kind, no string) (*live, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	l, ok := c.live[key{kind, no}]
	return l, ok
}

// openOf are the open trades of a kind, in no order.
func (c *Core) openOf(kind string) []*live {
	c.mu.Lock()
	defer c.mu.Unlock()
	var all []*live
	for k, l := range c.live {
		if k.kind == kind {
			all = append(all, l)
		}
	}
	return all
}

// open are the trades in memory that are not final, in no order.
func (c *Core) open() []*live {
	c.mu.Lock()
	defer c.mu.Unlock()
	all := make([]*live, 0, len(c.live))
	for _, l := range c.live {
		all = append(all, l)
	}
	return all
}

// index holds an open trade in memory and lets a final one go; who watches that
// one has its last status.
func (c *Core) index(l *live, t Trade) {
	c.mu.Lock()
	defer c.mu.Unlock()
	k := l.order.key()
	switch {
	case !t.Final():
		c.live[k] = l
	case c.live[k] == l:
		delete(c.live, k)
	}
}

// renew takes over a caller's credentials of today: yesterday's may have
// expired. What pays by itself stays what was sent.
func (l *live) renew(s Secrets) {
	l.mu.Lock()
	defer l.mu.Unlock()
	s.AuthCode, s.EcToken = l.trade.Order.Secrets.AuthCode, l.trade.Order.Secrets.EcToken
	l.trade.Order.Secrets = s
}

// show takes over the code that the person shows now.
func (l *live) show(authCode string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.trade.Order.Secrets.AuthCode = authCode
}

func (l *live) now() Trade { return l.status().Trade }

func (l *live) status() Status {
	l.mu.Lock()
	defer l.mu.Unlock()
	return Status{Trade: l.trade, SilentSince: l.silentSince}
}

// noteSpoke notes whether the platform spoke of the trade when it was asked last.
func (l *live) noteSpoke(spoke bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if spoke == l.silentSince.IsZero() {
		return
	}
	l.silentSince = time.Time{}
	if !spoke {
		l.silentSince = time.Now()
	}
	l.tell()
}

// tell gives every watcher the present status. l.mu is held, so nobody else
// fills the channels meanwhile.
func (l *live) tell() {
	for w := range l.watchers {
		w.tell(Status{Trade: l.trade, SilentSince: l.silentSince})
	}
}

// unwatched says whether nobody waits to hear of a trade; l.mu is held.
func (l *live) unwatched() bool { return len(l.watchers) == 0 && l.urgent == 0 }

// lock waits for the turn to speak about a trade.
func (l *live) lock(ctx context.Context) (release func(), err error) {
	select {
	case l.turn <- struct{}{}:
		return func() { <-l.turn }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// holding bounds one question's time. One that the platform may hold can be
// ended by interrupt; ok is false when somebody would not wait for it at all.
func (l *live) holding(ctx context.Context, hold, limit time.Duration) (_ context.Context, done func(), ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if hold > 0 && l.urgent > 0 {
		return nil, nil, false
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	if hold == 0 {
		return ctx, cancel, true
	}
	l.unhold = cancel
	return ctx, func() {
		cancel()
		l.mu.Lock()
		defer l.mu.Unlock()
		l.unhold = nil
	}, true
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
