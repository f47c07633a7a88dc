package simulate

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"onetrans/app/checks/simulate/judge"
	"onetrans/app/terminal/call"
	"onetrans/flows/core/txn"
	"onetrans/flows/message/onetrans"
	"onetrans/flows/message/platform"
)

// mistakes are what a core must never do, planted between the real one and its
// journal, its driver or its callers. Each must be found within mistakeDays days.
func mistakes() map[string]func(*process) wrong {
	return map[string]func(*process) wrong{
		"sending before journaling": sendFirst,
		"a new outRefundNo on retry": onDriver(func(p txn.Platform) txn.Platform {
			return refunding{p, &renumbering{Platform: p, sent: map[string]int{}}}
		}),
		"a lost answer treated as failed":                onDriver(func(p txn.Platform) txn.Platform { return hasty{p} }),
		"a retry without a query":                        onDriver(func(p txn.Platform) txn.Platform { return incurious{p} }),
		"forgetting to resume":                           onJournal(func(j txn.Journal) txn.Journal { return forgetful{j} }),
		"the refund sum checked outside the transaction": onJournal(func(j txn.Journal) txn.Journal { return &shortSighted{Journal: j, made: map[string]time.Time{}} }),
		"the old way is sent again": onDriver(func(p txn.Platform) txn.Platform {
			return refunding{p, &setInItsWay{Platform: p, ways: map[string]judge.Way{}}}
		}),
		"the other name is another refund": onCalls(func(c call.Core, _ *process) call.Core { return &literal{Core: c, names: map[string]string{}} }),
		"an unsaid charge is forgotten":    onCalls(func(c call.Core, p *process) call.Core { return forgiving{c, p} }),
		"sums are proof though another terminal refunds": onDriver(func(p txn.Platform) txn.Platform {
			return &summing{Platform: p, amounts: map[string]onetrans.Fen{}, known: map[string]onetrans.Fen{}}
		}),
		"a cancelled settlement is told as settled": onCalls(func(c call.Core, _ *process) call.Core {
			return &proud{Core: c, settled: map[string]txn.SettleStatus{}}
		}),
		"a share has a number of each terminal's own": eachItsOwn,
	}
}

const mistakeDays = 200

func TestEveryMistakeIsFound(t *testing.T) {
	for name, mistake := range mistakes() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for n := range uint64(mistakeDays) {
				if err := playIn(t, *first+n, planted{mistake}, &counts{}, quiet); err != nil {
					found, _, _ := strings.Cut(err.Error(), "\n")
					t.Logf("found on day %d: %s", n+1, found)
					return
				}
			}
			t.Errorf("not found in %d days", mistakeDays)
		})
	}
}

func onDriver(plant func(txn.Platform) txn.Platform) func(*process) wrong {
	return func(p *process) wrong { return wrong{driver: plant(p)} }
}

func onJournal(plant func(txn.Journal) txn.Journal) func(*process) wrong {
	return func(p *process) wrong { return wrong{journal: plant(p)} }
}

func onCalls(plant func(call.Core, *process) call.Core) func(*process) wrong {
	return func(p *process) wrong {
		return wrong{calls: func(c *txn.Core) call.Core { return plant(c, p) }}
	}
}

// late is a journal that writes a first send only when its answer is there.
type late struct {
	txn.Journal
	mu   sync.Mutex
	held map[judge.Key]func() error
	had  map[judge.Key]txn.Trade
}

func sendFirst(p *process) wrong {
	l := &late{Journal: p, held: map[judge.Key]func() error{}, had: map[judge.Key]txn.Trade{}}
	return wrong{journal: l, driver: sendingFirst{p, l}}
}

func (l *late) Write(e txn.Entry, t txn.Trade) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	k := judge.Key{Kind: e.Kind, No: e.No}
	if e.Event == "sent" && t.Progress.Sends == 1 {
		l.held[k], l.had[k] = func() error { return l.Journal.Write(e, t) }, t
		return nil
	}
	return l.Journal.Write(e, t)
}

