package screen

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"onetrans/flows/view"
)

// How a window is watched, and replaced.
const (
	// beatPace is how often a window is asked whether it draws, hangTime how long it
	// may take to answer, firstTime for its first answer, on a slow machine.
	beatPace  = time.Second
	hangTime  = 5 * time.Second
	firstTime = 20 * time.Second
	// endTime is how long a window may take that is told to end.
	endTime = 2 * time.Second
	// Of so many windows that end within restTime the last is not replaced before
	// the first is that old. Until then each is replaced replacePause later.
	tooMany      = 5
	restTime     = 10 * time.Minute
	replacePause = 250 * time.Millisecond
	// displayPause is how often a display is looked for.
	displayPause = time.Second
	// graphicsPause is how often a display without OpenGL is tried again: one of a
	// remote session has it when somebody sits at the machine.
	graphicsPause = 30 * time.Second
	// maxTaps is how often a person may tap between two answers to a beat: more than
	// anybody does within [hangTime].
	maxTaps = 200
)

// Reasons to replace a window.
var (
	errHangs  = errors.New("it does not draw")
	errSpoken = errors.New("it says what nobody asked for")
)

// Window is a process that draws. It is spoken to, and speaks, as [view] says.
type Window interface {
	io.Reader
	io.Writer
	// End ends it: it may take as long as that by itself. It returns when nothing of
	// the process is left, and lets whoever reads or writes go; the error says how it
	// ended, where that says more than that it was ended.
	End(within time.Duration) error
}

// keep has a window for whatever is to be shown, until ctx ends.
func (s *Screen) keep(ctx context.Context) {
	var ends []time.Time
	noGraphics := sync.OnceFunc(func() {
		if s.options.NoGraphics != nil {
			s.options.NoGraphics()
		}
	})
	lockThread() // the one whose end the windows would take for the owner's
	for s.awaitWant(ctx) {
		if err := s.options.Display(); err != nil {
			s.becomes(false, err)
			ends = nil // which it explains
			pause(ctx, displayPause)
			continue
		}
		now := time.Now()
		for len(ends) > 0 && now.Sub(ends[0]) >= restTime {
			ends = ends[1:]
		}
		if len(ends) >= tooMany {
			if !s.rest(ctx, restTime-now.Sub(ends[0])) {
				ends = nil
			}
			continue
		}
		pause(ctx, time.Duration(max(0, len(ends)-1))*replacePause)
		if ctx.Err() != nil {
			return
		}
		s.becomes(false, nil)
		err := s.draw(ctx)
		if errors.Is(err, ErrNoGraphics) {
			s.becomes(false, ErrNoGraphics)
			noGraphics()
			pause(ctx, graphicsPause)
			continue
		}
		s.becomes(false, nil)
		if ctx.Err() == nil {
			s.options.Log.Warn("the window ended", "error", err)
			ends = append(ends, time.Now())
		}
	}
}

// rest draws nothing for a while, or until the display goes: the next one may do.
// False: it went.
func (s *Screen) rest(ctx context.Context, d time.Duration) bool {
	s.becomes(false, ErrResting)
	defer s.becomes(false, nil)
	for end := time.Now().Add(d); ctx.Err() == nil && time.Now().Before(end); {
		if s.options.Display() != nil {
			return false
		}
		pause(ctx, min(displayPause, time.Until(end)))
	}
	return true
}

// awaitWant waits until something is to be shown; false when ctx ends.
func (s *Screen) awaitWant(ctx context.Context) bool {
	for {
		s.mu.Lock()
		wanted := s.wanted || s.warm
		s.mu.Unlock()
		if wanted || ctx.Err() != nil {
			return ctx.Err() == nil
		}
		select {
		case <-s.want:
		case <-ctx.Done():
		}
	}
}

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
}

// link is what goes on between the screen and one window. Its fields but the
// channels are the screen's, under its lock.
type link struct {
	window Window
	wake   chan struct{} // there is something to write
	over   chan struct{} // closed when nothing more is written

	setUp  bool
	number uint64 // of the page that it was sent
	up     bool   // that page is up
	beat   uint64 // the latest
	asked  uint64 // the latest that it was sent
	heard  uint64 // the latest that it answered
	taps   int    // since then
	press  *view.Tap

	pressed chan bool
}

