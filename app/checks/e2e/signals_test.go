//go:build e2e

package e2e

import (
	"os"
	"os/signal"
	"strings"
	"syscall"
	"testing"
	"time"

	"onetrans/flows/message/onetrans"
	"onetrans/flows/view"
)

// Whoever has the page, a call or the agent, is told to end while the code is on
// the screen: the order is closed, and HIS hears so, once.
func TestASignalWhileAPageIsUpIsAnsweredOnce(t *testing.T) {
	// What is ignored here, as under nohup, would be in the processes, too.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGHUP)
	defer signal.Reset(syscall.SIGHUP)
	for name, sent := range map[string]syscall.Signal{"SIGTERM": syscall.SIGTERM, "SIGINT": syscall.SIGINT, "SIGHUP": syscall.SIGHUP} {
		t.Run(name+" to the call", func(t *testing.T) {
			w := newPlace(t)
			caller, answer := w.startCall(onetrans.TransRecharge, sampleRequest(t, onetrans.TransRecharge))
			w.must(w.await("call cashier", 15*time.Second))
			w.must(caller.Process.Signal(sent))
			w.hearsThatItEnded(answer)
		})
	}
	t.Run("SIGTERM to the agent", func(t *testing.T) {
		w := newPlace(t)
		agent := w.startAgent()
		answer := w.hisCalls(onetrans.TransRecharge, sampleRequest(t, onetrans.TransRecharge))
		w.must(w.await("call cashier", 15*time.Second))
		w.must(agent.Process.Signal(syscall.SIGTERM))
		w.hearsThatItEnded(answer)
		late := time.AfterFunc(20*time.Second, func() { _ = agent.Process.Kill() })
		defer late.Stop()
		if err := agent.Wait(); err != nil {
			t.Errorf("the agent ended with %v", err)
		}
	})
}

// hearsThatItEnded waits for the answer of a call that was told to end.
func (w *world) hearsThatItEnded(answer <-chan heard) {
	w.t.Helper()
	select {
	case h := <-answer:
		cancelled := h.code == string(onetrans.CodeCancelled) && h.exit == 0
		unknown := h.code == string(onetrans.CodeUnknown) && h.exit == 2
		if !cancelled && !unknown || h.data == nil {
			w.t.Errorf("exit %d, %q", h.exit, h.out)
		}
	case <-time.After(20 * time.Second):
		w.t.Error("nothing was heard")
	}
}

// When a call's page is over its window is gone, so that nothing of the last
// person stays on the screen, and what the agent's screen else shows is free.
func TestNothingOfACallStaysOnTheScreen(t *testing.T) {
	w := newPlace(t)
	w.startAgent()
	gone := func() {
		t.Helper()
		w.eventually(5*time.Second, "the screen is free", func() bool { return !w.painted() })
	}
	caller, answer := w.startCall(onetrans.TransRecharge, sampleRequest(t, onetrans.TransRecharge))
	w.must(w.await("call cashier", 15*time.Second))
	w.must(caller.Process.Kill())
	<-answer
	gone()
	answer = w.hisCalls(onetrans.TransRecharge, strings.Replace(sampleRequest(t, onetrans.TransRecharge), chargeNo, "1702283177285399", 1))
	w.must(w.await("call cashier", 15*time.Second)) // it fills the screen again
	w.payTheCode()
	w.hears(answer, onetrans.TransRecharge)
	w.must(w.await("call result", 5*time.Second))
	w.must(w.tap("call result", view.Done, ""))
	gone()
}
