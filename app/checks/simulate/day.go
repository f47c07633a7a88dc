// Package simulate plays whole days of a hospital's payments in virtual time:
// the real transaction core, journal, platform client and sandbox, with a
// network, a disk, processes, patients and cashiers that do everything they can
// do wrong. Whether the day was right decides [judge.Judge], which knows nothing of the
// core: evidence.go is all that it is shown.
//
// A day is made of its seed alone: the same seed is the same day.
package simulate

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"onetrans/app/checks/simulate/judge"
	"onetrans/app/sandbox"
	"onetrans/app/terminal/call"
	"onetrans/flows/core/txn"
	"onetrans/flows/message/onetrans"
)

// The day's hours.
const (
	openHours = 8 * time.Hour
	// settlingTime is how long everything has to come right once faults have ended:
	// a lost refund may arrive for 20 minutes, and one that failed often is retried
	// every 10.
	settlingTime = 6 * time.Hour
	// askingTime is when every terminal is running again, which takes at most 20
	// minutes, and has queried everything since. A clerk who decides earlier may
	// decide at one terminal what another is about to send.
	askingTime = 35 * time.Minute
)

// fewestTrades is the minimum number of trades a day.
const fewestTrades = 10

// day is one simulated day.
type day struct {
	seed      uint64
	planted   planted
	bank      *bank
	network   *network
	terminals []*terminal
	judge     *judge.Judge
	shop      shop
	count     *counts
	trace     func(string, ...any)

	killRate, diskRate float64 // at each step

	misbehaviourMu sync.Mutex
	misbehaviour   sandbox.Faults // the platform's, today

	people sync.WaitGroup

	mu     sync.Mutex
	errors []error
}

// planted is a bug that a test puts between the core and its journal and client, to
// see whether it is found.
type planted struct {
	// It is made anew for each run of the program; nil: none.
	make func(p *process) wrong
}

// wrong is where a bug is; nil means none there.
type wrong struct {
	journal txn.Journal
	driver  txn.Platform
	calls   func(*txn.Core) call.Core
}

func (m planted) over(p *process) (txn.Journal, txn.Platform, func(*txn.Core) call.Core) {
	w := wrong{}
	if m.make != nil {
		w = m.make(p)
	}
	if w.journal == nil {
		w.journal = p
	}
	if w.driver == nil {
		w.driver = p
	}
	if w.calls == nil {
		w.calls = func(c *txn.Core) call.Core { return c }
	}
	return w.journal, w.driver, w.calls
}

// counts are the figures of a run.
type counts struct {
	days, trades, messages, kills, diskFaults, desk atomic.Int64
}

// play plays the day of a seed in dir, an empty folder, and returns what was wrong.
// It must run in a synctest bubble.
func play(seed uint64, dir string, mistake planted, count *counts, trace func(string, ...any)) error {
	d, err := newDay(seed, dir, mistake, count, trace)
	if err != nil {
		return err
	}
	d.run()
	return errors.Join(d.errors...)
}

func newDay(seed uint64, dir string, mistake planted, count *counts, trace func(string, ...any)) (*day, error) {
	d := &day{seed: seed, planted: mistake, count: count, trace: trace}
	d.judge = judge.New(d.wrong)
	var err error
	if d.bank, err = openBank(dir, seed); err != nil {
		return nil, err
	}
	weather := diceOf(seed, "weather")
	d.network = &network{
		seed: seed, handler: d.bank.handler, rate: oneOf(weather, 0.02, 0.1, 0.25, 0.4),
		trace: trace, sent: map[string]int{},
	}
	for range weather.IntN(3) {
		from := time.Now().Add(weather.between(0, openHours))
		d.network.outages = append(d.network.outages, span{from, from.Add(weather.between(10*time.Second, 10*time.Minute))})
	}
	d.killRate = oneOf(weather, 0, 0.005, 0.02, 0.05)
	d.diskRate = oneOf(weather, 0, 0, 0.01, 0.05)
	d.misbehaviour = misbehaviour(weather, seed)
	if err := d.bank.server.SetFaults(d.misbehaviour); err != nil {
		return nil, err
	}
	for _, name := range []string{"A", "B"} {
		d.terminals = append(d.terminals, newTerminal(d, name, filepath.Join(dir, "journal-"+name)))
	}
	return d, nil
}

