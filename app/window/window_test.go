package window

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"onetrans/assets/texts"
	"onetrans/flows/view"
)

// pair is a window, with a test in the owner's place.
type pair struct {
	*testing.T
	window *window
	now    time.Time
	out    bytes.Buffer
}

func begin(t *testing.T, setup view.Setup) *pair {
	t.Helper()
	words, err := texts.Load()
	if err != nil {
		t.Fatal(err)
	}
	p := &pair{T: t, now: time.Date(2026, 11, 27, 10, 24, 0, 0, time.UTC)}
	setup.Version = view.Version
	p.window, err = open(test.NewTempApp(t), setup, Pipes{Out: &p.out, Texts: words, Now: func() time.Time { return p.now }}, func() (monitor, error) { return monitor{}, nil })
	if err != nil {
		t.Fatal(err)
	}
	p.window.force = func() {}
	return p
}

// sends gives the window lines; each new page is on the screen for a second. It
// returns why the window ends, as it does after the last line.
func (p *pair) sends(messages ...view.ToWindow) error {
	p.Helper()
	var lines bytes.Buffer
	for _, m := range messages {
		if err := view.Write(&lines, m); err != nil {
			p.Fatal(err)
		}
	}
	return p.hears(lines.String())
}

func (p *pair) hears(lines string) error {
	p.window.listen(p.Context(), view.NewReader[view.ToWindow](strings.NewReader(lines)))
	p.now = p.now.Add(time.Second)
	return <-p.window.ended
}

// said is what the owner has been told since it last asked.
func (p *pair) said() (said []view.FromWindow) {
	p.Helper()
	lines := view.NewReader[view.FromWindow](&p.out)
	for {
		m, err := lines.Read()
		if errors.Is(err, io.EOF) {
			return said
		}
		if err != nil {
			p.Fatal(err)
		}
		said = append(said, m)
	}
}

func (p *pair) says(want ...view.FromWindow) {
	p.Helper()
	if got := p.said(); !reflect.DeepEqual(got, want) {
		p.Errorf("it says %+v, want %+v", got, want)
	}
}

func pageOf(c view.Content, n uint64) view.ToWindow {
	return view.ToWindow{Page: &view.Page{Content: c}, Number: n}
}

var confirm = view.Confirm{Account: view.ServiceInpatientDeposit, Amount: "200.00", Name: "欧阳*珺"}

func TestATapIsToldWithThePageOnWhichItWasMade(t *testing.T) {
	p := begin(t, view.Setup{})
	if err := p.sends(pageOf(view.Home{Services: []view.Service{{Kind: view.ServiceInpatientDeposit}}}, 3)); err != nil {
		t.Fatal(err)
	}
	p.window.press(view.Tap{Action: view.PickService, Value: "inpatient_deposit"})
	if err := p.sends(pageOf(confirm, 4)); err != nil {
		t.Fatal(err)
	}
	p.window.press(view.Tap{Action: view.Pay})
	p.says(
		view.FromWindow{Tap: &view.Tap{Action: view.PickService, Value: "inpatient_deposit"}, Number: 3},
		view.FromWindow{Tap: &view.Tap{Action: view.Pay}, Number: 4},
	)
}

// The page that waits is there from the setup on, and nobody serves yet.
func TestATapBeforeTheFirstPageAndWhileHiddenIsNotTold(t *testing.T) {
	p := begin(t, view.Setup{Language: view.English})
	p.now = p.now.Add(time.Second)
	if page := p.window.kiosk.Page(); page.Content != view.Content(view.Attract{}) || page.Look.Language != view.English {
		t.Errorf("it begins with %+v", page)
	}
	if !p.window.press(view.Tap{Action: view.Start}) {
		t.Error("the page that waits is not there")
	}
	if err := p.sends(pageOf(view.Attract{}, 1), view.ToWindow{Hide: true}); err != nil {
		t.Fatal(err)
	}
	p.window.press(view.Tap{Action: view.Start})
	p.says()
}

