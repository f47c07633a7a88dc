package sandbox

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"onetrans/flows/message/onetrans"
)

// modelSettle is a settlement on paper; order is "" until it was asked for.
type modelSettle struct {
	state  settleState
	bills  []string
	cash   onetrans.Fen
	acct   onetrans.Fen
	order  onetrans.Result
	refund bool
}

// settleModel is what the hospital and the insurance would keep on paper of one
// person's bills.
type settleModel struct {
	model
	settles map[string]*modelSettle
	setlIDs map[string]string // outSettleNo → setl_id as it was told
}

func drawSettle(t *rapid.T) string {
	return rapid.SampledFrom([]string{"S1", "S2", "S3", "S4"}).Draw(t, "settlement")
}

// waiting lists the bills that nobody has settled.
func (m *settleModel) waiting() (nos []string) {
	for _, l := range loadBills()[patient().CardNo] {
		taken := false
		for _, s := range m.settles {
			taken = taken || s.state == settleDone && slices.Contains(s.bills, l.BillNo)
		}
		if !taken {
			nos = append(nos, l.BillNo)
		}
	}
	return nos
}

func (m *settleModel) account() onetrans.Fen {
	left := onetrans.Fen(128640)
	for _, s := range m.settles {
		if s.state == settleDone {
			left -= s.acct
		}
	}
	return left
}

func (m *settleModel) open() string {
	for no, s := range m.settles {
		if s.state == settleOpen {
			return no
		}
	}
	return ""
}

// pre pre-settles some of the bills that wait.
func (m *settleModel) pre(t *rapid.T) {
	no := drawSettle(t)
	nos := rapid.SliceOfDistinct(rapid.SampledFrom([]string{"MZ26010101", "MZ26010102", "MZ26010103"}), rapid.ID[string]).Draw(t, "bills")
	got := m.send(t, onetrans.TransSettle, forBills(settleOf(patient(), no, onetrans.PhasePre), nos...))
	s := m.settles[no]
	if s != nil && s.state != settleOpen || s == nil && m.open() != "" || s != nil && s.order != "" {
		return // the table of phases says what that is answered; here: nothing changes
	}
	waiting := m.waiting()
	chosen := slices.DeleteFunc(slices.Clone(waiting), func(b string) bool { return len(nos) > 0 && !slices.Contains(nos, b) })
	switch {
	case len(nos) > 0 && len(chosen) != len(nos):
		m.want(t, got, onetrans.CodePlatformField)
		return
	case len(chosen) == 0:
		m.want(t, got, onetrans.CodeOK)
		return
	}
	m.want(t, got, onetrans.CodeOK)
	m.settles[no] = m.priced(t, chosen)
}

func (m *settleModel) priced(t *rapid.T, nos []string) *modelSettle {
	bills := []bill{}
	for _, l := range loadBills()[patient().CardNo] {
		if slices.Contains(nos, l.BillNo) {
			one, err := l.on(m.clock.Now())
			if err != nil {
				t.Fatal(err)
			}
			bills = append(bills, one)
		}
	}
	benefit, _ := benefitOf(patient(), patientInsured)
	a, err := price(bills, benefit, m.account())
	if err != nil {
		t.Fatal(err)
	}
	return &modelSettle{state: settleOpen, bills: nos, cash: a.Cash, acct: a.Account}
}

func (m *settleModel) phase(t *rapid.T, no string, phase onetrans.Phase) onetrans.Code {
	return m.send(t, onetrans.TransSettle, settleOf(patient(), no, phase))
}

func (m *settleModel) pay(t *rapid.T) {
	no := drawSettle(t)
	got, s := m.phase(t, no, onetrans.PhasePay), m.settles[no]
	if s == nil || s.order != "" || s.state != settleOpen || s.cash == 0 {
		return
	}
	m.want(t, got, onetrans.CodeOK)
	s.order = onetrans.ResultInit
	if o := m.orders[no]; o == nil {
		m.orders[no] = &modelOrder{fen: s.cash, state: onetrans.ResultInit, expires: m.clock.Now().Add(DefaultOrderTTL).Truncate(time.Second)}
	}
}

func (m *settleModel) confirm(t *rapid.T) {
	no := drawSettle(t)
	broken := rapid.IntRange(0, 3).Draw(t, "broken") == 0
	m.broken = broken
	got, s := m.phase(t, no, onetrans.PhaseConfirm), m.settles[no]
	m.broken = false
	switch {
	case s == nil:
		m.want(t, got, onetrans.CodePlatformField)
	case s.state == settleDone || s.state == settleCancelled:
		m.want(t, got, onetrans.CodeOK)
	case s.state != settleOpen:
		m.want(t, got, onetrans.CodePlatformNoSettle)
	case s.cash > 0 && (s.order == "" || m.orders[no].open()):
		m.want(t, got, onetrans.CodePlatformBusy)
	case broken || s.cash > 0 && m.orders[no].state != onetrans.ResultSucc:
		m.want(t, got, onetrans.CodePlatformNoSettle)
		s.state = settleRefused
	default:
		m.want(t, got, onetrans.CodeOK)
		s.state = settleDone
	}
}

func (m *settleModel) abandon(t *rapid.T) {
	no := drawSettle(t)
	got, s := m.phase(t, no, onetrans.PhaseAbandon), m.settles[no]
	switch {
	case s == nil:
		m.want(t, got, onetrans.CodeOK)
		m.settles[no] = &modelSettle{state: settleAbandoned}
	case s.state == settleDone || s.state == settleCancelled:
		m.want(t, got, onetrans.CodePlatformNoRefund)
	case s.state != settleOpen:
		m.want(t, got, onetrans.CodeOK)
	case s.order != "" && m.orders[no].open():
		m.want(t, got, onetrans.CodePlatformBusy)
	case s.order != "" && m.orders[no].state == onetrans.ResultSucc:
		m.want(t, got, onetrans.CodePlatformNoRefund)
	default:
		m.want(t, got, onetrans.CodeOK)
		s.state = settleAbandoned
	}
}