func (l *late) Trade(kind, no string) (txn.Trade, bool, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if t, ok := l.had[judge.Key{Kind: kind, No: no}]; ok {
		return t, true, nil
	}
	return l.Journal.Trade(kind, no)
}

// flush writes what was held of a trade.
func (l *late) flush(k judge.Key) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if write := l.held[k]; write != nil {
		_ = write()
		delete(l.held, k)
		delete(l.had, k)
	}
}

type sendingFirst struct {
	txn.Platform
	late *late
}

func (s sendingFirst) Call(ctx context.Context, request onetrans.Request) (onetrans.Answer, error) {
	answer, err := s.Platform.Call(ctx, request)
	s.late.flush(aboutOf(request).Key())
	return answer, err
}

// refunding sends refunds otherwise than the platform would be.
type refunding struct {
	txn.Platform
	send interface {
		refund(ctx context.Context, a judge.Message, request onetrans.Request) (onetrans.Answer, error)
	}
}

func (r refunding) Call(ctx context.Context, request onetrans.Request) (onetrans.Answer, error) {
	if a := aboutOf(request); a.Kind == onetrans.TransRefund {
		return r.send.refund(ctx, a, request)
	}
	return r.Platform.Call(ctx, request)
}

// renumbering gives a refund another number each time it is sent again.
type renumbering struct {
	txn.Platform
	mu   sync.Mutex
	sent map[string]int
}

func (r *renumbering) refund(ctx context.Context, a judge.Message, request onetrans.Request) (onetrans.Answer, error) {
	r.mu.Lock()
	r.sent[a.No]++
	nth := r.sent[a.No]
	r.mu.Unlock()
	if nth == 1 {
		return r.Platform.Call(ctx, request)
	}
	var in onetrans.RefundIn
	if err := onetrans.UnmarshalData(request.Data, &in); err != nil {
		return onetrans.Answer{}, err
	}
	in.OutRefundNo = onetrans.T(fmt.Sprintf("%sx%d", a.No, nth))
	request.Data, _ = onetrans.Marshal(in)
	answer, err := r.Platform.Call(ctx, request)
	var out onetrans.RefundOut
	if err == nil && onetrans.UnmarshalData(answer.Data, &out) == nil && !out.OutRefundNo.Empty() {
		out.OutRefundNo = onetrans.T(a.No)
		answer.Data, _ = onetrans.Marshal(out)
	}
	return answer, err
}

// hasty takes a send that was not answered for one that was never made.
type hasty struct{ txn.Platform }

func (h hasty) Call(ctx context.Context, request onetrans.Request) (onetrans.Answer, error) {
	answer, err := h.Platform.Call(ctx, request)
	if errors.Is(err, platform.ErrNoAnswer) && aboutOf(request).IsSend() {
		err = platform.ErrNotSent
	}
	return answer, err
}

// incurious does not ask for a refund before it sends it again: it says itself
// that the platform does not have it.
type incurious struct{ txn.Platform }

func (i incurious) Call(ctx context.Context, request onetrans.Request) (onetrans.Answer, error) {
	a := aboutOf(request)
	if a.Kind != onetrans.TransQuery || a.Of != onetrans.TransRefund {
		return i.Platform.Call(ctx, request)
	}
	data, err := onetrans.Marshal(onetrans.QueryOut{
		OutRefundNo: onetrans.T(a.No), Result: onetrans.T(string(onetrans.ResultNotFound)),
	})
	return onetrans.Answer{Code: onetrans.T(string(onetrans.CodeOK)), Data: data}, err
}

// forgetful does not tell what was open when the program ended.
type forgetful struct{ txn.Journal }

func (forgetful) Open() ([]txn.Trade, error) { return nil, nil }

// shortSighted looks for an order's refunds as they were a moment ago, as a sum
// does that is made before the transaction.
type shortSighted struct {
	txn.Journal
	mu   sync.Mutex
	made map[string]time.Time
}

