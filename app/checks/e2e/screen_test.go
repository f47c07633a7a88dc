//go:build e2e

package e2e

import (
	"bytes"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"onetrans/app/checks/rig"
	"onetrans/flows/message/onetrans"
	"onetrans/flows/view"
)

var (
	windowKills = flag.Int("windowkills", 100, "how often the window is killed")
	endings     = flag.Int("endings", 30, "how often a call is told to end")
)

// windows are all processes that draw for this executable, whoever started them.
func (w *world) windows() (pids []string) {
	w.t.Helper()
	program, err := filepath.Abs(executable)
	w.must(err)
	all, err := filepath.Glob("/proc/[0-9]*")
	w.must(err)
	for _, folder := range all {
		line, _ := os.ReadFile(filepath.Join(folder, "cmdline")) // a zombie has none
		path, _ := os.Readlink(filepath.Join(folder, "exe"))
		if words := bytes.Split(line, []byte{0}); path == program && len(words) > 1 && string(words[1]) == "ui" {
			pids = append(pids, filepath.Base(folder))
		}
	}
	return pids
}

// order is a call's request for an amount that no other has, to be paid on its page.
func (w *world) order(no string, n int) string {
	text := strings.Replace(sampleRequest(w.t, onetrans.TransRecharge), chargeNo, no, 1)
	return strings.Replace(text, `"0.01"`, fmt.Sprintf(`"%d.%02d"`, 1+n/100, n%100), 1)
}

// A call that owns its page is told to end, at whatever stage it is: it answers once,
// its exit status says what the answer is, and nothing of it is left.
func TestACallThatIsToldToEndAtAnyStageAnswersOnce(t *testing.T) {
	signal.Notify(make(chan os.Signal, 1), syscall.SIGHUP) // as under nohup it would be ignored there, too
	defer signal.Reset(syscall.SIGHUP)
	w := newPlace(t)
	dice := rand.New(rand.NewPCG(*killSeed, 38))
	heardOf := map[string]int{}
	for n := range *endings {
		no := fmt.Sprintf("170228317728%04d", n)
		caller, answer := w.startCall(onetrans.TransRecharge, w.order(no, n))
		if n%3 == 0 {
			w.must(w.await("call cashier", 15*time.Second))
		} else {
			time.Sleep(50*time.Millisecond + time.Duration(dice.Int64N(int64(1500*time.Millisecond))))
		}
		by := []syscall.Signal{syscall.SIGTERM, syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP}[n%4]
		w.must(caller.Process.Signal(by))
		var h heard
		select {
		case h = <-answer:
		case <-time.After(20 * time.Second):
			t.Fatalf("%d, %v: nothing was heard", n, by)
		}
		orders := w.ledger()
		at := slices.IndexFunc(orders, func(o order) bool { return o.OutChargeNo == no })
		there := at >= 0 && orders[at].Result != string(onetrans.ResultClosed)
		switch {
		case h.code == string(onetrans.CodeCancelled) && h.exit == 0 && !there: // nothing is left of the order
		case h.code == string(onetrans.CodeUnknown) && h.exit == 2:
		case len(h.out) == 0 && (h.exit == 1 || h.exit == -1) && at < 0: // before it had read what it was to do, or could hear the signal
		default:
			t.Errorf("%d, %v: exit %d, %q; the platform has it: %v", n, by, h.exit, h.out, there)
		}
		heardOf[fmt.Sprintf("%q, exit %d", h.code, h.exit)]++
		w.eventually(5*time.Second, "no window is left", func() bool { return len(w.windows()) == 0 })
	}
	t.Log(heardOf)
}

