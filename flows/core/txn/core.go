package txn

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"time"

	"onetrans/flows/message/onetrans"
	"onetrans/flows/message/platform"
)

// Options are what a core needs besides journal and platform.
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

// Entry is one event of a trade, to be kept for good.
type Entry struct {
	At    time.Time
	Kind  string // the trade's trans_type
	No    string
	Event string
	State string
	// Note says in a word what the event brought: a code, what became of a message.
	Note string
	// By is the person whose word the event is; empty when it is nobody's.
	By string
}

// Journal is where trades are kept.
type Journal interface {
	// Write makes the entry and the trade as it now stands durable, both or
	// neither, before it returns.
	Write(Entry, Trade) error
	// Trade finds a trade by its kind and number. One that was moved to an
	// archive is [ErrArchived].
	Trade(transType, no string) (Trade, bool, error)
	// Related lists the trades that have ref among their Refs; it may list
	// some that had it once.
	Related(ref string) ([]Trade, error)
	// Open lists the trades that are not final. Its cost follows their number.
	Open() ([]Trade, error)
}

// Platform is what the core needs of a driver.
type Platform interface {
	// Call sends one message and waits for its answer. [platform.ErrNotSent]
	// means that the connection never opened; any other error, that a
	// message may have been taken and no normal answer came. An answer that comes
	// with an error is what was said, and proves nothing.
	Call(ctx context.Context, request onetrans.Request) (onetrans.Answer, error)
	Capabilities() platform.Capabilities
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
		terminal: make(chan struct{}, 1),
		ctx:      ctx,
		stop:     stop,
		live:     make(map[key]*live),
	}
	for _, t := range open {
		if err := c.resume(t); err != nil {
			c.Close()
			return nil, err
		}
	}
	return c, nil
}

const interrupted = "interrupted"

// resume goes on with a trade that an earlier run left open.
func (c *Core) resume(t Trade) error {
	if _, ok := kinds[t.Order.Kind()]; !ok {
		return fmt.Errorf("%w: trade %s is of another kind: %q", ErrJournal, t.Order.No, t.Order.Kind())
	}
	l := c.track(c.withMerchant(t))
	// One that was being sent, or sent again, when the program ended may have arrived.
	if t.At() == Created || t.At() == Unknown {
		if _, err := c.happen(l, unanswered{}, interrupted); err != nil {
			return err
		}
	}
	if restarted := t.kind().restarted; restarted != nil {
		if e := restarted(l.now()); e != nil {
			if _, err := c.happen(l, e, interrupted); err != nil {
				return err
			}
		}
	}
	c.startPolling(l)
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

// Capabilities are the platform's.
func (c *Core) Capabilities() platform.Capabilities { return c.platform.Capabilities() }

// Call passes a message that is not about money to the platform.
func (c *Core) Call(ctx context.Context, request onetrans.Request) (onetrans.Answer, error) {
	return c.call(ctx, request)
}
