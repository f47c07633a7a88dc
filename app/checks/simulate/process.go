package simulate

import (
	"context"
	"errors"
	"log/slog"
	"strconv"
	"sync"
	"time"

	"onetrans/app/sandbox"
	"onetrans/app/terminal/call"
	"onetrans/flows/core/txn"
	"onetrans/flows/message/onetrans"
	"onetrans/flows/message/platform"
	"onetrans/flows/message/wire"
	"onetrans/store"
)

var (
	errDead = errors.New("the process is dead")
	errDisk = errors.New("input/output error")
)

// process is one run of the program at a terminal. It stands between the core and
// both journal and network, so that it can be killed at any step: nothing of a dead
// process reaches either any more.
type process struct {
	terminal *terminal
	ctx      context.Context
	die      context.CancelFunc

	store  *store.Store
	client *platform.Client
	core   *txn.Core
	served call.Core // the core as calls find it
	calls  sync.WaitGroup
}

// start runs the program on the terminal's journal.
func (t *terminal) start() (_ *process, err error) {
	p := &process{terminal: t}
	p.ctx, p.die = context.WithCancel(context.Background())
	defer func() {
		if err != nil {
			p.end()
		}
	}()
	if p.store, err = store.Open(t.path, store.Options{NoSync: true}); err != nil {
		return nil, err
	}
	t.starts++
	name := t.name + strconv.Itoa(t.starts)
	p.client, err = platform.New(platform.Options{
		URL:         "http://127.0.0.1/onetrans",
		Keys:        wire.Keys{AppID: sandbox.DemoAppID, AppKey: sandbox.DemoAppKey, SignType: wire.SM3, EncType: wire.SM4},
		Institution: "H35990000001",
		Random:      newNumbers(t.day.seed, "msgid "+name),
		DialContext: t.day.network.dial,
	})
	if err != nil {
		return nil, err
	}
	journal, driver, calls := t.day.planted.over(p)
	p.core, err = txn.Open(journal, driver, txn.Options{
		Log:      slog.New(slog.DiscardHandler),
		PayAppID: sandbox.DemoPayAppID, PayAppSecret: sandbox.DemoPayAppSecret,
		TermNo: "T" + t.name, Random: newNumbers(t.day.seed, "core "+name),
	})
	if err == nil {
		p.served = calls(p.core)
	}
	return p, err
}

// end ends the process, and waits until nothing of it runs any more.
func (p *process) end() {
	p.die()
	p.calls.Wait()
	if p.core != nil {
		p.core.Close()
	}
	if p.client != nil {
		p.client.Close()
	}
	if p.store != nil {
		_ = p.store.Close() // what matters is in the file: the next run shows
	}
}

func (p *process) dead() bool { return p.ctx.Err() != nil }

// kill ends the process at this point.
func (p *process) kill(where string) {
	if !p.dead() {
		p.terminal.day.trace("%s       killed %s", p.terminal.name, where)
		p.terminal.day.count.kills.Add(1)
		p.die()
	}
}

// Write is the journal's.
func (p *process) Write(e txn.Entry, t txn.Trade) error {
	if p.dead() {
		return errDead
	}
	day := p.terminal.day
	d := p.terminal.disk.dice("write " + e.Kind + " " + e.No)
	killed, before, fails, fooled := d.hit(day.killRate), d.hit(0.5), d.hit(day.diskRate), d.hit(0.3)
	switch {
	case day.healed():
	case killed && before:
		p.kill("before writing " + e.Event + " of " + e.No)
		return errDead
	case fails:
		day.trace("%s       disk fails: %s of %s, written all the same: %v", p.terminal.name, e.Event, e.No, fooled)
		day.count.diskFaults.Add(1)
		if fooled { // as when only the last sync failed
			p.keep(e, t)
		}
		return errDisk
	}
	if err := p.keep(e, t); err != nil {
		return err
	}
	if killed && !before && !day.healed() {
		p.kill("after writing " + e.Event + " of " + e.No)
		return errDead
	}
	return nil
}

// keep writes durably.
func (p *process) keep(e txn.Entry, t txn.Trade) error {
	if err := p.store.Write(e, t); err != nil {
		return err
	}
	p.terminal.day.trace("%s       %s %s: %s → %s (%s)", p.terminal.name, e.Kind, e.No, e.Event, e.State, e.Note)
	p.terminal.day.judge.Wrote(p.terminal.name, e.Event, rowOf(t))
	return nil
}

// Trade is the journal's.
func (p *process) Trade(transType, no string) (t txn.Trade, found bool, err error) {
	if err := p.mayRead("trade " + no); err != nil {
		return t, false, err
	}
	return p.store.Trade(transType, no)
}

// Related is the journal's.
func (p *process) Related(ref string) ([]txn.Trade, error) {
	if err := p.mayRead("related " + ref); err != nil {
		return nil, err
	}
	return p.store.Related(ref)
}

// Open is the journal's.
func (p *process) Open() ([]txn.Trade, error) {
	if err := p.mayRead("open"); err != nil {
		return nil, err
	}
	return p.store.Open()
}

func (p *process) mayRead(what string) error {
	switch day := p.terminal.day; {
	case p.dead():
		return errDead
	case p.terminal.disk.dice("read "+what).hit(day.diskRate/2) && !day.healed():
		day.count.diskFaults.Add(1)
		return errDisk
	}
	return nil
}

// Capabilities are the client's.
func (p *process) Capabilities() platform.Capabilities { return p.client.Capabilities() }

// Call is the client's.
func (p *process) Call(ctx context.Context, request onetrans.Request) (onetrans.Answer, error) {
	none := onetrans.Answer{}
	if p.dead() || ctx.Err() != nil {
		return none, platform.ErrNotSent
	}
	day, about := p.terminal.day, aboutOf(request)
	t := day.network.ticket(p.terminal.name + " " + about.String())
	killed, when := t.dice.hit(day.killRate) && !day.healed(), t.dice.between(0, 400*time.Millisecond)
	// Leaving and coming back take their time, or two messages that are timed
	// out together would go on together.
	if err := pause(ctx, t.dice.between(0, time.Millisecond)); err != nil {
		return none, platform.ErrNotSent
	}
	if killed {
		deadly := time.AfterFunc(when, func() { p.kill("while " + about.String() + " is under way") })
		defer deadly.Stop()
	}
	day.count.messages.Add(1)
	day.judge.Leaves(p.terminal.name, about)
	answer, err := p.client.Call(context.WithValue(ctx, ticketKey{}, t), request)
	time.Sleep(t.dice.between(0, time.Millisecond))
	if killed && when < 100*time.Millisecond {
		p.kill("as the answer to " + about.String() + " comes")
	}
	if p.dead() {
		return none, platform.ErrNoAnswer
	}
	day.trace("%s       %s %s: %s", p.terminal.name, t.name, t.delivery, heard{answer, err})
	day.judge.Answered(p.terminal.name, about, heard{answer, err}.reply())
	return answer, err
}

// disk draws what happens to a terminal's writes and reads.
type disk struct {
	day  *day
	name string
	mu   sync.Mutex
	done map[string]int
}

func (d *disk) dice(what string) dice {
	d.mu.Lock()
	d.done[what]++
	nth := d.done[what]
	d.mu.Unlock()
	return diceOf(d.day.seed, "disk "+d.name+" "+what+"#"+strconv.Itoa(nth))
}
