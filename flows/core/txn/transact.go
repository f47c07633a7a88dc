package txn

import (
	"context"
	"fmt"
	"reflect"
	"time"

	"onetrans/flows/flow"
	"onetrans/flows/message/onetrans"
)

// errand is what one call wants carried out.
type errand struct {
	order Order
	// first is journaled before the order is sent. guard says what stands against a new
	// send, nil: nothing; it and the journaling are one step for all trades.
	first sent
	guard func(*Order) error
	// again is what a repeat wants of the trade that is there already; nil: nothing.
	again func(context.Context, *live) error
	// goOn goes on with the trade until it is served, nil: as askUntil does.
	goOn   func(context.Context, *live) error
	served func(Trade) bool
}

// carryOut journals a trade, or finds the one that it repeats, sends it, and goes on
// until its caller need not wait any longer, or ctx ends: then it goes on in the
// background. An error means that nothing was sent for this call.
func (c *Core) carryOut(ctx context.Context, e errand) (Status, error) {
	l, turn, err := c.begin(e)
	if err != nil {
		return Status{}, err
	}
	defer c.startPolling(l)
	defer l.interrupt()()
	// From here on something may have been sent: no fault is an error any more.
	if err := c.carryThrough(ctx, l, turn, e); err != nil && ctx.Err() == nil {
		c.log.Error("after sending", "no", e.order.No, "error", err)
	}
	return l.status(), nil
}

func (c *Core) carryThrough(ctx context.Context, l *live, turn func(), e errand) error {
	switch {
	case turn != nil:
		if err := c.send(ctx, l, turn); err != nil || e.served(l.now()) {
			return err
		}
	case e.again != nil:
		if err := e.again(ctx, l); err != nil {
			return err
		}
	}
	if e.goOn != nil {
		return e.goOn(ctx, l)
	}
	return c.askUntil(ctx, l, e.served)
}

// begin journals a new trade, or finds the one that this errand repeats. A trade that
// comes with the turn to speak about it is to be sent now; one without must be asked
// for first.
func (c *Core) begin(e errand) (l *live, turn func(), err error) {
	c.beginning.Lock()
	defer c.beginning.Unlock()

	order := e.order
	before, known, err := c.usedFor(order)
	if known {
		err = c.sameTrade(before, order)
	}
	switch {
	case err != nil:
		return nil, nil, err
	case known && (order.kind().repeats == nil || !order.kind().repeats(before)):
		return c.repeated(before, order), nil, nil
	}
	if e.guard != nil {
		if err := e.guard(&order); err != nil {
			return nil, nil, err
		}
	}
	if known && !neverBegan(before) && !before.Order.anotherWay(order) {
		l, err = c.reopen(before, order, reopened{}, "repeated by the caller")
		return l, nil, err
	}
	note := ""
	if known {
		note = "repeated by the caller"
	}
	l = newLive(c.anew(before, order))
	if turn, err = l.lock(context.Background()); err == nil { // nobody else knows it yet
		_, err = c.happen(l, e.first, note)
	}
	if err != nil {
		l, err = c.unacknowledged(l, err)
		return l, nil, err
	}
	return l, turn, nil
}

// anew is the trade with which an order begins: a new one, or that which a caller may
// repeat.
func (c *Core) anew(before Trade, order Order) Trade {
	switch {
	case before.At() == "":
		before.Progress.State = draft
	case before.Order.Original != order.Original:
		before.Progress.OtherName = before.Order.Original
	}
	before.Order = order
	before.Order.Merchant = c.merchantTag(order.Secrets)
	return before
}

// repeated is the trade that a call repeats. One that is not final goes on
// with the caller's credentials of today.
func (c *Core) repeated(before Trade, order Order) *live {
	if before.Final() {
		l := newLive(before)
		if _, err := c.happen(l, newsTold{}, ""); err != nil {
			c.log.Error("passing on what became of a trade", "no", order.No, "error", err)
		}
		return l
	}
	l := c.track(before)
	l.renew(order.Secrets)
	return l
}

// reopen goes on with a final trade that the platform had, because somebody wants
// that. It is asked for before it is sent.
func (c *Core) reopen(before Trade, order Order, wanted flow.Event, note string) (*live, error) {
	before.Order.Secrets, before.Order.Merchant = order.Secrets, c.merchantTag(order.Secrets)
	l := newLive(before)
	if _, err := c.happen(l, wanted, note); err != nil {
		return c.unacknowledged(l, err)
	}
	return l, nil
}

// readings is how often the journal is read for a trade that it may hold.
const readings = 3

// unacknowledged is a trade whose beginning was written and not acknowledged. Nobody
// is told that it was not sent, because the next run would go on with it; it goes on
// as one that was interrupted. Where the journal does not hold it, the error is
// failed.
func (c *Core) unacknowledged(l *live, failed error) (*live, error) {
	if l.unsure == nil {
		return nil, failed
	}
	t := *l.unsure
	for range readings {
		stands, found, err := c.journal.Trade(l.order.Kind(), l.order.No)
		if err != nil {
			continue // nobody knows: it must be written before anything is sent
		}
		if !found || stands.Final() {
			return nil, failed
		}
		t.Progress = stands.Progress
		l = c.track(t)
		if _, err := c.happen(l, unanswered{}, interrupted); err != nil {
			c.log.Error("after a beginning that was not acknowledged", "no", l.order.No, "error", err)
		}
		return l, nil
	}
	l = newLive(t)
	if _, err := c.happen(l, unanswered{}, interrupted); err != nil {
		return nil, failed
	}
	return l, nil
}

