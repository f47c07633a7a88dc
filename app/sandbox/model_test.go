package sandbox

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"
	"pgregory.net/rapid"

	"onetrans/flows/message/onetrans"
)

// modelOrder and modelRefund are what the rules say, in the plainest words.
type modelOrder struct {
	fen      onetrans.Fen
	state    onetrans.Result
	byCode   bool // made with a payment code
	codeDead bool
	expires  time.Time
}

type modelRefund struct {
	of    string
	fen   onetrans.Fen
	state onetrans.Result
}

// model is the ledger as a person would keep it on paper.
type model struct {
	dir     string
	clock   *handClock
	srv     *Server
	orders  map[string]*modelOrder
	refunds map[string]*modelRefund
	codes   map[string]string
	finals  map[string]onetrans.Result // final states that were told
	broken  bool                       // settlements are refused now
}

// wait lets the model's orders run out.
func (m *model) wait(d time.Duration) {
	m.clock.Advance(d)
	for _, o := range m.orders {
		if o.open() && !m.clock.Now().Before(o.expires) {
			o.state = onetrans.ResultClosed
		}
	}
}

func (o *modelOrder) open() bool {
	return o.state == onetrans.ResultInit || o.state == onetrans.ResultIng
}

// left is what of an order can still be given back.
func (m *model) left(out string) onetrans.Fen {
	left := onetrans.Fen(0)
	if o := m.orders[out]; o != nil && o.state == onetrans.ResultSucc {
		left = o.fen
	}
	for _, r := range m.refunds {
		if r.of == out && r.state != onetrans.ResultFail {
			left -= r.fen
		}
	}
	return left
}

// send carries a message out without the wire around it. A refusal too is
// followed by a commit, as on the wire.
func (m *model) send(t *rapid.T, transType string, data any) (code onetrans.Code) {
	raw, err := onetrans.Marshal(data)
	if err != nil {
		t.Fatal(err)
	}
	var answered error
	err = m.srv.ledger.update(func(b *book) error {
		c := &call{book: b, srv: m.srv, verdict: verdict{failConfirm: m.broken}}
		_, answered = m.srv.table[transType].answer(c, jsontext.Value(raw))
		return nil
	})
	if refused, ok := errors.AsType[*refusal](answered); ok {
		return refused.code
	}
	if err := errors.Join(err, answered); err != nil {
		t.Fatal(err)
	}
	return onetrans.CodeOK
}

func (m *model) want(t *rapid.T, got, want onetrans.Code) {
	if got != want {
		t.Fatalf("answered %s, want %s", got, want)
	}
}

func (m *model) control(t *rapid.T, do func(b *book) error) {
	err := m.srv.ledger.update(do)
	if err != nil && !errors.Is(err, errNotPayable) && !errors.Is(err, errUnknownTrade) && !errors.Is(err, errNotWaiting) {
		t.Fatal(err)
	}
}

func drawCharge(t *rapid.T) string {
	return rapid.SampledFrom([]string{"C1", "C2", "C3"}).Draw(t, "charge")
}

func drawRefund(t *rapid.T) string {
	return rapid.SampledFrom([]string{"R1", "R2", "R3"}).Draw(t, "refund")
}

func drawFen(t *rapid.T) onetrans.Fen {
	return onetrans.Fen(rapid.SampledFrom([]int{1, 50, 100, 150}).Draw(t, "fen"))
}

// recharge makes an order, or meets the one that is there.
func (m *model) recharge(t *rapid.T) {
	out, fen := drawCharge(t), drawFen(t)
	m.want(t, m.send(t, onetrans.TransRecharge, rechargeOf(patient(), out, fen.String())), m.place(out, fen, false))
}

func (m *model) place(out string, fen onetrans.Fen, byCode bool) onetrans.Code {
	o := m.orders[out]
	if o == nil {
		m.orders[out] = &modelOrder{
			fen: fen, state: onetrans.ResultInit, byCode: byCode, codeDead: byCode,
			expires: m.clock.Now().Add(DefaultOrderTTL).Truncate(time.Second),
		}
		return onetrans.CodeOK
	}
	if o.fen != 0 && o.fen != fen {
		return onetrans.CodePlatformOtherTrade
	}
	return onetrans.CodeOK
}

// withCode pays with one of six codes of each kind.
func (m *model) withCode(t *rapid.T) {
	out, fen := drawCharge(t), drawFen(t)
	code := fmt.Sprintf("13456789012345%d00%d", rapid.IntRange(0, 5).Draw(t, "code"), rapid.SampledFrom([]int{1, 8, 9}).Draw(t, "kind"))
	got := m.send(t, onetrans.TransRecharge, withCode(rechargeOf(patient(), out, fen.String()), "WX_BAR", code))
	want := m.place(out, fen, true)
	m.want(t, got, want)
	if want == onetrans.CodeOK && m.orders[out].state == onetrans.ResultInit {
		m.try(out, code)
	}
}

func (m *model) try(out, code string) {
	o, user := m.orders[out], m.codes[code]
	if user == out {
		return
	}
	o.codeDead = true
	refused := onetrans.ResultInit
	if o.byCode {
		refused = onetrans.ResultFail
	}
	switch kind := code[len(code)-1]; {
	case user != "" || kind == '8':
		o.state = refused
	case kind == '9':
		o.state = onetrans.ResultIng
	default:
		o.state = onetrans.ResultSucc
	}
	if user == "" {
		m.codes[code] = out
	}
}

func (m *model) payOnPhone(t *rapid.T) {
	out := drawCharge(t)
	m.control(t, func(b *book) error {
		o, err := b.order(out)
		if err != nil {
			return err
		}
		return payOnPhone(b, o, "")
	})
	if o := m.orders[out]; o != nil && (o.state == onetrans.ResultIng || o.state == onetrans.ResultInit && !o.codeDead) {
		o.state = onetrans.ResultSucc
	}
}

