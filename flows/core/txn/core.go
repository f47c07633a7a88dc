package txn

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"time"

	"onetrans/flows/flow"
	"onetrans/flows/message/onetrans"
)

// Options are what a core needs beside journal and platform.
type Options struct {
	// Log gets what happened, without personal data or secrets.
	Log *slog.Logger
	// PayAppID and PayAppSecret are the configuration's credentials of outpatient
	// payments; without them a cancelled settlement's share goes to the desk.
	PayAppID, PayAppSecret string
	// TermNo is the configuration's terminal number, for refunds of our own.
	TermNo string
	// MustBook: the hospital gives every payment a number of its own (callsn).
	// What is paid and has none is at the desk until a later answer brings it.
	MustBook bool
	// RefundsOnlyHere: no other terminal and no counter gives back of this
	// terminal's orders, so that their refunds' sums prove a refund done.
	RefundsOnlyHere bool
	// AppID is the configuration's application.
	AppID string
	// Merchants are the payment platform's credentials by account type, to ask
	// about trades whose own are forgotten.
	Merchants map[string]onetrans.Merchant
	// Random makes the numbers of refunds and settlements; nil: crypto/rand.
	Random io.Reader
}

// Core carries out trades. It is the only part of the program that sends
// messages about money, and it never sends what it has not journaled.
type Core struct {
	journal  Journal
	platform Platform
	log      *slog.Logger
	options  Options
	kinds    map[string]kind // by trans_type

	// terminal is the terminal's lock: one call at a time. Background polling does not take it.
	terminal chan struct{}

	// stop ends the background polling, which polling waits for.
	ctx     context.Context
	stop    context.CancelFunc
	polling sync.WaitGroup

	// beginning makes looking for a number and using it one step. Only who
	// holds it may change a trade that is final.
	beginning sync.Mutex

	// mu is the last of the locks to be taken: beginning, a trade's, this.
	mu     sync.Mutex
	live   map[key]*live // the trades that are not final
	closed bool          // no polling is begun any more
}

// Open makes a core and schedules the polling of everything in the journal
// that is not final, before it returns. Close ends it. Its error is ErrJournal.
func Open(journal Journal, p Platform, options Options) (*Core, error) {
	open, err := journal.Open()
	if err != nil {
		return nil, fmt.Errorf("%w: loading open trades: %w", ErrJournal, err)
	}
	if options.Random == nil {
		options.Random = rand.Reader
	}
	ctx, stop := context.WithCancel(context.Background())
	c := &Core{
		journal:  journal,
		platform: p,
		log:      options.Log,
		options:  options,
		kinds:    kinds(),
		terminal: make(chan struct{}, 1),
		ctx:      ctx,
		stop:     stop,
		live:     make(map[key]*live),
	}
	for _, t := range open {
		if err := c.takeUp(t); err != nil {
			c.Close()
			return nil, err
		}
	}
	return c, nil
}

const interrupted = "interrupted"

// takeUp goes on with a trade that an earlier run left open.
func (c *Core) takeUp(t Trade) error {
	if _, ok := c.kinds[t.Order.Kind()]; !ok {
		return fmt.Errorf("%w: trade %s is of another kind: %q", ErrJournal, t.Order.No, t.Order.Kind())
	}
	l := c.track(c.withMerchant(t))
	// One that was being sent, or sent again, when the program ended may have arrived.
	if t.At() == Created || t.At() == Unknown {
		if _, err := c.happen(l, unanswered{}, interrupted); err != nil {
			return err
		}
	}
	if e := c.kindOf(l).leftAlone(l.now()); e != nil {
		if _, err := c.happen(l, e, interrupted); err != nil {
			return err
		}
	}
	c.watchOver(l)
	return nil
}

// Close ends the background polling. What is open stays so in the journal.
// Calls must have ended before: they end with their contexts.
func (c *Core) Close() {
	c.mu.Lock()
	c.closed = true
	c.mu.Unlock()
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
	return c.call(ctx, request)
}

// maxAnew is how often one message goes anew because the platform took it for
// a replay.
const maxAnew = 3

// call sends a message. One that the platform took for a replay was not carried
// out: it goes again under a fresh msgid, which every call of the platform has.
func (c *Core) call(ctx context.Context, request onetrans.Request) (onetrans.Answer, error) {
	answer, err := c.platform.Call(ctx, request)
	for again := 0; again < maxAnew && err == nil && codeOf(answer) == onetrans.CodePlatformReplay; again++ {
		answer, err = c.platform.Call(ctx, request)
	}
	return answer, err
}

// write journals a step of a trade. Nothing that it brings is true for anybody
// before write has returned.
func (c *Core) write(before, next Trade, e flow.Event, note string) error {
	kind, no := next.Order.Kind(), next.Order.No
	event, by := e.Name(), person(e)
	entry := Entry{At: time.Now(), Kind: kind, No: no, Event: event, State: string(next.At()), Note: note, By: by}
	if err := c.journal.Write(entry, next); err != nil {
		return fmt.Errorf("%w: %q of %s: %w", ErrJournal, event, no, err)
	}
	if by != "" {
		note = "" // a person's words may be about a person
	}
	c.log.Info("trade", "kind", kind, "no", no, "event", event, "from", before.At(), "to", next.At(), "note", note)
	if next.Progress.Alarm != before.Progress.Alarm {
		c.log.Error("the platform contradicts itself: a person must look", "no", no, "what", next.Progress.Alarm)
	}
	if next.Progress.Desk != before.Progress.Desk && next.Progress.Desk != "" {
		c.log.Warn("a trade waits for a person", "no", no, "why", next.Progress.Desk)
	}
	return nil
}
