package store

import (
	"time"

	"onetrans/flows/core/txn"
	"onetrans/flows/flow"
	"onetrans/flows/message/onetrans"
)

// What is on disk has types of its own, apart from the core's, so that nobody
// changes the one by changing the other. The rule for changing them:
//
//   - A field may be added, with omitzero: an older program passes it over, and an
//     older entry has none of it.
//   - No field is renamed or removed, gets another type or another meaning, and no
//     word that one may hold does: states, reasons and verdicts stay as they are.
//   - Whatever else is needed is a new [Schema], with a migration and a journal of
//     the one before in testdata.
//
// Where a type here has the fields of the core's, the one is converted to the other,
// and a field that only one has does not compile; the others are held by a test.

// storedEntry is an event, as an entry says it openly.
type storedEntry struct {
	At    time.Time `json:"at"`
	Kind  string    `json:"kind,omitzero"`
	No    string    `json:"no"`
	Event string    `json:"event"`
	State string    `json:"state"`
	Note  string    `json:"note,omitempty"`
	By    string    `json:"by,omitzero"`
}

// storedSecrets are sealed beside the log, with a key of their own.
type storedSecrets struct {
	AppID        string `json:"app_id,omitzero"`
	AppKey       string `json:"app_key,omitzero"`
	PayAppID     string `json:"pay_app_id,omitzero"`
	PayAppSecret string `json:"pay_app_secret,omitzero"`
	AuthCode     string `json:"auth_code,omitzero"`
	EcToken      string `json:"ec_token,omitzero"`
}

type storedSums struct {
	Refunded  onetrans.Fen `json:"refunded"`
	Refunding onetrans.Fen `json:"refunding"`
}

type storedRefusal struct {
	With  onetrans.Code `json:"with"`
	Words string        `json:"words,omitzero"`
}

type storedPart struct {
	No       string       `json:"no"`
	ChargeNo string       `json:"charge_no"`
	Amount   onetrans.Fen `json:"amount"`
}

type storedLine struct {
	State        flow.State    `json:"state,omitzero"`
	RefusedWith  onetrans.Code `json:"refused_with,omitzero"`
	RefusedWords string        `json:"refused_words,omitzero"`
	Desk         txn.Reason    `json:"desk,omitzero"`
}

type storedHand struct {
	Verdict txn.Verdict `json:"verdict"`
	By      string      `json:"by"`
	Why     string      `json:"why"`
	At      time.Time   `json:"at"`
	Alarm   string      `json:"alarm,omitzero"`
}

type storedBill struct {
	No     string              `json:"no"`
	Dept   string              `json:"dept,omitzero"`
	Doctor string              `json:"doctor,omitzero"`
	Date   string              `json:"date,omitzero"`
	Amount onetrans.Fen        `json:"amount"`
	Items  []onetrans.BillItem `json:"items,omitzero"`
}

type storedStep struct {
	Code  string `json:"code"`
	Name  string `json:"name,omitzero"`
	State string `json:"state,omitzero"`
}

type storedCancellation struct {
	Answer  string       `json:"answer,omitzero"`
	Share   onetrans.Fen `json:"share"`
	Differs bool         `json:"differs,omitzero"`
}

type storedSettlement struct {
	BillNos   []string     `json:"bill_nos,omitzero"`
	MdtrtID   string       `json:"mdtrt_id,omitzero"`
	Bills     []storedBill `json:"bills,omitzero"`
	Steps     []storedStep `json:"steps,omitzero"`
	Total     onetrans.Fen `json:"total"`
	Fund      onetrans.Fen `json:"fund"`
	Account   onetrans.Fen `json:"account"`
	Cash      onetrans.Fen `json:"cash"`
	PaySends  int          `json:"pay_sends,omitzero"`
	Paid      bool         `json:"paid,omitzero"`
	PaidBy    txn.Verdict  `json:"paid_by,omitzero"`
	OrderList []string     `json:"order_list,omitzero"`
	SetlID    string       `json:"setl_id,omitzero"`
	NoBills   bool         `json:"no_bills,omitzero"`
}

