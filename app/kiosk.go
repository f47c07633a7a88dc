package main

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"runtime/debug"
	"strings"
	"sync/atomic"
	"time"

	"fyne.io/fyne/v2"
	fyneapp "fyne.io/fyne/v2/app"

	"onetrans/app/checks/tour"
	"onetrans/app/command"
	"onetrans/app/config"
	"onetrans/app/journal"
	"onetrans/app/terminal"
	drawing "onetrans/app/window"
	"onetrans/assets/texts"
	"onetrans/devices/virtualcard"
	"onetrans/devices/wedge"
	"onetrans/flows/kiosk"
	"onetrans/flows/message/onetrans"
	"onetrans/flows/view"
	"onetrans/ui"
	"onetrans/ui/theme"
)

// startTime is how long the start may take, during which nothing is collected:
// what fonts and the first screen allocate stays in use.
const startTime = 2 * time.Second

// clockPace is how often the frame's clock is drawn anew.
const clockPace = 5 * time.Second

func declareKiosk(f *command.Flags) command.Run {
	var path, walk string
	f.Text(&path, "config", "")
	f.Text(&walk, "tour", "")
	return func(ctx context.Context, s command.Streams) error { return runKiosk(ctx, path, walk, s) }
}

// runKiosk serves patients until ctx ends; or walks the main job by itself, where
// walk is a folder for the screenshots.
func runKiosk(ctx context.Context, path, walk string, streams command.Streams) error {
	usual := debug.SetGCPercent(-1)
	time.AfterFunc(startTime, func() { debug.SetGCPercent(usual) })
	settings, err := load(path)
	if err != nil {
		return err
	}
	log := terminal.NewLog(streams.Log)
	if err := checkDisplay(); err != nil {
		return err
	}
	words, err := texts.Load()
	if err != nil {
		return err
	}
	ctx, quit := context.WithCancel(ctx)
	defer quit()
	screen := newScreen(settings, words)
	var toured error
	if walk != "" {
		guide := screen.guide(walk)
		go func() {
			toured = guide.Walk(ctx)
			quit()
		}()
	}
	screen.run(ctx, func(ctx context.Context) { err = servePatients(ctx, serving(settings, log), screen) })
	switch language := words.In(string(settings.UI.Language)); {
	case err != nil:
		return journal.Tell(language, err)
	case toured != nil:
		return fmt.Errorf("tour: %w", toured)
	case walk != "":
		fmt.Fprintln(streams.Out, language.Say("commands.said.toured", "folder", walk))
	}
	return nil
}

// servePatients leads whoever comes, until ctx ends; first it waits for a journal,
// where there is none that can be used.
func servePatients(ctx context.Context, o terminal.Options, on *screen) error {
	s := terminal.New(o)
	defer s.Close()
	err := s.OpenWhenUsable(ctx, func(why error) {
		on.show(view.Page{
			Content: view.OutOfService{Fault: cmp.Or(journal.FaultOf(why), view.FaultDisk)},
			Look:    view.Look{Language: view.Language(o.Config.UI.Language)},
		})
	})
	if ctx.Err() != nil {
		return nil
	}
	if err != nil {
		return err
	}
	deps, err := s.Dependencies()
	if err != nil {
		return err
	}
	deps.Show = on.show
	var scanner *wedge.Scanner
	if o.Config.Devices.Scanner.Kind == config.ScannerKeyboard {
		scanner = wedge.New()
		deps.Codes = scanner
	}
	runner := kiosk.NewRunner(terminal.KioskOptions(o.Config), deps)
	on.serve(scanner, func(tap view.Tap) { runner.Tap(ctx, tap) })
	s.Serve(terminal.ScreenPages{Core: s.Core, Serve: runner.Serve, Patience: o.Config.Pay.UnknownWait})
	runner.Run(ctx)
	return nil
}

// screen is the window, and what connects it with the runner.
type screen struct {
	app    fyne.App
	window fyne.Window
	kiosk  *ui.Kiosk
	// scanner and emit are there once the kiosk serves; the interface's
	// goroutine has them.
	scanner *wedge.Scanner
	emit    func(view.Tap)
	// shown brings every page to a tour; nil without one.
	shown chan view.Page
	// running: the interface has a goroutine of its own.
	running atomic.Bool
}

