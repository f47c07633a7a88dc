package txn_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"onetrans/flows/core/txn"
	"onetrans/flows/message/onetrans"
	"onetrans/flows/message/platform"
)

// The model of refunds: cashiers at two terminals of one platform, who repeat a
// number by its order's other name and another way, over a network that loses
// and delays. What each hears is held against the platform's own book.

// errand is one thing that somebody does.
type errand struct {
	act      string // refund, die, ask, end, restart
	terminal int
	no       int // the refunds 0 and 1 are of an order that terminal 0 knows
	name     int // of the order: its outChargeNo, its trace number, both
	cash     bool
	wait     time.Duration // before the next
}

type errands struct {
	does     []errand
	outcomes []outcome
	ends     []onetrans.Result // of what the platform carries out, in turn
	mute     bool              // the platform does not echo
}

func refundPlans() *rapid.Generator[errands] {
	return rapid.Custom(func(t *rapid.T) errands {
		return errands{
			does: rapid.SliceOfN(rapid.Custom(func(t *rapid.T) errand {
				return errand{
					act:      rapid.SampledFrom([]string{"refund", "refund", "refund", "die", "ask", "end", "restart"}).Draw(t, "act"),
					terminal: rapid.IntRange(0, 1).Draw(t, "terminal"),
					no:       rapid.IntRange(0, 2).Draw(t, "no"),
					name:     rapid.IntRange(0, 2).Draw(t, "name"),
					cash:     rapid.Bool().Draw(t, "cash"),
					wait:     rapid.SampledFrom([]time.Duration{0, time.Second, time.Minute, 30 * time.Minute}).Draw(t, "wait"),
				}
			}), 1, 15).Draw(t, "does"),
			outcomes: rapid.SliceOfN(rapid.SampledFrom([]outcome{fine, fine, fine, lostThere, lostBack, late, unsent}), 1, 20).Draw(t, "outcomes"),
			ends:     rapid.SliceOfN(rapid.SampledFrom([]onetrans.Result{"succ", "succ", "fail", "fail", "ing"}), 1, 8).Draw(t, "ends"),
			mute:     rapid.IntRange(0, 4).Draw(t, "mute") == 0,
		}
	})
}

// giver is the platform: two orders of 100.00, known as 1 and T1, 2 and T2.
type giver struct {
	errands
	mu       sync.Mutex
	healed   bool
	refunds  map[string]*given
	arriving sync.WaitGroup
}

// given is a refund in the platform's book.
type given struct {
	order, way string
	fen        onetrans.Fen
	result     onetrans.Result
}

func (b *giver) Capabilities() platform.Capabilities {
	return platform.Capabilities{Close: true, Phases: true, Repeats: true}
}

func (b *giver) Call(ctx context.Context, request onetrans.Request) (onetrans.Answer, error) {
	switch b.outcome() {
	case lostThere:
		return lost(ctx, request)
	case unsent:
		return notSent(ctx, request)
	case lostBack:
		b.carryOut(request)
		return lost(ctx, request)
	case late:
		b.arriving.Go(func() { time.Sleep(5 * time.Minute); b.carryOut(request) })
		return lost(ctx, request)
	}
	return b.carryOut(request)(ctx, request)
}

func (b *giver) outcome() outcome {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.healed || len(b.outcomes) == 0 {
		return fine
	}
	f := b.outcomes[0]
	b.outcomes = b.outcomes[1:]
	return f
}

// carryOut does what a message asks for.
func (b *giver) carryOut(request onetrans.Request) reply {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch request.TransType.String() {
	case onetrans.TransRecharge:
		return data(`"result":"succ","traceNo":"T1"`)
	case onetrans.TransQuery:
		var in onetrans.QueryIn
		if err := onetrans.UnmarshalData(request.Data, &in); err != nil {
			panic(err)
		}
		if in.TradeType.String() == onetrans.TransRecharge {
			return data(fmt.Sprintf(`"result":"succ","traceNo":"T%s"`, in.OutTradeNo))
		}
		return b.word(in.OutTradeNo.String())
	}
	return b.giveBack(request)
}

