package judge

import (
	"slices"

	"onetrans/flows/message/onetrans"
)

// Book is the platform's own book: all of it, or what it has about one trade.
type Book struct {
	Orders      map[string]Order      // by outChargeNo
	Settlements map[string]Settlement // by outSettleNo
}

// Order is a payment, as the platform lists it; Amount is yuan there.
type Order struct {
	OutChargeNo string          `json:"outChargeNo"`
	TraceNo     string          `json:"traceNo"`
	CardNo      string          `json:"cardNo"`
	AccountType string          `json:"accountType"`
	Amount      onetrans.Fen    `json:"amount"`
	Result      onetrans.Result `json:"result"`
	Refunds     []Refund        `json:"refunds"`
}

// Refund is a refund of an order, as the platform lists it.
type Refund struct {
	OutRefundNo string          `json:"outRefundNo"`
	Amount      onetrans.Fen    `json:"amount"`
	Result      onetrans.Result `json:"result"`
	Way
}

// Way is how a refund goes back.
type Way struct {
	Mode    string `json:"withdrawMode"`
	Process string `json:"refundType"`
}

// Settlement is a settlement, as the platform lists it.
type Settlement struct {
	OutSettleNo string `json:"outSettleNo"`
	SetlID      string `json:"setl_id"`
	// State is open, settled, cancelled, refused or abandoned.
	State string `json:"state"`
}

// Paid says whether the money came, booked or not.
func (o Order) Paid() bool { return o.Result == onetrans.ResultSucc || o.Result == onetrans.ResultExp }

// Given says whether the money went back, or is on its way.
func (r Refund) Given() bool {
	return r.Result == onetrans.ResultSucc || r.Result == onetrans.ResultIng
}

// GivenBack is the sum of an order's refunds.
func (o Order) GivenBack() (sum onetrans.Fen) {
	for _, r := range o.Refunds {
		if r.Given() {
			sum += r.Amount
		}
	}
	return sum
}

// Refund is the refund of a number; empty where there is none.
func (b Book) Refund(no string) Refund {
	for _, o := range b.Orders {
		if i := slices.IndexFunc(o.Refunds, func(r Refund) bool { return r.OutRefundNo == no }); i >= 0 {
			return o.Refunds[i]
		}
	}
	return Refund{}
}

// Settled is the settlement of a setl_id; empty where there is none.
func (b Book) Settled(setlID string) Settlement {
	for _, s := range b.Settlements {
		if s.SetlID == setlID {
			return s
		}
	}
	return Settlement{}
}

// Has says whether the platform did what a trade asks for, even if a settlement
// was cancelled since.
func (b Book) Has(k Key) bool {
	f := b.fact(k)
	return f.done || f.going || f.made
}

// fact is what the platform's book has of a trade.
type fact struct {
	done    bool // paid, given back, settled and not cancelled, cancelled
	going   bool // a refund that is under way
	there   bool // a refund that the platform has, however it stands
	made    bool // a settlement that was done, even if it was cancelled since
	over    bool // a settlement that was cancelled, its share given back
	content string
	way     Way
}

func (b Book) fact(k Key) (f fact) {
	switch k.Kind {
	case onetrans.TransRecharge:
		o := b.Orders[k.No]
		f.done, f.content = o.Paid(), Content(o.CardNo, o.AccountType, o.Amount, "")
	case onetrans.TransRefund:
		r := b.Refund(k.No)
		f.there, f.done, f.going = r.OutRefundNo != "", r.Result == onetrans.ResultSucc, r.Result == onetrans.ResultIng
		f.way = r.Way
	case onetrans.TransSettle:
		s := b.Settlements[k.No]
		f.done = s.State == "settled"
		f.made = f.done || s.State == "cancelled"
		f.over = b.undone(s)
	case onetrans.TransSettleCancel:
		f.done = b.undone(b.Settled(k.No))
	}
	return f
}

// undone says whether a settlement was cancelled, and its share given back where
// that was paid here.
func (b Book) undone(s Settlement) bool {
	o := b.Orders[s.OutSettleNo]
	return s.State == "cancelled" && (!o.Paid() || o.GivenBack() == o.Amount)
}

// Content is what a number stands for, in the judge's own words.
func Content(cardNo, account string, amount onetrans.Fen, original string) string {
	return cardNo + " " + account + " " + amount.String() + " " + original
}
