package terminal

import (
	"context"
	"errors"
	"fmt"
	"io"
	"testing"
	"time"

	"onetrans/app/config"
	"onetrans/app/terminal/call"
	"onetrans/app/terminal/screen"
	"onetrans/flows/kiosk"
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

// pane is a window that draws nothing, and notes what it is told.
type pane struct {
	*io.PipeReader // what it says
	*io.PipeWriter // what it is told
	told           chan string
}

func newPane(t *testing.T) *pane {
	said, say := io.Pipe()
	hear, tell := io.Pipe()
	p := &pane{said, tell, make(chan string, 20)}
	go func() {
		defer say.Close()
		lines := view.NewReader[view.ToWindow](hear)
		for {
			m, err := lines.Read()
			switch {
			case err != nil:
				return
			case m.Setup != nil:
				err = view.Write(say, view.FromWindow{Ready: view.Version})
			case m.Beat != 0:
				err = view.Write(say, view.FromWindow{Beat: m.Beat})
			case m.Hide:
				p.told <- "hidden"
			case m.Page != nil:
				p.told <- fmt.Sprintf("%T", m.Page.Content)
			}
			if err != nil {
				t.Error(err)
				return
			}
		}
	}()
	return p
}

func (p *pane) Close() error { return errors.Join(p.PipeReader.Close(), p.PipeWriter.Close()) }

func (p *pane) End(time.Duration) error { return p.Close() }

// Our window is off the screen as long as the platform's page has it, and shows what comes
// after.
func TestNothingOfOursIsShownWhileThePlatformsPageIsUp(t *testing.T) {
	p := newPane(t)
	s := onScreen(t, func() (screen.Window, error) { return p, nil }, nil)
	for _, c := range []struct {
		content view.Content
		told    string
	}{
		{view.Attract{}, "view.Attract"},
		{view.Busy{Kind: view.BusyElsewhere}, "hidden"},
		{view.Doubt{Kind: view.DoubtElsewhere}, "view.Doubt"},
		{view.Busy{Kind: view.BusyElsewhere}, "hidden"},
		{view.Busy{Kind: view.BusyOrder}, "view.Busy"},
	} {
		s.show(view.Page{Content: c.content})
		select {
		case told := <-p.told:
			if told != c.told {
				t.Errorf("%+v: %s", c.content, told)
			}
		case <-time.After(10 * time.Second):
			t.Fatalf("%+v: the window was told nothing", c.content)
		}
	}
}
