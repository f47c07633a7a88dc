package txn_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"onetrans/flows/core/txn"
	"onetrans/flows/message/onetrans"
	"onetrans/flows/message/platform"
)

// The model: a platform that keeps orders, a network that loses, delays and
// garbles, a process that is killed at any write and any message, and patients
// who pay. What must hold is checked here, apart from the core.

// plan is one random story. The outcomes of writes and messages are taken in turn.
type plan struct {
	steps    []step
	outcomes []outcome
	kills    []int // the process dies at its n-th write or message; one for each life
}

type step struct {
	act  string // recharge, pay, close, check, query, restart
	no   int
	wait time.Duration // before the next
}

type outcome string

const (
	fine       outcome = "fine"
	slow       outcome = "slow"
	unsent     outcome = "the connection never opens"
	lostThere  outcome = "the message is lost"
	lostBack   outcome = "the answer is lost"
	late       outcome = "the message arrives when nobody waits for it any more"
	busy       outcome = "the platform is busy"
	replayed   outcome = "the platform takes it for a replay"
	garbled    outcome = "the answer is another trade's"
	unreadable outcome = "the answer is nonsense"
	noWrite    outcome = "the journal fails"
)

func plans() *rapid.Generator[plan] {
	return rapid.Custom(func(t *rapid.T) plan {
		steps := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) step {
			return step{
				act:  rapid.SampledFrom([]string{"recharge", "recharge", "recharge", "pay", "pay", "close", "check", "query", "restart"}).Draw(t, "act"),
				no:   rapid.IntRange(0, 2).Draw(t, "no"),
				wait: rapid.SampledFrom([]time.Duration{0, time.Second, 7 * time.Second, 50 * time.Second, 3 * time.Minute, 6 * time.Minute}).Draw(t, "wait"),
			}
		}), 1, 25).Draw(t, "steps")
		outcomes := rapid.SliceOfN(rapid.SampledFrom([]outcome{
			fine, fine, fine, slow, unsent, lostThere, lostBack, lostBack, late, busy, replayed, garbled, unreadable, noWrite,
		}), 1, 40).Draw(t, "outcomes")
		kills := rapid.SliceOfN(rapid.IntRange(1, 30), 0, 3).Draw(t, "kills")
		return plan{steps, outcomes, kills}
	})
}

// universe is everything outside the core, and what was seen there.
type universe struct {
	mu     sync.Mutex
	plan   plan
	fated  int
	healed bool
	store  *memory
	orders map[string]*order
	told   map[string]bool // numbers of which a caller heard that nothing was taken
	wrong  []error
	life   *life
}

// order is the platform's: what became of a number.
type order struct {
	state   onetrans.Result
	expires time.Time
}

// life is one run of the process.
type life struct {
	u    *universe
	ctx  context.Context
	die  context.CancelFunc
	core *txn.Core
	busy sync.WaitGroup

	mu   sync.Mutex
	left int // writes and messages until it is killed; 0: never
}

var errDead = errors.New("the process is dead")

func TestNoMoneyIsLostWhateverHappens(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		p := plans().Draw(rt, "plan")
		var wrong []error
		synctest.Test(t, func(t *testing.T) { wrong = newUniverse(p).run() })
		if len(wrong) > 0 {
			rt.Fatal(errors.Join(wrong...))
		}
	})
}

func newUniverse(p plan) *universe {
	return &universe{plan: p, store: newMemory(&diary{}), orders: map[string]*order{}, told: map[string]bool{}}
}

func (u *universe) run() []error {
	u.begin()
	for _, s := range u.plan.steps {
		u.do(s)
		time.Sleep(s.wait)
		if u.life.dead() {
			u.restart()
		}
	}
	u.mu.Lock()
	u.healed = true
	u.mu.Unlock()
	u.restart()
	time.Sleep(30 * time.Minute)
	u.judge()
	u.end()
	return u.wrong
}

