package screen

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"onetrans/devices/wedge"
	"onetrans/flows/view"
)

// double is a window without a process.
type double struct {
	io.Reader // what the screen hears
	io.Writer // what it is told
	says      *io.PipeWriter
	hears     *io.PipeReader
	gone      chan struct{}

	mu      sync.Mutex
	told    []view.ToWindow
	hangs   bool          // it answers no beat
	slow    time.Duration // before it draws
	deaf    bool          // it reads nothing
	within  time.Duration // it was told to end in
	ended   bool
	because error
}

func (d *double) End(within time.Duration) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.within, d.ended = within, true
	d.says.Close()
	d.hears.Close()
	close(d.gone)
	return d.because
}

func (d *double) crash() {
	d.mu.Lock()
	d.because = errors.New("crashed")
	d.mu.Unlock()
	d.says.Close()
}

// say says a line, whatever it is.
func (d *double) say(line string) { _, _ = io.WriteString(d.says, line+"\n") }

func (d *double) tell(m view.FromWindow) { _ = view.Write(d.says, m) }

// live draws, as long as the screen wants it to.
func (d *double) live() {
	select {
	case <-time.After(d.slow):
	case <-d.gone:
	}
	lines := view.NewReader[view.ToWindow](d.hears)
	for !d.deaf {
		m, err := lines.Read()
		if err != nil {
			d.says.Close()
			return
		}
		d.mu.Lock()
		d.told = append(d.told, m)
		hangs := d.hangs
		d.mu.Unlock()
		switch {
		case m.Setup != nil:
			d.tell(view.FromWindow{Ready: view.Version})
		case m.Beat != 0 && !hangs:
			d.tell(view.FromWindow{Beat: m.Beat})
		case m.Press != nil:
			found := true
			d.tell(view.FromWindow{Pressed: &found})
		}
	}
}

// first is the first that it was told.
func (d *double) first() view.ToWindow {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.told[0]
}

// pages are those that it was sent.
func (d *double) pages() (all []view.ToWindow) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, m := range d.told {
		if m.Page != nil || m.Hide {
			all = append(all, m)
		}
	}
	return all
}

// shows is what it shows now: a content's type, "hidden" or nothing yet.
func (d *double) shows() string {
	pages := d.pages()
	switch {
	case len(pages) == 0:
		return "nothing"
	case pages[len(pages)-1].Hide:
		return "hidden"
	}
	return strings.TrimPrefix(fmt.Sprintf("%T", pages[len(pages)-1].Page.Content), "view.")
}

// safeLog is a log that several write.
type safeLog struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *safeLog) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *safeLog) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// stand is a screen on doubles.
type stand struct {
	*testing.T
	*Screen
	mu      sync.Mutex
	windows []*double
	next    double // what the next window is like
	fails   error  // of the next start
	display error
	log     safeLog
	taps    []view.Tap
	closed  int
	keys    func(rune, time.Time)
}

// on tries a screen within a bubble.
func on(t *testing.T, setup view.Setup, try func(*stand)) {
	synctest.Test(t, func(t *testing.T) {
		w := &stand{T: t, keys: func(rune, time.Time) {}}
		w.Screen = New(Options{
			Setup: setup, Start: w.start, Log: slog.New(slog.NewTextHandler(&w.log, nil)),
			Display: func() error { w.mu.Lock(); defer w.mu.Unlock(); return w.display },
			Key:     func(r rune, at time.Time) { w.keys(r, at) },
		})
		defer w.Close()
		w.give()
		try(w)
	})
}

func (w *stand) give() {
	w.Give(func(tap view.Tap) { w.taps = append(w.taps, tap) }, func() { w.closed++ })
}

func (w *stand) start() (Window, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	d := &double{hangs: w.next.hangs, slow: w.next.slow, deaf: w.next.deaf, gone: make(chan struct{})}
	d.Reader, d.says = io.Pipe()
	d.hears, d.Writer = io.Pipe()
	w.windows = append(w.windows, d)
	if w.fails != nil {
		return nil, w.fails
	}
	go d.live()
	return d, nil
}

