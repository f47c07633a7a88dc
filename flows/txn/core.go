package txn

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"onetrans/flows/flow"
	"onetrans/flows/onetrans"
)

// Options are what a core needs beside journal and platform.
type Options struct {
	// Log gets what happened, without personal data or secrets.
	Log *slog.Logger
}

// Core carries out trades. It is the only part of the program that sends
// messages about money, and it never sends what it has not journaled.
type Core struct {
	journal  Journal
	platform Platform
	log      *slog.Logger
	table    flow.Table[Trade]

	// terminal is the terminal's lock: one call at a time. Background polling does not take it.
	terminal chan struct{}

	// stop ends the background polling, which polling waits for.
	ctx     context.Context
	stop    context.CancelFunc
	polling sync.WaitGroup

	// beginning makes looking for a number and using it one step.
	beginning sync.Mutex

	mu   sync.Mutex
	live map[string]*live // the trades that are not final, by number
}

// Open makes a core and schedules the polling of everything in the journal
// that is not final, before it returns. Close ends it.
func Open(journal Journal, p Platform, options Options) (*Core, error) {
	open, err := journal.Open()
	if err != nil {
		return nil, fmt.Errorf("loading open trades: %w", err)
	}
	ctx, stop := context.WithCancel(context.Background())
	c := &Core{
		journal:  journal,
		platform: p,
		log:      options.Log,
		table:    rechargeTable(),
		terminal: make(chan struct{}, 1),
		ctx:      ctx,
		stop:     stop,
		live:     make(map[string]*live),
	}
	for _, t := range open {
		l := c.adopt(t)
		// A trade that was being sent when the program ended may have arrived.
		if t.At() == Created {
			if _, err := c.happen(l, unanswered{}, "interrupted"); err != nil {
				stop()
				return nil, err
			}
		}
		c.watchOver(l)
	}
	return c, nil
}

// Close ends the background polling. What is open stays so in the journal.
func (c *Core) Close() {
	c.stop()
	c.polling.Wait()
}

// Acquire takes the terminal for one call, or gives ErrBusy at once. The
// terminal is free again when release is called, which may be done twice.
func (c *Core) Acquire() (release func(), err error) {
	select {
	case c.terminal <- struct{}{}:
		return sync.OnceFunc(func() { <-c.terminal }), nil
	default:
		return nil, ErrBusy
	}
}

// Call passes a message that is not about money to the platform.
func (c *Core) Call(ctx context.Context, request onetrans.Request) (onetrans.Answer, error) {
	return c.platform.Call(ctx, request)
}

// Status is how a trade stands, for those who watch it.
type Status struct {
	Trade Trade
	// SilentSince is when the platform stopped answering; zero while it answers.
	SilentSince time.Time
}

// live is a trade that is not final, with what belongs to it while it is in memory.
type live struct {
	order Order
	// turn is held by whoever speaks to the platform about this trade, so
	// that answers are heard in the order of their questions.
	turn chan struct{}

	mu          sync.Mutex
	trade       Trade
	silentSince time.Time
	watchers    map[chan Status]struct{}
	// unhold ends a query that the platform is holding; nil while there is none.
	unhold context.CancelFunc
	// urgent counts those who want an answer now: no query is held meanwhile.
	urgent int
	// polled says that the background polling has this trade.
	polled bool
}

func (c *Core) adopt(t Trade) *live {
	l := &live{
		order:    t.Order,
		turn:     make(chan struct{}, 1),
		trade:    t,
		watchers: make(map[chan Status]struct{}),
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if known, ok := c.live[t.Order.No]; ok {
		return known
	}
	c.live[t.Order.No] = l
	return l
}

func (c *Core) find(no string) (*live, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	l, ok := c.live[no]
	return l, ok
}

// happen lets an event happen to a trade: the step is journaled first, and
// only then true for anybody else. When it can't be journaled it did not happen.
func (c *Core) happen(l *live, e flow.Event, note string) (Trade, error) {
	t, err := c.step(l, e, note)
	if err == nil && t.Final() {
		c.forget(l.order.No)
	}
	return t, err
}

func (c *Core) step(l *live, e flow.Event, note string) (Trade, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	before := l.trade
	next, _ := c.table.Step(before, e)
	if next.Progress == before.Progress {
		return before, nil
	}
	entry := Entry{At: time.Now(), No: l.order.No, Event: e.Name(), State: string(next.At()), Note: note}
	if err := c.journal.Write(entry, next); err != nil {
		return before, fmt.Errorf("%w: %q of %s: %w", ErrJournal, e.Name(), l.order.No, err)
	}
	if next.Progress.Alarm != "" && before.Progress.Alarm == "" {
		c.log.Error("the platform contradicts itself: a person must look", "no", l.order.No, "what", next.Progress.Alarm)
	}
	c.log.Info("trade", "no", l.order.No, "event", e.Name(), "from", before.At(), "to", next.At(), "note", note)
	l.trade = next
	l.tell()
	return next, nil
}

// forget takes a final trade out of memory; who watches it keeps its last status.
func (c *Core) forget(no string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.live, no)
}

// heard notes whether the platform answered the last question about a trade.
func (l *live) heard(answered bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case answered && !l.silentSince.IsZero():
		l.silentSince = time.Time{}
		l.tell()
	case !answered && l.silentSince.IsZero():
		l.silentSince = time.Now()
		l.tell()
	}
}

func (l *live) status() Status {
	l.mu.Lock()
	defer l.mu.Unlock()
	return Status{Trade: l.trade, SilentSince: l.silentSince}
}

// tell gives every watcher the present status; one that is slow sees the latest only.
func (l *live) tell() {
	for w := range l.watchers {
		select {
		case <-w:
		default:
		}
		w <- Status{Trade: l.trade, SilentSince: l.silentSince}
	}
}

// Watch delivers the status of an open trade now and whenever it changes,
// until end is called. The channel holds the latest status only.
func (c *Core) Watch(no string) (statuses <-chan Status, end func(), err error) {
	l, ok := c.find(no)
	if !ok {
		final, err := c.last(no)
		if err != nil {
			return nil, nil, err
		}
		last := make(chan Status, 1)
		last <- final
		return last, func() {}, nil
	}
	w := make(chan Status, 1)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.watchers[w] = struct{}{}
	w <- Status{Trade: l.trade, SilentSince: l.silentSince}
	return w, func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		delete(l.watchers, w)
	}, nil
}
