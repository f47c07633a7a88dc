// Package window is the process that draws a terminal's pages: it shows those that
// the terminal's owner sends it, and says what was touched. It knows nothing of the
// terminal but its setup, so that whatever takes it down takes nothing else along.
package window

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"fyne.io/fyne/v2"
	fyneapp "fyne.io/fyne/v2/app"
	"fyne.io/fyne/v2/driver"
	"github.com/go-gl/glfw/v3.4/glfw"

	"onetrans/app/window/front"
	"onetrans/assets/texts"
	"onetrans/flows/view"
	"onetrans/ui"
	"onetrans/ui/theme"
)

const (
	// setupTime is how long the owner may take for the first line.
	setupTime = 10 * time.Second
	// clockPace is how often the frame's clock is drawn anew.
	clockPace = 5 * time.Second
	// quitTime is how long a window that is to end may take: it may be one that hangs.
	quitTime = time.Second
	// orphanTime is how long one may live whose owner has gone: longer than one who is
	// there waits before he ends it himself.
	orphanTime = 5 * time.Second
	// ahead is how much is read that was not asked for, in pieces.
	ahead = 64
)

// ErrNoOwner says that nobody said what to draw: a person has started this.
var ErrNoOwner = errors.New("no owner of a terminal at the other end")

// ErrNoGraphics says that the display has no OpenGL 2.1, without which nothing is drawn.
var ErrNoGraphics = errors.New("no OpenGL 2.1")

// Pipes are what leads to the owner and back, and what every window needs.
type Pipes struct {
	In  io.Reader
	Out io.Writer
	// Texts are the translations.
	Texts texts.Book
	// Now is the wall clock of the terminal's place.
	Now func() time.Time
}

// Run draws what it is told until nobody is there to tell it, or ctx ends. Only the
// program's first goroutine may call it. Its error is [ErrNoOwner],
// [ErrNoGraphics], of [view.ErrLine], or that of a pipe.
func Run(ctx context.Context, p Pipes) error {
	lines := view.NewReader[view.ToWindow](watched(p.In, func() { time.AfterFunc(orphanTime, die) }))
	setup, err := setupOf(ctx, lines)
	if err != nil {
		return err
	}
	// Sizes are millimetres by the configured panel: the desktop's scale must not change them.
	_ = os.Setenv("FYNE_SCALE", "1")
	// Colours are the pages' own. To follow the desktop's the library starts a bus for
	// the session that has none, and leaves it behind.
	_ = os.Setenv("FYNE_THEME", "light")
	// No page is written on with a compose key, whose thousands of sequences X11 would read
	// before the first one is drawn. Input methods are not concerned.
	_ = os.Setenv("XCOMPOSEFILE", os.DevNull)
	app := fyneapp.New()
	// It has made a folder of caches, each time another, for a program that keeps none.
	_ = os.Remove(app.Cache().RootURI().Path())
	// A window that comes up at once is its own trial, where that annoys nobody.
	trial := setup.Hidden || showsErrors
	w, err := open(app, setup, p, func() (monitor, error) { return drawable(trial) })
	if err != nil {
		return err
	}
	// Without a display the library goes on, and ends the process at the first page:
	// that is too late for a window that is hidden until then. This does so at once.
	w.reach = func() { glfw.GetPrimaryMonitor() }
	return w.run(ctx, lines)
}

// watched is what comes through a pipe, whose end is noticed at once: also while nobody
// reads, since the window library looks for the display, and hangs.
func watched(in io.Reader, atEnd func()) io.Reader {
	pieces := make(chan []byte, ahead)
	read, write := io.Pipe()
	var why error
	go func() {
		defer atEnd()
		defer close(pieces)
		for why == nil {
			piece := make([]byte, 4<<10)
			var n int
			n, why = in.Read(piece)
			pieces <- piece[:n]
		}
	}()
	go func() {
		for piece := range pieces {
			_, _ = write.Write(piece) // nobody closes the other end
		}
		write.CloseWithError(why)
	}()
	return read
}

// setupOf waits for the first line, but not for long.
func setupOf(ctx context.Context, lines *view.Reader[view.ToWindow]) (view.Setup, error) {
	type line struct {
		view.ToWindow
		err error
	}
	first := make(chan line, 1)
	go func() {
		m, err := lines.Read()
		first <- line{m, err}
	}()
	select {
	case l := <-first:
		switch {
		case errors.Is(l.err, io.EOF):
			return view.Setup{}, ErrNoOwner
		case l.err != nil:
			return view.Setup{}, l.err
		case l.Setup == nil:
			return view.Setup{}, fmt.Errorf("%w: not a setup", view.ErrLine)
		}
		return *l.Setup, nil
	case <-time.After(setupTime):
	case <-ctx.Done():
	}
	return view.Setup{}, ErrNoOwner
}