func (w *stand) window() *double {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.windows[len(w.windows)-1]
}

func (w *stand) started() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.windows)
}

func (w *stand) displays(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.display = err
}

// must says what is to be seen, on which window.
func (w *stand) must(started int, shows string) {
	w.Helper()
	synctest.Wait()
	if n := w.started(); n != started {
		w.Fatalf("%d windows were started, must be %d\n%s", n, started, &w.log)
	}
	if started > 0 && w.window().shows() != shows {
		w.Fatalf("window %d shows %s, must be %s\n%s", started, w.window().shows(), shows, &w.log)
	}
}

func (w *stand) logged(what string) int { return strings.Count(w.log.String(), what) }

func page(c view.Content) view.Page { return view.Page{Content: c} }

var (
	attract = page(view.Attract{})
	home    = page(view.Home{})
	cashier = page(view.Cashier{QRCode: "https://pay"})
)

func TestAWindowIsStartedWithTheFirstPageAndToldWhatToDraw(t *testing.T) {
	on(t, view.Setup{Hospital: "H"}, func(w *stand) {
		w.must(0, "")
		w.Show(attract)
		w.must(1, "Attract")
		if first := w.window().first(); first.Setup == nil || first.Setup.Hospital != "H" || first.Setup.Version != view.Version {
			t.Errorf("%+v", first)
		}
		w.Show(home)
		w.must(1, "Home")
		time.Sleep(time.Hour)
		w.must(1, "Home")
	})
}

func TestAWindowIsSeenWithItsFirstPageUnlessItIsToWaitForSomeone(t *testing.T) {
	on(t, view.Setup{}, func(w *stand) {
		if err := w.Ready(w.Context()); err != nil || !w.window().first().Setup.Hidden {
			t.Errorf("%v: it is seen before there is a page", err)
		}
	})
	on(t, view.Setup{}, func(w *stand) {
		w.Begin()
		w.must(1, "nothing")
		if w.window().first().Setup.Hidden {
			t.Error("it is hidden")
		}
	})
}

func TestAWarmWindowWaitsHiddenForWhatMayComeAndIsReplaced(t *testing.T) {
	on(t, view.Setup{}, func(w *stand) {
		w.displays(ErrNoDisplay)
		w.Warm()
		time.Sleep(time.Hour)
		w.must(0, "")
		if w.log.String() != "" {
			t.Errorf("nobody misses it: %s", &w.log)
		}
		w.displays(nil)
		time.Sleep(2 * displayPause)
		w.must(1, "nothing")
		if !w.window().first().Setup.Hidden {
			t.Error("it is seen")
		}
		w.window().crash()
		synctest.Wait()
		w.must(2, "nothing")
		w.Show(cashier)
		synctest.Wait()
		w.must(2, "Cashier")
		w.Hide()
		synctest.Wait()
		w.window().crash()
		time.Sleep(time.Minute)
		w.must(3, "nothing")
	})
}

func TestAPageIsShownInFrontOfItsCallersWindow(t *testing.T) {
	on(t, view.Setup{}, func(w *stand) {
		w.Over(0x1234)
		w.Show(cashier)
		synctest.Wait()
		w.window().crash()
		synctest.Wait()
		w.must(2, "Cashier")
		w.Over(0)
		w.Show(home)
		synctest.Wait()
		pages := w.window().pages()
		if len(pages) != 2 || pages[0].Over != 0x1234 || pages[1].Over != 0 {
			t.Errorf("%+v", pages)
		}
	})
}

func TestAWindowThatEndsIsReplacedAtOnceWithTheSamePage(t *testing.T) {
	on(t, view.Setup{}, func(w *stand) {
		w.Show(cashier)
		w.must(1, "Cashier")
		begin := time.Now()
		w.window().crash()
		w.must(2, "Cashier")
		if took := time.Since(begin); took != 0 {
			t.Errorf("after %v", took)
		}
		if n := w.logged("the window ended"); n != 1 || w.logged("crashed") != 1 {
			t.Errorf("logged %d times: %s", n, &w.log)
		}
	})
}

