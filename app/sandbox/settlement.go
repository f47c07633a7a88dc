package sandbox

import (
	"errors"
	"slices"
	"time"

	"onetrans/flows/message/onetrans"
)

// settleState is the state of a settlement.
type settleState string

// The states. An open settlement is pre-settled, with or without an order for the
// person's share; all other states are final, except that a settled one can be
// cancelled.
const (
	settleOpen      settleState = "open"
	settleDone      settleState = "settled"
	settleRefused   settleState = "refused"
	settleAbandoned settleState = "abandoned"
	settleCancelled settleState = "cancelled"
)

// settlement is a settlement of outpatient bills, identified by its outSettleNo.
type settlement struct {
	OutSettleNo string      `json:"outSettleNo"`
	State       settleState `json:"state"`

	HisCustID   string   `json:"hisCustId,omitzero"`
	CardType    string   `json:"cardType,omitzero"`
	CardNo      string   `json:"cardNo,omitzero"`
	AccountType string   `json:"accountType,omitzero"`
	PatientType string   `json:"patientType,omitzero"`
	Name        string   `json:"name,omitzero"`
	AskedVisit  string   `json:"askedVisit,omitzero"`  // mdtrt_id as it came
	AskedBills  []string `json:"askedBills,omitempty"` // billNos as they came
	Collect     bool     `json:"collect,omitzero"`     // the share is paid through this platform before the confirmation

	MdtrtID    string  `json:"mdtrt_id,omitzero"`
	Registered bool    `json:"registered,omitzero"` // this settlement made the registration, and it stands
	Bills      []bill  `json:"bills,omitempty"`
	Sums       amounts `json:"sums"`
	OrderNo    string  `json:"orderNo,omitzero"` // outChargeNo of the order that pays the share

	SetlID    string    `json:"setl_id,omitzero"`
	OrderList []string  `json:"orderList,omitempty"`
	CallSN    string    `json:"callsn,omitzero"`
	At        time.Time `json:"at,omitzero"` // when it was settled, whole seconds

	CancelMsgID string       `json:"cancelMsgid,omitzero"`
	Balance     onetrans.Fen `json:"balance,omitzero"` // of the personal account after the cancellation
}

// over reports whether a settlement came to nothing, for good.
func (s *settlement) over() bool { return s.State == settleRefused || s.State == settleAbandoned }

// booked reports whether a settlement was made, even if it was cancelled since.
func (s *settlement) booked() bool { return s.State == settleDone || s.State == settleCancelled }

// sameAs reports whether a repeated pre-settlement is about this settlement; the
// choice of bills may still change.
func (s *settlement) sameAs(n *settlement) bool {
	return s.HisCustID == n.HisCustID && s.CardNo == n.CardNo && s.CardType == n.CardType &&
		s.AccountType == n.AccountType && s.PatientType == n.PatientType && s.AskedVisit == n.AskedVisit
}

// billNos are the numbers of its bills.
func (s *settlement) billNos() []string {
	nos := []string{}
	for _, b := range s.Bills {
		nos = append(nos, b.BillNo)
	}
	return nos
}

// pays reports whether nos are its bills, in whatever order.
func (s *settlement) pays(nos []string) bool {
	return slices.Equal(slices.Sorted(slices.Values(nos)), slices.Sorted(slices.Values(s.billNos())))
}

// settlement finds a settlement by the caller's number.
func (b *book) settlement(outSettleNo string) (*settlement, error) {
	return get[settlement](b, bucketSettlements, outSettleNo)
}

// settlementBySetl finds what was settled by its setl_id.
func (b *book) settlementBySetl(setlID string) (*settlement, error) {
	no := b.tx.Bucket(bucketSetls).Get([]byte(setlID))
	if no == nil {
		return nil, errUnknownTrade
	}
	return b.settlement(string(no))
}

func (b *book) putSettlement(s *settlement) error {
	b.changed = true
	return put(b, bucketSettlements, s.OutSettleNo, s)
}

