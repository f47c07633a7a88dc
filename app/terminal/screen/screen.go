// Package screen is a terminal's screen, as its owner has it: a process of its own
// draws it, 'onetrans ui'. Pages go to that process whole, each with a number; taps
// and keys come back. Whatever takes it down (a display that goes, a driver, a
// signal, a picture that hangs) takes nothing else along: another takes its place,
// and shows the same page.
//
// # How a window lives
//
// It is started when there is something to show, or soon may be ([Screen.Warm]), and
// kept, hidden, when there is not. It is asked every second whether it still draws. One that ends, says what is
// no message, or does not draw for [hangTime] is ended by force and replaced: the
// first at once, each next a little later, until five have ended within ten minutes.
// Then nothing is drawn until the oldest of them is ten minutes old or the display is
// started anew, and [Screen.Ready] says so.
//
// What a window says is believed only as far as it goes: a line is bounded, a tap
// counts on the page on which it was made, and a key for the scanner alone.
package screen

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"onetrans/flows/view"
)

// Errors of a screen on which no page can be shown.
var (
	ErrNoDisplay = errors.New("there is no display")
	// ErrNoGraphics: the display can't draw what windows draw with, OpenGL 2.1.
	ErrNoGraphics = errors.New("the display has no OpenGL 2.1")
	// ErrResting: the windows keep ending, so that none is started for a while.
	ErrResting = errors.New("the window has ended too often")
	// ErrSlow: no window has come within [readyTime].
	ErrSlow = errors.New("the window does not come")
)

// Options say what is drawn, and by whom. All fields but Key and NoGraphics are required.
type Options struct {
	Setup view.Setup
	// Start starts a process that draws; see [Start].
	Start func() (Window, error)
	// Display says why there is none; see [Display].
	Display func() error
	// NoGraphics is told once when a display has no OpenGL; nil: nobody is.
	NoGraphics func()
	// Key gets what the keyboard types, and when, where the setup wants keys.
	Key func(r rune, at time.Time)
	Log *slog.Logger
}

// Screen is a terminal's screen. Its methods may be called from any goroutine, and
// none but Ready, Press and Close ever waits.
type Screen struct {
	options Options
	cancel  context.CancelFunc
	kept    sync.WaitGroup

	mu sync.Mutex
	// page is the one to be shown, number its own; up: it is.
	page   view.Page
	number uint64
	up     bool
	// since is the first of the pages like this one, for whoever has the screen.
	since  uint64
	taps   func(view.Tap)
	closed func()
	over   uint64 // the window in front of which the pages are

	lent    bool  // another's page has the screen
	visible bool  // a window is to be seen without a page, too
	wanted  bool  // something is to be shown, or soon
	warm    bool  // a window is kept for what may come
	drawn   bool  // a window draws
	down    error // why none is started; nil
	told    error // the last such reason that was logged; nil since one draws
	link    *link // to the present window; nil without

	changed chan struct{} // closed at each change of drawn and down
	want    chan struct{} // wakes who waits for something to show
}

// New is a screen on which nothing is shown yet.
func New(o Options) *Screen {
	s := &Screen{options: o, changed: make(chan struct{}), want: make(chan struct{}, 1)}
	ctx, cancel := context.WithCancel(context.Background())
	s.cancel = cancel
	s.kept.Go(func() { s.keep(ctx) })
	return s
}

// Close ends the window, and returns when nothing of it is left. It may be called twice.
func (s *Screen) Close() {
	s.cancel()
	s.kept.Wait()
}

// Give gives the screen to somebody, until the next gets it: taps gets what a person
// does on their pages, closed is told that a person wants the window gone. Neither
// may wait, nor use the screen.
func (s *Screen) Give(taps func(view.Tap), closed func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.taps, s.closed = taps, closed
	s.since = s.number + 1 // what was tapped for the last one's is nobody's
}

// Over says in front of whose window the pages are shown from now on, by the number that
// the system knows it by; 0: nobody's.
func (s *Screen) Over(window uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.over = window
}

// Show shows a page instead of the one before. A window that is behind gets the
// latest alone.
func (s *Screen) Show(page view.Page) {
	s.mu.Lock()
	like := s.up && s.since <= s.number && view.SameKind(s.page, page)
	s.number++
	if !like {
		s.since = s.number
	}
	s.page, s.up = page, true
	s.mu.Unlock()
	s.demand()
	s.wake()
}