func TestAWindowThatHangsIsEndedByForceAndReplaced(t *testing.T) {
	on(t, view.Setup{}, func(w *stand) {
		w.Show(cashier)
		w.must(1, "Cashier")
		time.Sleep(time.Minute)
		hung := w.window()
		hung.mu.Lock()
		hung.hangs = true
		hung.mu.Unlock()
		time.Sleep(hangTime - beatPace)
		w.must(1, "Cashier")
		time.Sleep(4 * beatPace)
		w.must(2, "Cashier")
		if !hung.ended || hung.within != 0 {
			t.Errorf("ended %v, within %v", hung.ended, hung.within)
		}
	})
}

func TestASlowMachineHasTimeToStartAWindow(t *testing.T) {
	on(t, view.Setup{}, func(w *stand) {
		w.next.slow = firstTime - 2*time.Second
		begin := time.Now()
		if err := w.Ready(w.Context()); err != nil || time.Since(begin) != w.next.slow {
			t.Errorf("after %v: %v", time.Since(begin), err)
		}
		w.must(1, "nothing")
	})
	on(t, view.Setup{}, func(w *stand) {
		w.next.slow = time.Hour
		if err := w.Ready(w.Context()); !errors.Is(err, ErrSlow) {
			t.Error(err)
		}
		w.must(2, "nothing")
	})
}

func TestAfterFiveEndsInTenMinutesTheScreenRestsAndSaysSo(t *testing.T) {
	on(t, view.Setup{}, func(w *stand) {
		w.Show(attract)
		for n := 1; n <= tooMany; n++ {
			time.Sleep(3 * time.Second)
			w.must(n, "Attract")
			w.window().crash()
		}
		synctest.Wait()
		begin := time.Now()
		if err := w.Ready(w.Context()); !errors.Is(err, ErrResting) || time.Since(begin) != 0 {
			t.Errorf("after %v: %v", time.Since(begin), err)
		}
		time.Sleep(9 * time.Minute)
		w.Show(home)
		w.must(tooMany, "Attract")
		if n := w.logged("no page can be shown"); n != 1 {
			t.Errorf("told %d times: %s", n, &w.log)
		}
		time.Sleep(time.Minute)
		w.must(tooMany+1, "Home")
		if err := w.Ready(w.Context()); err != nil || w.logged("shown again") != 1 {
			t.Errorf("%v: %s", err, &w.log)
		}
	})
}

// crashes has one window after the other crash.
func (w *stand) crashes(windows int) {
	w.Helper()
	w.Show(cashier)
	for n := 1; n <= windows; n++ {
		time.Sleep(3 * time.Second)
		w.must(n, "Cashier")
		w.window().crash()
	}
	synctest.Wait()
}

func TestWhoAsksOnceTheScreenHasRestedIsNotToldThatItRests(t *testing.T) {
	on(t, view.Setup{}, func(w *stand) {
		w.crashes(tooMany)
		w.Hide() // while it rests nothing more is to be shown
		time.Sleep(restTime)
		if err := w.Ready(w.Context()); err != nil {
			t.Error(err)
		}
	})
}

// Whoever starts it anew, as it draws nothing, need not wait for the rest's end.
func TestADisplayThatIsStartedAnewEndsTheRest(t *testing.T) {
	on(t, view.Setup{}, func(w *stand) {
		w.crashes(tooMany)
		w.displays(ErrNoDisplay)
		time.Sleep(2 * displayPause)
		w.displays(nil)
		time.Sleep(2 * displayPause)
		w.must(tooMany+1, "Cashier")
	})
}

func TestNoWindowIsStartedForAScreenThatIsClosed(t *testing.T) {
	on(t, view.Setup{}, func(w *stand) {
		w.crashes(tooMany - 1)
		w.Close() // before the next is due
		if n := w.started(); n != tooMany-1 {
			t.Errorf("%d windows were started", n)
		}
	})
}

func TestAProcessThatCannotBeStartedCountsAsOneThatEnded(t *testing.T) {
	on(t, view.Setup{}, func(w *stand) {
		w.fails = errors.New("no such program")
		if err := w.Ready(w.Context()); !errors.Is(err, ErrResting) {
			t.Error(err)
		}
		if n := w.started(); n != tooMany {
			t.Errorf("tried %d times", n)
		}
	})
}