// misbehaviour is how the platform itself misbehaves on this day.
func misbehaviour(weather dice, seed uint64) sandbox.Faults {
	return sandbox.Faults{
		Seed:        seed,
		Refuse:      oneOf(weather, 0, 0.05, 0.2),
		FailRefund:  oneOf(weather, 0, 0.2, 0.6),
		FailConfirm: oneOf(weather, 0, 0.1, 0.4),
		Exp:         oneOf(weather, 0, 0.3),
		ExpMS:       oneOf(weather, 3000, 60_000, 300_000),
		NoEcho:      oneOf(weather, 0, 0, 0, 0.3, 1),
		WrongEcho:   oneOf(weather, 0, 0, 0, 0.3),
	}
}

// unsay makes the platform deny from now on what it has done.
func (d *day) unsay(no string, result onetrans.Result) {
	d.misbehaviourMu.Lock()
	defer d.misbehaviourMu.Unlock()
	if d.healed() {
		return
	}
	d.trace("platform unsays %s: %s", no, result)
	d.judge.Unsays(no)
	d.misbehaviour.Unsay = maps.Clone(d.misbehaviour.Unsay)
	if d.misbehaviour.Unsay == nil {
		d.misbehaviour.Unsay = map[string]onetrans.Result{}
	}
	d.misbehaviour.Unsay[no] = result
	if err := d.bank.server.SetFaults(d.misbehaviour); err != nil {
		d.wrong("the platform's misbehaviour: %v", err)
	}
}

// run is the whole day: its hours, the time to come right, and the judgement.
func (d *day) run() {
	ctx, closing := context.WithCancel(context.Background())
	lines, hangUp := context.WithCancel(context.Background())
	d.network.ctx = lines
	var running sync.WaitGroup
	for _, t := range d.terminals {
		running.Go(func() { t.run(ctx) })
	}
	d.schedule()
	time.Sleep(openHours)
	d.keepBusy()
	d.heal()
	d.people.Wait()
	d.comeRight()
	d.clerks()
	d.askOfAll()
	closing()
	running.Wait()
	hangUp()
	d.network.busy.Wait()
	d.judge.Close(d.evidence())
	d.count.trades.Add(int64(d.judge.Trades()))
	if err := d.bank.server.Close(); err != nil {
		d.wrong("closing the platform: %v", err)
	}
}

// heal ends all faults. On some days that begins with a power cut.
func (d *day) heal() {
	d.trace("all is well from now on")
	d.network.healed.Store(true)
	d.misbehaviourMu.Lock()
	defer d.misbehaviourMu.Unlock()
	if err := d.bank.server.SetFaults(sandbox.Faults{}); err != nil {
		d.wrong("healing the platform: %v", err)
	}
	for _, t := range d.terminals {
		if diceOf(d.seed, "last cut "+t.name).hit(0.5) {
			t.kill("by a power cut")
		}
	}
}

func (d *day) healed() bool { return d.network.healed.Load() }

// comeRight waits until nothing is open that can be decided without a person. Banks
// carry out now what takes them days.
func (d *day) comeRight() {
	time.Sleep(askingTime)
	for until := time.Now().Add(settlingTime); time.Now().Before(until); time.Sleep(time.Minute) {
		d.endSlowRefunds()
		if d.judge.Undecided() == 0 {
			return
		}
	}
}

// endSlowRefunds carries out what takes banks days; every fifth fails.
func (d *day) endSlowRefunds() {
	b, err := d.bank.book()
	if err != nil {
		d.wrong("%v", err)
		return
	}
	for _, no := range slices.Sorted(maps.Keys(b.Orders)) {
		for _, r := range b.Orders[no].Refunds {
			if r.Result == onetrans.ResultIng {
				d.bank.endRefund(r.OutRefundNo, oneOf(diceOf(d.seed, "end of "+r.OutRefundNo), onetrans.ResultSucc, onetrans.ResultSucc, onetrans.ResultSucc, onetrans.ResultSucc, onetrans.ResultFail))
			}
		}
	}
}

// wrong records a violation.
func (d *day) wrong(format string, args ...any) {
	d.mu.Lock()
	defer d.mu.Unlock()
	err := fmt.Errorf("%s: "+format, append([]any{clock()}, args...)...)
	d.errors = append(d.errors, err)
	d.trace("WRONG %v", err)
}

// clock is the time since the day began.
func clock() string { return time.Now().UTC().Format("15:04:05.000000") }
