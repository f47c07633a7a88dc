package main

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"onetrans/app/command"
	"onetrans/app/compare"
	"onetrans/app/config"
	"onetrans/app/journal"
	"onetrans/app/terminal"
	"onetrans/app/terminal/owner"
	"onetrans/app/terminal/socket"
	"onetrans/assets/texts"
	"onetrans/store"
)

// runJournal carries out a command about the journal: by the terminal's owner
// where there is one, else alone.
func runJournal(ctx context.Context, line journal.Line, s command.Streams) error {
	settings, err := load(line.Config)
	if err != nil {
		return err
	}
	words, err := language(settings)
	if err != nil {
		return err
	}
	c := journalCommand{line: line, settings: settings, words: words, log: terminal.NewLog(s.Log)}
	if err := c.prove(ctx, s); err != nil {
		return journal.Tell(words, err)
	}
	if line.Out == "" {
		err = c.run(ctx, s.Out)
	} else {
		err = intoFile(line.Out, func(out io.Writer) error { return c.run(ctx, out) })
	}
	return journal.Tell(words, err)
}

type journalCommand struct {
	line     journal.Line
	settings config.Config
	words    texts.Language
	log      *slog.Logger
}

// prove asks for the passwords that the command needs. They are typed, or are the
// next lines of standard input: as arguments every user of the machine would see
// them.
func (c *journalCommand) prove(ctx context.Context, s command.Streams) error {
	r := &c.line.Request
	r.Caller = socket.Self().String()
	if !slices.Contains([]journal.Verb{journal.Settle, journal.Adopt, journal.Password}, r.Verb) {
		return nil
	}
	needed, err := c.operators().Needed()
	if err != nil {
		return err
	}
	ask := asker{in: bufio.NewReader(io.LimitReader(s.In, maxPasswords)), streams: s, words: c.words}
	if needed {
		// Who has no password yet gets one by the word of who has.
		if r.Password, err = ask.password(ctx, "journal.password", cmp.Or(r.By, r.No)); err != nil {
			return err
		}
	}
	if r.Verb == journal.Password {
		r.Fresh, err = ask.password(ctx, "journal.password.new", r.No)
	}
	return err
}

// maxPasswords bounds what is read of passwords, in bytes.
const maxPasswords = 4 << 10

// asker asks for passwords, one after the other.
type asker struct {
	in      *bufio.Reader
	streams command.Streams
	words   texts.Language
}

// password is the next line, without its end. On a terminal it is asked for, and
// not shown while it is typed.
func (a asker) password(ctx context.Context, key, name string) (string, error) {
	if terminal, ok := a.streams.In.(*os.File); ok {
		if shown, hidden := hideInput(terminal); hidden {
			defer shown()
			fmt.Fprint(a.streams.Log, a.words.Say(key, "name", name)+" ")
			defer fmt.Fprintln(a.streams.Log)
		}
	}
	line, err := command.Unless(ctx, func() (string, error) { return a.in.ReadString('\n') })
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return strings.TrimRight(line, "\r\n"), err
}

func (c journalCommand) operators() *journal.Operators {
	return journal.OperatorsOf(c.settings.Store.Path)
}

// language is the configuration's.
func language(settings config.Config) (texts.Language, error) {
	book, err := texts.Load()
	return book.In(string(settings.UI.Language)), err
}

func (c journalCommand) run(ctx context.Context, out io.Writer) error {
	if c.line.Read != "" {
		if err := c.noteReading(ctx); err != nil {
			return err
		}
		return c.read(ctx, c.line.Read, out)
	}
	return terminal.ByOwner(func() error { return c.ask(ctx, out) }, func() error { return c.alone(ctx, out) })
}

// noteReading writes into the journal itself who reads identities in a copy of it,
// which is not written on.
func (c journalCommand) noteReading(ctx context.Context) error {
	if !c.line.Request.Identity {
		return nil
	}
	c.line.Request.Elsewhere, c.line.Read = c.line.Read, ""
	err := c.run(ctx, io.Discard)
	if errors.Is(err, journal.ErrNoJournal) {
		return command.Wrong("unnoted")
	}
	return err
}

// ask lets the terminal's owner do it.
func (c journalCommand) ask(ctx context.Context, out io.Writer) error {
	request, err := c.line.Request.Encode()
	if err != nil {
		return err
	}
	return socket.AskCommand(ctx, terminal.Address(c.settings), socket.Command{Name: journal.Name, Request: request}, out)
}