// window is the window. All of it belongs to the goroutine that draws.
type window struct {
	app    fyne.App
	window fyne.Window
	kiosk  *ui.Kiosk
	setup  view.Setup
	out    io.Writer
	texts  texts.Book
	began  time.Time // its clock's zero
	// number is the present page's; 0: it is none of the owner's.
	number uint64
	shown  bool
	back   func() // gives its caller the focus
	// reach ends the process where the display can't be reached.
	reach func()
	// ended gets why it ends; nil: nobody is there any more.
	ended chan error
	// force ends the process, if nothing else does.
	force func()
}

// drawable says on what the window library draws, and, where a trial is wanted, whether it
// can: where it finds out itself it panics, or shows a person a message of its own.
func drawable(trial bool) (m monitor, err error) {
	defer func() {
		if fault := recover(); fault != nil {
			err = fmt.Errorf("%w: %v", ErrNoGraphics, fault)
		}
	}()
	if glfw.Init() != nil {
		return m, nil // without a display: that is found out later
	}
	if !trial {
		return primary(), nil
	}
	defer glfw.DefaultWindowHints()
	glfw.WindowHint(glfw.Visible, glfw.False)
	glfw.WindowHint(glfw.ContextVersionMajor, 2)
	glfw.WindowHint(glfw.ContextVersionMinor, 1)
	window, err := glfw.CreateWindow(1, 1, "", nil, nil)
	if window == nil {
		return m, errors.Join(ErrNoGraphics, err)
	}
	window.Destroy()
	return primary(), nil
}

// open makes a window that shows the page that waits for someone, off the screen,
// where one can be drawn.
func open(app fyne.App, setup view.Setup, p Pipes, drawable func() (monitor, error)) (*window, error) {
	w := &window{
		app: app, setup: setup, out: p.Out, texts: p.Texts, began: time.Now(), back: func() {},
		ended: make(chan error, 1), force: die,
	}
	// The faces are read and the page is laid out while the window library finds the
	// display: neither touches what the other does.
	laidOut := make(chan *ui.Kiosk, 1)
	go func() { laidOut <- ui.NewKiosk(w.options(p)) }()
	on, err := drawable()
	if err != nil {
		return nil, err
	}
	w.window = app.NewWindow(w.title(view.Page{}))
	w.window.SetIcon(icon())
	w.kiosk = <-laidOut
	app.Settings().SetTheme(w.kiosk.Theme())
	w.window.SetPadded(false)
	content := w.kiosk.Content()
	if w.isKiosk() {
		content = withoutPointer(content)
	}
	w.fit(on)
	w.window.SetContent(content)
	w.window.SetCloseIntercept(w.closed)
	w.kiosk.Listen(w.window.Canvas())
	return w, nil
}

// isKiosk says whether the pages are on a touch panel that people walk up to: a keyboard
// there is a scanner, and no mouse. Those of calls fill a screen that may have both.
func (w *window) isKiosk() bool { return w.setup.Fullscreen && !w.setup.Hidden }

// options are what the setup says of the pages, and where what is done on them goes.
func (w *window) options(p Pipes) ui.Options {
	return ui.Options{
		Panel:        theme.Panel{Inches: w.setup.Inches},
		Texts:        p.Texts,
		Language:     w.setup.Language,
		Hospital:     w.setup.Hospital,
		Demo:         w.setup.Demo,
		HelpPlace:    w.setup.HelpPlace,
		HelpPhone:    w.setup.HelpPhone,
		CounterPlace: w.setup.CounterPlace,
		Now:          p.Now,
		Emit:         w.tapped,
		OnRune:       w.typed,
		Keyboard:     !w.isKiosk(),
		Scanner:      w.setup.Keys,
		Shift:        shiftIsDown,
		Animate:      true,
	}
}

// run does as it is told until it is to end.
func (w *window) run(ctx context.Context, lines *view.Reader[view.ToWindow]) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	w.app.Lifecycle().SetOnStarted(func() {
		fyne.Do(func() {
			w.reach()
			w.tell(view.FromWindow{Ready: view.Version})
		})
		go w.listen(ctx, lines)
		go w.tick(ctx)
	})
	if w.setup.Hidden {
		w.window.CenterOnScreen()
	} else if err := w.first(); err != nil {
		return err
	}
	defer context.AfterFunc(ctx, func() { w.quit(nil) })()
	w.app.Run()
	select {
	case err := <-w.ended:
		return err
	default:
		return nil // the window library has heard a signal
	}
}

