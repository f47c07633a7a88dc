package journal

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"onetrans/app/command"
	"onetrans/flows/core/txn"
	"onetrans/flows/message/onetrans"
	"onetrans/flows/receipt"
	"onetrans/store"
)

func (t Terminal) verify(ctx context.Context, r Request, out io.Writer) error {
	var archives []*store.Store
	defer func() {
		for _, a := range archives {
			_ = a.Close()
		}
	}()
	for _, path := range r.Archives {
		a, err := t.Store.Archive(path)
		if err != nil {
			return err
		}
		archives = append(archives, a)
	}
	begin := time.Now()
	proof, err := t.Store.Verify(ctx, archives...)
	if err != nil {
		return err
	}
	if err := report(out, t.words(), proof, time.Since(begin)); err != nil || r.Head == "" {
		return err
	}
	return t.slip(r, archives, out)
}

// slip says whether a receipt is genuine, once the journal itself has been
// verified.
func (t Terminal) slip(r Request, archives []*store.Store, out io.Writer) error {
	head, printed, err := store.ParseSlip(r.Head)
	if err != nil {
		return err
	}
	w := t.words()
	if err := t.known(head, archives); err != nil {
		return errors.Join(writeLines(out, []string{w.say("slip.wrong", "what", command.Say(w.Language, err))}), ErrSlip)
	}
	if printed == nil {
		return writeLines(out, []string{w.say("slip.old")})
	}
	said, err := r.said()
	if err != nil {
		return err
	}
	for _, kind := range receipt.Kinds() {
		if said.Kind = kind; bytes.Equal(printed, t.Store.Slip(head.Seq, said.Proven()...)) {
			return writeLines(out, []string{w.say("slip.right", "state", w.Say("receipt."+string(kind)+".title")+" "+w.Say("receipt."+string(kind)+".state"))})
		}
	}
	return errors.Join(writeLines(out, []string{w.say("slip.altered")}), ErrSlip)
}

// said is what a receipt says, as typed.
func (r Request) said() (f receipt.Facts, err error) {
	f.No = strings.ReplaceAll(r.No, " ", "")
	if f.Amount, err = onetrans.ParseFen(strings.ReplaceAll(r.Amount, ",", "")); err == nil {
		f.At, err = time.ParseInLocation(minute, r.Minute, onetrans.Zone())
	}
	if err != nil || f.No == "" {
		return f, ErrSlipSays
	}
	return f, nil
}

// minute is a receipt's time, as typed.
const minute = "2006-01-02 15:04"

// known reports whether the journal, or an archive that has the entry, once had
// this head.
func (t Terminal) known(head store.Head, archives []*store.Store) error {
	err := t.Store.Knows(head)
	if !errors.Is(err, txn.ErrArchived) || len(archives) == 0 {
		return err
	}
	for _, a := range archives {
		if a.Knows(head) == nil {
			return nil
		}
	}
	return command.Wrong("receipt_archive")
}

// report writes the result of a verification.
func report(out io.Writer, w words, p store.Proof, took time.Duration) error {
	lines := []string{
		w.say("verify.terminal", "terminal", p.Terminal),
		w.say("verify.entries", "entries", fmt.Sprint(p.Entries), "archived", fmt.Sprint(p.Archived)),
		w.say("verify.trades", "trades", fmt.Sprint(p.Trades), "open", fmt.Sprint(p.Open)),
		w.say("verify.head", "head", p.Head.String()),
		w.say("verify.took", "time", took.Round(time.Millisecond).String()),
	}
	for _, f := range p.Faults {
		key := "verify.wrong"
		if f.Adopted {
			key = "verify.adopted"
		}
		lines = append(lines, w.say(key, "what", command.Say(w.Language, f.What)))
	}
	for _, file := range p.Before {
		lines = append(lines, w.say("verify.before", "file", file))
	}
	if p.More {
		lines = append(lines, w.say("verify.more"))
	}
	if p.Whole() {
		lines = append(lines, w.say("verify.whole"))
	}
	if err := writeLines(out, lines); err != nil || p.Whole() {
		return err
	}
	if p.Damaged {
		return ErrDamagedFile
	}
	return ErrNotWhole
}