func TestWithoutADisplayNothingIsStartedUntilThereIsOne(t *testing.T) {
	on(t, view.Setup{}, func(w *stand) {
		w.displays(ErrNoDisplay)
		if err := w.Ready(w.Context()); !errors.Is(err, ErrNoDisplay) {
			t.Error(err)
		}
		w.Show(cashier)
		time.Sleep(time.Hour)
		w.must(0, "")
		if n := w.logged("no page can be shown"); n != 1 {
			t.Errorf("told %d times: %s", n, &w.log)
		}
		w.displays(nil)
		if err := w.Ready(w.Context()); err != nil {
			t.Error(err)
		}
		w.must(1, "Cashier")
	})
}

// What ends as a display goes is explained by that, however often one goes.
func TestADisplayThatGoesTenTimesIsComeBackToTenTimes(t *testing.T) {
	on(t, view.Setup{}, func(w *stand) {
		w.Show(cashier)
		for n := range 10 {
			w.must(n+1, "Cashier")
			w.displays(ErrNoDisplay)
			w.window().crash()
			time.Sleep(2 * time.Second)
			w.displays(nil)
			time.Sleep(2 * displayPause)
		}
		w.must(11, "Cashier")
	})
}

func TestATapCountsOnlyOnAPageOfTheKindOnWhichItWasMade(t *testing.T) {
	pay, leave := view.Tap{Action: view.Pay}, view.Tap{Action: view.LeavePay}
	for name, c := range map[string]struct {
		do     func(*stand)
		number uint64
		counts bool
	}{
		"the page that stands there": {func(w *stand) { w.Show(home) }, 1, true},
		"a like page has come since": {func(w *stand) { w.Show(cashier); w.Show(page(view.Cashier{Left: 9})) }, 1, true},
		"another has come since":     {func(w *stand) { w.Show(home); w.Show(cashier) }, 1, false},
		"another came and went":      {func(w *stand) { w.Show(home); w.Show(cashier); w.Show(home) }, 1, false},
		"a question has come since": {func(w *stand) {
			w.Show(cashier)
			w.Show(view.Page{Content: view.Cashier{}, Ask: &view.Ask{Kind: view.AskLeavePay}})
		}, 1, false},
		"a page that has not come yet":     {func(w *stand) { w.Show(home) }, 2, false},
		"a like page of the last one":      {func(w *stand) { w.Show(cashier); w.give(); w.Show(cashier) }, 1, false},
		"the last one's, before the next":  {func(w *stand) { w.Show(cashier); w.give() }, 1, false},
		"a page that was hidden":           {func(w *stand) { w.Show(cashier); w.Hide() }, 1, false},
		"a page like the one that was hid": {func(w *stand) { w.Show(cashier); w.Hide(); w.Show(cashier) }, 1, false},
	} {
		t.Run(name, func(t *testing.T) {
			on(t, view.Setup{}, func(w *stand) {
				c.do(w)
				w.Begin()
				synctest.Wait()
				w.window().tell(view.FromWindow{Tap: &leave, Number: c.number})
				synctest.Wait()
				if counts := slices.Equal(w.taps, []view.Tap{leave}); counts != c.counts || !counts && len(w.taps) > 0 {
					t.Errorf("taps %v", w.taps)
				}
				w.taps = nil
				w.Show(page(view.Confirm{}))
				synctest.Wait()
				w.window().tell(view.FromWindow{Tap: &pay, Number: w.number})
				synctest.Wait()
				if !slices.Equal(w.taps, []view.Tap{pay}) {
					t.Errorf("the next is lost: %v", w.taps)
				}
			})
		})
	}
}

