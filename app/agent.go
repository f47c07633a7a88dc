package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"onetrans/app/command"
	"onetrans/app/config"
	"onetrans/app/journal"
	"onetrans/app/session"
	"onetrans/app/terminal"
	"onetrans/app/terminal/call"
	"onetrans/app/terminal/socket"
	"onetrans/assets/texts"
	"onetrans/store"
)

// backgroundTime is how long starting an agent may take: who waits for it waits no
// more than ten seconds.
const backgroundTime = 8500 * time.Millisecond

// agent is an agent that is to serve.
type agent struct {
	config           string
	json, background bool
}

func declareAgent(f *command.Flags) command.Run {
	var a agent
	f.Text(&a.config, "config", "")
	f.Yes(&a.background, "background")
	f.Yes(&a.json, "json")
	return a.run
}

func (a *agent) run(ctx context.Context, s command.Streams) error {
	var ready terminal.Ready
	settings, err := load(a.config)
	switch {
	case err != nil:
	case a.background:
		ready, err = inBackground(ctx, settings)
	default:
		err = serve(ctx, settings, s, a.json)
	}
	switch {
	case !a.background && err == nil:
		return nil
	case !a.background && !a.json:
		words, unread := language(settings)
		return cmp.Or(unread, journal.Tell(words, err))
	case err != nil:
		ready = notStarted(settings, err)
	}
	if err := say(s, ready); err != nil {
		return err
	}
	if ready.Address == "" {
		return ended{exitFailed, err}
	}
	return nil
}

// say says what became of starting an agent.
func say(s command.Streams, ready terminal.Ready) error {
	line, err := json.Marshal(ready)
	if err != nil {
		return err
	}
	_, err = s.Out.Write(append(line, '\n'))
	return err
}

// inBackground sees to it that the terminal is served by a process of its own.
func inBackground(ctx context.Context, settings config.Config) (terminal.Ready, error) {
	ctx, stop := context.WithTimeout(ctx, backgroundTime)
	defer stop()
	var args []string
	if settings.Source != "" {
		args = []string{"--config", settings.Source}
	}
	return terminal.Background(ctx, terminal.Address(settings), func(ctx context.Context) (terminal.Ready, error) {
		return terminal.StartAgent(ctx, args...)
	})
}

// notStarted is what a caller hears where there is no agent.
func notStarted(settings config.Config, err error) terminal.Ready {
	book, _ := texts.Load(texts.Source) // the tests hold the files
	words := book.In(texts.Source)
	why := strings.Join(strings.Fields(command.Say(words, journal.Tell(words, err))), " ")
	door := call.Door{Demo: settings.Demo()}
	return terminal.Ready{Out: door.NotServed(err, why), InUse: errors.Is(err, store.ErrInUse)}
}

// serve owns the terminal and serves calls until ctx ends, with a window that is hidden
// until a call needs it.
func serve(ctx context.Context, settings config.Config, s command.Streams, inJSON bool) error {
	words, err := language(settings)
	if err != nil {
		return err
	}
	log, closeLog := terminal.OpenLog(settings.Log, s.Log)
	defer closeLog()
	ctx, ended := session.Until(ctx)
	defer ended()
	station := terminal.New(serving(settings, log))
	if err := station.Open(); err != nil {
		log.Error("the agent ends", "error", err)
		return err
	}
	defer station.Close()
	station.Serve(station.Pages())
	station.Screen.Warm()
	if inJSON {
		_ = say(s, terminal.Ready{Version: socket.Version, Address: terminal.Address(settings)}) // who started it may have gone
	} else {
		fmt.Fprintln(s.Out, words.Say("commands.said.serving", "address", terminal.Address(settings)))
	}
	<-ctx.Done()
	return nil
}