// draw has one window draw until it ends, or has to. The error says why.
func (s *Screen) draw(ctx context.Context) error {
	window, err := s.options.Start()
	if err != nil {
		return fmt.Errorf("starting it: %w", err)
	}
	l := &link{window: window, wake: make(chan struct{}, 1), over: make(chan struct{}), pressed: make(chan bool, 1)}
	nudge(l.wake)
	s.mu.Lock()
	s.link = l
	s.mu.Unlock()
	fails := make(chan error, 2)
	var beside sync.WaitGroup
	beside.Go(func() { fails <- s.listen(l) })
	beside.Go(func() { fails <- s.write(l) })
	why := s.watch(ctx, l, fails)
	s.mu.Lock()
	s.link = nil
	s.mu.Unlock()
	close(l.over)
	within := endTime
	if errors.Is(why, errHangs) || errors.Is(why, errSpoken) || errors.Is(why, view.ErrLine) {
		within = 0 // it won't listen, or is not to be listened to
	}
	if ended := window.End(within); ended != nil {
		why = ended // nearer to the cause than what was heard of it
	}
	beside.Wait()
	return why
}

// watch asks the window each second whether it draws, and says why it has to end.
// Seconds are counted as they are lived through here, so that a process that stood
// still itself blames nobody.
func (s *Screen) watch(ctx context.Context, l *link, fails <-chan error) error {
	tick := time.NewTicker(beatPace)
	defer tick.Stop()
	for waited := 0; ; {
		s.mu.Lock()
		limit := hangTime
		if l.heard == 0 {
			limit = firstTime
		}
		if l.heard == l.beat {
			waited = 0
			l.beat++
			nudge(l.wake)
		}
		s.mu.Unlock()
		select {
		case <-tick.C:
			if waited++; time.Duration(waited)*beatPace > limit {
				return errHangs
			}
		case err := <-fails:
			return err
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// write sends the window what it has not been sent yet, as long as it takes that.
func (s *Screen) write(l *link) error {
	for {
		select {
		case <-l.wake:
		case <-l.over:
			return nil
		}
		for m, more := s.next(l); more; m, more = s.next(l) {
			line, err := view.Encode(m)
			if err != nil { // another page may do
				s.options.Log.Error("a page can't be sent", "error", err)
				continue
			}
			if _, err := l.window.Write(append(line, '\n')); err != nil {
				return err
			}
		}
	}
}

// next is what the window is to be told next, if anything.
func (s *Screen) next(l *link) (m view.ToWindow, more bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	up := s.up && !s.lent
	switch {
	case !l.setUp:
		setup := s.options.Setup
		setup.Version, setup.Hidden = view.Version, !s.visible || s.lent
		l.setUp, m.Setup = true, &setup
	case up && (!l.up || l.number != s.number):
		page := s.page
		l.number, l.up = s.number, true
		m.Page, m.Number, m.Over = &page, s.number, s.over
	case !up && l.up:
		l.up, m.Hide = false, true
	case l.asked != l.beat:
		l.asked, m.Beat = l.beat, l.beat
	case l.press != nil:
		m.Press, l.press = l.press, nil
	default:
		return m, false
	}
	return m, true
}

// listen hears what the window says.
func (s *Screen) listen(l *link) error {
	lines := view.NewReader[view.FromWindow](l.window)
	var clock view.Clock
	for ready := false; ; {
		m, err := lines.Read()
		if err != nil {
			return err
		}
		if (m.Ready != 0) == ready {
			return errSpoken // it says that first, and once
		}
		ready = true
		switch {
		case m.Ready != 0:
			s.becomes(true, nil)
		case m.Tap != nil && s.tapped(l, *m.Tap, m.Number):
		case m.Key != nil && s.options.Setup.Keys:
			s.options.Key(m.Key.Rune, clock.Time(m.Key.At))
		case m.Beat != 0 && s.answered(l, m.Beat):
		case m.Pressed != nil && s.options.Setup.Tour:
			select {
			case l.pressed <- *m.Pressed:
			default:
				return errSpoken
			}
		case m.Closed:
			s.wantsClosed()
		default:
			return errSpoken
		}
	}
}

// answered notes the answer to the latest beat, and says whether it is one.
func (s *Screen) answered(l *link, beat uint64) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if beat != l.asked || beat == l.heard {
		return false
	}
	l.heard, l.taps = beat, 0
	return true
}
