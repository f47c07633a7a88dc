//go:build e2e

package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"net/http"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"onetrans/app/checks/rig"
	"onetrans/flows/core/txn"
	"onetrans/flows/flow"
	"onetrans/flows/message/onetrans"
	"onetrans/flows/view"
	"onetrans/store"
)

var (
	kills    = flag.Int("kills", 12, "how often the program is killed")
	killSeed = flag.Uint64("killseed", 1, "the first seed of the kills")
)

// job is something during which the program is killed.
type job struct {
	transType string
	no        string // of the trade
	request   func(*testing.T) string
	// prepare does what must have been before.
	prepare func(*world)
	// repeated: HIS calls again with the same number while it knows nothing.
	repeated bool
	// The moments of a kill, at most: while an owner serves the call, and while
	// the call is served by its own process.
	served, alone time.Duration
}

const (
	chargeNo = "1702283177285398"
	refundNo = "202312111811001"
	settleNo = "H35010200275202404171045034300" // the sample's msgid
)

func jobs() map[string]job {
	return map[string]job{
		"recharge": {
			transType: onetrans.TransRecharge, no: chargeNo, request: unpaidOrder, prepare: func(*world) {}, repeated: true,
			served: 2500 * time.Millisecond, alone: 250 * time.Millisecond,
		},
		"refund": {
			transType: onetrans.TransRefund, no: refundNo, prepare: (*world).payAnOrder, repeated: true,
			request: func(t *testing.T) string {
				return strings.Replace(sampleRequest(t, onetrans.TransRefund), `"0.01"`, `"5.67"`, 1)
			},
			served: 1500 * time.Millisecond, alone: 500 * time.Millisecond,
		},
		"settlement": {
			transType: onetrans.TransSettle, no: settleNo, prepare: func(*world) {},
			request: func(t *testing.T) string { return sampleRequest(t, onetrans.TransSettle) },
			served:  8 * time.Second, alone: 8 * time.Second,
		},
	}
}

// unpaidOrder asks for an order over 12.34 and its code.
func unpaidOrder(t *testing.T) string {
	text := strings.Replace(sampleRequest(t, onetrans.TransRecharge), `"0.01"`, `"12.34"`, 1)
	return strings.Replace(text, `"data": {`, `"data": {"extra": {"printMode": "1"},`, 1)
}

// payAnOrder leaves a paid order in the journal.
func (w *world) payAnOrder() {
	agent := w.startAgent()
	w.hears(w.hisCalls(onetrans.TransRecharge, unpaidOrder(w.t)), onetrans.TransRecharge)
	w.decide(chargeNo, true)
	w.comesRight(20 * time.Second)
	rig.Stop(agent)
}

// The real executable is killed at any moment of a trade, with a platform that
// answers badly, sometimes again while it recovers. Each time both books are the
// same in the end, and what was said was true.
func TestKilledAtAnyMomentBothBooksAgree(t *testing.T) {
	places := &moments{of: map[string]map[string]int{}}
	t.Run("jobs", func(t *testing.T) {
		for name, j := range jobs() {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				var shown world // a display is only needed for pages
				if name == "settlement" {
					shown = world{display: rig.StartDisplay(t, screenWidth, screenHeight), eyes: openEyes(t)}
				}
				for seed := *killSeed; places.count(name) < (*kills+2)/3 && !t.Failed(); seed++ {
					t.Run(fmt.Sprint(seed), func(t *testing.T) {
						w := &world{t: t, display: shown.display, eyes: shown.eyes}
						if state, killed := w.killedDuring(j, seed); killed {
							places.add(name, state)
						}
					})
				}
			})
		}
	})
	for name, states := range places.of {
		t.Logf("%s killed %d times: %v", name, places.count(name), states)
		if *kills >= 100 && len(states) < 3 {
			t.Errorf("%s was only killed in %v", name, slices.Collect(maps.Keys(states)))
		}
	}
}

// moments counts in which states trades were when the program was killed.
type moments struct {
	mu sync.Mutex
	of map[string]map[string]int
}

func (m *moments) add(job, state string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.of[job] == nil {
		m.of[job] = map[string]int{}
	}
	m.of[job][state]++
}