// Begin has a window drawn at once, with the page that waits for someone until
// another comes. Without it the first page brings the window onto the screen.
func (s *Screen) Begin() {
	s.mu.Lock()
	s.visible = true
	s.mu.Unlock()
	s.demand()
}

// Warm has a window kept ready, off the screen, for the page that may come; also later,
// where there is no display yet.
func (s *Screen) Warm() {
	s.mu.Lock()
	s.warm = true
	s.mu.Unlock()
	nudge(s.want)
}

// demand has a window started, if there is none.
func (s *Screen) demand() {
	s.mu.Lock()
	s.wanted = true
	s.mu.Unlock()
	nudge(s.want)
}

// Hide takes the window off the screen, and the last person's page out of it. It is
// kept for the next page.
func (s *Screen) Hide() {
	s.mu.Lock()
	s.page, s.up, s.wanted = view.Page{}, false, false
	s.since = s.number + 1
	s.mu.Unlock()
	s.wake()
}

// Lend leaves the screen to another's page while that is up: what is shown meanwhile is
// seen when that is gone.
func (s *Screen) Lend(up bool) {
	s.mu.Lock()
	s.lent = up
	s.number++
	s.since = s.number // what was tapped before, or there, is not meant for what comes
	s.mu.Unlock()
	s.wake()
}

// Lent says whether another's page has the screen.
func (s *Screen) Lent() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.lent
}

// readyTime is how long a page may wait for a window.
const readyTime = firstTime + 5*time.Second

// Ready waits for a window that draws; one is started where there is none. Its
// errors are [ErrNoDisplay], [ErrNoGraphics], [ErrResting], [ErrSlow] and ctx's.
func (s *Screen) Ready(ctx context.Context) error {
	late := time.NewTimer(readyTime)
	defer late.Stop()
	for {
		if err := s.options.Display(); err != nil {
			return err
		}
		s.demand()
		s.mu.Lock()
		drawn, down, changed := s.drawn, s.down, s.changed
		s.mu.Unlock()
		switch {
		case drawn:
			return nil
		case errors.Is(down, ErrResting), errors.Is(down, ErrNoGraphics):
			return down
		}
		select {
		case <-changed:
		case <-late.C:
			return ErrSlow
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Press taps the button that means this, as a finger would, where the setup allows
// a tour. It says whether there was such a button.
func (s *Screen) Press(ctx context.Context, tap view.Tap) (bool, error) {
	if err := s.Ready(ctx); err != nil {
		return false, err
	}
	s.mu.Lock()
	l := s.link
	if l == nil {
		s.mu.Unlock()
		return false, ErrSlow
	}
	l.press = &tap
	s.mu.Unlock()
	s.wake()
	select {
	case found := <-l.pressed:
		return found, nil
	case <-l.over:
		return false, ErrSlow
	case <-ctx.Done():
		return false, ctx.Err()
	}
}

// tapped passes a tap on, unless another kind of page has come since, or the page
// was another's: it must not press what stands there now. False: no person taps so
// often.
func (s *Screen) tapped(l *link, tap view.Tap, number uint64) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if l.taps++; l.taps > maxTaps {
		return false
	}
	if s.up && s.taps != nil && s.since <= number && number <= s.number {
		s.taps(tap)
	}
	return true
}

func (s *Screen) wantsClosed() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed != nil {
		s.closed()
	}
}

// wake lets whoever writes to the window see what is new.
func (s *Screen) wake() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.link != nil {
		nudge(s.link.wake)
	}
}

// becomes says whether a window draws, or why none does, which is logged once.
func (s *Screen) becomes(drawn bool, down error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case down != nil && down != s.told && s.wanted: // else nobody misses it
		s.told = down
		s.options.Log.Error("no page can be shown", "error", down)
	case drawn && s.told != nil:
		s.told = nil
		s.options.Log.Info("pages are shown again")
	}
	s.drawn, s.down = drawn, down
	close(s.changed)
	s.changed = make(chan struct{})
}

// nudge wakes whoever waits at c, now or next.
func nudge(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