// storedOrder is what a trade is for. The message in it is as the specification has it.
type storedOrder struct {
	No          string           `json:"no"`
	Request     onetrans.Request `json:"request"`
	Content     string           `json:"content"`
	Amount      onetrans.Fen     `json:"amount"`
	CardType    string           `json:"card_type"`
	CardNo      string           `json:"card_no"`
	AccountType string           `json:"account_type"`
	Original    string           `json:"original,omitzero"`
	Own         bool             `json:"own,omitzero"`
	Before      *storedSums      `json:"before,omitzero"`
	Parts       []storedPart     `json:"parts,omitzero"`
	CreatedAt   time.Time        `json:"created_at"`
	MustBook    bool             `json:"must_book,omitzero"`
	Merchant    string           `json:"merchant,omitzero"`
}

// storedProgress is how far a trade had come at an entry.
type storedProgress struct {
	State         flow.State          `json:"state"`
	SentAt        time.Time           `json:"sent_at"`
	Sends         int                 `json:"sends"`
	UnansweredAt  time.Time           `json:"unanswered_at,omitzero"`
	Unsealed      bool                `json:"unsealed,omitzero"`
	Whole         bool                `json:"whole,omitzero"`
	RetryAt       time.Time           `json:"retry_at,omitzero"`
	Result        onetrans.Result     `json:"result,omitzero"`
	ChargeNo      string              `json:"charge_no,omitzero"`
	TraceNo       string              `json:"trace_no,omitzero"`
	TraceTime     string              `json:"trace_time,omitzero"`
	QRCode        string              `json:"qrcode,omitzero"`
	CallSN        string              `json:"callsn,omitzero"`
	Channel       string              `json:"channel,omitzero"`
	Balance       string              `json:"balance,omitzero"`
	Answer        string              `json:"answer,omitzero"`
	ExpireAt      time.Time           `json:"expire_at,omitzero"`
	RefusedWith   onetrans.Code       `json:"refused_with,omitzero"`
	RefusedWords  string              `json:"refused_words,omitzero"`
	PayWith       string              `json:"pay_with,omitzero"`
	CloseAsked    bool                `json:"close_asked,omitzero"`
	CloseAnswered bool                `json:"close_answered,omitzero"`
	Alarm         string              `json:"alarm,omitzero"`
	Desk          txn.Reason          `json:"desk,omitzero"`
	Hand          *storedHand         `json:"hand,omitzero"`
	Said          onetrans.Result     `json:"said,omitzero"`
	InHandAt      time.Time           `json:"in_hand_at,omitzero"`
	Untold        bool                `json:"untold,omitzero"`
	Lines         []storedLine        `json:"lines,omitzero"`
	OtherName     string              `json:"other_name,omitzero"`
	Sums          *storedSums         `json:"sums,omitzero"`
	Settle        *storedSettlement   `json:"settle,omitzero"`
	Cancel        *storedCancellation `json:"cancel,omitzero"`
	RefundNo      string              `json:"refund_no,omitzero"`
	RefundState   flow.State          `json:"refund_state,omitzero"`
	RefundRefused *storedRefusal      `json:"refund_refused,omitzero"`
}

// mapped is a slice made of another; none of none.
func mapped[A, B any](all []A, of func(A) B) []B {
	if all == nil {
		return nil
	}
	out := make([]B, len(all))
	for i, a := range all {
		out[i] = of(a)
	}
	return out
}

// storeOrder leaves out the credentials: they are kept apart.
func storeOrder(o txn.Order) storedOrder {
	return storedOrder{
		No: o.No, Request: o.Request, Content: o.Content, Amount: o.Amount, CardType: o.CardType,
		CardNo: o.CardNo, AccountType: o.AccountType, Original: o.Original, Own: o.Own,
		Before:    (*storedSums)(o.Before),
		Parts:     mapped(o.Parts, func(x txn.Part) storedPart { return storedPart(x) }),
		CreatedAt: o.CreatedAt, MustBook: o.MustBook, Merchant: o.Merchant,
	}
}

func (o storedOrder) order() txn.Order {
	return txn.Order{
		No: o.No, Request: o.Request, Content: o.Content, Amount: o.Amount, CardType: o.CardType,
		CardNo: o.CardNo, AccountType: o.AccountType, Original: o.Original, Own: o.Own,
		Before:    (*txn.Sums)(o.Before),
		Parts:     mapped(o.Parts, func(x storedPart) txn.Part { return txn.Part(x) }),
		CreatedAt: o.CreatedAt, MustBook: o.MustBook, Merchant: o.Merchant,
	}
}

func (o storedOrder) key() []byte { return key(o.Request.TransType.String(), o.No) }