func (s *shortSighted) Write(e txn.Entry, t txn.Trade) error {
	s.mu.Lock()
	if _, known := s.made[e.No]; !known {
		s.made[e.No] = time.Now()
	}
	s.mu.Unlock()
	return s.Journal.Write(e, t)
}

func (s *shortSighted) Related(ref string) ([]txn.Trade, error) {
	all, err := s.Journal.Related(ref)
	s.mu.Lock()
	defer s.mu.Unlock()
	var seen []txn.Trade
	for _, t := range all {
		if time.Since(s.made[t.Order.No]) > time.Second {
			seen = append(seen, t)
		}
	}
	return seen, err
}

// setInItsWay sends a refund the way that it was sent first.
type setInItsWay struct {
	txn.Platform
	mu   sync.Mutex
	ways map[string]judge.Way
}

func (s *setInItsWay) refund(ctx context.Context, a judge.Message, request onetrans.Request) (onetrans.Answer, error) {
	return s.Platform.Call(ctx, changed(request, func(in *onetrans.RefundIn) {
		s.mu.Lock()
		defer s.mu.Unlock()
		first, sent := s.ways[a.No]
		if !sent {
			s.ways[a.No] = judge.Way{Mode: in.WithdrawMode.String(), Process: in.RefundType.String()}
			return
		}
		in.WithdrawMode, in.RefundType = onetrans.T(first.Mode), onetrans.T(first.Process)
	}))
}

// literal takes a refund that names its charge otherwise for another refund.
type literal struct {
	call.Core
	mu    sync.Mutex
	names map[string]string
}

func (l *literal) Refund(ctx context.Context, asked onetrans.Asked[onetrans.RefundIn]) (txn.Status, error) {
	in := asked.In
	l.mu.Lock()
	name, no := in.TraceNo.String()+"/"+in.OutChargeNo.String(), in.OutRefundNo.String()
	first, known := l.names[no]
	l.names[no] = name
	l.mu.Unlock()
	if known && first != name {
		return txn.Status{}, txn.ErrNumberReused
	}
	return l.Core.Refund(ctx, asked)
}

// forgiving believes a platform that unsays a payment.
type forgiving struct {
	call.Core
	process *process
}

func (f forgiving) Query(ctx context.Context, asked onetrans.Asked[onetrans.QueryIn]) (onetrans.Answer, error) {
	answer, err := f.Core.Query(ctx, asked)
	if f.process.terminal.day.judge.HasUnsaid(aboutOf(asked.Request).No) {
		return f.process.Call(ctx, asked.Request)
	}
	return answer, err
}

func (f forgiving) Recharge(ctx context.Context, asked onetrans.Asked[onetrans.RechargeIn]) (txn.Status, error) {
	status, err := f.Core.Recharge(ctx, asked)
	if doubt, ok := errors.AsType[*txn.InDoubtError](err); ok && f.process.terminal.day.judge.HasUnsaid(doubt.No) {
		asked.In.Extra.Value.Despite = onetrans.T(doubt.No)
		return f.Core.Recharge(ctx, asked)
	}
	return status, err
}

// summing takes it for a proof of a refund that so much more was given back of
// its order than this terminal knows of.
type summing struct {
	txn.Platform
	mu      sync.Mutex
	amounts map[string]onetrans.Fen // of refunds, by their number
	known   map[string]onetrans.Fen // given back of an order, by its chargeNo
}

