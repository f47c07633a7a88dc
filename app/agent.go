package main

import (
	"context"
	"fmt"
	"io"

	"onetrans/app/call"
	"onetrans/app/config"
)

// runAgent owns the terminal without a window, and serves calls until ctx ends.
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
	agent.serve(call.Terminal{Core: terminal.Core, Cards: read.cards, Identity: read.identity})
	fmt.Fprintf(stdout, "serving calls at %s\n", address(settings))
	<-ctx.Done()
	return nil
}
