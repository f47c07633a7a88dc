package main

import (
	"cmp"
	"context"
	"errors"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"onetrans/app/command"
	"onetrans/app/config"
	"onetrans/app/journal"
	"onetrans/app/sheet"
	"onetrans/assets/texts"
)

// Exit statuses. A call's own, 0 and 2, are [call.ExitAnswered] and [call.ExitUnknown].
const (
	exitOK     = 0
	exitFailed = 1

	exitDiffers = 3 // of reconcile, replay and compare
	// exitUnheard: a call was carried out, or may have been, and its answer could
	// not be written.
	exitUnheard = 4
	// 5 is the window's [view.ExitNoGraphics].
)

// ended is a command that ends with a status of its own, and what is still to be
// said, if anything.
type ended struct {
	status int
	err    error
}

func (e ended) Error() string { return "ended" }
func (e ended) Unwrap() error { return e.err }

// commands are all that the executable can be told to do.
func commands() command.Table {
	table := command.Table{
		{Name: "kiosk", Declare: declareKiosk},
		{Name: "agent", Declare: declareAgent},
		{Name: "", Declare: declareCall},
		{Name: "reconcile", Declare: declareReconcile},
	}
	table = append(table, journal.Commands(time.Now, runJournal)...)
	return append(table,
		command.Command{Name: "calls", Declare: declareCalls},
		command.Command{Name: "replay", Declare: declareReplay},
		command.Command{Name: "compare", Declare: declareCompare},
		command.Command{Name: "swap", Declare: declareSwap},
		command.Command{Name: "check", Declare: declareCheck},
		command.Command{Name: "sandbox", Declare: declareSandbox},
		command.Command{Name: "card", Declare: declareCard},
		command.Command{Name: "version", Declare: declareVersion},
		command.Command{Name: "licences", Declare: declareLicences},
		command.Command{Name: "ui", Declare: declareUI},
	)
}

// outTime is how long whoever reads what a command writes may take for a piece:
// a person may be reading it page by page.
const (
	outTime = 10 * time.Minute
	// outLeave is for who reads once the command was told to end.
	outLeave = 200 * time.Millisecond
)

// run carries out the command that the words name and returns its exit status.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	log := command.NewLog(stderr)
	defer log.Close()
	s := command.Streams{In: os.Stdin, Out: command.NewOutlet(ctx, stdout, outTime, outLeave), Log: log}
	args = helpLast(args)
	if text, ok := help(args); ok {
		if _, err := io.WriteString(s.Out, text); err != nil {
			return exitFailed
		}
		return exitOK
	}
	err, exit := obey(ctx, args, s), exitOK
	if e, ok := errors.AsType[ended](err); ok {
		err, exit = e.err, e.status
	} else if err != nil {
		exit = exitFailed
	}
	if err != nil {
		lines := strings.Split("onetrans: "+command.Say(speech(args), err), "\n")
		for i := range lines {
			lines[i] = sheet.Shown(lines[i])
		}
		_, _ = io.WriteString(log, strings.Join(lines, "\n")+"\n")
	}
	return exit
}

func obey(ctx context.Context, args []string, s command.Streams) error {
	if len(args) > 0 && args[0] == "--version" {
		args = append([]string{"version"}, args[1:]...)
	}
	found, rest, err := commands().Find(args)
	if err != nil {
		return err
	}
	carryOut, err := found.Read(rest)
	if err != nil {
		return err
	}
	return carryOut(ctx, s)
}

func isHelp(word string) bool { return slices.Contains([]string{"help", "-h", "--help"}, word) }

// helpLast makes 'journal list --help' of 'help journal list'.
func helpLast(args []string) []string {
	if len(args) > 1 && isHelp(args[0]) {
		return append(slices.Clone(args[1:]), "--help")
	}
	return args
}

// help is the help that is asked for: 'help', or --help among a command's words.
func help(args []string) (text string, asked bool) {
	if len(args) == 0 {
		return "", false
	}
	table := commands()
	if isHelp(args[0]) {
		return table.Help(speech(args), "commands.help.title", "commands.help.more"), true
	}
	if group := table.Group(args[0]); len(group) > 0 && len(args) == 2 && isHelp(args[1]) {
		return group.Help(speech(args), "commands.help.journal_title", "commands.help.journal_more"), true
	}
	found, rest, err := table.Find(args)
	if err != nil {
		return "", false
	}
	if _, err = found.Read(rest); errors.Is(err, command.ErrHelp) {
		return found.Help(speech(args)), true
	}
	return "", false
}

// load is the configuration in this file, or in the usual place.
func load(path string) (config.Config, error) { return config.Load(config.Options{Path: path}) }

// speech is the language to speak to who typed these words: the configuration's,
// or where that can't be read the environment's.
func speech(args []string) texts.Language {
	path := ""
	for i, word := range args {
		if name, value, has := strings.Cut(strings.TrimLeft(word, "-"), "="); name == "config" && strings.HasPrefix(word, "-") {
			if path = value; !has && i+1 < len(args) {
				path = args[i+1]
			}
		}
	}
	book, err := texts.Load()
	if err != nil {
		return texts.Language{} // the tests hold the files
	}
	if settings, err := load(path); err == nil {
		return book.In(string(settings.UI.Language))
	}
	locale := cmp.Or(os.Getenv("LC_ALL"), os.Getenv("LC_MESSAGES"), os.Getenv("LANG"))
	for _, name := range book.Names() {
		if language, _, _ := strings.Cut(name, "-"); strings.HasPrefix(strings.ToLower(locale), language) {
			return book.In(name)
		}
	}
	return book.In(texts.Source)
}
