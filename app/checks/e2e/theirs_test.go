//go:build e2e

package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"onetrans/app/checks/rig"
	"onetrans/app/checks/standin"
	"onetrans/app/sandbox"
	"onetrans/app/terminal/socket"
	"onetrans/flows/core/txn"
	"onetrans/flows/message/onetrans"
	"onetrans/flows/view"
)

func TestMain(m *testing.M) { standin.Main(m) }

// theirs is another vendor's library below a terminal, and its pages.
type theirs struct {
	*standin.Library
	// up gets each page of the library's when it is there; over ends it, by what is
	// said: false walks away.
	up   chan onetrans.Request
	over chan bool
}

// callLimit is how long a call of the library's may take: the shortest that can be configured.
const callLimit = 30 * time.Second

// newTheirs makes a terminal on a stand-in for another vendor's library, which reads people
// and collects on pages of its own. Bills are configured, and can't be settled there at a kiosk.
func newTheirs(t *testing.T) (*world, *theirs) {
	t.Helper()
	w := &world{t: t, display: rig.StartDisplay(t, screenWidth, screenHeight), eyes: openEyes(t), folder: t.TempDir(), person: sandbox.Persons()[0]}
	l := &theirs{standin.New(t), make(chan onetrans.Request), make(chan bool)}
	l.Stand(func(request onetrans.Request) bool {
		select {
		case l.up <- request:
			return <-l.over
		case <-time.After(time.Minute): // the test is over
			return false
		}
	})
	w.platform = strings.TrimPrefix(l.URL, "http://")
	w.must(os.WriteFile(w.slipPath(), nil, 0o600))
	w.must(os.WriteFile(w.configPath(), fmt.Appendf(nil, `[platform]
driver = "vendor"
dll = %[1]q
call_s = %[2]d
app_id = %[3]q
app_key = %[4]q
[devices]
owner = "vendor"
[devices.printer]
kind = "file"
address = %[10]q
[[pay.account]]
type = "02"
pay_app_id = %[5]q
pay_app_secret = %[6]q
[[pay.account]]
type = "01"
pay_app_id = %[5]q
pay_app_secret = %[6]q
[terminal]
mdtrtarea_admvs = %[7]q
[store]
path = %[8]q
[ui]
panel_inches = %[9]v
`, l.DLL, callLimit/time.Second, sandbox.DemoAppID, sandbox.DemoAppKey, sandbox.DemoPayAppID, sandbox.DemoPayAppSecret,
		sandbox.DemoRegion, w.journalPath(), panelInches, w.slipPath()), 0o600))
	return w, l
}

// slipPath is the file that stands for the printer.
func (w *world) slipPath() string { return filepath.Join(w.folder, "slips") }

// clear says what the library's page is asked, once it is up and nothing of ours is on the
// screen, nor comes back.
func (w *world) clear(l *theirs) onetrans.Request {
	w.t.Helper()
	var request onetrans.Request
	select {
	case request = <-l.up:
	case <-time.After(15 * time.Second):
		w.t.Fatalf("the library was not called; the screen shows %s", w.sees())
	}
	w.eventually(15*time.Second, "our window is off the screen", func() bool { return !w.painted() })
	w.staysClear()
	return request
}

// staysClear: for a while nothing of ours comes onto the screen.
func (w *world) staysClear() {
	w.t.Helper()
	for end := time.Now().Add(time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if w.painted() {
			w.t.Fatalf("our page lies over the library's: %s", w.sees())
		}
	}
}

// untilTheirCashier leads a person by the library's reader to the library's cashier, and
// gives the number of the order that is paid there.
func (w *world) untilTheirCashier(l *theirs) (no string) {
	w.t.Helper()
	w.must(w.follow([]step{
		touch("attract", view.Start, ""),
		touch("their home", view.PickService, string(view.ServiceInpatientDeposit)),
	}))
	if read := w.clear(l); read.TransType.String() != onetrans.TransUserGet {
		w.t.Fatalf("asked %s", read.TransType)
	}
	l.over <- true
	w.must(w.follow([]step{
		touch("person", view.Correct, ""),
		touch("amount", view.Quick, "2"),
		touch("amount entered", view.Next, ""),
		touch("confirm", view.Pay, ""),
	}))
	var order onetrans.RechargeIn
	w.must(onetrans.UnmarshalData(w.clear(l).Data, &order))
	return order.OutChargeNo.String()
}

// paidThere: the books of both sides have one charge, paid once.
func (w *world) paidThere(no string) {
	w.t.Helper()
	if orders := w.ledger(); len(orders) != 1 || orders[0].OutChargeNo != no || orders[0].Result != string(onetrans.ResultSucc) || len(orders[0].Refunds) > 0 {
		w.t.Errorf("the platform has %+v", orders)
	}
	if trades := w.trades(); len(trades) != 1 || trades[0].Order.No != no || trades[0].At() != txn.Succ {
		w.t.Errorf("the journal has %+v", trades)
	}
}

// A hospital that runs the vendor's library today has our kiosk on top of it: read on the
// library's page, checked on ours, paid on the library's, and the result and its slip ours.
func TestAPersonTopsUpOnTheVendorsOwnPages(t *testing.T) {
	w, l := newTheirs(t)
	if said, err := w.command("check"); err != nil || !strings.Contains(said, "厂商库一次调用完成结算") {
		t.Errorf("check: %v, %s", err, said)
	}
	w.startKiosk()
	no := w.untilTheirCashier(l)
	w.decide(no, true)
	l.over <- true
	w.must(w.await("their result", 15*time.Second))
	w.keepPicture("result")
	w.must(w.tap("their result", view.PrintSlip, ""))
	w.eventually(10*time.Second, "the slip is printed", func() bool {
		slip, err := os.ReadFile(w.slipPath())
		return err == nil && len(slip) > 1000
	})
	w.paidThere(no)
}