func TestAWindowThatSaysWhatNobodyAskedForIsReplaced(t *testing.T) {
	for name, line := range map[string]string{
		"no JSON":               "hello",
		"an empty line":         "",
		"an unknown field":      `{"ready":2,"x":1}`,
		"nothing":               `{}`,
		"ready again":           `{"ready":2}`,
		"another version":       `{"ready":99}`,
		"a beat of its own":     `{"beat":77}`,
		"a key without scanner": `{"key":{"rune":49,"at":1}}`,
		"pressed without tour":  `{"pressed":true}`,
		"too long":              `{"tap":{"action":"` + strings.Repeat("x", view.MaxLine) + `"},"n":1}`,
		"no UTF-8":              "{\"tap\":{\"action\":\"\xff\"},\"n\":1}",
	} {
		t.Run(name, func(t *testing.T) {
			on(t, view.Setup{}, func(w *stand) {
				w.Show(home)
				w.must(1, "Home")
				bad := w.window()
				go bad.say(line)
				w.must(2, "Home")
				if !bad.ended || bad.within != 0 || len(w.taps) > 0 {
					t.Errorf("ended %v, within %v; %v", bad.ended, bad.within, w.taps)
				}
				if strings.Contains(w.log.String(), "hello") {
					t.Errorf("what it said is in the log: %s", &w.log)
				}
			})
		})
	}
	on(t, view.Setup{}, func(w *stand) { // more than a person does
		w.Show(home)
		w.must(1, "Home")
		bad := w.window()
		go func() {
			for range 10 * maxTaps {
				bad.say(`{"tap":{"action":"pay"},"n":1}`)
			}
		}()
		w.must(2, "Home")
		if n := len(w.taps); n > maxTaps {
			t.Errorf("%d taps were believed", n)
		}
	})
	on(t, view.Setup{}, func(w *stand) { // before it is ready
		w.next.slow = time.Second
		w.Show(home)
		synctest.Wait()
		go w.window().say(`{"tap":{"action":"pay"},"n":1}`)
		w.must(2, "nothing")
		if len(w.taps) > 0 {
			t.Error(w.taps)
		}
	})
}

func TestAScannersKeysComeWithTheirRhythmHoweverTheyTravelled(t *testing.T) {
	for name, c := range map[string]struct {
		gap  time.Duration
		want string
	}{"a scanner": {8 * time.Millisecond, "134567890123456789"}, "a person": {120 * time.Millisecond, ""}} {
		t.Run(name, func(t *testing.T) {
			on(t, view.Setup{Keys: true}, func(w *stand) {
				scanner := wedge.New()
				w.keys = func(r rune, at time.Time) { scanner.Key(r, at) }
				w.Show(home)
				w.must(1, "Home")
				got := ""
				ctx, cancel := context.WithTimeout(w.Context(), time.Minute)
				defer cancel()
				scanned := make(chan struct{})
				go func() { got, _ = scanner.Scan(ctx); close(scanned) }()
				synctest.Wait()
				time.Sleep(5 * time.Second) // the pipe was full all the while: they come at once
				for i, r := range "134567890123456789\n" {
					w.window().tell(view.FromWindow{Key: &view.Stroke{Rune: r, At: int64(time.Second) + int64(i)*int64(c.gap)}})
				}
				<-scanned
				if got != c.want {
					t.Errorf("%q", got)
				}
			})
		})
	}
}

func TestAScreenThatHidesKeepsItsWindowAndForgetsThePage(t *testing.T) {
	on(t, view.Setup{}, func(w *stand) {
		w.Show(cashier)
		w.must(1, "Cashier")
		w.Hide()
		w.must(1, "hidden")
		if w.page.Content != nil {
			t.Error("the page is kept")
		}
		time.Sleep(time.Hour)
		w.Show(home)
		w.must(1, "Home")
		w.Hide()
		w.must(1, "hidden")
		w.window().crash() // nothing is to be shown: the next comes with its page
		time.Sleep(time.Hour)
		w.must(1, "hidden")
		if err := w.Ready(w.Context()); err != nil {
			t.Error(err)
		}
		w.must(2, "nothing")
	})
}

