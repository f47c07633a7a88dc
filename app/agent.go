package main

import (
	"context"
	"fmt"

	"onetrans/app/command"
	"onetrans/app/journal"
	"onetrans/app/terminal"
	"onetrans/app/terminal/call"
)

func declareAgent(f *command.Flags) command.Run {
	var path string
	f.Text(&path, "config", "")
	return func(ctx context.Context, s command.Streams) error { return runAgent(ctx, path, s) }
}

// runAgent owns the terminal and serves calls until ctx ends, with a window for
// as long as a call needs one.
func runAgent(ctx context.Context, path string, s command.Streams) error {
	settings, err := load(path)
	if err != nil {
		return err
	}
	log := terminal.NewLog(s.Log)
	agent := newResident(settings, log)
	words, err := language(settings)
	if err != nil {
		return err
	}
	owned, err := agent.open(settings, log)
	if err != nil {
		return journal.Tell(words, err)
	}
	defer owned.Close()
	read, letGo := cardReaders(settings, log)
	defer letGo()
	windows := newWindows(settings, log)
	t := call.Terminal{Core: owned.Core, Cards: read.cards, Identity: read.identity}
	t.Pages = windowPages(settings, windows, t, owned, log)
	agent.serve(t)
	fmt.Fprintln(s.Out, words.Say("commands.said.serving", "address", address(settings)))
	windows.run(ctx)
	return nil
}
