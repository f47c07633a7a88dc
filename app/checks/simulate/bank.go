package simulate

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"

	"github.com/go-json-experiment/json"

	"onetrans/app/checks/simulate/judge"
	"onetrans/app/sandbox"
	"onetrans/flows/message/onetrans"
)

// bank is the platform's other side: where patients pay, and where the checkers
// read the platform's books.
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

// do posts to the control endpoint, and reports whether it was done.
func (b *bank) do(what string, data any) bool {
	body, err := json.Marshal(data)
	if err != nil {
		panic(err)
	}
	w := b.visit(http.MethodPost, "/control/"+what, "", body)
	return w.status == http.StatusOK
}

func (b *bank) list(what, question string, into any) error {
	w := b.visit(http.MethodGet, "/control/"+what, question, nil)
	if err := json.Unmarshal(w.body.Bytes(), into, json.WithUnmarshalers(json.UnmarshalFunc(yuan))); err != nil {
		return fmt.Errorf("the platform's %s: %w", what, err)
	}
	return nil
}

// yuan reads an amount as the book lists it.
func yuan(text []byte, f *onetrans.Fen) (err error) {
	*f, err = onetrans.ParseFen(strings.Trim(string(text), `"`))
	return err
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

// book is all that the platform has.
func (b *bank) book() (book judge.Book, err error) {
	if book.Orders, err = b.orders(""); err == nil {
		book.Settlements, err = b.settlements("")
	}
	return book, err
}

// about is what the platform's book has about one trade.
func (b *bank) about(k judge.Key) judge.Book {
	book, err := b.named(k)
	if err != nil {
		panic(err) // the book has no faults of its own
	}
	return book
}

func (b *bank) named(k judge.Key) (book judge.Book, err error) {
	no := url.QueryEscape(k.No)
	switch k.Kind {
	case onetrans.TransRecharge:
		book.Orders, err = b.orders("outChargeNo=" + no)
	case onetrans.TransRefund:
		book.Orders, err = b.orders("outRefundNo=" + no)
	case onetrans.TransSettle:
		book.Settlements, err = b.settlements("outSettleNo=" + no)
	case onetrans.TransSettleCancel:
		book.Settlements, err = b.settlements("setl_id=" + no)
	}
	for outSettleNo, s := range book.Settlements { // one at most
		if s.State == "cancelled" { // was its share given back?
			book.Orders, err = b.orders("outChargeNo=" + url.QueryEscape(outSettleNo))
		}
	}
	return book, err
}

// orders are the orders that a question names; all where it is empty.
func (b *bank) orders(question string) (map[string]judge.Order, error) {
	var list []judge.Order
	err := b.list("orders", question, &list)
	return byNumber(list, func(o judge.Order) string { return o.OutChargeNo }), err
}

// settlements are the settlements that a question names; all where it is empty.
func (b *bank) settlements(question string) (map[string]judge.Settlement, error) {
	var list []judge.Settlement
	err := b.list("settlements", question, &list)
	return byNumber(list, func(s judge.Settlement) string { return s.OutSettleNo }), err
}

func byNumber[T any](list []T, number func(T) string) map[string]T {
	all := map[string]T{}
	for _, one := range list {
		all[number(one)] = one
	}
	return all
}