// A display that goes takes nobody along: whose page was up is answered, calls
// without a page go on, one with a page hears so, and all is as before once the
// display is back.
func TestADisplayThatGoesTakesNoOwnerAlong(t *testing.T) {
	t.Run("the agent", func(t *testing.T) {
		w := newPlace(t)
		agent := w.startAgent()
		answer := w.hisCalls(onetrans.TransRecharge, w.order(chargeNo, 1))
		w.must(w.await("call cashier", 15*time.Second))
		w.display.TurnOff()
		w.decide(chargeNo, true) // whoever has scanned the code
		w.hears(answer, onetrans.TransRecharge)
		w.noPage("17022831772853AA", 2)
		w.hears(w.hisCalls(onetrans.TransRecharge, strings.Replace(unpaidOrder(t), chargeNo, "17022831772853BB", 1)), onetrans.TransRecharge)
		w.display.TurnOn(t)
		answer = w.hisCalls(onetrans.TransRecharge, w.order("17022831772853CC", 3))
		w.must(w.await("call cashier", 15*time.Second))
		w.decide("17022831772853CC", true)
		w.hears(answer, onetrans.TransRecharge)
		if agent.ProcessState != nil {
			t.Error("the agent has ended")
		}
	})
	t.Run("the kiosk", func(t *testing.T) {
		w := newWorld(t)
		w.must(w.await("attract", 15*time.Second))
		w.must(w.tap("attract", view.Start, ""))
		w.must(w.await("home", 10*time.Second))
		w.display.TurnOff()
		w.hears(w.hisCalls(onetrans.TransRecharge, unpaidOrder(t)), onetrans.TransRecharge)
		w.noPage("17022831772853DD", 4)
		told := func() int { return strings.Count(w.log.String(), "no page can be shown") }
		w.eventually(10*time.Second, "it is told that no page can be shown", func() bool { return told() > 0 })
		w.display.TurnOn(t)
		w.must(w.await("home", 15*time.Second)) // where that person was
		w.must(w.tap("home", view.PickService, string(view.ServiceInpatientDeposit)))
		w.must(w.await("identify", 10*time.Second))
		if n := told(); n != 1 {
			t.Errorf("told %d times", n)
		}
	})
}

// noPage: a call that needs a page hears that there is none, at once, and nothing
// is sent.
func (w *world) noPage(no string, n int) {
	w.t.Helper()
	begin := time.Now()
	h := <-w.hisCalls(onetrans.TransRecharge, w.order(no, n))
	if h.code != string(onetrans.CodeDevice) || h.exit != 0 || time.Since(begin) > 10*time.Second {
		w.t.Errorf("after %v: exit %d, %s", time.Since(begin), h.exit, h.out)
	}
	if slices.ContainsFunc(w.ledger(), func(o order) bool { return o.OutChargeNo == no }) {
		w.t.Error("an order was sent")
	}
}

// killer kills an owner's windows at random moments: few enough that another comes
// each time.
type killer struct {
	world *world
	owner *exec.Cmd
	dice  *rand.Rand
	kills atomic.Int64
	gone  []time.Duration // for which no page was on the screen
	stop  chan struct{}
	done  sync.WaitGroup
}

const killsAnOwner = 4 // of five windows that end the last is not replaced at once

func (w *world) startKiller(owner *exec.Cmd, dice *rand.Rand, most time.Duration) *killer {
	k := &killer{world: w, owner: owner, dice: dice, stop: make(chan struct{})}
	k.done.Go(func() {
		for k.kills.Load() < killsAnOwner {
			select {
			case <-time.After(time.Duration(dice.Int64N(int64(most)))):
			case <-k.stop:
				return
			}
			before := w.painted()
			for _, pid := range rig.Children(w.t, owner.Process.Pid) {
				if syscall.Kill(pid, syscall.SIGKILL) == nil {
					k.kills.Add(1)
				}
			}
			if before {
				k.awaitBack()
			}
		}
	})
	return k
}

// painted says whether a page is on the screen: its header is.
func (w *world) painted() bool {
	painted, err := w.display.Painted(screenWidth/2, 40)
	return err == nil && painted
}

// awaitBack waits until the page that was there is there again.
func (k *killer) awaitBack() {
	begin, went := time.Now(), false
	for time.Since(begin) < 10*time.Second {
		there := k.world.painted()
		if went = went || !there; went && there {
			k.gone = append(k.gone, time.Since(begin))
			return
		}
		select {
		case <-time.After(5 * time.Millisecond):
		case <-k.stop:
			return
		}
	}
}

// end is how often it killed.
func (k *killer) end() int {
	close(k.stop)
	k.done.Wait()
	k.world.t.Logf("killed %d times; the page was back after %v", k.kills.Load(), k.gone)
	return int(k.kills.Load())
}

// insist does the steps as a person does whose screen goes dark now and then: what
// is still there after a while is done again, but for a step that can't be.
func (w *world) insist(steps []step, last string) error {
	for i, s := range steps {
		next := last
		if i+1 < len(steps) {
			next = steps[i+1].sees
		}
		if err := w.await(s.sees, 20*time.Second); err != nil {
			return err
		}
		for tries := 0; ; tries++ {
			if tries == 0 || s.sees != "insert" {
				if err := s.does(w); err != nil {
					return fmt.Errorf("on page %s: %w", s.sees, err)
				}
			}
			err := w.await(next, 3*time.Second)
			if err == nil {
				break
			}
			if tries == 6 {
				return err
			}
			page := ""
			known := func() bool { page = w.sees(); return page != "nothing known" }
			if err := within(20*time.Second, "the next window comes", known); err != nil {
				return err
			}
			if page != s.sees {
				if err := w.await(next, 10*time.Second); err != nil {
					return err
				}
				break
			}
		}
	}
	return nil
}

