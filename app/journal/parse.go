package journal

import (
	"context"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"onetrans/app/command"
	"onetrans/flows/core/txn"
	"onetrans/flows/message/onetrans"
)

// Line is a parsed command line.
type Line struct {
	Request Request
	Config  string
	// Out is the file to write to; empty means standard output.
	Out string
	// Read is an archive or a backup to read instead of the journal.
	Read string
}

// Commands are the commands about the journal; do gets each parsed line, relative
// to the time that now returns.
func Commands(now func() time.Time, do func(context.Context, Line, command.Streams) error) (all []command.Command) {
	for _, verb := range verbs() {
		all = append(all, command.Command{Name: Name + " " + string(verb), Declare: func(f *command.Flags) command.Run {
			p := newParser(verb, now())
			p.flags(f)
			return func(ctx context.Context, s command.Streams) error {
				line, err := p.read()
				if err != nil {
					return err
				}
				return do(ctx, line, s)
			}
		}})
	}
	return all
}

type parser struct {
	now  time.Time
	line Line

	asJSON, asCSV              bool
	kind, states, day, verdict string
}

func newParser(verb Verb, now time.Time) *parser {
	return &parser{now: now, line: Line{Request: Request{Version: version, Verb: verb, Format: Text}}}
}

// flags declares the flags of the verb.
func (p *parser) flags(f *command.Flags) {
	r := &p.line.Request
	text := func(into *string, name string, verbs ...Verb) {
		if slices.Contains(verbs, r.Verb) {
			f.Text(into, name, "")
		}
	}
	private := func(into *string, name string, verbs ...Verb) {
		if slices.Contains(verbs, r.Verb) {
			f.Private(into, name)
		}
	}
	yes := func(into *bool, name string, verbs ...Verb) {
		if slices.Contains(verbs, r.Verb) {
			f.Yes(into, name)
		}
	}
	text(&p.line.Config, "config", verbs()...)
	text(&p.line.Read, "file", List, Show, Export, Verify)
	text(&p.states, "state", List, Export)
	text(&p.kind, "kind", List, Export, Show, Retry, Settle)
	text(&r.No, "number", List, Export)
	private(&r.Card, "card", List, Export)
	text(&p.day, "day", List, Export)
	yes(&r.Open, "open", List, Export)
	yes(&r.Desk, "desk", List, Export)
	yes(&p.asJSON, "json", List, Export, Show)
	yes(&p.asCSV, "csv", List, Export)
	yes(&r.Identity, "identity", List, Export, Show)
	yes(&r.Entries, "entries", Export)
	text(&p.line.Out, "out", Export)
	private(&r.By, "by", Retry, Settle, Adopt, Password)
	private(&r.Why, "why", Settle, Adopt)
	text(&p.verdict, "as", Settle)
	text(&r.File, "to", Prune, Rebuild)
	text(&r.Head, "receipt", Verify)
	text(&r.No, "number", Verify)
	text(&r.Amount, "amount", Verify)
	text(&r.Minute, "time", Verify)
	switch r.Verb {
	case List:
		f.Number(&r.Limit, "limit")
	case Prune:
		f.Number(&r.Days, "older-than")
	case Verify:
		f.Texts(&r.Archives, "archive")
	case Show, Retry, Settle:
		f.Word(&r.No, "number", true)
	case Password:
		f.Word(&r.No, "operator", true)
	case Backup:
		f.Word(&r.File, "file", true)
	}
}

// read is what was asked for, once the flags are parsed.
func (p *parser) read() (Line, error) {
	r := &p.line.Request
	r.Verdict = txn.Verdict(p.verdict)
	if p.states != "" {
		r.States = strings.Split(p.states, ",")
	}
	switch {
	case p.asJSON && p.asCSV:
		return Line{}, command.Wrong("json_and_csv")
	case p.asJSON:
		r.Format = JSON
	case p.asCSV || r.Verb == Export:
		r.Format = Comma
	}
	if r.Kind = p.kind; kindWords()[p.kind] != "" {
		r.Kind = kindWords()[p.kind]
	}
	if err := p.finish(); err != nil {
		return Line{}, err
	}
	return p.line, r.Check()
}

// finish makes days and paths absolute: the process that carries the request out
// has another day and folder.
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
			return command.Wrong("day")
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