func (m *moments) count(job string) (n int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, times := range m.of[job] {
		n += times
	}
	return n
}

// killedDuring does a job, kills the program in the middle, and lets it come
// right. state is the trade's in the journal at that moment; killed is false
// when the program had ended before.
func (w *world) killedDuring(j job, seed uint64) (state string, killed bool) {
	t, dice := w.t, rand.New(rand.NewPCG(seed, uint64(len(j.transType)))) // another for each job
	w.startSandbox()
	w.setUp(func(_ *world, c *configuration) { c.UnknownWait = 5 })
	j.prepare(w)
	served := dice.IntN(2) == 0
	defer w.trouble(seed, dice)()
	state, told, killed := w.killedIn(j, dice, served)
	if dice.IntN(3) == 0 { // once more, while it comes up or comes right
		w.killAnAgent(time.Duration(dice.IntN(600)) * time.Millisecond)
	}
	w.faults("")
	agent := w.startAgent()
	answers := []heard{told}
	if j.repeated && told.inDoubt() { // as HIS does
		answers = append(answers, <-w.hisCalls(j.transType, j.request(t)))
	}
	w.comesRight(time.Minute)
	rig.Stop(agent)
	if out, err := w.command("journal", "verify"); err != nil {
		t.Errorf("verify: %v: %s", err, out)
	}
	w.compareBooks()
	for _, told := range answers {
		w.wasTrue(j, told)
	}
	if t.Failed() {
		t.Logf("killed in state %q, served: %v, told: %+v", state, served, answers)
	}
	return state, killed
}

// trouble has the platform answer badly, and a patient pay or not, until it is told to leave.
func (w *world) trouble(seed uint64, dice *rand.Rand) (leave func()) {
	w.t.Helper()
	w.faults(fmt.Sprintf(`{"seed": %d, "drop_request": 0.1, "drop_answer": 0.15, "status_500": 0.05, "garble": 0.05,
		"refuse": 0.05, "fail_refund": 0.2, "fail_confirm": 0.15, "exp": 0.2, "exp_ms": 500, "delay_ms": %d}`, seed, dice.IntN(60)))
	ctx, cancel := context.WithCancel(w.t.Context())
	var patient sync.WaitGroup
	patient.Go(func() { w.bePatient(ctx, rand.New(rand.NewPCG(seed, 1))) })
	return func() {
		cancel()
		patient.Wait()
	}
}

// killedIn calls, and kills whoever serves the call: an agent, or its own process.
func (w *world) killedIn(j job, dice *rand.Rand, served bool) (state string, told heard, killed bool) {
	w.t.Helper()
	var agent *exec.Cmd
	if served {
		agent = w.startAgent()
	}
	caller, answer := w.startCall(j.transType, j.request(w.t))
	victim, most := caller, j.alone
	if served {
		victim, most = agent, j.served
	}
	w.goOnUntil(time.Now().Add(time.Duration(dice.Float64() * dice.Float64() * float64(most))))
	killed = victim.Process.Kill() == nil
	state, told = w.afterKill(j, victim, caller, answer, served)
	return state, told, killed
}

// killAnAgent starts one, and kills it when that much time has passed.
func (w *world) killAnAgent(after time.Duration) {
	w.t.Helper()
	agent := exec.Command(executable, "agent", "--config", w.configPath())
	agent.Env = w.environ()
	rig.Start(w.t, agent)
	time.Sleep(after)
	_ = agent.Process.Kill()
	_ = agent.Wait()
}

// afterKill is how the trade stands in the journal, and what the caller heard,
// which is nothing where it was killed itself.
func (w *world) afterKill(j job, victim, caller *exec.Cmd, answer <-chan heard, served bool) (state string, told heard) {
	if !served {
		told = <-answer
		return w.stateOf(j), told
	}
	_ = victim.Wait()
	state = w.stateWhenKilled(j)
	// One that had not handed its call over yet does it alone: a person is still
	// at its screen.
	for patience := time.Now().Add(time.Minute); time.Now().Before(patience); w.goOnUntil(time.Now().Add(100 * time.Millisecond)) {
		select {
		case told = <-answer:
			return state, told
		default:
		}
	}
	w.t.Error("the caller hears nothing of its owner's death")
	_ = caller.Process.Kill()
	return state, told
}

