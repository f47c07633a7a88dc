package journal

import (
	"cmp"
	"context"
	"errors"
	"io"
	"time"

	"onetrans/flows/core/txn"
)

// retryTime is how long a retry may take.
const retryTime = 30 * time.Second

func (t Terminal) retry(ctx context.Context, r Request, out io.Writer) error {
	record, err := t.one(r)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, retryTime)
	defer cancel()
	status, err := t.Core.Retry(ctx, record.Trade.Order.Kind(), record.Trade.Order.No, cmp.Or(r.By, "unnamed"))
	if err != nil {
		return err
	}
	if err := t.stands(out, status); err != nil {
		return err
	}
	if !status.Trade.Final() && !status.SilentSince.IsZero() {
		return ErrNoReply
	}
	return nil
}

func (t Terminal) settle(ctx context.Context, r Request, out io.Writer) error {
	if err := t.Operators.Prove(ctx, r.By, r.Password); err != nil {
		return err
	}
	record, err := t.one(r)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, retryTime)
	defer cancel()
	status, err := t.Core.Decide(ctx, record.Trade.Order.Kind(), record.Trade.Order.No, txn.Word{Verdict: r.Verdict, By: r.By, Why: r.reason()})
	if err != nil && !errors.Is(err, txn.ErrVerdict) {
		return err
	}
	// Where the word was not taken, the platform may just have said why.
	return errors.Join(err, t.stands(out, status))
}

// reason is the reason given, with the caller as the system knows it: a name alone
// proves little.
func (r Request) reason() string { return r.with(r.Why) }

func (r Request) with(text string) string {
	if r.Caller == "" {
		return text
	}
	return text + " [" + r.Caller + "]"
}

// password sets an operator's password, on the word of somebody who already has
// one. It is journaled before it takes effect.
func (t Terminal) password(ctx context.Context, r Request, out io.Writer) error {
	by := cmp.Or(r.By, r.No)
	if err := t.Operators.Prove(ctx, by, r.Password); err != nil {
		return err
	}
	if err := fit(r.No, r.Fresh); err != nil {
		return err
	}
	if err := t.Store.Note(txn.Entry{At: time.Now(), Event: eventPassword, By: by, Note: r.with(r.No)}); err != nil {
		return err
	}
	if err := t.Operators.SetPassword(r.No, r.Fresh); err != nil {
		return err
	}
	return writeLines(out, []string{t.words().say("password.set", "name", r.No)})
}

// stands tells the state of a trade.
func (t Terminal) stands(out io.Writer, s txn.Status) error {
	w := t.words()
	line := w.say("stands", "kind", w.kind(s.Trade.Order.Kind()), "no", s.Trade.Order.No, "state", w.state(s.Trade.At()))
	if waits := w.waits(s.Trade); waits != "" {
		line = w.say("stands.waits", "stands", line, "waits", waits)
	}
	lines := []string{line}
	if !s.SilentSince.IsZero() {
		lines = append(lines, w.say("silent", "time", when(s.SilentSince)))
	}
	return writeLines(out, lines)
}
