//go:build e2e

package e2e

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"onetrans/app/checks/rig"
	"onetrans/flows/message/onetrans"
)

// aRefund asks for a part of the order.
func aRefund(t *testing.T, no, amount string) string {
	text := strings.Replace(sampleRequest(t, onetrans.TransRefund), `"0.01"`, fmt.Sprintf("%q", amount), 1)
	return strings.Replace(text, refundNo, no, 1)
}

// terminals are two that know nothing of each other, at one platform.
func terminals(t *testing.T) (a, b *world) {
	a, b = &world{t: t}, &world{t: t}
	a.startSandbox()
	b.platform = a.platform
	a.setUp(func(_ *world, c *configuration) { c.TermNo, c.UnknownWait = "A", 1 })
	b.setUp(func(w *world, c *configuration) { c.TermNo, c.Journal = "B", filepath.Join(w.folder, "other.db") })
	return a, b
}

// Two parts of an order are refunded, and no answer comes; the power goes while
// each is in doubt, and once more; another terminal refunds what it may; the
// power comes back. To the fen, once each, and whatever anybody was told was true.
func TestPartialRefundsWithoutAnswersAndWithoutPower(t *testing.T) {
	const arrives, isLost = `"drop_answer": 1`, `"drop_request": 1`
	for name, test := range map[string]struct {
		second string // what becomes of the second refund's request
		rest   string // what the other terminal may give back
		stands bool   // the second refund, in the end
	}{
		"both arrived":     {second: arrives, rest: "49.97", stands: true},
		"the second never": {second: isLost, rest: "69.99"},
	} {
		t.Run(name, func(t *testing.T) {
			a, b := terminals(t)
			agent := a.startAgent()
			a.hears(a.hisCalls(onetrans.TransRecharge, strings.Replace(unpaidOrder(t), "12.34", "100.00", 1)), onetrans.TransRecharge)
			a.decide(chargeNo, true)
			a.comesRight(20 * time.Second)

			for _, part := range []struct{ no, amount, fault string }{{"R1", "30.01", arrives}, {"R2", "20.02", test.second}} {
				a.faults(`{` + part.fault + `}`) // of the queries that follow too
				answer := a.hisCalls(onetrans.TransRefund, aRefund(t, part.no, part.amount))
				a.eventually(20*time.Second, "its request is sent", func() bool { return a.met(onetrans.TransRefund) > 0 })
				_ = agent.Process.Kill()
				_ = agent.Wait()
				if h := <-answer; h.code != string(onetrans.CodeUnknown) {
					t.Errorf("told of a refund without an answer: %s", h.out)
				}
				agent = a.startAgent()
			}
			_ = agent.Process.Kill()
			_ = agent.Wait()
			a.faults("")

			b.mustHear(onetrans.TransRefund, aRefund(t, "R3", "70.00"), "610005")
			b.mustHear(onetrans.TransRefund, aRefund(t, "R4", test.rest), onetrans.CodeOK)

			agent = a.startAgent()
			a.mustHear(onetrans.TransRefund, aRefund(t, "R1", "30.01"), onetrans.CodeOK)
			if test.stands {
				a.mustHear(onetrans.TransRefund, aRefund(t, "R2", "20.02"), onetrans.CodeOK)
				a.comesRight(30 * time.Second)
			} else {
				h := <-a.hisCalls(onetrans.TransRefund, aRefund(t, "R2", "20.02"))
				t.Logf("the second refund, for which nothing is left: %s", h.code)
				if h.code == string(onetrans.CodeOK) {
					t.Errorf("told to be done: %s", h.out)
				}
				if out, err := a.command("journal", "list", "--desk"); err != nil || !strings.Contains(out, "R2") {
					t.Errorf("nobody is told that nothing is left for the second: %v: %s", err, out)
				}
			}
			rig.Stop(agent)
			a.exactlyGivenBack(map[string]string{"R1": "30.01", "R4": test.rest}, test.stands)
		})
	}
}

// Forty callers at once ask for ten refunds of an order that has enough for six,
// and ask again while they hear that the terminal is busy. None hears that an
// outcome is unknown: whoever is not served was not begun.
func TestManyCallersAtOnceRefundEachNumberOnce(t *testing.T) {
	w := &world{t: t}
	w.startSandbox()
	w.setUp()
	agent := w.startAgent()
	w.hears(w.hisCalls(onetrans.TransRecharge, unpaidOrder(t)), onetrans.TransRecharge) // 12.34
	w.decide(chargeNo, true)
	w.comesRight(20 * time.Second)

	var callers sync.WaitGroup
	told := make(chan heard, 40)
	for n := range cap(told) {
		request := aRefund(t, fmt.Sprint("R", n%10), "2.00")
		callers.Go(func() {
			h := <-w.hisCalls(onetrans.TransRefund, request)
			for end := time.Now().Add(time.Minute); h.code == string(onetrans.CodeBusy) && time.Now().Before(end); {
				time.Sleep(time.Duration(rand.IntN(1000)) * time.Millisecond)
				h = <-w.hisCalls(onetrans.TransRefund, request)
			}
			told <- h
		})
	}
	callers.Wait()
	close(told)
	codes := map[string]int{}
	for h := range told {
		codes[h.code]++
	}
	if want := map[string]int{string(onetrans.CodeOK): 24, string(onetrans.CodePlatformExceeds): 16}; !maps.Equal(codes, want) {
		t.Errorf("heard %v, want %v", codes, want)
	}
	rig.Stop(agent)
	w.compareBooks()
	if orders := w.ledger(); len(orders) != 1 || len(orders[0].Refunds) != 6 {
		t.Errorf("the ledger has %+v", orders)
	}
}

// mustHear makes a call that must be answered with a code.
func (w *world) mustHear(transType, request string, code onetrans.Code) {
	w.t.Helper()
	select {
	case h := <-w.hisCalls(transType, request):
		if h.code != string(code) {
			w.t.Fatalf("%s: want %s: %s", transType, code, h.out)
		}
	case <-time.After(30 * time.Second):
		w.t.Fatalf("%s: nothing was heard", transType)
	}
}

// exactlyGivenBack: the order's 100.00 went back once, in these parts.
func (w *world) exactlyGivenBack(parts map[string]string, second bool) {
	w.t.Helper()
	if second {
		parts["R2"] = "20.02"
	}
	orders := w.ledger()
	if len(orders) != 1 {
		w.t.Fatalf("%d orders", len(orders))
	}
	sum := onetrans.Fen(0)
	for _, r := range orders[0].Refunds {
		if r.Result != string(onetrans.ResultSucc) {
			continue
		}
		sum += fen(w.t, r.Amount)
		if parts[r.OutRefundNo] != r.Amount {
			w.t.Errorf("%s gave %s back", r.OutRefundNo, r.Amount)
		}
		delete(parts, r.OutRefundNo)
	}
	if sum != 10000 || len(parts) > 0 {
		w.t.Errorf("%s given back of 100.00; missing %v", sum, parts)
	}
}