func (u *universe) begin() {
	l := &life{u: u}
	if len(u.plan.kills) > 0 && !u.healed {
		l.left, u.plan.kills = u.plan.kills[0], u.plan.kills[1:]
	}
	l.ctx, l.die = context.WithCancel(context.Background())
	u.life = l
	for {
		core, err := txn.Open(l, l, txn.Options{Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
		if err == nil {
			l.core = core
			return
		}
		// The journal failed, or the process died in the middle: it is started again.
		l.mu.Lock()
		l.left = 0
		l.mu.Unlock()
		l.ctx, l.die = context.WithCancel(context.Background())
	}
}

func (u *universe) end() {
	u.life.die()
	u.life.busy.Wait()
	u.life.core.Close()
}

func (u *universe) restart() {
	u.end()
	u.begin()
}

func (u *universe) do(s step) {
	l, no := u.life, fmt.Sprint(s.no)
	switch s.act {
	case "pay":
		u.pay(no)
	case "restart":
		u.restart()
	default:
		l.busy.Go(func() { l.call(s.act, no) })
	}
	synctest.Wait()
}

// call is one call of a caller with patience.
func (l *life) call(act, no string) {
	ctx, cancel := context.WithTimeout(l.ctx, 20*time.Second)
	defer cancel()
	switch act {
	case "close":
		l.core.CloseOrder(ctx, no)
	case "check":
		l.core.Check(ctx, no)
	case "query":
		l.core.Query(ctx, query(onetrans.TransRecharge, `"outTradeNo":"`+no+`"`))
	case "recharge":
		// Every number is of a card of its own, so that none is in another's way.
		status, err := l.core.Recharge(ctx, in{no: no, card: "D" + no}.request())
		if err == nil && ctx.Err() == nil && status.Trade.Final() && status.Trade.At() != txn.Succ {
			l.u.mu.Lock()
			defer l.u.mu.Unlock()
			if o := l.u.order(no); o != nil && (o.state == onetrans.ResultSucc || o.state == onetrans.ResultInit) {
				l.u.fail("%s was told as %q, and is %q there", no, status.Trade.At(), o.state)
			}
		}
	}
}

// strike counts a write or a message, and kills the process at the fatal one.
func (l *life) strike() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.left > 0 {
		if l.left--; l.left == 0 {
			l.die()
		}
	}
	return l.ctx.Err() != nil
}

func (l *life) dead() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.ctx.Err() != nil
}

// Write is the journal's. At the fatal write, half the time it was durable.
func (l *life) Write(e txn.Entry, t txn.Trade) error {
	if l.dead() {
		return errDead
	}
	outcome := l.u.next()
	if l.strike() {
		if outcome == fine {
			l.u.write(e, t)
		}
		return errDead
	}
	if outcome == noWrite {
		return errDisk
	}
	return l.u.write(e, t)
}

func (u *universe) write(e txn.Entry, t txn.Trade) error {
	before, known, err := u.store.Trade(t.Order.Kind(), t.Order.No)
	if err != nil {
		return err
	}
	if known && before.Final() && before.At() != t.At() && before.At() != txn.Refused && before.At() != txn.NotSent {
		u.mu.Lock()
		u.fail("%s was %q, which is final, and became %q", t.Order.No, before.At(), t.At())
		u.mu.Unlock()
	}
	return u.store.Write(e, t)
}

func (l *life) Trade(transType, no string) (txn.Trade, bool, error) {
	return l.u.store.Trade(transType, no)
}
func (l *life) Related(ref string) ([]txn.Trade, error) { return l.u.store.Related(ref) }
func (l *life) Open() ([]txn.Trade, error)              { return l.u.store.Open() }

func (l *life) Capabilities() platform.Capabilities {
	return platform.Capabilities{Close: true, Hold: true, Phases: true, Repeats: true}
}

// Call is the network's.
func (l *life) Call(ctx context.Context, request onetrans.Request) (onetrans.Answer, error) {
	none := onetrans.Answer{}
	if l.dead() {
		return none, platform.ErrNotSent
	}
	l.u.seen(request)
	outcome := l.u.next()
	if l.strike() { // as it left, or just before
		if outcome == fine {
			l.u.arrive(request)
		}
		return none, platform.ErrNoAnswer
	}
	switch outcome {
	case unsent:
		return none, platform.ErrNotSent
	case lostThere:
		return none, rest(ctx, 15*time.Second, platform.ErrNoAnswer)
	case late:
		go func() {
			time.Sleep(90 * time.Second)
			l.u.arrive(request)
		}()
		return none, rest(ctx, 15*time.Second, platform.ErrNoAnswer)
	case busy:
		return onetrans.Answer{Code: onetrans.T("610099")}, nil
	case replayed:
		return onetrans.Answer{Code: onetrans.T("610002")}, nil
	case slow:
		time.Sleep(2 * time.Second)
	}
	result, expires := l.u.arrive(request)
	switch outcome {
	case lostBack:
		return none, rest(ctx, 15*time.Second, platform.ErrNoAnswer)
	case garbled:
		// Only who knows the trade's numbers can tell.
		if t, _, _ := l.u.store.Trade(onetrans.TransRecharge, number(request)); t.Progress.TraceNo == "" && request.TransType.String() != onetrans.TransRecharge {
			return none, platform.ErrNoAnswer
		}
		return answer("000000", `{"result":"succ","traceNo":"X","outChargeNo":"X"}`)(ctx, request)
	case unreadable:
		return answer("000000", `{"result":[]}`)(ctx, request)
	}
	return onetrans.Answer{
		Code:        onetrans.T("000000"),
		RespondTime: onetrans.T(onetrans.FormatTimestamp(time.Now())),
		Data: fmt.Appendf(nil, `{"result":%q,"qrcode":"Q","traceNo":"T%s","expireTime":%q}`,
			result, number(request), onetrans.FormatTime(expires)),
	}, nil
}

