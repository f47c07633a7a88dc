package main

import (
	"context"
	"errors"
	"runtime/debug"
	"time"

	"onetrans/app/command"
	"onetrans/app/window"
	"onetrans/assets/texts"
	"onetrans/flows/message/onetrans"
	"onetrans/flows/view"
)

func declareUI(*command.Flags) command.Run { return runUI }

// runUI draws the pages that the owner of a terminal sends it, until nobody is
// there to send any or ctx ends.
func runUI(ctx context.Context, s command.Streams) error {
	// Until it has started nothing is collected: what fonts and the first page
	// allocate stays in use.
	usual := debug.SetGCPercent(-1)
	time.AfterFunc(startTime, func() { debug.SetGCPercent(usual) })
	words, err := texts.Load()
	if err != nil {
		return err
	}
	err = window.Run(ctx, window.Pipes{
		In: s.In, Out: s.Out, Texts: words,
		Now: func() time.Time { return time.Now().In(onetrans.Zone()) },
	})
	switch {
	case errors.Is(err, window.ErrNoOwner):
		return command.Wrong("no_owner")
	case errors.Is(err, window.ErrNoGraphics):
		return ended{view.ExitNoGraphics, command.Wrong("no_graphics").Because(err)}
	}
	return err
}