// stateWhenKilled is how the trade stood when its owner was killed; a caller
// that has the journal already is at work on it alone.
func (w *world) stateWhenKilled(j job) string {
	journal, err := store.Inspect(w.journalPath(), store.Options{})
	if errors.Is(err, store.ErrInUse) {
		return "with its caller"
	}
	if errors.Is(err, fs.ErrNotExist) {
		return notBegun
	}
	w.must(err)
	defer journal.Close()
	return stateIn(w.tradesIn(journal), j)
}

func (w *world) stateOf(j job) string { return stateIn(w.journaled(), j) }

const notBegun = "not begun"

func stateIn(trades []txn.Trade, j job) string {
	for _, trade := range trades {
		if trade.Order.No == j.no {
			return string(trade.At())
		}
	}
	return notBegun
}

// goOnUntil is the person at the screen, if there is one.
func (w *world) goOnUntil(end time.Time) {
	for time.Now().Before(end) {
		var err error
		if w.display != nil {
			switch page := w.sees(); page {
			case "call bills":
				err = w.tap(page, view.Next, "")
			case "call review":
				err = w.tap(page, view.Pay, "")
			case "call settled":
				err = w.tap(page, view.Done, "")
			}
		}
		w.must(err)
		time.Sleep(min(10*time.Millisecond, max(0, time.Until(end))))
	}
}

