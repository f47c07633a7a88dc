package simulate

import (
	"context"
	"sync"
	"time"

	"onetrans/flows/core/txn"
)

// terminal is a machine with a journal, on which the program runs again and again.
type terminal struct {
	day  *day
	name string
	path string // of the journal
	disk *disk

	starts int
	dice   dice

	mu      sync.Mutex
	running *process
}

func newTerminal(d *day, name, path string) *terminal {
	return &terminal{
		day: d, name: name, path: path,
		disk: &disk{day: d, name: name, done: map[string]int{}},
		dice: diceOf(d.seed, "terminal "+name),
	}
}

// run keeps the program running until ctx ends: it is started again when it was
// killed.
func (t *terminal) run(ctx context.Context) {
	_ = pause(ctx, t.dice.between(0, time.Second)) // nobody begins at the same instant
	for ctx.Err() == nil {
		p, err := t.start()
		if err != nil {
			t.day.trace("%s       does not start: %v", t.name, err)
			_ = pause(ctx, t.dice.between(time.Second, 5*time.Second))
			continue
		}
		t.day.trace("%s       runs", t.name)
		t.set(p)
		select {
		case <-p.ctx.Done():
		case <-ctx.Done():
		}
		t.set(nil)
		p.end()
		down := t.dice.between(time.Second, oneOf(t.dice, 10*time.Second, time.Minute, 20*time.Minute))
		if t.day.healed() { // two that were cut off at one instant don't begin at one
			down = t.dice.between(0, 500*time.Millisecond)
		}
		_ = pause(ctx, down)
	}
}

func (t *terminal) set(p *process) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.running = p
}

// kill ends what runs, if anything does.
func (t *terminal) kill(where string) {
	t.mu.Lock()
	p := t.running
	t.mu.Unlock()
	if p != nil {
		p.kill(where)
	}
}

// hold waits until the terminal runs, and takes a call's place in it; nil if that
// takes too long.
func (t *terminal) hold(patience time.Duration) *process {
	for until := time.Now().Add(patience); time.Now().Before(until); time.Sleep(time.Second) {
		if p := t.join(); p != nil {
			return p
		}
	}
	return nil
}

func (t *terminal) join() *process {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.running == nil || t.running.dead() {
		return nil
	}
	t.running.calls.Add(1)
	return t.running
}

// ask lets somebody call the core, as [terminal.reach] does.
func (t *terminal) ask(patience time.Duration, call func(context.Context, *txn.Core)) (lived bool) {
	return t.reach(patience, func(ctx context.Context, p *process) { call(ctx, p.core) })
}

// reach lets somebody call the program. lived is false when the process died
// meanwhile, or never ran: then nobody was told anything.
func (t *terminal) reach(patience time.Duration, call func(context.Context, *process)) (lived bool) {
	p := t.hold(10 * time.Minute)
	if p == nil {
		return false
	}
	defer p.calls.Done()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	call(ctx, p)
	return !p.dead()
}
