package main

import (
	"context"
	"fmt"
	"strings"
	"sync"

	"onetrans/app/checks/tour"
	"onetrans/app/command"
	"onetrans/app/config"
	"onetrans/app/journal"
	"onetrans/app/terminal"
	"onetrans/app/terminal/screen"
	"onetrans/devices/virtualcard"
	"onetrans/flows/view"
)

func declareKiosk(f *command.Flags) command.Run {
	var path, walk string
	f.Text(&path, "config", "")
	f.Text(&walk, "tour", "")
	return func(ctx context.Context, s command.Streams) error { return runKiosk(ctx, path, walk, s) }
}

// runKiosk serves patients until ctx ends; or walks the main job by itself, where
// walk is a folder for the screenshots.
func runKiosk(ctx context.Context, path, walk string, streams command.Streams) error {
	settings, err := load(path)
	if err != nil {
		return err
	}
	if settings.Platform.Shadow {
		return command.Wrong("kiosk_shadow") // this program carries nothing out, and a kiosk moves money
	}
	if settings.Platform.Driver == config.Vendor && settings.Devices.Owner != config.VendorReads {
		// What our readers read is no person of this hospital's without the platform.
		return command.Wrong("kiosk_vendor")
	}
	if err := screen.Display(); err != nil {
		return errNoDisplay
	}
	log, closeLog := terminal.OpenLog(settings.Log, streams.Log)
	defer closeLog()
	options := serving(settings, log)
	options.Kiosk = true
	if walk != "" {
		err = walkThrough(ctx, options, walk)
	} else {
		station := terminal.New(options)
		defer station.Close()
		err = station.Lead(ctx)
	}
	if err == nil && walk == "" {
		return nil
	}
	if err != nil {
		log.Error("the kiosk ends", "error", err)
	}
	words, unread := language(settings) // which takes longer than a window's first page may wait
	switch {
	case unread != nil:
		return unread
	case err != nil:
		return journal.Tell(words, err)
	}
	_, err = fmt.Fprintln(streams.Out, words.Say("commands.said.toured", "folder", walk))
	return err
}

var errNoDisplay = command.Wrong("no_display")

// walkThrough leads a tour through the main job, with the first sandbox person's card.
func walkThrough(ctx context.Context, o terminal.Options, folder string) error {
	pages := make(chan view.Page, 1)
	o.Shown = func(page view.Page) {
		select { // it wants the latest, not each
		case <-pages:
		default:
		}
		pages <- page
	}
	station := terminal.New(o)
	defer station.Close()
	ctx, quit := context.WithCancel(ctx)
	defer quit()
	var slot *virtualcard.Slot
	guide := tour.Tour{Dir: folder, Hands: tour.Hands{
		Pages: pages,
		Tap:   func(tap view.Tap) error { return press(ctx, station, tap) },
		Insert: func(ctx context.Context) error {
			person, err := personNamed("")
			if err != nil {
				return err
			}
			slot, err = insertCard(ctx, "", person)
			return err
		},
		Remove: func() { slot.Remove() },
		Pay:    tour.Phone,
		Shoot:  tour.Shoot,
	}}
	var toured error
	var touring sync.WaitGroup
	touring.Go(func() {
		if toured = station.Screen.Ready(ctx); toured == nil { // else the first picture is black
			toured = guide.Walk(ctx)
		}
		quit()
	})
	err := station.Lead(ctx)
	quit()
	touring.Wait()
	if err == nil && toured != nil {
		err = fmt.Errorf("tour: %w", toured)
	}
	return err
}

// press taps the button on the screen that means this, as a finger would.
func press(ctx context.Context, s *terminal.Station, tap view.Tap) error {
	found, err := s.Screen.Press(ctx, tap)
	if err == nil && !found {
		err = command.Wrong("no_button", "button", strings.TrimSpace(string(tap.Action)+" "+tap.Value))
	}
	return err
}