func TestAWindowThatIsHiddenKeepsNothingOfThePerson(t *testing.T) {
	p := begin(t, view.Setup{Fullscreen: true, Hidden: true})
	if p.window.shown {
		t.Error("it is on the screen before its first page")
	}
	if err := p.sends(pageOf(confirm, 1)); err != nil {
		t.Fatal(err)
	}
	if !p.window.shown || !p.window.window.FullScreen() {
		t.Error("its first page is not on the screen")
	}
	if err := p.sends(view.ToWindow{Hide: true}); err != nil {
		t.Fatal(err)
	}
	if p.window.shown || p.window.window.FullScreen() || p.window.kiosk.Page().Content != view.Content(view.Attract{}) {
		t.Errorf("hidden, it shows %+v", p.window.kiosk.Page())
	}
	if err := p.sends(pageOf(confirm, 2)); err != nil || !p.window.shown || !p.window.window.FullScreen() {
		t.Errorf("it does not come back: %v", err)
	}
}

func TestAHeartbeatIsAnsweredInTurn(t *testing.T) {
	p := begin(t, view.Setup{})
	if err := p.sends(view.ToWindow{Beat: 7}, pageOf(confirm, 1), view.ToWindow{Beat: 8}); err != nil {
		t.Fatal(err)
	}
	p.says(view.FromWindow{Beat: 7}, view.FromWindow{Beat: 8})
}

func TestATourPressesTheButtonsThatAreThere(t *testing.T) {
	p := begin(t, view.Setup{Tour: true})
	if err := p.sends(pageOf(confirm, 1)); err != nil {
		t.Fatal(err)
	}
	press := func(action view.Action) view.ToWindow { return view.ToWindow{Press: &view.Tap{Action: action}} }
	if err := p.sends(press(view.Pay), press(view.Pay), press(view.Done)); err != nil {
		t.Fatal(err)
	}
	yes, no := true, false
	p.says(
		view.FromWindow{Tap: &view.Tap{Action: view.Pay}, Number: 1}, view.FromWindow{Pressed: &yes},
		view.FromWindow{Pressed: &no}, // it is dead after the first tap
		view.FromWindow{Pressed: &no},
	)
}

func TestKeysAreToldWhereTheScannerIsAKeyboardAndWhenTheyCame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := begin(t, view.Setup{Keys: true})
		canvas := p.window.window.Canvas()
		time.Sleep(time.Second)
		canvas.OnTypedRune()('7')
		time.Sleep(2 * time.Millisecond)
		canvas.OnTypedKey()(&fyne.KeyEvent{Name: fyne.KeyReturn})
		p.says(
			view.FromWindow{Key: &view.Stroke{Rune: '7', At: int64(time.Second)}},
			view.FromWindow{Key: &view.Stroke{Rune: '\n', At: int64(time.Second + 2*time.Millisecond)}},
		)
		none := begin(t, view.Setup{})
		none.window.window.Canvas().OnTypedRune()('7')
		none.says()
	})
}

func TestAWindowThatIsClosedSaysSoAndStays(t *testing.T) {
	p := begin(t, view.Setup{})
	p.window.closed()
	p.says(view.FromWindow{Closed: true})
}

func TestALineThatMayNotComeIsTheLast(t *testing.T) {
	setup := view.Setup{Version: view.Version}
	for name, m := range map[string]view.ToWindow{
		"another setup":          {Setup: &setup},
		"a press without a tour": {Press: &view.Tap{Action: view.Start}},
	} {
		p := begin(t, view.Setup{})
		if err := p.sends(m, pageOf(confirm, 1)); !errors.Is(err, view.ErrLine) || p.window.number != 0 {
			t.Errorf("%s: %v", name, err)
		}
		p.says()
	}
	p := begin(t, view.Setup{})
	if err := p.hears(`{"page":{"Content":{"Lottery":{}}},"n":1}` + "\n" + `{"beat":1}` + "\n"); !errors.Is(err, view.ErrLine) {
		t.Error(err)
	}
	p.says()
}

