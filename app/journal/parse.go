package journal

import (
	"flag"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"onetrans/flows/onetrans"
	"onetrans/flows/txn"
)

// Usage is what the commands are.
const Usage = `onetrans journal: what a terminal's journal says, and what persons do about it

  onetrans journal list   [FILTERS] [--json|--csv] [--limit N]
  onetrans journal show   NUMBER [--kind KIND] [--json]
  onetrans journal export [FILTERS] [--json|--csv] [--entries] [--out FILE]
  onetrans journal verify [--archive FILE]... [--receipt HEAD]
  onetrans journal retry  NUMBER [--kind KIND] [--by NAME]
        ask the platform now, or send again what it proves not to have
  onetrans journal settle NUMBER --as done|failed|seen --by NAME --why REASON [--kind KIND]
        end a trade in doubt by a person's word, which is journaled
  onetrans journal backup FILE
  onetrans journal prune  --older-than DAYS --to FILE
        move trades that ended so long ago to an archive
  onetrans journal adopt  --by NAME --why REASON
        serve money again on a journal that was put back, altered, or another terminal's

  FILTERS: --state STATE[,STATE], --open, --desk, --kind KIND, --number NUMBER,
           --card NUMBER, --day DAY or DAY..DAY (2026-03-04, today, yesterday)
  KIND:    recharge, refund, settlement, cancellation, balance
  --identity  writes names and card and identity numbers in full
  --file FILE reads an archive or a backup instead of the journal (list, show, export, verify)
  --config FILE, as ever

The exit status is 0 when it worked, and when 'verify' finds the journal whole.
`

// Line is a command line, read.
type Line struct {
	Request Request
	Config  string
	// Out is the file for what is written; empty: standard output.
	Out string
	// Read is an archive or a backup to read instead of the journal.
	Read string
}

// Parse reads a command line without the program's and this command's names.
// An error says what is wrong with it; [flag.ErrHelp] asks for [Usage].
func Parse(args []string, now time.Time) (Line, error) {
	if len(args) == 0 || slices.Contains([]string{"help", "-h", "--help"}, args[0]) {
		return Line{}, flag.ErrHelp
	}
	p := parser{now: now, line: Line{Request: Request{Version: version, Verb: Verb(args[0]), Format: Text}}}
	if !slices.Contains(verbs(), p.line.Request.Verb) {
		return Line{}, fmt.Errorf("%w: %q", ErrRequest, args[0])
	}
	if err := p.parse(args[1:]); err != nil {
		return Line{}, err
	}
	return p.line, p.line.Request.Check()
}

type parser struct {
	now  time.Time
	line Line

	asJSON, asCSV              bool
	kind, states, day, verdict string
	archives                   paths
}

// paths is a flag that may be given again.
type paths []string

func (p *paths) String() string     { return strings.Join(*p, ",") }
func (p *paths) Set(s string) error { *p = append(*p, s); return nil }

func (p *parser) parse(args []string) error {
	words, err := p.flags(args)
	if err != nil {
		return err
	}
	r := &p.line.Request
	switch takes := map[Verb]*string{Show: &r.No, Retry: &r.No, Settle: &r.No, Backup: &r.File}; {
	case len(words) == 1 && takes[r.Verb] != nil:
		*takes[r.Verb] = words[0]
	case len(words) > 0:
		return fmt.Errorf("%w: %s does not take %q", ErrRequest, r.Verb, words[0])
	}
	r.Verdict, r.Archives = txn.Verdict(p.verdict), p.archives
	if p.states != "" {
		r.States = strings.Split(p.states, ",")
	}
	switch {
	case p.asJSON && p.asCSV:
		return fmt.Errorf("%w: --json or --csv, not both", ErrRequest)
	case p.asJSON:
		r.Format = JSON
	case p.asCSV || r.Verb == Export:
		r.Format = Comma
	}
	if r.Kind = p.kind; kindWords()[p.kind] != "" {
		r.Kind = kindWords()[p.kind]
	}
	return p.finish()
}

// flags reads the flags, which may stand before and after other words.
func (p *parser) flags(args []string) (words []string, err error) {
	r := &p.line.Request
	f := flag.NewFlagSet("journal "+string(r.Verb), flag.ContinueOnError)
	f.SetOutput(io.Discard)
	text := func(into *string, name string, verbs ...Verb) {
		if slices.Contains(verbs, r.Verb) {
			f.StringVar(into, name, "", "")
		}
	}
	yes := func(into *bool, name string, verbs ...Verb) {
		if slices.Contains(verbs, r.Verb) {
			f.BoolVar(into, name, false, "")
		}
	}
	f.StringVar(&p.line.Config, "config", "", "")
	text(&p.line.Read, "file", List, Show, Export, Verify)
	text(&p.states, "state", List, Export)
	text(&p.kind, "kind", List, Export, Show, Retry, Settle)
	text(&r.No, "number", List, Export)
	text(&r.Card, "card", List, Export)
	text(&p.day, "day", List, Export)
	yes(&r.Open, "open", List, Export)
	yes(&r.Desk, "desk", List, Export)
	yes(&p.asJSON, "json", List, Export, Show)
	yes(&p.asCSV, "csv", List, Export)
	yes(&r.Identity, "identity", List, Export, Show)
	yes(&r.Entries, "entries", Export)
	text(&p.line.Out, "out", Export)
	text(&r.By, "by", Retry, Settle, Adopt)
	text(&r.Why, "why", Settle, Adopt)
	text(&p.verdict, "as", Settle)
	text(&r.File, "to", Prune)
	text(&r.Head, "receipt", Verify)
	if r.Verb == List {
		f.IntVar(&r.Limit, "limit", 0, "")
	}
	if r.Verb == Prune {
		f.IntVar(&r.Days, "older-than", 0, "")
	}
	if r.Verb == Verify {
		f.Var(&p.archives, "archive", "")
	}
	for len(args) > 0 {
		if err := f.Parse(args); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrRequest, err)
		}
		if args = f.Args(); len(args) > 0 {
			words, args = append(words, args[0]), args[1:]
		}
	}
	return words, nil
}

// finish makes days and paths whole: another process has another day and folder.
func (p *parser) finish() error {
	r := &p.line.Request
	if p.day != "" {
		from, to, isRange := strings.Cut(p.day, "..")
		if !isRange {
			to = from
		}
		var ok [2]bool
		r.From, ok[0] = p.readDay(from)
		r.To, ok[1] = p.readDay(to)
		if !ok[0] || !ok[1] {
			return fmt.Errorf("%w: --day takes 2026-03-04, today, yesterday, or two of these with .. between", ErrRequest)
		}
	}
	for _, path := range append([]*string{&r.File, &p.line.Read}, pointers(r.Archives)...) {
		if *path == "" {
			continue
		}
		var err error
		if *path, err = filepath.Abs(*path); err != nil {
			return err
		}
	}
	return nil
}

func pointers(all []string) []*string {
	some := make([]*string, len(all))
	for i := range all {
		some[i] = &all[i]
	}
	return some
}

func (p *parser) readDay(s string) (string, bool) {
	now := p.now.In(onetrans.Zone())
	switch s {
	case "":
		return "", true
	case "today":
		return now.Format(compactDay), true
	case "yesterday":
		return now.AddDate(0, 0, -1).Format(compactDay), true
	}
	for _, layout := range []string{time.DateOnly, compactDay} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.Format(compactDay), true
		}
	}
	return "", false
}
