package simulate

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"onetrans/flows/onetrans"
	"onetrans/flows/platform"
	"onetrans/flows/txn"
)

// mistakes are what a core must never do, planted between the real one and its
// journal and driver. Each must be found within mistakeDays days.
func mistakes() map[string]func() (func(txn.Journal) txn.Journal, func(txn.Platform) txn.Platform) {
	return map[string]func() (func(txn.Journal) txn.Journal, func(txn.Platform) txn.Platform){
		"sending before journaling":                      sendFirst,
		"a new outRefundNo on retry":                     onDriver(func(p txn.Platform) txn.Platform { return &renumbering{Platform: p, sent: map[string]int{}} }),
		"a lost answer treated as failed":                onDriver(func(p txn.Platform) txn.Platform { return hasty{p} }),
		"a retry without a query":                        onDriver(func(p txn.Platform) txn.Platform { return incurious{p} }),
		"forgetting to resume":                           onJournal(func(j txn.Journal) txn.Journal { return forgetful{j} }),
		"the refund sum checked outside the transaction": onJournal(func(j txn.Journal) txn.Journal { return &shortSighted{Journal: j, made: map[string]time.Time{}} }),
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

func sameJournal(j txn.Journal) txn.Journal  { return j }
func sameDriver(p txn.Platform) txn.Platform { return p }

func onDriver(plant func(txn.Platform) txn.Platform) func() (func(txn.Journal) txn.Journal, func(txn.Platform) txn.Platform) {
	return func() (func(txn.Journal) txn.Journal, func(txn.Platform) txn.Platform) { return sameJournal, plant }
}

func onJournal(plant func(txn.Journal) txn.Journal) func() (func(txn.Journal) txn.Journal, func(txn.Platform) txn.Platform) {
	return func() (func(txn.Journal) txn.Journal, func(txn.Platform) txn.Platform) { return plant, sameDriver }
}

// late is a journal that writes a first send only when its answer is there.
type late struct {
	txn.Journal
	mu   sync.Mutex
	held map[key]func() error
	had  map[key]txn.Trade
}

func sendFirst() (func(txn.Journal) txn.Journal, func(txn.Platform) txn.Platform) {
	l := &late{held: map[key]func() error{}, had: map[key]txn.Trade{}}
	return func(j txn.Journal) txn.Journal { l.Journal = j; return l },
		func(p txn.Platform) txn.Platform { return sendingFirst{p, l} }
}

func (l *late) Write(e txn.Entry, t txn.Trade) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	k := key{e.Kind, e.No}
	if e.Event == "sent" && t.Progress.Sends == 1 {
		l.held[k], l.had[k] = func() error { return l.Journal.Write(e, t) }, t
		return nil
	}
	return l.Journal.Write(e, t)
}

func (l *late) Trade(kind, no string) (txn.Trade, bool, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if t, ok := l.had[key{kind, no}]; ok {
		return t, true, nil
	}
	return l.Journal.Trade(kind, no)
}

// flush writes what was held of a trade.
func (l *late) flush(k key) {
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
	s.late.flush(aboutOf(request).key())
	return answer, err
}

// renumbering gives a refund another number each time it is sent again.
type renumbering struct {
	txn.Platform
	mu   sync.Mutex
	sent map[string]int
}

func (r *renumbering) Call(ctx context.Context, request onetrans.Request) (onetrans.Answer, error) {
	a := aboutOf(request)
	if a.kind != onetrans.TransRefund {
		return r.Platform.Call(ctx, request)
	}
	r.mu.Lock()
	r.sent[a.trade]++
	nth := r.sent[a.trade]
	r.mu.Unlock()
	if nth == 1 {
		return r.Platform.Call(ctx, request)
	}
	var in onetrans.RefundIn
	if err := onetrans.UnmarshalData(request.Data, &in); err != nil {
		return onetrans.Answer{}, err
	}
	in.OutRefundNo = onetrans.T(fmt.Sprintf("%sx%d", a.trade, nth))
	request.Data, _ = onetrans.Marshal(in)
	answer, err := r.Platform.Call(ctx, request)
	var out onetrans.RefundOut
	if err == nil && onetrans.UnmarshalData(answer.Data, &out) == nil && !out.OutRefundNo.Empty() {
		out.OutRefundNo = onetrans.T(a.trade)
		answer.Data, _ = onetrans.Marshal(out)
	}
	return answer, err
}

// hasty takes a send that was not answered for one that was never made.
type hasty struct{ txn.Platform }

func (h hasty) Call(ctx context.Context, request onetrans.Request) (onetrans.Answer, error) {
	answer, err := h.Platform.Call(ctx, request)
	if errors.Is(err, platform.ErrNoAnswer) && aboutOf(request).isSend() {
		err = platform.ErrNotSent
	}
	return answer, err
}

// incurious does not ask for a refund before it sends it again: it says itself
// that the platform does not have it.
type incurious struct{ txn.Platform }

func (i incurious) Call(ctx context.Context, request onetrans.Request) (onetrans.Answer, error) {
	a := aboutOf(request)
	if a.kind != onetrans.TransQuery || a.of != onetrans.TransRefund {
		return i.Platform.Call(ctx, request)
	}
	data, err := onetrans.Marshal(onetrans.QueryOut{
		OutRefundNo: onetrans.T(a.trade), Result: onetrans.T(string(onetrans.ResultNotFound)),
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