func TestAWindowEndsAsItsPipesDo(t *testing.T) {
	if err := begin(t, view.Setup{}).sends(); err != nil {
		t.Errorf("nobody is there any more: %v", err)
	}
	p := begin(t, view.Setup{})
	p.window.out = nobody{}
	p.window.tell(view.FromWindow{Closed: true})
	if err := <-p.window.ended; !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("nobody hears it: %v", err)
	}
}

type nobody struct{}

func (nobody) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

// The goroutine that draws may be the one that hangs.
func TestAWindowThatDoesNotEndIsEndedByForce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := begin(t, view.Setup{})
		forced := false
		p.window.force = func() { forced = true }
		p.window.quit(nil)
		p.window.quit(io.ErrClosedPipe)
		time.Sleep(quitTime)
		synctest.Wait()
		if err := <-p.window.ended; !forced || err != nil {
			t.Errorf("by force: %v, because of %v", forced, err)
		}
	})
}

func TestTheEndOfItsPipeIsNoticedWhileNobodyReads(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		in, owner := io.Pipe()
		noticed := false
		lines := watched(in, func() { noticed = true })
		said := ""
		for n := range ahead - 1 {
			line := fmt.Sprintln("beat", n)
			said += line
			if _, err := io.WriteString(owner, line); err != nil || noticed {
				t.Fatalf("at the %d.: noticed %v, %v", n, noticed, err)
			}
		}
		owner.Close()
		synctest.Wait()
		if !noticed {
			t.Error("it is not noticed")
		}
		if read, err := io.ReadAll(lines); err != nil || string(read) != said {
			t.Errorf("%v, and what was said before was %q", err, read)
		}
	})
}

func TestWithoutASetupThereIsNoWindow(t *testing.T) {
	for name, c := range map[string]struct {
		lines string
		want  error
	}{
		"nothing":         {"", ErrNoOwner},
		"a page":          {`{"hide":true}` + "\n", view.ErrLine},
		"a person":        {"hello\n", view.ErrLine},
		"another version": {`{"setup":{"v":9}}` + "\n", view.ErrVersion},
	} {
		if _, err := setupOf(t.Context(), view.NewReader[view.ToWindow](strings.NewReader(c.lines))); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	synctest.Test(t, func(t *testing.T) {
		silent, lines := io.Pipe()
		defer lines.Close()
		begin := time.Now()
		if _, err := setupOf(t.Context(), view.NewReader[view.ToWindow](silent)); !errors.Is(err, ErrNoOwner) || time.Since(begin) != setupTime {
			t.Errorf("after %v: %v", time.Since(begin), err)
		}
	})
}

func TestTheTitleSaysWhereNoRealMoneyMoves(t *testing.T) {
	for want, setup := range map[string]view.Setup{
		"onetrans":                        {Language: view.English},
		"onetrans · 演示 · 不动真钱":            {Demo: true, Language: view.Chinese},
		"onetrans · Demo · no real money": {Demo: true, Language: view.English},
	} {
		if got := begin(t, setup).window.window.Title(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// The keyboard of a kiosk is a scanner. A PC whose HIS fills the screen has one that a
// person types on, and a mouse.
func TestAKeyboardWorksThePagesOfCallsAlsoOnAFullScreenAndNeverAKiosks(t *testing.T) {
	for _, c := range []struct {
		setup view.Setup
		works bool
	}{
		{view.Setup{Fullscreen: true, Hidden: true}, true},
		{view.Setup{Hidden: true}, true},
		{view.Setup{Fullscreen: true}, false},
	} {
		p := begin(t, c.setup)
		page := pageOf(view.PickWay{}, 1)
		page.Page.Home = true
		p.window.obey(page)
		p.now = p.now.Add(time.Second)
		p.out.Reset()
		p.window.window.Canvas().OnTypedKey()(&fyne.KeyEvent{Name: fyne.KeyEscape})
		if works := strings.Contains(p.out.String(), string(view.GoHome)); works != c.works {
			t.Errorf("%+v: %s", c.setup, p.out.String())
		}
	}
}
