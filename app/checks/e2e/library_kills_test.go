//go:build e2e && callers

package e2e

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"onetrans/app/library/callers"
	"onetrans/flows/message/onetrans"
)

var libraryKills = flag.Int("librarykills", 30, "how often an agent, its caller or a helper is killed in a call through the library")

// killsATerminal is how many kills a terminal's journal sees before the books are
// compared.
const killsATerminal = 50

// The agent, or the program that called, is killed at any moment of a charge or a
// refund while the platform answers badly. A host that was not killed lives and hears
// something true, the next call is served, the books agree, and nothing stays behind.
func TestKilledThroughTheLibraryBothBooksAgree(t *testing.T) {
	killedAll(t, (*hospital).open, "agent", "agent", "host")
}

// The platform is another vendor's library, and the helper that has it is killed, too.
func TestKilledThroughTheLibraryOnAnothersBothBooksAgree(t *testing.T) {
	killedAll(t, func(h *hospital) {
		h.onOurLibraryAsAnothers()
		h.open()
	}, "agent", "host", "helper", "helper")
}

// killedAll kills victims at so many terminals at once that what takes minutes to be known
// is waited for once.
func killedAll(t *testing.T, open func(*hospital), victims ...string) {
	stage, by := newStage(t, nil), plain(t)
	build(t, stage, by)
	var done atomic.Int64
	t.Run("at", func(t *testing.T) {
		for line := range uint64((*libraryKills + killsATerminal - 1) / killsATerminal) {
			t.Run(fmt.Sprint(line), func(t *testing.T) {
				t.Parallel()
				h := newHospital(t, stage, nil, by.Wait())
				open(h)
				k := &killed{
					client: &client{hospital: h, Caller: by, host: h.start(by)}, dice: rand.New(rand.NewPCG(*killSeed+line*1000, 0)),
					victims: victims, times: map[string]int{},
				}
				for range killsATerminal {
					if int(done.Add(1)) > *libraryKills || t.Failed() {
						break
					}
					k.once()
				}
				k.leaves()
				t.Logf("killed: %v; %d drew for them", k.times, k.drawn)
			})
		}
	})
}

// killed is a client around whom somebody kills.
type killed struct {
	*client
	dice    *rand.Rand
	victims []string       // of whom each is as likely
	times   map[string]int // that each was killed
	drawn   int            // processes that drew for an agent which was killed
	// handles are those that the present host had open after its first call.
	handles string
}

// once makes one call in whose midst somebody is killed, and repeats it until it is known.
func (k *killed) once() {
	k.t.Helper()
	transType := []string{onetrans.TransRecharge, onetrans.TransRefund}[k.dice.IntN(2)]
	of := k.next(transType)
	given, err := k.Encode(of.request)
	k.must(err)
	k.faults(fmt.Sprintf(`{"seed": %d, "drop_request": 0.1, "drop_answer": 0.15, "status_500": 0.05, "garble": 0.05, "fail_refund": 0.1, "delay_ms": %d}`,
		k.dice.Uint32(), k.dice.IntN(60)))
	moment := time.Duration(k.dice.Float64() * k.dice.Float64() * float64(400*time.Millisecond))
	answer := k.host.Call(0, given)
	time.Sleep(moment)
	victim := k.kills()
	k.faults("")
	heard := callers.Heard{Code: onetrans.CodeUnknown}
	select {
	case a := <-answer:
		if a.Lost == nil {
			heard = k.judge(of, a)
			k.sameHandles(a)
		} else if victim != "host" {
			k.t.Errorf("the host was not killed: %v", a.Lost)
		}
	case <-time.After(k.Wait() + beyond):
		k.t.Errorf("%s %s: nothing is heard", of.transType, of.no)
	}
	if victim == "host" {
		k.host, k.handles = k.start(k.Caller), ""
	}
	k.insists(of, heard)
}

// kills kills somebody, and says whom.
func (k *killed) kills() (victim string) {
	k.t.Helper()
	victim = k.victims[k.dice.IntN(len(k.victims))]
	helpers := k.helpers()
	if victim == "helper" && len(helpers) == 0 { // none has started yet
		victim = "agent"
	}
	k.times[victim]++
	switch victim {
	case "host":
		k.host.Kill()
	case "helper":
		killAll(helpers)
	default:
		k.drawn += len(k.drawers())
		killAll(k.agents())
		k.drawersEnd()
	}
	return victim
}

// drawersEnd: who draws ends with whoever it drew for.
func (k *killed) drawersEnd() {
	k.t.Helper()
	if within(10*time.Second, "they end", func() bool { return len(k.agents()) > 0 || len(k.drawers()) == 0 }) != nil {
		k.t.Errorf("they draw for nobody: %v", k.drawers())
	}
}

// sameHandles: what a host has open after a call does not grow.
func (k *killed) sameHandles(a callers.Answer) {
	if k.handles == "" {
		k.handles = a.After["handles"]
	}
	if k.stage.Place == callers.Linux && a.After["handles"] != k.handles {
		k.t.Errorf("%s handles are open, there were %s", a.After["handles"], k.handles)
	}
}

// leaves ends the host, compares the books, and looks for what stays behind.
func (k *killed) leaves() {
	k.t.Helper()
	k.must(k.host.End())
	k.settleUp()
	k.endAgentsOf(k.behind) // which a killed helper leaves to whoever calls next
	left := func() []int { return slices.Concat(k.agents(), k.agentsOf(k.behind), k.drawers(), k.helpers()) }
	if within(10*time.Second, "they end", func() bool { return len(left()) == 0 }) != nil {
		k.t.Errorf("left behind: %v", left())
	}
}

// Of sixteen programs that call at once exactly one is served each time, and the others
// hear that somebody is.
func TestOfSixteenThroughTheLibraryOneIsServed(t *testing.T) {
	stage, by := newStage(t, nil), plain(t)
	build(t, stage, by)
	h := newHospital(t, stage, nil, by.Wait())
	h.open()
	const programs = 16
	var clients []*client
	var trades []trade
	for range programs {
		clients = append(clients, &client{hospital: h, Caller: by, host: h.start(by)})
		trades = append(trades, h.next(onetrans.TransRecharge))
	}
	h.faults(`{"hold": true}`)
	ctx, begin := context.WithCancel(t.Context())
	var calling sync.WaitGroup
	var served, busy atomic.Int64
	for i, c := range clients {
		given, err := c.Encode(trades[i].request)
		c.must(err)
		calling.Go(func() {
			<-ctx.Done()
			heard, faults := c.Judge(<-c.host.Call(0, given))
			switch {
			case len(faults) == 0 && heard.Code == onetrans.CodeOK:
				served.Add(1)
			case len(faults) == 0 && heard.Code == onetrans.CodeBusy:
				if busy.Add(1) == programs-1 {
					h.faults("")
				}
			default:
				t.Errorf("%+v, %q", heard, faults)
			}
		})
	}
	begin()
	calling.Wait()
	if served.Load() != 1 || busy.Load() != programs-1 {
		t.Errorf("%d were served, %d heard that somebody is", served.Load(), busy.Load())
	}
	clients[0].settleUp()
}
