package simulate

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"onetrans/app/sandbox"
	"onetrans/flows/message/onetrans"
)

// bank is the platform's other side: where patients pay, and where the
// checkers read what it has in its books.
type bank struct {
	server  *sandbox.Server
	handler http.Handler
}

func openBank(dir string, seed uint64) (*bank, error) {
	s, err := sandbox.Open(sandbox.Options{
		Dir: dir, BaseURL: "http://127.0.0.1", NoSync: true,
		Random: newNumbers(seed, "platform"), Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		return nil, err
	}
	return &bank{s, s.Handler()}, nil
}

// order is an order as the platform's books have it.
type order struct {
	OutChargeNo string          `json:"outChargeNo"`
	TraceNo     string          `json:"traceNo"`
	CardNo      string          `json:"cardNo"`
	AccountType string          `json:"accountType"`
	Amount      onetrans.Fen    `json:"-"`
	Result      onetrans.Result `json:"result"`
	PaidAt      time.Time       `json:"paidAt"`
	Refunds     []refund        `json:"refunds"`

	AmountYuan string `json:"amount"`
}

type refund struct {
	OutRefundNo  string          `json:"outRefundNo"`
	Amount       onetrans.Fen    `json:"-"`
	WithdrawMode string          `json:"withdrawMode"`
	RefundType   string          `json:"refundType"`
	Result       onetrans.Result `json:"result"`

	AmountYuan string `json:"amount"`
}

func (o order) paid() bool { return o.Result == onetrans.ResultSucc || o.Result == onetrans.ResultExp }

func (r refund) given() bool {
	return r.Result == onetrans.ResultSucc || r.Result == onetrans.ResultIng
}

// givenBack is the sum of an order's refunds.
func (o order) givenBack() (sum onetrans.Fen) {
	for _, r := range o.Refunds {
		if r.given() {
			sum += r.Amount
		}
	}
	return sum
}

// booked is a settlement as the platform's books have it.
type booked struct {
	OutSettleNo string `json:"outSettleNo"`
	SetlID      string `json:"setl_id"`
	MdtrtID     string `json:"mdtrt_id"`
	Registered  bool   `json:"registered"`
	State       string `json:"state"`
	CardNo      string `json:"cardNo"`
	PsnCashPay  string `json:"psn_cash_pay"`
	ChargeNo    string `json:"chargeNo"`
}

// do posts to the control door, and says whether it was done.
func (b *bank) do(what string, data any) bool {
	body, err := json.Marshal(data)
	if err != nil {
		panic(err)
	}
	w := b.visit(http.MethodPost, "/control/"+what, "", body)
	return w.status == http.StatusOK
}

func (b *bank) list(what string, into any) error {
	what, question, _ := strings.Cut(what, "?")
	w := b.visit(http.MethodGet, "/control/"+what, question, nil)
	return json.Unmarshal(w.body.Bytes(), into)
}

func (b *bank) visit(method, path, question string, body []byte) *page {
	w := newPage()
	w.answered(b.handler, (&http.Request{
		Method: method, URL: &url.URL{Path: path, RawQuery: question}, Host: "127.0.0.1", RemoteAddr: "pipe",
		Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(bytes.NewReader(body)),
	}).WithContext(context.Background()))
	return w
}

// pay is what a patient's phone does, with 'paid' on its screen or not.
func (b *bank) pay(outChargeNo string) bool {
	return b.do("pay", map[string]string{"outChargeNo": outChargeNo})
}

func (b *bank) decline(outChargeNo string) bool {
	return b.do("cancel", map[string]string{"outChargeNo": outChargeNo})
}

// endRefund ends a refund that has been under way for days.
func (b *bank) endRefund(outRefundNo string, result onetrans.Result) bool {
	return b.do("refund", map[string]string{"outRefundNo": outRefundNo, "result": string(result)})
}

// order is the order that one of its numbers names; empty where there is none.
func (b *bank) order(name, no string) (o order) {
	orders, err := b.ordersOf("orders?" + name + "=" + url.QueryEscape(no))
	if err != nil {
		panic(err) // the book has no faults of its own
	}
	for _, named := range orders { // one at most
		o = named
	}
	return o
}

// settlement is the settlement that one of its numbers names; empty where there is none.
func (b *bank) settlement(name, no string) (s booked) {
	var list []booked
	if err := b.list("settlements?"+name+"="+url.QueryEscape(no), &list); err != nil {
		panic(err)
	}
	if len(list) > 0 {
		s = list[0]
	}
	return s
}

// orders are all orders by their number.
func (b *bank) orders() (map[string]order, error) { return b.ordersOf("orders") }

func (b *bank) ordersOf(what string) (map[string]order, error) {
	var list []order
	if err := b.list(what, &list); err != nil {
		return nil, err
	}
	orders := map[string]order{}
	for _, o := range list {
		var err error
		if o.Amount, err = onetrans.ParseFen(o.AmountYuan); err != nil {
			return nil, err
		}
		for i, r := range o.Refunds {
			if o.Refunds[i].Amount, err = onetrans.ParseFen(r.AmountYuan); err != nil {
				return nil, err
			}
		}
		orders[o.OutChargeNo] = o
	}
	return orders, nil
}

// settlements are all settlements by their number.
func (b *bank) settlements() (map[string]booked, error) {
	var list []booked
	if err := b.list("settlements", &list); err != nil {
		return nil, err
	}
	settlements := map[string]booked{}
	for _, s := range list {
		settlements[s.OutSettleNo] = s
	}
	return settlements, nil
}