// alone does it without an owner: as one, where something is changed.
func (c journalCommand) alone(ctx context.Context, out io.Writer) error {
	path, r := c.settings.Store.Path, c.line.Request
	// An adoption may be about a journal that is gone; a password begins a new one.
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) && r.Verb != journal.Adopt && r.Verb != journal.Password {
		return cmp.Or(store.Lost(path), journal.ErrNoJournal)
	}
	switch {
	case r.Verb == journal.Adopt:
		return journal.TakeOn(ctx, path, terminal.StoreOptions(c.settings, c.log), c.words, r, out)
	case r.Verb == journal.Rebuild:
		return journal.Mend(ctx, path, terminal.StoreOptions(c.settings, c.log), c.words, r, out)
	case r.Core():
		return c.own(ctx, out)
	case r.Verb == journal.Prune, r.Verb == journal.Password, r.Identity: // which are written down
		return c.with(ctx, out, func() (*store.Store, error) { return store.Open(path, terminal.StoreOptions(c.settings, c.log)) })
	}
	return c.read(ctx, path, out)
}

// read does it with a journal, an archive or a backup that is read only.
func (c journalCommand) read(ctx context.Context, path string, out io.Writer) error {
	return c.with(ctx, out, func() (*store.Store, error) {
		options := terminal.StoreOptions(c.settings, c.log)
		key, err := store.Key(c.settings.Store.Path, options)
		if err != nil && path != c.settings.Store.Path {
			return nil, err
		}
		options.Key, options.Copy = key, path != c.settings.Store.Path
		return store.Inspect(path, options)
	})
}

func (c journalCommand) with(ctx context.Context, out io.Writer, open func() (*store.Store, error)) error {
	s, err := open()
	if err != nil {
		return err
	}
	terminal := journal.Terminal{Store: s, Copy: c.line.Read != "", Operators: c.operators(), Words: c.words}
	return errors.Join(journal.Run(ctx, terminal, c.line.Request, out), s.Close())
}

// own does it as the terminal's owner, who goes on with what is open meanwhile.
func (c journalCommand) own(ctx context.Context, out io.Writer) error {
	o, err := owner.Open(terminal.OwnerOptions(c.settings, c.log))
	if err != nil {
		return err
	}
	err = journal.Run(ctx, journal.Terminal{Store: o.Journal(), Core: o.Core, Operators: c.operators(), Words: c.words}, c.line.Request, out)
	return errors.Join(err, o.Close())
}

// serving is an owner that also does what other processes want of its journal.
func serving(settings config.Config, log *slog.Logger) terminal.Options {
	operators := journal.OperatorsOf(settings.Store.Path) // who remember wrong tries
	return terminal.Options{Config: settings, Log: log, Command: func(ctx context.Context, s *terminal.Station, c socket.Command, out io.Writer) error {
		words, err := language(settings)
		if err != nil {
			return err
		}
		switch {
		case c.Name == journal.Name:
			t := journal.Terminal{Store: s.Journal(), Core: s.Core, Operators: operators, Words: words}
			err = journal.Tell(words, aboutJournal(ctx, t, c, log, out))
		case compare.Serves(c):
			err = compare.Serve(ctx, s, c, out)
		default:
			err = journal.ErrRequest
		}
		if err != nil {
			return &socket.CommandError{Text: command.Say(words, err)}
		}
		return nil
	}}
}

func aboutJournal(ctx context.Context, t journal.Terminal, c socket.Command, log *slog.Logger, out io.Writer) error {
	request, err := journal.Decode(c.Request)
	if err != nil {
		return err
	}
	request.Caller = c.By.String()
	log.Info("journal", "command", request.Verb, "by", request.Caller)
	return journal.Run(ctx, t, request, out)
}

// intoFile makes a new file of what write writes, aside, and gives it its name
// when it is whole. It never takes an older one's place: [store.ErrExists].
func intoFile(path string, write func(io.Writer) error) error {
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		return errors.Join(store.ErrExists, err)
	}
	aside, err := os.CreateTemp(filepath.Dir(path), ".export-*")
	if err != nil {
		return err
	}
	defer os.Remove(aside.Name())
	err = write(aside)
	if err = errors.Join(err, aside.Sync(), aside.Close()); err != nil {
		return err
	}
	switch err := os.Link(aside.Name(), path); {
	case errors.Is(err, fs.ErrExist):
		return store.ErrExists
	case err != nil: // memory sticks have no links
		return os.Rename(aside.Name(), path)
	}
	return nil
}
