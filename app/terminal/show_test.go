package terminal

import (
	"context"
	"errors"
	"testing"
	"time"

	"onetrans/app/config"
	"onetrans/app/terminal/call"
	"onetrans/app/terminal/screen"
	"onetrans/flows/core/txn"
	"onetrans/flows/kiosk"
	"onetrans/flows/message/onetrans"
	"onetrans/flows/view"
)

// onScreen is an open station whose windows start like this.
func onScreen(t *testing.T, start func() (screen.Window, error), display error) *Station {
	t.Helper()
	s := station(t, true)
	s.Screen = screen.New(screen.Options{Start: start, Display: func() error { return display }, Log: s.Log})
	t.Cleanup(s.Close)
	opens(t, s)
	return s
}

func TestACallThatNeedsAPageHearsThatNoneCanBeShown(t *testing.T) {
	broken := func() (screen.Window, error) { return nil, errors.New("no such program") }
	for name, c := range map[string]struct {
		display error
		why     error
	}{"no display": {screen.ErrNoDisplay, screen.ErrNoDisplay}, "no window that stays": {nil, screen.ErrResting}} {
		t.Run(name, func(t *testing.T) {
			s := onScreen(t, broken, c.display)
			begin := time.Now()
			_, err := s.Pages().(screenPages).serve(t.Context(), kiosk.PageCall{})
			if !errors.Is(err, call.ErrNoPage) || !errors.Is(err, c.why) || time.Since(begin) > 20*time.Second {
				t.Errorf("after %v: %v", time.Since(begin), err)
			}
		})
	}
}

func TestACallThatHangsUpBeforeThereIsAWindowIsCancelled(t *testing.T) {
	s := onScreen(t, func() (screen.Window, error) { return nil, errors.New("no such program") }, nil)
	ctx, hangUp := context.WithCancel(t.Context())
	hangUp()
	if _, err := s.Pages().(screenPages).serve(ctx, kiosk.PageCall{}); !errors.Is(err, call.ErrCancelled) {
		t.Error(err)
	}
}

// What a window has to know is all that it gets: no secret is among it.
func TestAWindowIsToldOfTheTerminalWhatItDraws(t *testing.T) {
	s := station(t, true)
	c := s.Config
	want := view.Setup{
		Language: view.Language(c.UI.Language), Inches: c.UI.PanelInches, Fullscreen: true,
		Hospital: c.Terminal.FixmedinsName, Demo: true, HelpPlace: c.UI.HelpPlace, HelpPhone: c.UI.HelpPhone, Keys: true,
	}
	c.Devices.Scanner.Kind = "keyboard"
	if got := Setup(c, true); got != want {
		t.Errorf("%+v", got)
	}
}

// Whoever sits at a cashier's PC works in other windows beside a call's page.
func TestAKioskFillsTheScreenAndThePageOfACallDoesNotUnlessItIsSaid(t *testing.T) {
	for _, c := range []struct {
		says         config.Fullscreen
		kiosk, fills bool
	}{
		{config.Default().UI.Fullscreen, true, true},
		{config.Default().UI.Fullscreen, false, false},
		{config.AllFill, false, true},
		{config.NoneFills, true, false},
	} {
		settings := config.Config{UI: config.UI{Fullscreen: c.says}}
		if Setup(settings, c.kiosk).Fullscreen != c.fills {
			t.Errorf("%s, a kiosk: %v", c.says, c.kiosk)
		}
	}
}

// Its caller has gone, and nobody can tell it to end.
func TestWhileThePlatformsOwnPageIsUpACallThatNeedsTheScreenIsBusy(t *testing.T) {
	s := onScreen(t, func() (screen.Window, error) { return nil, errors.New("no such program") }, screen.ErrNoDisplay)
	s.Screen.Lend(true)
	pages := s.Pages()
	if _, err := pages.Lend(t.Context()); !errors.Is(err, txn.ErrBusy) {
		t.Errorf("another of its pages: %v", err)
	}
	if _, err := pages.Identify(t.Context(), onetrans.Request{}); !errors.Is(err, txn.ErrBusy) {
		t.Errorf("one of ours: %v", err)
	}
	s.Screen.Lend(false)
	if back, err := pages.Lend(t.Context()); err != nil {
		t.Errorf("after it: %v", err)
	} else {
		back()
	}
}