// payTheOrder pays the one order that waits, as the phone does which scanned its code.
func payTheOrder(w *world) error {
	for _, o := range w.ledger() {
		if o.Result == string(onetrans.ResultInit) {
			w.decide(o.OutChargeNo, true)
		}
	}
	return nil
}

// The window is killed at a hundred random moments of a top-up, a settlement and a
// call: the same page comes back each time, every trade ends as the phone paid it,
// and HIS hears its answer once. Beside the kiosk, which has the one reader, an
// agent serves calls.
func TestTheWindowIsKilledAtAnyMomentAndNobodysTradeIsLost(t *testing.T) {
	kills, eyes := &moments{of: map[string]map[string]int{}}, openEyes(t)
	done := func() int { return kills.count("kiosk") + kills.count("call") }
	t.Run("at", func(t *testing.T) {
		for line, jobs := range map[string][]func(*world, *rand.Rand) int{
			"kiosk": {(*world).topUpDespite, (*world).settleDespite},
			"call":  {(*world).callDespite},
		} {
			t.Run(line, func(t *testing.T) {
				t.Parallel()
				display := rig.StartDisplay(t, screenWidth, screenHeight)
				for n, seed := 0, *killSeed; done() < *windowKills && !t.Failed(); n, seed = n+1, seed+1 {
					t.Run(fmt.Sprint(seed), func(t *testing.T) {
						w := &world{t: t, display: display, eyes: eyes}
						w.startSandbox()
						w.setUp()
						for range jobs[n%len(jobs)](w, rand.New(rand.NewPCG(seed, uint64(len(line))))) {
							kills.add(line, "killed")
						}
					})
				}
			})
		}
	})
	t.Logf("killed %d times: %v", done(), kills.of)
}

func (w *world) topUpDespite(dice *rand.Rand) (kills int) {
	w.startKiosk()
	k := w.startKiller(w.kiosk, dice, 3*time.Second)
	err := w.insist(append(untilCode(), step{"cashier", payTheOrder}), "result")
	kills = k.end()
	w.must(err)
	w.must(w.await("result", 10*time.Second))
	w.slot.Remove()
	w.mustBePaidOnce()
	return kills
}

func (w *world) settleDespite(dice *rand.Rand) (kills int) {
	w.startKiosk()
	k := w.startKiller(w.kiosk, dice, 3*time.Second)
	err := w.insist([]step{
		touch("attract", view.Start, ""),
		touch("home", view.PickService, string(view.ServiceOutpatientPayment)),
		touch("identify", view.ChooseWay, string(view.WaySocialSecurityCard)),
		{"insert", func(w *world) error { w.insert(nil); return nil }},
		touch("bill person", view.Correct, ""),
		touch("bills", view.ToggleBill, "2"),
		touch("bills fewer", view.Next, ""),
		touch("bill review", view.Pay, ""),
		{"bill pay", payTheOrder},
	}, "bill settled")
	kills = k.end()
	w.must(err)
	w.must(w.await("bill settled", 10*time.Second))
	w.slot.Remove()
	w.mustHaveSettled()
	return kills
}

// callDespite is one call after another at an agent, until it has had its kills.
func (w *world) callDespite(dice *rand.Rand) (kills int) {
	agent := w.startAgent()
	defer rig.Stop(agent)
	k := w.startKiller(agent, dice, 600*time.Millisecond)
	for n := range 4 {
		no := fmt.Sprintf("170228317729%04d", n)
		answer := w.hisCalls(onetrans.TransRecharge, w.order(no, n))
		w.must(w.await("call cashier", 15*time.Second))
		time.Sleep(time.Duration(dice.Int64N(int64(time.Second))))
		w.must(w.await("call cashier", 15*time.Second))
		w.decide(no, true)
		w.hears(answer, onetrans.TransRecharge)
		w.must(w.await("call result", 15*time.Second))
		if k.kills.Load() >= killsAnOwner {
			break
		}
	}
	kills = k.end()
	for _, o := range w.ledger() {
		if o.Result != string(onetrans.ResultSucc) {
			w.t.Errorf("%+v", o)
		}
	}
	return kills
}