func (b *giver) giveBack(request onetrans.Request) reply {
	var in onetrans.RefundIn
	if err := onetrans.UnmarshalData(request.Data, &in); err != nil {
		panic(err)
	}
	fen, err := in.Amount.Fen()
	if err != nil {
		panic(err)
	}
	order, no := in.OutChargeNo.String(), in.OutRefundNo.String()
	if !in.TraceNo.Empty() {
		order = in.TraceNo.String()[1:]
	}
	r := b.refunds[no]
	switch {
	case r == nil:
		r = &given{order: order, fen: fen}
		b.refunds[no] = r
	case r.order != order || r.fen != fen:
		return refuses("610003")
	case r.result != onetrans.ResultFail:
		return b.word(no)
	}
	r.way, r.result = in.WithdrawMode.String(), onetrans.ResultSucc
	if len(b.ends) > 0 {
		r.result, b.ends = b.ends[0], b.ends[1:]
	}
	return b.word(no)
}

// word is what the platform says of a refund.
func (b *giver) word(no string) reply {
	echo, result, order := fmt.Sprintf(`"outRefundNo":%q,`, no), onetrans.ResultNotFound, ""
	if b.mute {
		echo = ""
	}
	if r := b.refunds[no]; r != nil {
		sums := [2]onetrans.Fen{}
		for _, other := range b.refunds {
			switch {
			case other.order != r.order:
			case other.result == onetrans.ResultSucc:
				sums[0] += other.fen
			case other.result == onetrans.ResultIng:
				sums[1] += other.fen
			}
		}
		result, order = r.result, fmt.Sprintf(`,"origTraceNo":"T%s","refundedAmt":%q,"refundingAmt":%q`, r.order, sums[0].String(), sums[1].String())
	}
	return data(echo + fmt.Sprintf(`"result":%q`, result) + order)
}

// ended says how a refund stands in the book.
func (b *giver) ended(no string) given {
	b.mu.Lock()
	defer b.mu.Unlock()
	if r := b.refunds[no]; r != nil {
		return *r
	}
	return given{result: onetrans.ResultNotFound}
}

// counters are the two terminals, and what cashiers heard there.
type counters struct {
	*giver
	journals [2]*memory
	cores    [2]*txn.Core
	// undone are refunds that were told as not done, and not asked for since.
	undone map[string]bool
	wrong  []error
}

func TestNoRefundIsTakenForAnotherWhoeverRepeatsItHow(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		p := refundPlans().Draw(rt, "plan")
		var wrong []error
		synctest.Test(t, func(t *testing.T) { wrong = playRefunds(t.Context(), p) })
		if len(wrong) > 0 {
			rt.Fatal(errors.Join(wrong...))
		}
	})
}

func playRefunds(ctx context.Context, p errands) []error {
	c := &counters{giver: &giver{errands: p, healed: true, refunds: map[string]*given{}}, undone: map[string]bool{}}
	for n := range c.cores {
		c.journals[n] = newMemory(&diary{})
		c.open(n)
	}
	paid := in{no: "1", amount: "100", noCode: true}
	if _, err := c.cores[0].Recharge(ctx, paid.request()); err != nil {
		return []error{err}
	}
	c.healed = false
	for _, e := range p.does {
		c.do(ctx, e)
		time.Sleep(e.wait)
	}
	c.mu.Lock()
	c.healed = true
	c.mu.Unlock()
	synctest.Wait() // for those whose message is still to be late
	c.arriving.Wait()
	for n := range c.cores {
		c.restart(n)
	}
	time.Sleep(2 * time.Hour)
	c.judge()
	for _, core := range c.cores {
		core.Close()
	}
	return c.wrong
}

