package journal

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"time"

	"onetrans/app/command"
	"onetrans/app/sheet"
	"onetrans/assets/texts"
	"onetrans/flows/mask"
	"onetrans/flows/onetrans"
	"onetrans/flows/receipt"
	"onetrans/flows/txn"
	"onetrans/store"
)

// Core is what some commands need of the transaction core.
type Core interface {
	Retry(ctx context.Context, kind, no, by string) (txn.Status, error)
	Decide(ctx context.Context, kind, no string, w txn.Word) (txn.Status, error)
}

// Terminal is what commands are carried out with.
type Terminal struct {
	Store *store.Store
	// Core is nil where only the journal is read.
	Core Core
	// Operators are whose word counts.
	Operators *Operators
	// Copy says that it is an archive or a backup, which is not written on.
	Copy bool
	// Words are the language of what is written for people.
	Words texts.Language
}

func (t Terminal) words() words { return words{t.Words} }

// Errors of commands. [Tell] puts them into the person's language.
var (
	ErrNotWhole = errors.New("the journal is not whole")
	// ErrDamagedFile: the journal's file is no whole one, which no person's word can mend.
	ErrDamagedFile = errors.New("the journal's file is damaged")
	// ErrSlip: the journal does not stand by what a receipt says.
	ErrSlip = errors.New("the receipt is not this journal's")
	// ErrSlipSays: what the receipt says was not given, or not as it says it.
	ErrSlipSays  = errors.New("this receipt also needs its number, amount and time")
	ErrNoTrade   = errors.New("the journal has no such trade")
	ErrWhich     = errors.New("several trades have this number")
	ErrServing   = errors.New("a journal that is served needs no adoption")
	ErrSilent    = errors.New("the platform did not answer")
	ErrNoJournal = errors.New("there is no journal")
)

// retryTime is how long a retry may take.
const retryTime = 30 * time.Second

// Run carries out a request and writes what comes of it to out. Its errors are
// for [Tell].
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
	eventRead     = "read" // which showed who persons are
	eventPassword = "password set"
)

// noted writes into the journal who reads it with the identities of persons, and
// what was asked for, before anything is shown. A copy is not written on.
func (t Terminal) noted(r Request) error {
	if !r.Identity || t.Copy {
		return nil
	}
	return t.Store.Note(txn.Entry{At: time.Now(), Event: eventRead, By: cmp.Or(r.Caller, "unnamed"), Note: r.asked()})
}

// asked is what is asked for, in the command's own words.
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

func (r Request) filter() store.Filter {
	return store.Filter{No: r.No, CardNo: r.Card, States: r.States, From: r.From, To: r.To, Open: r.Open, Desk: r.Desk}
}

// each calls do with the trades that are asked for.
func (t Terminal) each(ctx context.Context, r Request, do func(store.Record) error) error {
	var failed error
	n := 0
	err := t.Store.List(r.filter(), func(record store.Record) bool {
		if r.Kind != "" && record.Trade.Order.Kind() != r.Kind {
			return ctx.Err() == nil
		}
		failed = do(record)
		n++
		return failed == nil && ctx.Err() == nil && (r.Limit == 0 || n < r.Limit)
	})
	return errors.Join(err, failed, ctx.Err())
}

func (t Terminal) list(ctx context.Context, r Request, out io.Writer) error {
	w := newWriter(r.Format, t.words(), out)
	err := t.each(ctx, r, func(record store.Record) error { return w.trade(record.Trade, rowOf(record, r.Identity)) })
	return errors.Join(err, w.end())
}

func (t Terminal) export(ctx context.Context, r Request, out io.Writer) error {
	if !r.Entries {
		return t.list(ctx, r, out)
	}
	write, end := newEntryWriter(r.Format, out)
	err := t.each(ctx, r, func(record store.Record) error {
		events, err := t.Store.History(record.Trade.Order.Kind(), record.Trade.Order.No)
		for _, e := range events {
			err = errors.Join(err, write(entryOf(e)))
		}
		return err
	})
	if err == nil {
		err = t.own(r, func(e store.Event) error { return write(entryOf(e)) })
	}
	return errors.Join(err, end())
}