func newScreen(c config.Config, words texts.Book) *screen {
	// Sizes are millimetres by the configured panel: the desktop's scale must not change them.
	_ = os.Setenv("FYNE_SCALE", "1")
	screen := &screen{app: fyneapp.New(), emit: func(view.Tap) {}}
	screen.kiosk = ui.NewKiosk(ui.Options{
		Panel:     theme.Panel{Inches: c.UI.PanelInches},
		Texts:     words,
		Hospital:  c.Terminal.FixmedinsName,
		Demo:      c.Demo(),
		HelpPlace: c.UI.HelpPlace,
		HelpPhone: c.UI.HelpPhone,
		Now:       func() time.Time { return time.Now().In(onetrans.Zone()) },
		Emit:      func(tap view.Tap) { screen.emit(tap) },
		OnRune:    screen.key,
		Animate:   true,
	})
	screen.app.Settings().SetTheme(screen.kiosk.Theme())
	screen.window = screen.app.NewWindow(title(c, words))
	screen.window.SetPadded(false)
	if c.UI.Fullscreen {
		screen.window.SetContent(drawing.WithoutPointer(screen.kiosk.Content()))
		screen.window.SetFullScreen(true)
	} else {
		screen.window.SetContent(screen.kiosk.Content())
		screen.window.Resize(windowSize(c.UI.Orientation))
	}
	screen.kiosk.Listen(screen.window.Canvas())
	return screen
}

// title is the window's; it too says where no real money moves.
func title(c config.Config, words texts.Book) string {
	if !c.Demo() {
		return "onetrans"
	}
	return "onetrans · " + words.In(string(c.UI.Language)).Say("frame.demo")
}

// windowSize is how large a window is that does not fill the screen.
func windowSize(o config.Orientation) fyne.Size {
	if o == config.Landscape {
		return fyne.NewSize(1280, 720)
	}
	return fyne.NewSize(540, 960)
}

// run shows the window while serve runs, and ends both when ctx does, serve
// returns or the window is closed. Only the program's first goroutine may call it.
func (s *screen) run(ctx context.Context, serve func(context.Context)) {
	ctx, cancel := context.WithCancel(ctx)
	served := make(chan struct{})
	s.app.Lifecycle().SetOnStarted(func() {
		go takeSignalsBack(ctx)
		s.running.Store(true)
		go func() {
			defer close(served)
			go s.tick(ctx)
			serve(ctx)
			fyne.Do(s.app.Quit)
		}()
	})
	s.window.ShowAndRun()
	cancel()
	<-served
}

// serve tells who types and taps from now on.
func (s *screen) serve(scanner *wedge.Scanner, emit func(view.Tap)) {
	begin := func() { s.scanner, s.emit = scanner, emit }
	if s.running.Load() {
		fyne.DoAndWait(begin)
		return
	}
	begin()
}

// tick keeps the frame's clock right.
func (s *screen) tick(ctx context.Context) {
	ticker := time.NewTicker(clockPace)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			fyne.Do(s.kiosk.Tick)
		case <-ctx.Done():
			return
		}
	}
}

// show draws a page, on the interface's goroutine.
func (s *screen) show(page view.Page) {
	fyne.Do(func() { s.kiosk.Show(page) })
	if s.shown == nil {
		return
	}
	// A tour wants the latest page, not each.
	select {
	case <-s.shown:
	default:
	}
	s.shown <- page
}

func (s *screen) key(r rune) {
	if s.scanner != nil {
		s.scanner.Key(r, time.Now())
	}
}

// guide is a tour through this window, with the first sandbox person's card.
func (s *screen) guide(folder string) *tour.Tour {
	s.shown = make(chan view.Page, 1)
	var slot *virtualcard.Slot
	return &tour.Tour{Dir: folder, Hands: tour.Hands{
		Pages: s.shown,
		Tap:   s.tap,
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
}

// tap taps the button on the screen that means this.
func (s *screen) tap(tap view.Tap) error {
	found := make(chan bool, 1)
	fyne.Do(func() {
		button, ok := s.kiosk.Find(tap.Action, tap.Value)
		if ok = ok && button.Enabled; ok {
			button.Tappable.Tapped(&fyne.PointEvent{})
		}
		found <- ok
	})
	if !<-found {
		return command.Wrong("no_button", "button", strings.TrimSpace(string(tap.Action)+" "+tap.Value))
	}
	return nil
}
