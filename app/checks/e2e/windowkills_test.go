//go:build e2e

package e2e

import (
	"fmt"
	"math/rand/v2"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"onetrans/app/checks/rig"
	"onetrans/flows/message/onetrans"
	"onetrans/flows/view"
)

// visit is something that people come for, while what draws the pages is killed.
type visit struct {
	// begins starts it, and returns the terminal's owner.
	begins func(*world) *exec.Cmd
	// does is what a person does on each page, again if nothing comes of it.
	does map[string]func(*world) error
	// ends is the page that they came for, and holds what must be true then.
	ends  string
	holds func(*world)
	// lasts is how long it takes, undisturbed.
	lasts time.Duration
}

func visits() map[string]visit {
	var answer <-chan heard
	calls := func(transType string, request func(*testing.T) string) (func(*world) *exec.Cmd, func(*world)) {
		return func(w *world) *exec.Cmd {
				agent := w.startAgent()
				answer = w.hisCalls(transType, request(w.t))
				return agent
			}, func(w *world) {
				w.hears(answer, transType)
			}
	}
	sample := func(transType string) func(*testing.T) string {
		return func(t *testing.T) string { return sampleRequest(t, transType) }
	}
	settling, settled := calls(onetrans.TransSettle, sample(onetrans.TransSettle))
	charging, charged := calls(onetrans.TransRecharge, sample(onetrans.TransRecharge))
	topUp := map[string]func(*world) error{"cashier": payOnce}
	for _, s := range untilCode() {
		topUp[s.sees] = s.does
	}
	topUp["insert"] = func(w *world) error {
		if w.slot == nil {
			w.insert(nil)
		}
		return nil
	}
	return map[string]visit{
		"top-up": {
			begins: func(w *world) *exec.Cmd { w.startKiosk(); return w.kiosk },
			does:   topUp, ends: "result", holds: (*world).mustBePaidOnce, lasts: 15 * time.Second,
		},
		"settlement": {begins: settling, does: map[string]func(*world) error{
			"call bills":  touch("call bills", view.Next, "").does,
			"call review": touch("call review", view.Pay, "").does,
			"call share":  payOnce,
		}, ends: "call settled", holds: settled, lasts: 9 * time.Second},
		"call": {begins: charging, does: map[string]func(*world) error{"call cashier": payOnce}, ends: "call result", holds: charged, lasts: 2 * time.Second},
	}
}

// payOnce pays the code on the screen, if it is still there to be read and paid.
func payOnce(w *world) error {
	if code, err := w.readCode(); err == nil && strings.HasPrefix(code, "http") {
		_ = byPhone(w, code)
	}
	return nil
}

// Whoever stands there sees the same page again, and gets what they came for; so
// does HIS. No trade is lost, and none is made twice.
func TestAWindowKilledAtAnyMomentLosesNobodysTradeOrPage(t *testing.T) {
	for name, v := range visits() {
		t.Run(name, func(t *testing.T) {
			display, eyes := rig.StartDisplay(t, screenWidth, screenHeight), openEyes(t)
			var gone []time.Duration
			for seed := *killSeed; len(gone) < (*kills+2)/3 && !t.Failed(); seed++ {
				t.Run(fmt.Sprint(seed), func(t *testing.T) {
					w := &world{t: t, display: display, eyes: eyes}
					if took, killed := w.disturbed(v, rand.New(rand.NewPCG(seed, uint64(len(name))))); killed {
						gone = append(gone, took)
					}
				})
			}
			if len(gone) > 0 {
				slices.Sort(gone)
				t.Logf("killed %d times; a page was back after %v, at most %v", len(gone), gone[len(gone)/2], gone[len(gone)-1])
			}
		})
	}
}

// disturbed is a visit during which the window is killed, and how long no page was
// on the screen then; killed is false when there was none, or the visit was over.
func (w *world) disturbed(v visit, dice *rand.Rand) (gone time.Duration, killed bool) {
	w.startSandbox()
	w.setUp()
	owner := v.begins(w)
	defer rig.Stop(owner)
	back := make(chan time.Duration, 1)
	kill := time.AfterFunc(time.Duration(dice.Float64()*float64(v.lasts)), func() { back <- w.killWindow(owner) })
	w.must(w.goTo(v.ends, v.does))
	if !kill.Stop() {
		gone = <-back
	}
	v.holds(w)
	return gone, gone > 0
}

// goTo does what is to be done on each page until one comes. What came to nothing
// is done again.
func (w *world) goTo(ends string, does map[string]func(*world) error) error {
	var page string
	err := within(time.Minute, "page "+ends, func() bool {
		if page = w.sees(); does[page] != nil {
			w.must(does[page](w))
			_ = within(2*time.Second, "another page", func() bool { return w.sees() != page })
		}
		return page == ends
	})
	if err != nil {
		return fmt.Errorf("%w (it shows %s)", err, page)
	}
	return nil
}

// killWindow kills what draws for an owner, and says how long no page was on the
// screen then; 0: none was before.
func (w *world) killWindow(owner *exec.Cmd) time.Duration {
	page := func() bool {
		painted, err := w.display.Painted(screenWidth/2, 40) // its header
		return err == nil && painted
	}
	if !page() {
		return 0
	}
	for _, window := range rig.Children(w.t, owner.Process.Pid) {
		if err := syscall.Kill(window, syscall.SIGKILL); err != nil {
			w.t.Error(err)
		}
	}
	begin := time.Now()
	for _, here := range []bool{false, true} {
		if err := within(20*time.Second, "a page goes, and comes", func() bool { return page() == here }); err != nil {
			w.t.Error(err)
		}
	}
	return time.Since(begin)
}
