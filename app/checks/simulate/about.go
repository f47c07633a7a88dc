package simulate

import (
	"errors"
	"strings"
	"sync"
	"time"

	"onetrans/flows/message/onetrans"
	"onetrans/flows/message/platform"
)

// about is what a message is about, read off the message itself.
type about struct {
	kind  string // trans_type
	of    string // of a query: the trans_type asked about; of a settlement: the phase
	trade string // the number it goes by
}

func (a about) String() string {
	return strings.TrimSuffix(a.kind[strings.LastIndexByte(a.kind, '.')+1:]+" "+a.of, " ") + " " + a.trade
}

// aboutOf reads a request of any trans_type about money.
func aboutOf(request onetrans.Request) about {
	var in struct {
		OutChargeNo onetrans.Text `json:"outChargeNo"`
		OutRefundNo onetrans.Text `json:"outRefundNo"`
		OutTradeNo  onetrans.Text `json:"outTradeNo"`
		TraceNo     onetrans.Text `json:"traceNo"`
		TradeType   onetrans.Text `json:"tradeType"`
		SetlID      onetrans.Text `json:"setl_id"`
		Extra       onetrans.Nested[struct {
			Phase       onetrans.Text `json:"phase"`
			OutSettleNo onetrans.Text `json:"outSettleNo"`
		}] `json:"extra"`
	}
	if err := onetrans.UnmarshalData(request.Data, &in); err != nil {
		panic(err) // the core's own messages
	}
	a := about{kind: request.TransType.String()}
	switch a.kind {
	case onetrans.TransRecharge:
		a.trade = in.OutChargeNo.String()
	case onetrans.TransRefund:
		a.trade = in.OutRefundNo.String()
	case onetrans.TransSettle:
		a.of, a.trade = in.Extra.Value.Phase.String(), in.Extra.Value.OutSettleNo.String()
	case onetrans.TransSettleCancel:
		a.trade = in.SetlID.String()
	default:
		a.of, a.trade = in.TradeType.String(), in.OutTradeNo.String()
		if a.trade == "" {
			a.trade = in.TraceNo.String()
		}
	}
	return a
}

// isSend says whether the message makes the trade that it is about.
func (a about) isSend() bool {
	switch a.kind {
	case onetrans.TransRecharge, onetrans.TransRefund, onetrans.TransSettleCancel:
		return true
	}
	return a.kind == onetrans.TransSettle && a.of == string(onetrans.PhasePre)
}

// key is the trade that a message speaks of, as far as it goes by its own number.
func (a about) key() key {
	if a.kind == onetrans.TransQuery {
		return key{a.of, a.trade}
	}
	return key{a.kind, a.trade}
}

// key is what a trade is known by.
type key struct{ kind, no string }

// resultOf is an answer's result, for the trace.
func resultOf(answer onetrans.Answer) string {
	var out struct {
		Result onetrans.Text `json:"result"`
	}
	_ = onetrans.UnmarshalData(answer.Data, &out) // for people only
	return out.Result.String()
}

// heard is what came of a message, for the trace.
type heard struct {
	answer onetrans.Answer
	err    error
}

func (h heard) String() string {
	if h.err != nil {
		return h.err.Error()
	}
	return h.answer.Code.String() + " " + resultOf(h.answer)
}

// tap listens to what one terminal says, and knows the rules of saying it.
type tap struct {
	terminal *terminal
	mu       sync.Mutex
	doubted  map[string]bool // refunds with a send that was not answered, and no query answered since
	told     map[key]time.Time
}

func newTap(t *terminal) *tap {
	return &tap{terminal: t, doubted: map[string]bool{}, told: map[key]time.Time{}}
}

// heardSince says whether the platform spoke of a trade since then.
func (t *tap) heardSince(k key, then time.Time) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return !t.told[k].Before(then) // never: the zero time is before
}

// leaves judges a message as it leaves: what makes a trade stands in the
// journal, and a refund in doubt is asked for before it is sent again.
func (t *tap) leaves(a about) {
	if !a.isSend() {
		return
	}
	if !t.terminal.journals(a.key()) {
		t.terminal.day.wrong("%s is sent and is not in the journal as open", a)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if a.kind != onetrans.TransRefund {
		return
	}
	if t.doubted[a.trade] {
		t.terminal.day.wrong("%s is in doubt and is sent again without a query", a)
	}
	t.doubted[a.trade] = true // until it is answered, and for good when the process dies
}

// answered notes what came back.
func (t *tap) answered(a about, answer onetrans.Answer, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if err == nil && answer.Code.String() == string(onetrans.CodeOK) {
		t.told[a.key()] = time.Now()
	}
	switch {
	case err == nil && len(answer.Code.String()) == 6, a.kind == onetrans.TransRefund && isNotSent(err):
		delete(t.doubted, a.key().no)
	}
}

func isNotSent(err error) bool { return errors.Is(err, platform.ErrNotSent) }