// settlements lists all settlements by their number.
func (b *book) settlements() ([]*settlement, error) {
	var all []*settlement
	err := b.tx.Bucket(bucketSettlements).ForEach(func(k, _ []byte) error {
		s, err := b.settlement(string(k))
		all = append(all, s)
		return err
	})
	return all, err
}

// openOf is the number of the person's open settlement; empty when there is none.
func (b *book) openOf(hisCustID string) string {
	return string(b.tx.Bucket(bucketSettling).Get([]byte(hisCustID)))
}

// begin opens a settlement, or replaces an open one.
func (b *book) begin(s *settlement) error {
	return errors.Join(b.putSettlement(s), b.tx.Bucket(bucketSettling).Put([]byte(s.HisCustID), []byte(s.OutSettleNo)))
}

// endOpen ends an open settlement without settling: nothing of it remains.
func (b *book) endOpen(s *settlement, state settleState) error {
	s.State, s.Registered = state, false
	return errors.Join(b.putSettlement(s), b.tx.Bucket(bucketSettling).Delete([]byte(s.HisCustID)))
}

// settle books an open settlement: its bills are gone, the personal account is
// charged.
func (b *book) settle(s *settlement) error {
	s.State, s.At, s.CallSN = settleDone, b.now.Truncate(time.Second), b.newCallSN()
	s.SetlID = b.newSetlID()
	for _, bill := range s.Bills {
		s.OrderList = append(s.OrderList, onetrans.FormatTimestamp(b.now)+b.number()[2:8])
		if err := b.tx.Bucket(bucketBills).Put([]byte(bill.BillNo), []byte(s.OutSettleNo)); err != nil {
			return err
		}
	}
	return errors.Join(
		b.chargeAccount(s, s.Sums.Account),
		b.tx.Bucket(bucketSetls).Put([]byte(s.SetlID), []byte(s.OutSettleNo)),
		b.tx.Bucket(bucketSettling).Delete([]byte(s.HisCustID)),
		b.putSettlement(s))
}

// unsettle cancels a settlement: its bills are due again.
func (b *book) unsettle(s *settlement, msgID string) (err error) {
	for _, bill := range s.Bills {
		if err := b.tx.Bucket(bucketBills).Delete([]byte(bill.BillNo)); err != nil {
			return err
		}
	}
	if err := b.chargeAccount(s, -s.Sums.Account); err != nil {
		return err
	}
	p, _ := personByHis(s.HisCustID)
	s.State, s.Registered, s.CancelMsgID = settleCancelled, false, msgID
	if s.Balance, err = b.insured(p); err != nil {
		return err
	}
	return b.putSettlement(s)
}

// insured is what is on the person's medical-insurance account.
func (b *book) insured(p Person) (onetrans.Fen, error) {
	if p.Insurance == nil {
		return 0, nil
	}
	v, err := get[onetrans.Fen](b, bucketBalances, insuredKey(p))
	if errors.Is(err, errUnknownTrade) {
		return onetrans.ParseFen(p.Insurance.Balance)
	}
	if err != nil {
		return 0, err
	}
	return *v, nil
}

// insuredKey can't be a deposit account's: those end in its type.
func insuredKey(p Person) string { return p.PsnNo + "/insured" }

// chargeAccount takes from (or, negative, adds to) the medical-insurance account.
func (b *book) chargeAccount(s *settlement, amount onetrans.Fen) error {
	if amount == 0 {
		return nil
	}
	p, ok := personByHis(s.HisCustID)
	if !ok {
		return errUnknownTrade
	}
	have, err := b.insured(p)
	if err != nil {
		return err
	}
	return put(b, bucketBalances, insuredKey(p), have-amount)
}

// newSetlID makes a number that no other settlement has.
func (b *book) newSetlID() string {
	for {
		n := b.number()
		if b.tx.Bucket(bucketSetls).Get([]byte(n)) == nil {
			return n
		}
	}
}
