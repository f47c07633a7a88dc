package journal

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"onetrans/app/sheet"
	"onetrans/assets/texts"
	"onetrans/flows/core/txn"
	"onetrans/flows/message/mask"
	"onetrans/store"
)

// Core is what some commands need of the transaction core.
type Core interface {
	Retry(ctx context.Context, kind, no, by string) (txn.Status, error)
	Decide(ctx context.Context, kind, no string, w txn.Word) (txn.Status, error)
}

// Terminal is what commands work on.
type Terminal struct {
	Store *store.Store
	// Core is nil if only the journal is read.
	Core Core
	// Operators are the people who may decide.
	Operators *Operators
	// Copy means that the journal is an archive or a backup, which is not written
	// to.
	Copy bool
	// Words is the language of what is written for people.
	Words texts.Language
}

func (t Terminal) words() words { return words{t.Words} }

// Errors of commands. [Tell] translates them.
var (
	ErrNotWhole = errors.New("the journal is not whole")
	// ErrDamagedFile means that the journal's file is damaged, which nobody's word
	// can change.
	ErrDamagedFile = errors.New("the journal's file is damaged")
	// ErrSlip means that the journal does not confirm what a receipt says.
	ErrSlip = errors.New("the receipt is not this journal's")
	// ErrSlipSays means that what the receipt says was not given, or not in its
	// form.
	ErrSlipSays  = errors.New("this receipt also needs its number, amount and time")
	ErrNoTrade   = errors.New("the journal has no such trade")
	ErrAmbiguous = errors.New("several trades have this number")
	ErrServing   = errors.New("a journal that is served needs no adoption")
	ErrNoReply   = errors.New("the platform did not answer")
	ErrNoJournal = errors.New("there is no journal")
)

// Run carries out a request and writes its result to out. Its errors are for
// [Tell].
func Run(ctx context.Context, t Terminal, r Request, out io.Writer) error {
	run := map[Verb]func(context.Context, Request, io.Writer) error{
		List: t.list, Show: t.show, Verify: t.verify, Export: t.export,
		Retry: t.retry, Settle: t.settle, Backup: t.backup, Prune: t.prune,
		Password: t.password, Adopt: serving, Rebuild: serving,
	}[r.Verb]
	if run == nil {
		return ErrRequest
	}
	if err := t.noted(r); err != nil || r.Elsewhere != "" {
		return err
	}
	return run(ctx, r, out)
}

// Events about the journal itself.
const (
	eventRead     = "read" // somebody read it with people's identities
	eventPassword = "password set"
)

// noted journals who reads people's identities, and what was asked for, before
// anything is shown. A copy is not written to.
func (t Terminal) noted(r Request) error {
	if !r.Identity || t.Copy {
		return nil
	}
	return t.Store.Note(txn.Entry{At: time.Now(), Event: eventRead, By: cmp.Or(r.Caller, "unnamed"), Note: r.asked()})
}

// asked is what was asked for, in the command's own words.
func (r Request) asked() string {
	said := []string{string(r.Verb)}
	for _, part := range []struct{ name, value string }{
		{"file", r.Elsewhere}, {"kind", kindWord(r.Kind)}, {"number", r.No}, {"card", mask.CardNo(r.Card)}, {"state", strings.Join(r.States, ",")}, {"from", r.From}, {"to", r.To},
	} {
		if part.value != "" {
			said = append(said, "--"+part.name, part.value)
		}
	}
	for _, part := range []struct {
		name string
		yes  bool
	}{{"open", r.Open}, {"desk", r.Desk}, {"entries", r.Entries}} {
		if part.yes {
			said = append(said, "--"+part.name)
		}
	}
	return strings.Join(said, " ")
}

func serving(context.Context, Request, io.Writer) error { return ErrServing }

// writeLines writes lines without characters that could control a terminal.
func writeLines(out io.Writer, lines []string) error {
	for _, line := range lines {
		if _, err := fmt.Fprintln(out, strings.TrimRight(sheet.Shown(line), " ")); err != nil {
			return err
		}
	}
	return nil
}