// happen lets an event happen to a trade: the step is journaled first, and
// only then true for anybody else. When it can't be journaled it did not happen.
func (c *Core) happen(l *live, e flow.Event, note string) (Trade, error) {
	if complete := l.order.kind().complete; complete != nil {
		var err error
		if e, err = complete(c, l.now(), e); err != nil {
			return l.now(), err
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := c.reread(l); err != nil {
		return l.trade, err
	}
	before := l.trade
	next, _ := l.order.kind().table.Step(before, e)
	if reflect.DeepEqual(next.Progress, before.Progress) {
		return before, nil
	}
	if !before.Final() && next.isNews() && l.unwatched() {
		next.Progress.News = true
	}
	if err := c.write(before, next, e, note); err != nil {
		l.unsure = &next
		return before, err
	}
	l.trade = next
	c.index(l, next)
	l.tell()
	return next, nil
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

// person is whose word an event is; empty when it is nobody's.
func person(e flow.Event) string {
	switch e := e.(type) {
	case decided:
		return e.hand.By
	case retryAsked:
		return e.by
	}
	return ""
}

// reread reads a trade again whose last step could not be written, or was
// written and not acknowledged, as when only the disk's last sync failed. l.mu is held.
func (c *Core) reread(l *live) error {
	if l.unsure == nil {
		return nil
	}
	t, found, err := c.journal.Trade(l.order.Kind(), l.order.No)
	if err != nil {
		return fmt.Errorf("%w: reading %s again: %w", ErrJournal, l.order.No, err)
	}
	l.unsure = nil
	if found && t.At() != l.trade.At() {
		t.Order = l.trade.Order
		l.trade = t
		c.index(l, t)
		l.tell()
	}
	return nil
}

// catchUp makes memory and journal agree before more is said of a trade, whose turn is
// held. Where the answer to the last send could not be written, the next answer to a
// send proves nothing, so the trade is unknown.
func (c *Core) catchUp(l *live) error {
	l.mu.Lock()
	err := c.reread(l)
	doubtful := l.unwritten || l.trade.At() == Created
	l.mu.Unlock()
	if err != nil || !doubtful {
		return err
	}
	if _, err := c.happen(l, unanswered{}, "its answer could not be written"); err != nil {
		return err
	}
	l.noteWritten(nil)
	return nil
}

// noteWritten notes whether what came of a send is in the journal.
func (l *live) noteWritten(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.unwritten = err != nil
}

// send sends what was journaled as sent, journals what came of it, and gives
// the turn back.
func (c *Core) send(ctx context.Context, l *live, turn func()) error {
	defer turn()
	return c.sendNow(ctx, l)
}

// sendNow is send for who keeps the turn.
func (c *Core) sendNow(ctx context.Context, l *live) error {
	t, k := l.now(), l.order.kind()
	if k.request == nil {
		return nil // it is made of other trades
	}
	request, err := k.request(t)
	if err != nil {
		return err
	}
	answer, err := c.call(ctx, request)
	_, err = c.happen(l, k.answered(t, answer, err), outcomeNote(answer, err))
	l.noteWritten(err)
	return err
}

// sendAgain journals another send of the same number, and sends. The turn is held.
func (c *Core) sendAgain(ctx context.Context, l *live) error {
	now := time.Now()
	again := sent{at: now, retryAt: c.nextTry(l.now(), now)}
	if _, err := c.happen(l, again, "sent again"); err != nil {
		return err
	}
	return c.sendNow(ctx, l)
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

// askUntil goes on with a trade until served, or ctx ends.
func (c *Core) askUntil(ctx context.Context, l *live, served func(Trade) bool) error {
	pause := newBackoff()
	for !served(l.now()) {
		before := l.now().At()
		if _, err := c.ask(ctx, l, 0); err != nil {
			return err
		}
		if l.now().At() != before || served(l.now()) {
			continue
		}
		if err := pause.wait(ctx); err != nil {
			return err
		}
	}
	return nil
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
	return l.order.kind().ask(c, ctx, l, hold)
}

// message is something to say about a trade, and what its answer proves; nil
// when it proves nothing.
type message struct {
	request onetrans.Request
	read    func(Trade, onetrans.Answer, error) flow.Event
	// aside: that it is not answered is no silence of the platform, which may
	// not know this kind of message.
	aside bool
	// slow: the platform asks others before it answers.
	slow bool
}

// queryTimeout is how long a query that is not held may take.
const queryTimeout = 10 * time.Second

// slowTimeout is how long one may take for which the platform asks the
// insurance.
const slowTimeout = 30 * time.Second

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
		l.noteSpoke(e != nil)
	}
	if e == nil {
		return false, ctx.Err()
	}
	_, err = c.happen(l, e, outcomeNote(answer, err))
	return true, err
}