// Whatever the library does in the middle of a payment, the page tells the doubt, and its
// end comes from a query alone: nothing is sent a second time.
func TestATopUpThatTheVendorsLibraryLosesIsFoundByAQuery(t *testing.T) {
	for name, c := range map[string]struct {
		behave string
		paid   bool // before the library's page is over
	}{
		"it crashes before anybody has paid":  {"crash", false},
		"it crashes after they have":          {"crash", true},
		"its answer has no end":               {"no end", true},
		"it hangs":                            {"hang", true},
		"they walk away, and pay a bit later": {"", false},
	} {
		t.Run(name, func(t *testing.T) {
			w, l := newTheirs(t)
			l.Behave("", c.behave)
			w.startKiosk()
			no := w.untilTheirCashier(l)
			if c.paid {
				w.decide(no, true)
			}
			l.over <- c.paid
			if !c.paid {
				w.must(w.await("their doubt", 15*time.Second))
				w.keepPicture("doubt")
				w.decide(no, true)
			}
			w.must(w.await("their result", callLimit+20*time.Second))
			orders := 0
			for _, request := range l.Requests() {
				if request.TransType.String() == onetrans.TransRecharge {
					orders++
				}
			}
			if orders != 1 {
				t.Errorf("%d orders were sent", orders)
			}
			w.paidThere(no)
		})
	}
}

// Who is not read hears so, and may try once more; nothing was taken.
func TestWhoWalksAwayFromTheVendorsReaderMayTryAgain(t *testing.T) {
	w, l := newTheirs(t)
	w.startKiosk()
	w.must(w.follow([]step{
		touch("attract", view.Start, ""),
		touch("their home", view.PickService, string(view.ServiceInpatientDeposit)),
	}))
	w.clear(l)
	l.over <- false
	w.must(w.await("nobody read", 15*time.Second))
	w.keepPicture("nobody")
	w.must(w.tap("nobody read", view.Retry, ""))
	w.clear(l)
	l.over <- true
	w.must(w.await("person", 15*time.Second))
}

// A power cut while the library's page is up: the next start finds by a query what became of it.
func TestAPowerCutUnderTheVendorsPageIsFoundByAQuery(t *testing.T) {
	w, l := newTheirs(t)
	w.startKiosk()
	no := w.untilTheirCashier(l)
	w.decide(no, true)
	w.kill()
	l.over <- true
	w.startKiosk()
	w.must(w.await("attract", 20*time.Second))
	w.becomesPaid()
	asked := func(r onetrans.Request) bool { return r.TransType.String() == onetrans.TransQuery }
	if !slices.ContainsFunc(l.Requests(), asked) {
		t.Error("it was not asked for")
	}
	w.paidThere(no)
}

// helpersOf are the processes that have the library for a terminal.
func helpersOf(t *testing.T, owner *exec.Cmd) (pids []int) {
	t.Helper()
	for _, pid := range rig.Children(t, owner.Process.Pid) {
		if path, _ := os.Readlink("/proc/" + strconv.Itoa(pid) + "/exe"); strings.HasSuffix(path, "/onetrans-vendor") {
			pids = append(pids, pid)
		}
	}
	return pids
}

// The process that has the library is killed by force while its page is up.
func TestAHelperThatIsKilledUnderItsPageLeavesADoubtThatEnds(t *testing.T) {
	w, l := newTheirs(t)
	w.startKiosk()
	no := w.untilTheirCashier(l)
	for _, pid := range helpersOf(t, w.kiosk) {
		w.must(syscall.Kill(pid, syscall.SIGKILL))
	}
	w.must(w.await("their doubt", 15*time.Second))
	w.decide(no, true)
	l.over <- true
	w.must(w.await("their result", 20*time.Second))
	w.paidThere(no)
}

// Nobody can tell the library to end a page: when its caller has gone, or has its answer
// because it waits no longer, nothing of ours lies over it, and whoever calls meanwhile hears
// that it is busy. The screen comes back after it.
func TestThePageOfACallerWhoHangsUpKeepsTheScreen(t *testing.T) {
	pick := sampleRequest(t, onetrans.TransUserGet)
	for name, gone := range map[string]func(*world, *theirs){
		"hangs up": func(w *world, l *theirs) {
			caller, gone := w.startCall(onetrans.TransUserGet, pick)
			w.clear(l)
			w.must(caller.Process.Kill())
			<-gone
		},
		"waits no longer": func(w *world, l *theirs) {
			in, err := onetrans.EncodeGBK([]byte(pick))
			w.must(err)
			answered := make(chan error, 1)
			go func() {
				_, err := socket.Ask(t.Context(), socket.Address(w.journalPath(), ""), onetrans.Call{TransType: onetrans.TransUserGet, In: in, WaitMS: 5000})
				answered <- err
			}()
			w.clear(l)
			select {
			case err := <-answered:
				w.must(err)
			case <-time.After(20 * time.Second):
				t.Fatal("it is not answered")
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			w, l := newTheirs(t)
			w.startKiosk()
			w.must(w.await("attract", 15*time.Second))
			gone(w, l)
			w.staysClear()
			if h := <-w.hisCalls(onetrans.TransUserGet, pick); h.code != string(onetrans.CodeBusy) {
				t.Errorf("meanwhile: exit %d, %s", h.exit, h.out)
			}
			w.staysClear()
			l.over <- true
			w.must(w.await("attract", 10*time.Second))
			answer := w.hisCalls(onetrans.TransUserGet, pick)
			w.clear(l)
			l.over <- true
			w.hears(answer, onetrans.TransUserGet)
		})
	}
}