func (s *summing) Call(ctx context.Context, request onetrans.Request) (onetrans.Answer, error) {
	answer, err := s.Platform.Call(ctx, request)
	a := aboutOf(request)
	var out onetrans.QueryOut
	if a.Key().Kind != onetrans.TransRefund {
		return answer, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if a.Kind == onetrans.TransRefund {
		var in onetrans.RefundIn
		_ = onetrans.UnmarshalData(request.Data, &in) // the core's own
		s.amounts[a.No], _ = in.Amount.Fen()
	}
	if err != nil || onetrans.UnmarshalData(answer.Data, &out) != nil || out.ChargeNo.Empty() {
		return answer, err
	}
	sum, bad := out.RefundedAmt.Fen()
	switch order := out.ChargeNo.String(); {
	case bad != nil:
	case !out.OutRefundNo.Empty():
		s.known[order] = sum
	case s.amounts[a.No] > 0 && sum >= s.known[order]+s.amounts[a.No]:
		out.OutRefundNo, out.Result = onetrans.T(a.No), onetrans.T(string(onetrans.ResultSucc))
		answer.Data, err = onetrans.Marshal(out)
	}
	return answer, err
}

// proud tells of a settlement as it was when it was done.
type proud struct {
	call.Core
	mu      sync.Mutex
	settled map[string]txn.SettleStatus
}

func (p *proud) RecallSettlement(ctx context.Context, asked onetrans.Asked[onetrans.SettleIn]) (txn.SettleStatus, bool, error) {
	status, known, err := p.Core.RecallSettlement(ctx, asked)
	if err != nil || !known {
		return status, known, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if done, was := p.settled[status.No]; was {
		return done, true, nil
	}
	if status.State == txn.Succ {
		p.settled[status.No] = status
	}
	return status, known, err
}

// eachItsOwn gives the refund of a cancelled settlement's share a number of the
// terminal's own.
func eachItsOwn(p *process) wrong {
	o := own{"-" + p.terminal.name}
	return wrong{journal: ownJournal{p, o}, driver: ownDriver{p, o}}
}

// own marks the numbers of shares' refunds.
type own struct{ mark string }

func (o own) marked(no string) string {
	if strings.HasPrefix(no, "X") {
		return no + o.mark
	}
	return no
}

func (o own) plain(t txn.Trade) txn.Trade {
	t.Order.No = strings.TrimSuffix(t.Order.No, o.mark)
	t.Progress.RefundNo = strings.TrimSuffix(t.Progress.RefundNo, o.mark)
	return t
}

func (o own) allPlain(trades []txn.Trade, err error) ([]txn.Trade, error) {
	for i, t := range trades {
		trades[i] = o.plain(t)
	}
	return trades, err
}

type ownJournal struct {
	txn.Journal
	own
}

func (j ownJournal) Write(e txn.Entry, t txn.Trade) error {
	e.No, t.Order.No, t.Progress.RefundNo = j.marked(e.No), j.marked(t.Order.No), j.marked(t.Progress.RefundNo)
	return j.Journal.Write(e, t)
}

func (j ownJournal) Trade(kind, no string) (txn.Trade, bool, error) {
	t, found, err := j.Journal.Trade(kind, j.marked(no))
	return j.plain(t), found, err
}

func (j ownJournal) Related(ref string) ([]txn.Trade, error) {
	return j.allPlain(j.Journal.Related(ref))
}
func (j ownJournal) Open() ([]txn.Trade, error) { return j.allPlain(j.Journal.Open()) }

type ownDriver struct {
	txn.Platform
	own
}

func (d ownDriver) Call(ctx context.Context, request onetrans.Request) (onetrans.Answer, error) {
	switch a := aboutOf(request); {
	case marksRefund(a) && a.Kind == onetrans.TransRefund:
		request = changed(request, func(in *onetrans.RefundIn) { in.OutRefundNo = onetrans.T(d.marked(a.No)) })
	case marksRefund(a):
		request = changed(request, func(in *onetrans.QueryIn) { in.OutTradeNo = onetrans.T(d.marked(a.No)) })
	default:
		return d.Platform.Call(ctx, request)
	}
	answer, err := d.Platform.Call(ctx, request)
	answer.Data = bytes.ReplaceAll(answer.Data, []byte(d.mark+`"`), []byte(`"`))
	return answer, err
}

// marksRefund: the message is about a share's refund.
func marksRefund(a judge.Message) bool {
	return strings.HasPrefix(a.No, "X") && a.Key().Kind == onetrans.TransRefund
}