func (m *settleModel) cancel(t *rapid.T) {
	no := drawSettle(t)
	var booked settlement
	m.control(t, func(b *book) error {
		s, err := b.settlement(no)
		if err == nil {
			booked = *s
		}
		return err
	})
	if booked.SetlID == "" {
		return
	}
	got := m.send(t, onetrans.TransSettleCancel, obj{
		"insuplc_admdvs": "359900", "mdtrtarea_admvs": "359900", "fixmedins_code": "H",
		"fixmedins_name": "H", "mdtrt_id": booked.MdtrtID, "setl_id": booked.SetlID, "psn_no": patient().PsnNo,
	})
	m.want(t, got, onetrans.CodeOK)
	m.settles[no].state = settleCancelled
}

func (m *settleModel) phone(t *rapid.T) {
	no := drawSettle(t)
	m.control(t, func(b *book) error {
		o, err := b.order(no)
		if err != nil {
			return err
		}
		return payOnPhone(b, o, "")
	})
	if o := m.orders[no]; o != nil && o.open() {
		o.state = onetrans.ResultSucc
	}
}

func (m *settleModel) closeShare(t *rapid.T) {
	no := drawSettle(t)
	if m.orders[no] == nil {
		return
	}
	m.want(t, m.send(t, onetrans.TransClose, obj{"outTradeNo": no}), onetrans.CodeOK)
	if m.orders[no].open() {
		m.orders[no].state = onetrans.ResultClosed
	}
}

// refundShare gives the share back in one piece, one number a settlement.
func (m *settleModel) refundShare(t *rapid.T) {
	no, mode := drawSettle(t), rapid.SampledFrom([]string{"1", "3"}).Draw(t, "mode")
	s, o := m.settles[no], m.orders[no]
	if o == nil {
		return
	}
	got := m.send(t, onetrans.TransRefund, refundOf(patient(), no, "R"+no, s.cash.String()).with("withdrawMode", mode))
	free := o.state == onetrans.ResultSucc && (s.state == settleRefused || s.state == settleCancelled && mode == "3")
	if s.refund || free {
		m.want(t, got, onetrans.CodeOK)
		s.refund = true
		return
	}
	m.want(t, got, onetrans.CodePlatformNoRefund)
}

// checkSettles compares the ledger with the paper.
func (m *settleModel) checkSettles(t *rapid.T) {
	err := m.srv.ledger.view(func(b *book) error {
		for _, no := range slices.Sorted(maps.Keys(m.settles)) {
			want := m.settles[no]
			got, err := b.settlement(no)
			if err != nil {
				return fmt.Errorf("%s: %w", no, err)
			}
			if got.State != want.state || got.Sums.Cash != want.cash || got.Registered && got.State != settleOpen && got.State != settleDone {
				t.Fatalf("%s is %s with %s, registered %v, want %s with %s", no, got.State, got.Sums.Cash, got.Registered, want.state, want.cash)
			}
			if told, ok := m.setlIDs[no]; ok && told != got.SetlID {
				t.Fatalf("%s was settled as %s and as %s", no, told, got.SetlID)
			}
			if got.SetlID != "" {
				m.setlIDs[no] = got.SetlID
			}
			if o := m.orders[no]; o != nil {
				paid, err := b.order(no)
				if err != nil || paid.Result != o.state || paid.Amount != want.cash {
					t.Fatalf("order %s is %+v, %v, want %s", no, paid, err, o.state)
				}
			}
		}
		return m.checkSums(t, b)
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (m *settleModel) checkSums(t *rapid.T, b *book) error {
	waiting, err := b.waiting(patient())
	if err != nil {
		return err
	}
	nos := []string{}
	for _, w := range waiting {
		nos = append(nos, w.BillNo)
	}
	if !slices.Equal(nos, append([]string{}, m.waiting()...)) {
		t.Fatalf("waiting %v, want %v", nos, m.waiting())
	}
	if open := b.openOf(patient().HisCustID); open != m.open() {
		t.Fatalf("open is %q, want %q", open, m.open())
	}
	account, err := b.insured(patient())
	if err != nil {
		return err
	}
	deposit, err := b.balance(patient(), onetrans.AccountInpatient)
	if account != m.account() || deposit != 300000 {
		t.Fatalf("personal account %s, want %s; deposit %s", account, m.account(), deposit)
	}
	return err
}

func TestSettlementsKeepTheRules(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		dir, err := os.MkdirTemp("", "sandbox-model-")
		if err != nil {
			t.Fatal(err)
		}
		m := &settleModel{
			model: model{
				dir: dir, clock: &handClock{now: time.Date(2026, 11, 23, 10, 24, 0, 0, onetrans.Zone())},
				orders: map[string]*modelOrder{},
			},
			settles: map[string]*modelSettle{}, setlIDs: map[string]string{},
		}
		m.reopen(t)
		defer func() { _ = errors.Join(m.srv.Close(), os.RemoveAll(dir)) }()
		t.Repeat(map[string]func(*rapid.T){
			"":        m.checkSettles,
			"pre":     m.pre,
			"pay":     m.pay,
			"confirm": m.confirm,
			"abandon": m.abandon,
			"cancel":  m.cancel,
			"phone":   m.phone,
			"close":   m.closeShare,
			"refund":  m.refundShare,
			"pass":    m.pass,
			"reopen":  m.reopen,
		})
	})
}