// own calls do with the entries about the journal itself, where no trade is asked
// for: adoptions, prunings, readings with identities.
func (t Terminal) own(r Request, do func(store.Event) error) (err error) {
	if r.Kind != "" || r.No != "" || r.Card != "" || len(r.States) > 0 || r.Open || r.Desk {
		return nil
	}
	failed := t.Store.Entries(func(seq uint64, e txn.Entry) bool {
		on := e.At.In(onetrans.Zone()).Format(compactDay)
		if e.Kind == "" && (r.From == "" || on >= r.From) && (r.To == "" || on <= r.To) {
			err = do(store.Event{Entry: e, Seq: seq})
		}
		return err == nil
	})
	return errors.Join(failed, err)
}

// entry is an entry of the log as people read it.
type entry struct {
	Seq   string `json:"seq"`
	At    string `json:"at"`
	Kind  string `json:"kind"`
	No    string `json:"number"`
	Event string `json:"event"`
	State string `json:"state"`
	Note  string `json:"note"`
	By    string `json:"by"`
}

func entryOf(e store.Event) entry {
	return entry{fmt.Sprint(e.Seq), when(e.At), kindWord(e.Kind), e.No, e.Event, e.State, e.Note, e.By}
}

func newEntryWriter(f Format, out io.Writer) (write func(entry) error, end func() error) {
	if f == JSON {
		return func(e entry) error { return writeJSON(out, e) }, func() error { return nil }
	}
	w := sheet.New(out, "seq", "at", "kind", "number", "event", "state", "note", "by")
	return func(e entry) error { return w.Line(e.Seq, e.At, e.Kind, e.No, e.Event, e.State, e.Note, e.By) }, w.End
}

// one finds the trade that a number names.
func (t Terminal) one(r Request) (store.Record, error) {
	var found []store.Record
	err := t.Store.List(store.Filter{No: r.No}, func(record store.Record) bool {
		if r.Kind == "" || record.Trade.Order.Kind() == r.Kind {
			found = append(found, record)
		}
		return true
	})
	switch {
	case err != nil:
		return store.Record{}, err
	case len(found) == 0:
		return store.Record{}, ErrNoTrade
	case len(found) > 1:
		return store.Record{}, ErrWhich
	}
	return found[0], nil
}

// shown is a trade with its history.
type shown struct {
	Trade   row     `json:"trade"`
	Parts   []part  `json:"parts,omitzero"`
	Entries []entry `json:"entries"`
}

func (t Terminal) show(_ context.Context, r Request, out io.Writer) error {
	record, err := t.one(r)
	if err != nil {
		return err
	}
	events, err := t.Store.History(record.Trade.Order.Kind(), record.Trade.Order.No)
	if err != nil {
		return err
	}
	s := shown{Trade: rowOf(record, r.Identity), Parts: partsOf(record.Trade)}
	for _, e := range events {
		s.Entries = append(s.Entries, entryOf(e))
	}
	if r.Format == JSON {
		return writeJSON(out, s)
	}
	return s.write(out, t.words(), record.Trade)
}

// write writes a trade for people.
func (s shown) write(out io.Writer, w words, t txn.Trade) error {
	s.Trade.Amount, s.Trade.Kind, s.Trade.State = grouped(s.Trade.Amount), w.kind(t.Order.Kind()), w.state(t.At())
	s.Trade.Waits, s.Trade.Desk = w.waits(t), "" // which says that as well
	s.Trade.WithdrawMode, s.Trade.RefundType = w.way(s.Trade.WithdrawMode), w.name("refund_type", s.Trade.RefundType)
	s.Trade.Result, s.Trade.Decided = w.name("result", s.Trade.Result), w.name("verdict", s.Trade.Decided)
	var lines []string
	names, values := s.Trade.columns()
	for i, name := range names {
		if values[i] != "" {
			lines = append(lines, column(w.say("column."+name), 14)+values[i])
		}
	}
	for _, p := range s.Parts {
		lines = append(lines, column(w.say("column.part"), 14)+p.say(w))
	}
	lines = append(lines, "")
	for _, e := range s.Entries {
		by := ""
		if e.By != "" {
			by = "(" + e.By + ")"
		}
		lines = append(lines, strings.Join([]string{
			column(e.Seq, -8), e.At, column(w.event(e.Event), 22), column(w.name("state", e.State), 12), e.Note, by,
		}, "  "))
	}
	return writeLines(out, lines)
}

