package sandbox

import (
	"errors"
	"time"

	"onetrans/flows/message/onetrans"
)

// Errors of the ledger. A phone, a cashier and the control endpoints each word them
// in their own way.
var (
	errUnknownTrade = errors.New("no such trade")
	errNotPayable   = errors.New("order can no longer be paid")
	errNotWaiting   = errors.New("trade is not waiting for anything")
	errExceeds      = errors.New("refund exceeds what is left")
	errNotPaid      = errors.New("order was not paid")
	errConflict     = errors.New("number reused with other content")
	errShareBound   = errors.New("payment belongs to a settlement that holds it")
)

// origin is how an order was made: a refused payment code ends an order that was
// made with the code, but not one that existed before.
type origin string

const (
	originQR     origin = "qr"
	originBar    origin = "bar"
	originClosed origin = "closed" // reserved by closing a number never seen
)

// order is one charge. Its changes are below; the book stores it.
type order struct {
	OutChargeNo string          `json:"outChargeNo"` // the caller's number: the order's key
	ChargeNo    string          `json:"chargeNo"`
	TraceNo     string          `json:"traceNo"`
	CallSN      string          `json:"callsn,omitzero"` // number of the booking, once paid
	CardType    string          `json:"cardType,omitzero"`
	CardNo      string          `json:"cardNo,omitzero"`
	AccountType string          `json:"accountType,omitzero"`
	HisCustID   string          `json:"hisCustId,omitzero"`
	Name        string          `json:"name,omitzero"`
	Subject     string          `json:"subject,omitzero"`
	Amount      onetrans.Fen    `json:"amount"` // fen
	Origin      origin          `json:"origin"`
	CodeDead    bool            `json:"codeDead,omitzero"` // its QR code can't be paid any more
	Result      onetrans.Result `json:"result"`
	Note        string          `json:"note,omitzero"`    // why, for people
	Channel     string          `json:"channel,omitzero"` // WX_QR, ALI_BAR, …
	CreatedAt   time.Time       `json:"createdAt"`
	ExpireAt    time.Time       `json:"expireAt"` // whole seconds
	PaidAt      time.Time       `json:"paidAt,omitzero"`
	CreditAt    time.Time       `json:"creditAt,omitzero"` // when what is paid is booked, while it is not
	Refunds     []string        `json:"refunds,omitempty"` // outRefundNo, in order of arrival
	NotifyURL   string          `json:"notifyUrl,omitzero"`
	SettleNo    string          `json:"settleNo,omitzero"` // it pays this settlement's share, and no account
	Share       bool            `json:"share,omitzero"`    // the settlement asked for it, and books it
}

// unpaid reports whether money can still come.
func (o *order) unpaid() bool {
	return o.Result == onetrans.ResultInit || o.Result == onetrans.ResultIng
}

// sameAs reports whether a repeated recharge is about this order.
func (o *order) sameAs(n *order) bool {
	return o.Origin == originClosed ||
		o.Amount == n.Amount && o.CardNo == n.CardNo && o.CardType == n.CardType &&
			o.AccountType == n.AccountType && o.HisCustID == n.HisCustID
}

// expire closes an order whose time is over, and reports whether it did.
func (o *order) expire(now time.Time) bool {
	if !o.unpaid() || now.Before(o.ExpireAt) {
		return false
	}
	o.Result, o.Note = onetrans.ResultClosed, noteExpired
	return true
}

// paid reports whether the money came, booked or not.
func (o *order) paid() bool {
	return o.Result == onetrans.ResultSucc || o.Result == onetrans.ResultExp
}

// pay collects the money; crediting it takes a while. Paying what is paid is not an
// error and changes nothing.
func (o *order) pay(now time.Time, channel string, takes time.Duration) (changed bool, err error) {
	switch {
	case o.paid():
		return false, nil
	case !o.unpaid():
		return false, errNotPayable
	}
	o.Result, o.Note, o.Channel = onetrans.ResultExp, "已付款，正在入账", channel
	o.PaidAt, o.CreditAt = now.Truncate(time.Second), now.Add(takes)
	return true, nil
}

// book credits what was paid, once that has taken its while, and reports whether it
// did.
func (o *order) book(now time.Time, callSN string) bool {
	if o.Result != onetrans.ResultExp || now.Before(o.CreditAt) {
		return false
	}
	o.Result, o.Note, o.CreditAt = onetrans.ResultSucc, "交易成功", time.Time{}
	if !o.Share {
		o.CallSN = callSN
	}
	return true
}

// closeBy ends an unpaid order for good.
func (o *order) closeBy(note string) (changed bool) {
	if !o.unpaid() {
		return false
	}
	o.Result, o.Note = onetrans.ResultClosed, note
	return true
}

// decline is the patient's refusal. Declining a code leaves an order that existed
// before it; an order that is only a QR code is closed.
func (o *order) decline() error {
	switch {
	case o.Result == onetrans.ResultInit:
		o.closeBy(noteCancelled)
	case o.Result == onetrans.ResultIng:
		o.refuseCode("付款人取消了付款")
	case o.Result == onetrans.ResultClosed || o.Result == onetrans.ResultFail:
	default:
		return errNotPayable
	}
	return nil
}

// refuseCode records that the last payment code brought nothing.
func (o *order) refuseCode(note string) {
	o.Note, o.Channel = note, ""
	o.Result = onetrans.ResultFail
	if o.Origin == originQR {
		o.Result = onetrans.ResultInit
	}
}

// Notes of closed orders, shown on the phone and given as resultDesc.
const (
	noteExpired   = "超时未付，已关闭"
	noteCancelled = "付款人已取消"
	noteClosed    = "订单已关闭"
)