func rest(ctx context.Context, d time.Duration, err error) error {
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
	return err
}

// next is the outcome of the next write or message.
func (u *universe) next() outcome {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.healed {
		return fine
	}
	f := u.plan.outcomes[u.fated%len(u.plan.outcomes)]
	u.fated++
	return f
}

// seen checks a message as it leaves.
func (u *universe) seen(request onetrans.Request) {
	if request.TransType.String() != onetrans.TransRecharge {
		return
	}
	t, known, err := u.store.Trade(onetrans.TransRecharge, number(request))
	u.mu.Lock()
	defer u.mu.Unlock()
	if err != nil || !known || t.Final() {
		u.fail("%s is sent and is not written as open: %v, %q", number(request), known, t.At())
	}
}

func number(request onetrans.Request) string {
	var numbers struct {
		Out   string `json:"outChargeNo"`
		Trade string `json:"outTradeNo"`
	}
	if err := onetrans.UnmarshalData(request.Data, &numbers); err != nil {
		panic(err)
	}
	return numbers.Out + numbers.Trade
}

// arrive is what the platform does with a message.
func (u *universe) arrive(request onetrans.Request) (onetrans.Result, time.Time) {
	u.mu.Lock()
	defer u.mu.Unlock()
	no := number(request)
	o := u.order(no)
	switch kind := request.TransType.String(); {
	case kind == onetrans.TransRecharge && o == nil:
		o = &order{state: onetrans.ResultInit, expires: time.Now().Add(5 * time.Minute)}
		u.orders[no] = o
	case kind == onetrans.TransClose && o == nil:
		o = &order{state: onetrans.ResultClosed}
		u.orders[no] = o
	case o == nil:
		return onetrans.ResultNotFound, time.Time{}
	case kind == onetrans.TransClose && o.state == onetrans.ResultInit:
		o.state = onetrans.ResultClosed
	}
	return o.state, o.expires
}

// order is a number's order as of now; u.mu is held.
func (u *universe) order(no string) *order {
	o := u.orders[no]
	if o != nil && o.state == onetrans.ResultInit && !time.Now().Before(o.expires) {
		o.state = onetrans.ResultClosed
	}
	return o
}

// pay is what a patient does with the order's code.
func (u *universe) pay(no string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if o := u.order(no); o != nil && o.state == onetrans.ResultInit {
		o.state = onetrans.ResultSucc
	}
}

// judge compares the journal with the platform, long after everything healed.
func (u *universe) judge() {
	open, err := u.store.Open()
	u.mu.Lock()
	defer u.mu.Unlock()
	if err != nil || len(open) != 0 {
		u.fail("still open: %v %v", open, err)
	}
	for no, o := range u.orders {
		t, known, err := u.store.Trade(onetrans.TransRecharge, no)
		if err != nil || !known {
			u.fail("%s is not in the journal", no)
			continue
		}
		if paid := o.state == onetrans.ResultSucc; paid != (t.At() == txn.Succ) {
			u.fail("%s is %q there and %q here", no, o.state, t.At())
		}
		if t.Progress.Alarm != "" {
			u.fail("%s: alarm: %s", no, t.Progress.Alarm)
		}
	}
}

// fail notes what must not be; u.mu is held.
func (u *universe) fail(format string, args ...any) {
	u.wrong = append(u.wrong, fmt.Errorf(format, args...))
}
