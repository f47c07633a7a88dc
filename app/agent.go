package main

import (
	"context"
	"fmt"

	"onetrans/app/command"
	"onetrans/app/journal"
	"onetrans/app/terminal"
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
	words, err := language(settings)
	if err != nil {
		return err
	}
	log := terminal.NewLog(s.Log)
	station := terminal.New(serving(settings, log))
	if err := station.Open(); err != nil {
		return journal.Tell(words, err)
	}
	defer station.Close()
	station.Serve(station.Pages())
	fmt.Fprintln(s.Out, words.Say("commands.said.serving", "address", terminal.Address(settings)))
	<-ctx.Done()
	return nil
}