// bePatient pays each order that it sees, or declines it.
func (w *world) bePatient(ctx context.Context, dice *rand.Rand) {
	decided := map[string]bool{}
	for ctx.Err() == nil {
		for _, o := range w.ledger() {
			if o.Result == string(onetrans.ResultInit) && !decided[o.OutChargeNo] {
				time.Sleep(time.Duration(dice.IntN(300)) * time.Millisecond)
				w.decide(o.OutChargeNo, dice.IntN(4) > 0)
				decided[o.OutChargeNo] = true
			}
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// decide pays an order on the phone, or declines it.
func (w *world) decide(no string, pays bool) {
	path := "/control/cancel"
	if pays {
		path = "/control/pay"
	}
	answer, err := http.Post("http://"+w.platform+path, "application/json", strings.NewReader(fmt.Sprintf(`{"outChargeNo": %q}`, no)))
	if err != nil {
		w.t.Error(err)
		return
	}
	answer.Body.Close()
}

// command runs one of the program's own commands at this terminal.
func (w *world) command(words ...string) (string, error) {
	program := w.wine
	if program == nil {
		program = []string{executable}
	}
	words = append(append(slices.Clone(program), words...), "--config", w.configPath())
	cmd := exec.Command(words[0], words[1:]...)
	cmd.Env = w.environ()
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// comesRight waits until nothing is open any more but what stays so, and has it tried again
// as a cashier would.
func (w *world) comesRight(patience time.Duration) {
	w.t.Helper()
	var open string
	err := within(patience, "all is decided", func() bool {
		var err error
		if open, err = w.command("journal", "list", "--open", "--json"); err != nil {
			return false
		}
		undecided := w.undecided(open)
		for _, no := range undecided {
			_, _ = w.command("journal", "retry", no, "--by", "王五")
		}
		return len(undecided) == 0
	})
	if err != nil {
		w.t.Errorf("%v: %s", err, open)
	}
}

// undecided are the numbers of a list of open trades, without those that stay open.
func (w *world) undecided(list string) (numbers []string) {
	w.t.Helper()
	books := map[string]string{}
	if w.behind != "" { // otherwise nothing stays open; and books can be judged only when all is decided
		books = w.platformBooks()
	}
	for line := range strings.Lines(list) {
		var row struct{ Kind, Number, State, Result string }
		if json.Unmarshal([]byte(line), &row) != nil { // Wine says something, too
			continue
		}
		_, stands := books[onetrans.TransRecharge+" "+row.Number]
		if stands || row.Kind != "recharge" || !w.staysOpen(flow.State(row.State), onetrans.Result(row.Result)) {
			numbers = append(numbers, row.Number)
		}
	}
	return numbers
}

// staysOpen: nobody can close the number of a recharge that another vendor's library does
// not know, so that for all that is known it may still arrive, and waits for a person.
func (w *world) staysOpen(state flow.State, result onetrans.Result) bool {
	return w.behind != "" && state == txn.Unknown && result == onetrans.ResultNotFound
}

// compareBooks compares the journal, which nobody has, with the platform's ledger.
func (w *world) compareBooks() {
	w.t.Helper()
	w.compareWith(w.platformBooks())
}

// compareWith compares the journal with the trades that stand elsewhere.
func (w *world) compareWith(there map[string]string) {
	w.t.Helper()
	for _, trade := range w.journaled() {
		entry := trade.Order.Kind() + " " + trade.Order.No
		open := trade.Order.Kind() == onetrans.TransRecharge && w.staysOpen(trade.At(), trade.Progress.Result)
		if !trade.Final() && !open || trade.Progress.Alarm != "" {
			w.t.Errorf("%s is %s, alarm %q", entry, trade.At(), trade.Progress.Alarm)
		}
		amount, stands := there[entry]
		if here := trade.Order.Amount.String(); stands != (trade.At() == txn.Succ) || stands && amount != "" && amount != here {
			w.t.Errorf("%s is %s over %s in the journal; at the platform it stands: %v, over %s", entry, trade.At(), here, stands, amount)
		}
		delete(there, entry)
	}
	for entry, amount := range there {
		w.t.Errorf("%s over %s stands at the platform, and the journal has none", entry, amount)
	}
}

// platformBooks are the trades that stand at the platform, with their amounts,
// and judges what the platform has alone: what was paid for no settlement was
// given back, and no more was given back than paid.
func (w *world) platformBooks() map[string]string {
	w.t.Helper()
	var settlements []struct {
		OutSettleNo string `json:"outSettleNo"`
		State       string `json:"state"`
	}
	w.look("/control/settlements", &settlements)
	books, settled := map[string]string{}, map[string]string{}
	for _, s := range settlements {
		settled[s.OutSettleNo] = s.State
		if s.State == "settled" {
			books[onetrans.TransSettle+" "+s.OutSettleNo] = ""
		}
	}
	for _, o := range w.ledger() {
		paid, back := fen(w.t, o.Amount), onetrans.Fen(0)
		for _, r := range o.Refunds {
			if r.Result == string(onetrans.ResultSucc) {
				back += fen(w.t, r.Amount)
				books[onetrans.TransRefund+" "+r.OutRefundNo] = r.Amount
			}
		}
		if o.Result != string(onetrans.ResultSucc) {
			paid = 0
		}
		state, ofSettlement := settled[o.OutChargeNo]
		switch {
		case back > paid:
			w.t.Errorf("%s: %s given back of %s", o.OutChargeNo, back, paid)
		case ofSettlement && (state == "settled") != (paid-back > 0):
			w.t.Errorf("settlement %s is %s; %s was paid for it and %s given back", o.OutChargeNo, state, paid, back)
		case !ofSettlement && paid > 0:
			books[onetrans.TransRecharge+" "+o.OutChargeNo] = o.Amount
		}
	}
	return books
}

func fen(t *testing.T, yuan string) onetrans.Fen {
	amount, err := onetrans.ParseFen(yuan)
	if err != nil {
		t.Fatal(err)
	}
	return amount
}

// inDoubt says that a caller knows nothing.
func (h heard) inDoubt() bool {
	return len(bytes.TrimSpace(h.out)) == 0 || h.code == string(onetrans.CodeUnknown)
}

// wasTrue judges what a caller was told.
func (w *world) wasTrue(j job, told heard) {
	w.t.Helper()
	done, result := w.stateOf(j) == string(txn.Succ), told.data["result"]
	ok := told.code == string(onetrans.CodeOK)
	switch {
	case told.inDoubt():
	case ok && (j.transType == onetrans.TransSettle || result == string(onetrans.ResultSucc)):
		if !done {
			w.t.Error("told to be done, and is not")
		}
	case done && (!ok || result == string(onetrans.ResultFail)):
		w.t.Error("told that nothing was done, and it was")
	}
}
