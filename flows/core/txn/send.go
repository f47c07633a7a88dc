package txn

import (
	"context"
	"time"
)

// send sends what was journaled as sent, journals what came of it, and gives
// the turn back.
func (c *Core) send(ctx context.Context, l *live, turn func()) error {
	defer turn()
	return c.sendNow(ctx, l)
}

// sendNow is send for who keeps the turn.
func (c *Core) sendNow(ctx context.Context, l *live) error {
	t, k := l.now(), c.kindOf(l)
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