func (c *counters) open(n int) {
	core, err := txn.Open(c.journals[n], c.giver, txn.Options{Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
	if err != nil {
		panic(err)
	}
	c.cores[n] = core
}

func (c *counters) restart(n int) {
	c.cores[n].Close()
	c.open(n)
}

func (c *counters) do(ctx context.Context, e errand) {
	no := fmt.Sprint("R", e.no)
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	switch e.act {
	case "restart":
		c.restart(e.terminal)
	case "end":
		c.end(no)
	case "ask":
		c.hears(ctx, e, no)
	case "die":
		c.dies(ctx, e, no)
	default:
		c.gives(ctx, e, no)
	}
}

// dies asks for a refund of a terminal that ends before it can write what came of
// the next send, and starts again.
func (c *counters) dies(ctx context.Context, e errand, no string) {
	n, before := c.at(e), c.wrong
	sent := false
	c.journals[n].set(func(entry txn.Entry) error {
		if sent {
			return errDisk
		}
		sent = entry.Event == "sent"
		return nil
	})
	c.gives(ctx, e, no)
	delete(c.undone, no)
	c.wrong = before // nobody heard a word
	c.cores[n].Close()
	c.journals[n].set(nil)
	c.open(n)
}

// at is the terminal that an errand is run at.
func (c *counters) at(e errand) int {
	if e.no != 1 {
		return 0
	}
	return e.terminal
}

// end is what takes banks days.
func (c *counters) end(no string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if r := c.refunds[no]; r != nil && r.result == onetrans.ResultIng {
		r.result = onetrans.ResultSucc
	}
}

// gives asks for a refund, or repeats it; only terminal 0 is asked to go another
// way, because no answer of a platform says by which way another's went.
func (c *counters) gives(ctx context.Context, e errand, no string) {
	order := map[int]string{0: "1", 1: "1", 2: "2"}[e.no]
	b := back{no: no, amount: "40", mode: onetrans.WithdrawOriginal}
	if e.name != 1 {
		b.charge = order
	}
	if e.name != 0 {
		b.trace = "T" + order
	}
	if e.no != 1 && e.cash {
		b.mode = onetrans.WithdrawCash
	}
	delete(c.undone, no)
	status, err := c.cores[c.at(e)].Refund(ctx, b.request())
	_, isWay := errors.AsType[*txn.WayError](err)
	switch is := c.ended(no); {
	case isWay || errors.Is(err, txn.ErrUnclear):
	case err != nil:
		c.say("%s by %+v: %v", no, b, err)
	case status.Trade.At() == txn.Succ && (is.result != onetrans.ResultSucc || is.way != b.mode):
		c.say("%s is told as done by way %s, and is %s by %s", no, b.mode, is.result, is.way)
	// Refund 1 may have been done at the other terminal: this one did not.
	case status.Trade.Final() && status.Trade.At() != txn.Succ && e.no != 1:
		c.undone[no] = is.result != onetrans.ResultSucc && is.result != onetrans.ResultIng
		if !c.undone[no] {
			c.say("%s is told as %s, and is %s", no, status.Trade.At(), is.result)
		}
	}
}

// hears is HIS's own query.
func (c *counters) hears(ctx context.Context, e errand, no string) {
	answer, err := c.cores[e.terminal].Query(ctx, query(onetrans.TransRefund, `"outTradeNo":"`+no+`"`))
	var out onetrans.QueryOut
	if err != nil || onetrans.UnmarshalData(answer.Data, &out) != nil {
		return
	}
	is, said := c.ended(no).result, onetrans.Result(out.Result.String())
	_, here, _ := c.journals[e.terminal].Trade(onetrans.TransRefund, no)
	switch open := here && !c.final(e.terminal, no); {
	case said == onetrans.ResultSucc && is != onetrans.ResultSucc:
		c.say("asked, %s is said to be done, and is %s", no, is)
	case open && (said == onetrans.ResultFail || said == onetrans.ResultNotFound):
		c.say("asked, %s is said to be %s, and may be sent yet", no, said)
	}
}

func (c *counters) final(n int, no string) bool {
	t, _, err := c.journals[n].Trade(onetrans.TransRefund, no)
	return err == nil && t.Final()
}

// judge: the platform gave back no more than was paid, nothing that was told as
// not done was done later, and every refund ended or waits for a person.
func (c *counters) judge() {
	c.mu.Lock() // polling goes on
	defer c.mu.Unlock()
	sums := map[string]onetrans.Fen{}
	for no, r := range c.refunds {
		if r.result == onetrans.ResultSucc {
			sums[r.order] += r.fen
		}
		if c.undone[no] && r.result == onetrans.ResultSucc {
			c.say("%s was told as not done, and was done by itself", no)
		}
	}
	for order, sum := range sums {
		if sum > 10000 {
			c.say("%s given back of order %s", sum, order)
		}
	}
	for n, journal := range c.journals {
		open, err := journal.Open()
		if err != nil || slices.ContainsFunc(open, func(t txn.Trade) bool { return !t.AtDesk() && t.At() != txn.Pending }) {
			c.say("terminal %d still has %v open: %v", n, open, err)
		}
	}
}

func (c *counters) say(format string, args ...any) {
	c.wrong = append(c.wrong, fmt.Errorf(format, args...))
}