func storeProgress(p txn.Progress) storedProgress {
	return storedProgress{
		State: p.State, SentAt: p.SentAt, Sends: p.Sends, UnansweredAt: p.UnansweredAt,
		Unsealed: p.Unsealed, Whole: p.Whole, RetryAt: p.RetryAt, Result: p.Result, ChargeNo: p.ChargeNo,
		TraceNo: p.TraceNo, TraceTime: p.TraceTime, QRCode: p.QRCode, CallSN: p.CallSN, Channel: p.Channel,
		Balance: p.Balance, Answer: p.Answer, ExpireAt: p.ExpireAt, RefusedWith: p.RefusedWith,
		RefusedWords: p.RefusedWords, PayWith: p.PayWith, CloseAsked: p.CloseAsked,
		CloseAnswered: p.CloseAnswered, Alarm: p.Alarm, Desk: p.Desk,
		Hand: (*storedHand)(p.Hand),
		Said: p.Said, InHandAt: p.InHandAt, Untold: p.News,
		Lines:     mapped(p.Lines, func(x txn.Line) storedLine { return storedLine(x) }),
		OtherName: p.OtherName,
		Sums:      (*storedSums)(p.Sums),
		Settle:    storeSettlement(p.Settle),
		Cancel:    (*storedCancellation)(p.Cancel),
		RefundNo:  p.RefundNo, RefundState: p.RefundState,
		RefundRefused: (*storedRefusal)(p.RefundRefused),
	}
}

func (p storedProgress) progress() txn.Progress {
	return txn.Progress{
		State: p.State, SentAt: p.SentAt, Sends: p.Sends, UnansweredAt: p.UnansweredAt,
		Unsealed: p.Unsealed, Whole: p.Whole, RetryAt: p.RetryAt, Result: p.Result, ChargeNo: p.ChargeNo,
		TraceNo: p.TraceNo, TraceTime: p.TraceTime, QRCode: p.QRCode, CallSN: p.CallSN, Channel: p.Channel,
		Balance: p.Balance, Answer: p.Answer, ExpireAt: p.ExpireAt, RefusedWith: p.RefusedWith,
		RefusedWords: p.RefusedWords, PayWith: p.PayWith, CloseAsked: p.CloseAsked,
		CloseAnswered: p.CloseAnswered, Alarm: p.Alarm, Desk: p.Desk,
		Hand: (*txn.Hand)(p.Hand),
		Said: p.Said, InHandAt: p.InHandAt, News: p.Untold,
		Lines:     mapped(p.Lines, func(x storedLine) txn.Line { return txn.Line(x) }),
		OtherName: p.OtherName,
		Sums:      (*txn.Sums)(p.Sums),
		Settle:    p.Settle.settlement(),
		Cancel:    (*txn.Cancellation)(p.Cancel),
		RefundNo:  p.RefundNo, RefundState: p.RefundState,
		RefundRefused: (*txn.Refusal)(p.RefundRefused),
	}
}

func storeSettlement(s *txn.Settlement) *storedSettlement {
	if s == nil {
		return nil
	}
	return &storedSettlement{
		BillNos: s.BillNos, MdtrtID: s.MdtrtID,
		Bills: mapped(s.Bills, func(x txn.Bill) storedBill { return storedBill(x) }),
		Steps: mapped(s.Steps, func(x txn.Step) storedStep { return storedStep(x) }),
		Total: s.Total, Fund: s.Fund, Account: s.Account, Cash: s.Cash, PaySends: s.PaySends, Paid: s.Paid,
		PaidBy: s.PaidBy, OrderList: s.OrderList, SetlID: s.SetlID, NoBills: s.NoBills,
	}
}

func (s *storedSettlement) settlement() *txn.Settlement {
	if s == nil {
		return nil
	}
	return &txn.Settlement{
		BillNos: s.BillNos, MdtrtID: s.MdtrtID,
		Bills: mapped(s.Bills, func(x storedBill) txn.Bill { return txn.Bill(x) }),
		Steps: mapped(s.Steps, func(x storedStep) txn.Step { return txn.Step(x) }),
		Total: s.Total, Fund: s.Fund, Account: s.Account, Cash: s.Cash, PaySends: s.PaySends, Paid: s.Paid,
		PaidBy: s.PaidBy, OrderList: s.OrderList, SetlID: s.SetlID, NoBills: s.NoBills,
	}
}