func (m *model) decline(t *rapid.T) {
	out := drawCharge(t)
	m.control(t, func(b *book) error {
		o, err := b.order(out)
		if err != nil {
			return err
		}
		return b.decline(o)
	})
	switch o := m.orders[out]; {
	case o == nil:
	case o.state == onetrans.ResultInit:
		o.state = onetrans.ResultClosed
	case o.state == onetrans.ResultIng && o.byCode:
		o.state = onetrans.ResultFail
	case o.state == onetrans.ResultIng:
		o.state = onetrans.ResultInit
	}
}

func (m *model) closeOrder(t *rapid.T) {
	out := drawCharge(t)
	m.want(t, m.send(t, onetrans.TransClose, obj{"outTradeNo": out}), onetrans.CodeOK)
	switch o := m.orders[out]; {
	case o == nil:
		m.orders[out] = &modelOrder{state: onetrans.ResultClosed}
	case o.open():
		o.state = onetrans.ResultClosed
	}
}

func (m *model) refund(t *rapid.T) {
	out, no, fen := drawCharge(t), drawRefund(t), drawFen(t)
	slow := rapid.Bool().Draw(t, "slow")
	data := refundOf(patient(), out, no, fen.String())
	state := onetrans.ResultSucc
	if slow {
		data, state = data.with("withdrawMode", "2"), onetrans.ResultIng
	}
	m.want(t, m.send(t, onetrans.TransRefund, data), m.giveBack(out, no, fen, state))
}

func (m *model) giveBack(out, no string, fen onetrans.Fen, state onetrans.Result) onetrans.Code {
	o, r := m.orders[out], m.refunds[no]
	switch {
	case r != nil && (r.of != out || r.fen != fen):
		return onetrans.CodePlatformOtherTrade
	case r != nil && r.state != onetrans.ResultFail:
		return onetrans.CodeOK
	case o == nil || o.state != onetrans.ResultSucc:
		return onetrans.CodePlatformNoRefund
	case fen > m.left(out):
		return onetrans.CodePlatformExceeds
	}
	m.refunds[no] = &modelRefund{of: out, fen: fen, state: state}
	return onetrans.CodeOK
}

func (m *model) endRefund(t *rapid.T) {
	no, good := drawRefund(t), rapid.Bool().Draw(t, "good")
	m.control(t, func(b *book) error {
		r, err := b.refund(no)
		if err != nil {
			return err
		}
		return b.endRefund(r, good)
	})
	if r := m.refunds[no]; r != nil && r.state == onetrans.ResultIng {
		r.state = onetrans.ResultFail
		if good {
			r.state = onetrans.ResultSucc
		}
	}
}

func (m *model) pass(t *rapid.T) {
	m.wait(time.Duration(rapid.IntRange(1, 240_000).Draw(t, "ms")) * time.Millisecond)
}

// reopen closes the file and opens it again.
func (m *model) reopen(t *rapid.T) {
	if m.srv != nil {
		if err := m.srv.Close(); err != nil {
			t.Fatal(err)
		}
	}
	var err error
	m.srv, err = Open(Options{Dir: m.dir, Now: m.clock.Now, NoSync: true, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
}

// check compares the ledger with the paper.
func (m *model) check(t *rapid.T) {
	want := onetrans.Fen(300000)
	for out := range m.orders {
		want += m.left(out)
	}
	err := m.srv.ledger.view(func(b *book) error {
		for out, o := range m.orders {
			got, err := b.order(out)
			if err != nil {
				return fmt.Errorf("%s: %w", out, err)
			}
			if got.Result != o.state {
				t.Fatalf("%s is %s, want %s", out, got.Result, o.state)
			}
			m.final(t, out, got.Result)
		}
		for no, r := range m.refunds {
			got, err := b.refund(no)
			if err != nil {
				return fmt.Errorf("%s: %w", no, err)
			}
			if got.Result != r.state {
				t.Fatalf("%s is %s, want %s", no, got.Result, r.state)
			}
		}
		balance, err := b.balance(patient(), onetrans.AccountInpatient)
		if balance != want {
			t.Fatalf("balance %s, want %s", balance, want)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// final holds the ledger to what it once told as final.
func (m *model) final(t *rapid.T, out string, now onetrans.Result) {
	if told, ok := m.finals[out]; ok && told != now {
		t.Fatalf("%s was told to be %s for good and is %s", out, told, now)
	}
	if now != onetrans.ResultInit && now != onetrans.ResultIng {
		m.finals[out] = now
	}
}

func TestLedgerKeepsTheRules(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		dir, err := os.MkdirTemp("", "sandbox-model-")
		if err != nil {
			t.Fatal(err)
		}
		m := &model{
			dir: dir, clock: &handClock{now: time.Date(2026, 11, 23, 10, 24, 0, 123_000_000, onetrans.Zone())},
			orders: map[string]*modelOrder{}, refunds: map[string]*modelRefund{},
			codes: map[string]string{}, finals: map[string]onetrans.Result{},
		}
		m.reopen(t)
		defer func() { _ = errors.Join(m.srv.Close(), os.RemoveAll(dir)) }()
		t.Repeat(map[string]func(*rapid.T){
			"":          m.check,
			"recharge":  m.recharge,
			"code":      m.withCode,
			"phone":     m.payOnPhone,
			"decline":   m.decline,
			"close":     m.closeOrder,
			"refund":    m.refund,
			"refund 2":  m.refund,
			"endRefund": m.endRefund,
			"pass":      m.pass,
			"reopen":    m.reopen,
		})
	})
}