func TestNobodyWaitsForAWindowThatDoesNotRead(t *testing.T) {
	on(t, view.Setup{}, func(w *stand) {
		w.next.deaf = true
		begin := time.Now()
		for range 10_000 {
			w.Show(home)
		}
		w.Show(cashier)
		if time.Since(begin) != 0 {
			t.Error("it waited")
		}
		synctest.Wait()
		w.mu.Lock()
		w.next.deaf = false
		w.mu.Unlock()
		time.Sleep(firstTime + 2*time.Second)
		w.must(2, "Cashier")
		if n := len(w.window().pages()); n != 1 {
			t.Errorf("it was sent %d pages", n)
		}
	})
}

func TestWhoWantsTheWindowGoneIsHeardByWhoeverHasTheScreen(t *testing.T) {
	on(t, view.Setup{}, func(w *stand) {
		w.Show(home)
		w.must(1, "Home")
		w.window().tell(view.FromWindow{Closed: true})
		synctest.Wait()
		if w.closed != 1 {
			t.Errorf("heard %d times", w.closed)
		}
		w.must(1, "Home")
	})
}

func TestATourPressesTheButtonOfTheWindow(t *testing.T) {
	on(t, view.Setup{Tour: true}, func(w *stand) {
		w.Show(home)
		if found, err := w.Press(w.Context(), view.Tap{Action: view.Start}); err != nil || !found {
			t.Error(found, err)
		}
		w.window().mu.Lock()
		last := w.window().told[len(w.window().told)-1]
		w.window().mu.Unlock()
		if last.Press == nil || last.Press.Action != view.Start {
			t.Errorf("%+v", last)
		}
	})
}

func TestAScreenThatIsClosedEndsItsWindowInTime(t *testing.T) {
	on(t, view.Setup{}, func(w *stand) {
		w.Show(home)
		w.must(1, "Home")
		w.Close()
		w.Close()
		if d := w.window(); !d.ended || d.within != endTime {
			t.Errorf("ended %v, within %v", d.ended, d.within)
		}
		w.Show(cashier)
		w.must(1, "Home")
	})
}

// Where there is no OpenGL the next window has none either: whoever calls hears it, a
// person is told once, and it is tried again, as a remote session may have ended.
func TestADisplayWithoutOpenGLIsToldOfOnceAndTriedAgain(t *testing.T) {
	on(t, view.Setup{}, func(w *stand) {
		told := 0
		w.options.NoGraphics = func() { told++ }
		w.fails = ErrNoGraphics
		for range 3 {
			if err := w.Ready(w.Context()); !errors.Is(err, ErrNoGraphics) {
				w.Error(err)
			}
			time.Sleep(graphicsPause)
			synctest.Wait()
		}
		if told != 1 || strings.Count(w.log.String(), ErrNoGraphics.Error()) != 1 || w.started() != 4 {
			w.Errorf("told %d times, tried %d times\n%s", told, w.started(), w.log.String())
		}
		w.mu.Lock()
		w.fails = nil
		w.mu.Unlock()
		time.Sleep(graphicsPause)
		synctest.Wait()
		if err := w.Ready(w.Context()); err != nil {
			w.Error(err)
		}
	})
}

// Whatever becomes of what we show, and of our window, meanwhile: it is seen when the
// other's page is gone, and what was tapped there presses nothing here.
func TestNothingOfOursIsShownWhileThePlatformsPageIsUp(t *testing.T) {
	on(t, view.Setup{}, func(w *stand) {
		w.Begin()
		w.Show(attract)
		w.must(1, "Attract")
		w.Lend(true)
		w.must(1, "hidden")
		w.Show(home)
		w.window().tell(view.FromWindow{Tap: &view.Tap{Action: view.Start}, Number: w.window().pages()[0].Number})
		w.must(1, "hidden")
		w.window().crash()
		w.must(2, "nothing")
		if !w.window().first().Setup.Hidden {
			t.Error("a window that takes another's place is seen")
		}
		w.Lend(false)
		w.must(2, "Home")
		if len(w.taps) > 0 {
			t.Errorf("%+v", w.taps)
		}
		pages := w.window().pages()
		w.window().tell(view.FromWindow{Tap: &view.Tap{Action: view.GoHome}, Number: pages[len(pages)-1].Number})
		synctest.Wait()
		if len(w.taps) != 1 {
			t.Errorf("after it: %+v", w.taps)
		}
	})
}
