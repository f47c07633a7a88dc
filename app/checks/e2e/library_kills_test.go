//go:build e2e && callers

package e2e

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"onetrans/app/library/callers"
	"onetrans/flows/message/onetrans"
)

var libraryKills = flag.Int("librarykills", 30, "how often the agent or its caller is killed in a call through the library")

// killsATerminal is how many kills a terminal's journal sees before the books are
// compared.
const killsATerminal = 50

// The agent, or the program that called, is killed at any moment of a charge or a
// refund while the platform answers badly. A host that was not killed lives and hears
// something true, the next call is served, the books agree, and nothing stays behind.
func TestKilledThroughTheLibraryBothBooksAgree(t *testing.T) {
	stage, by := newStage(t, nil), plain(t)
	build(t, stage, by)
	var done atomic.Int64
	t.Run("at", func(t *testing.T) {
		for line := range uint64(2) {
			t.Run(fmt.Sprint(line), func(t *testing.T) {
				t.Parallel()
				for seed := *killSeed + line*1000; int(done.Load()) < *libraryKills && !t.Failed(); seed++ {
					t.Run(fmt.Sprint(seed), func(t *testing.T) {
						h := newHospital(t, stage, nil, by.Wait())
						h.open()
						k := &killed{client: &client{hospital: h, Caller: by, host: h.start(by)}, dice: rand.New(rand.NewPCG(seed, 0))}
						for range min(killsATerminal, *libraryKills) {
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
	})
}

// killed is a client around whom somebody kills.
type killed struct {
	*client
	dice  *rand.Rand
	times [2]int // agents, hosts
	drawn int    // processes that drew for an agent which was killed
	// handles are those that the present host had open after its first call.
	handles string
}

// once makes one call in whose midst somebody is killed, and repeats it until it is known.
func (k *killed) once() {
	k.t.Helper()
	transType := []string{onetrans.TransRecharge, onetrans.TransRefund}[k.dice.IntN(2)]
	of, agent := k.next(transType), k.dice.IntN(3) > 0
	given, err := k.Encode(of.request)
	k.must(err)
	k.faults(fmt.Sprintf(`{"seed": %d, "drop_request": 0.1, "drop_answer": 0.15, "status_500": 0.05, "garble": 0.05, "fail_refund": 0.1, "delay_ms": %d}`,
		k.dice.Uint32(), k.dice.IntN(60)))
	moment := time.Duration(k.dice.Float64() * k.dice.Float64() * float64(400*time.Millisecond))
	answer := k.host.Call(0, given)
	time.Sleep(moment)
	if agent {
		k.times[0]++
		k.drawn += len(k.drawers())
		k.killAgents()
		k.drawersEnd()
	} else {
		k.times[1]++
		k.host.Kill()
	}
	k.faults("")
	heard := callers.Heard{Code: onetrans.CodeUnknown}
	select {
	case a := <-answer:
		if a.Lost == nil {
			heard = k.judge(of, a)
			k.sameHandles(a)
		} else if agent {
			k.t.Errorf("the host was not killed: %v", a.Lost)
		}
	case <-time.After(k.Wait() + beyond):
		k.t.Errorf("%s %s: nothing is heard", of.transType, of.no)
	}
	if !agent {
		k.host, k.handles = k.start(k.Caller), ""
	}
	k.insists(of, heard)
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
	if left := k.agents(); len(left) > 0 {
		k.t.Errorf("left behind: %v", left)
	}
	k.drawersEnd()
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
	h.faults(`{"delay_ms": 3000}`)
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
				busy.Add(1)
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