// writeLines writes lines without what could steer a terminal.
func writeLines(out io.Writer, lines []string) error {
	for _, line := range lines {
		if _, err := fmt.Fprintln(out, strings.TrimRight(sheet.Shown(line), " ")); err != nil {
			return err
		}
	}
	return nil
}

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
		return ErrSilent
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

// reason is why, with who asked as the system says it: a name alone proves little.
func (r Request) reason() string { return r.with(r.Why) }

func (r Request) with(text string) string {
	if r.Caller == "" {
		return text
	}
	return text + " [" + r.Caller + "]"
}

// password gives an operator one, by the word of whoever has one already. It is
// written down before it counts.
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

// stands says how a trade stands.
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

// slip says what is to be thought of a receipt, once the journal itself is whole.
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

// said is what a receipt says, as it was typed.
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

// minute is a receipt's time as it is typed.
const minute = "2006-01-02 15:04"

// known says whether the journal, or an archive that has the entry, once ended
// with head.
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

// report writes what came of a verification.
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

func (t Terminal) backup(_ context.Context, r Request, out io.Writer) error {
	head, err := t.Store.Backup(r.File)
	if err != nil {
		return err
	}
	w := t.words()
	return writeLines(out, []string{
		w.say("backup.done", "file", r.File), w.say("verify.head", "head", head.String()), w.say("backup.key"),
	})
}

func (t Terminal) prune(ctx context.Context, r Request, out io.Writer) error {
	p, err := t.Store.Prune(ctx, time.Now().AddDate(0, 0, -r.Days), r.File)
	if err != nil {
		return err
	}
	w := t.words()
	if p.Archive == "" {
		return writeLines(out, []string{w.say("prune.nothing")})
	}
	return writeLines(out, []string{
		w.say("prune.done", "trades", fmt.Sprint(p.Trades), "entries", fmt.Sprint(p.Entries), "file", p.Archive), w.say("prune.key"),
	})
}

// Mend makes a fresh journal of what can be proved of the one at path, which
// nobody serves.
func Mend(ctx context.Context, path string, options store.Options, language texts.Language, r Request, out io.Writer) error {
	w := words{language}
	begin := time.Now()
	done, err := store.Rebuild(ctx, path, options, r.File)
	if err != nil {
		return err
	}
	lines := []string{w.say("rebuild.done", "file", done.Path)}
	if done.Kept != "" {
		lines = append(lines, w.say("rebuild.kept", "file", done.Kept))
	}
	return errors.Join(writeLines(out, lines), report(out, w, done.Proof, time.Since(begin)))
}

// TakeOn adopts the journal at path, which nobody serves.
func TakeOn(ctx context.Context, path string, options store.Options, language texts.Language, r Request, out io.Writer) error {
	w := words{language}
	if err := OperatorsOf(path).Prove(ctx, r.By, r.Password); err != nil {
		return err
	}
	begin := time.Now()
	proof, err := store.Adopt(ctx, path, options, r.By, r.reason())
	if errors.Is(err, fs.ErrNotExist) {
		err = ErrNoJournal
	}
	if err != nil {
		return err
	}
	for i := range proof.Faults {
		proof.Faults[i].Adopted = true
	}
	if err := report(out, w, proof, time.Since(begin)); err != nil {
		return err
	}
	return writeLines(out, []string{w.say("adopted", "name", r.By)})
}
