package main

import (
	"context"
	"fmt"
	"io"

	"onetrans/app/call"
	"onetrans/app/config"
)

// runAgent owns the terminal and serves calls until ctx ends, with a window for
// as long as a call needs one.
func runAgent(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	f := flags("agent", stderr)
	path := f.String("config", "", "configuration file")
	if err := f.Parse(args); err != nil {
		return err
	}
	settings, err := config.Load(config.Options{Path: *path})
	if err != nil {
		return err
	}
	log := newLog(stderr)
	agent := newResident(settings, log)
	terminal, err := agent.open(settings, log)
	if err != nil {
		return err
	}
	defer terminal.Close()
	read, letGo := cardReaders(settings, log)
	defer letGo()
	windows := newWindows(settings, log)
	t := call.Terminal{Core: terminal.Core, Cards: read.cards, Identity: read.identity}
	t.Pages = windowPages(settings, windows, t, terminal, log)
	agent.serve(t)
	fmt.Fprintf(stdout, "serving calls at %s\n", address(settings))
	windows.run(ctx)
	return nil
}