// listen has each line obeyed by the goroutine that draws: one that hangs answers
// no heartbeat. The first line that is none is the last.
func (w *window) listen(ctx context.Context, lines *view.Reader[view.ToWindow]) {
	for {
		m, err := lines.Read()
		if errors.Is(err, io.EOF) {
			err = nil
		} else if err == nil {
			err = w.allows(m)
			if err == nil {
				fyne.Do(func() {
					if ctx.Err() == nil {
						w.obey(m)
					}
				})
				continue
			}
		}
		w.quit(err)
		return
	}
}

// allows says whether a message may come after the setup, and by its leave.
func (w *window) allows(m view.ToWindow) error {
	switch {
	case m.Setup != nil:
		return fmt.Errorf("%w: another setup", view.ErrLine)
	case m.Press != nil && !w.setup.Tour:
		return fmt.Errorf("%w: no tour was to be made", view.ErrLine)
	}
	return nil
}

func (w *window) obey(m view.ToWindow) {
	switch {
	case m.Page != nil:
		w.kiosk.Show(*m.Page)
		w.window.SetTitle(w.title(*m.Page))
		w.number = m.Number
		w.show(uintptr(m.Over))
	case m.Hide:
		w.hide()
	case m.Press != nil:
		found := w.press(*m.Press)
		w.tell(view.FromWindow{Pressed: &found})
	default:
		w.tell(view.FromWindow{Beat: m.Beat})
	}
}

// first shows the window for the first time, which may find out that nothing can be drawn.
func (w *window) first() (err error) {
	defer func() {
		if fault := recover(); fault != nil {
			err = fmt.Errorf("%w: %v", ErrNoGraphics, fault)
		}
	}()
	if !w.show(0) {
		w.reach()
		return ErrNoGraphics
	}
	return nil
}

// show brings the window onto the screen, in front of its caller's, where one could be made.
func (w *window) show(over uintptr) (made bool) {
	if w.shown {
		return true
	}
	w.shown = true
	if w.setup.Fullscreen {
		w.window.SetFullScreen(true)
	}
	w.window.Show()
	made = true
	if native, ok := w.window.(driver.NativeWindow); ok {
		native.RunNative(func(context any) {
			handle := handleOf(context)
			made = handle != 0
			w.back = front.Over(handle, over)
		})
	}
	return made
}

// hide takes the window off the screen, and the last person's page out of it. The
// window library hides nothing that fills the screen.
func (w *window) hide() {
	w.kiosk.Show(view.Page{Content: view.Attract{}, Look: view.Look{Language: w.setup.Language}})
	w.window.SetTitle(w.title(view.Page{}))
	w.number, w.shown = 0, false
	w.back()
	if w.setup.Fullscreen {
		w.window.SetFullScreen(false)
	}
	w.window.Hide()
}

// press taps the button on the screen that means this, as a finger would.
func (w *window) press(tap view.Tap) bool {
	button, found := w.kiosk.Find(tap.Action, tap.Value)
	if !found || !button.Enabled {
		return false
	}
	button.Tappable.Tapped(&fyne.PointEvent{})
	return true
}

// tapped tells what a person did on a page of the owner's.
func (w *window) tapped(tap view.Tap) {
	if w.number != 0 {
		w.tell(view.FromWindow{Tap: &tap, Number: w.number})
	}
}

func (w *window) typed(r rune) {
	if w.setup.Keys {
		w.tell(view.FromWindow{Key: &view.Stroke{Rune: r, At: int64(time.Since(w.began))}})
	}
}

// closed is for the person who closes the window: the owner decides what becomes of it.
func (w *window) closed() { w.tell(view.FromWindow{Closed: true}) }

// tell tells the owner something. Who can't be told anything has no window.
func (w *window) tell(m view.FromWindow) {
	if err := view.Write(w.out, m); err != nil {
		w.quit(err)
	}
}

// quit ends the window: at once, if it has to be by force. It may be called from
// any goroutine.
func (w *window) quit(why error) {
	select {
	case w.ended <- why:
	default:
		return // it is about to
	}
	time.AfterFunc(quitTime, w.force)
	fyne.Do(w.app.Quit)
}

// tick keeps the frame's clock right.
func (w *window) tick(ctx context.Context) {
	ticker := time.NewTicker(clockPace)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			fyne.Do(w.kiosk.Tick)
		case <-ctx.Done():
			return
		}
	}
}
