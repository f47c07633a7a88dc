package journal

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"onetrans/app/sheet"
	"onetrans/flows/core/txn"
	"onetrans/flows/message/mask"
	"onetrans/flows/message/money"
	"onetrans/flows/message/onetrans"
	"onetrans/store"
)

// row is a trade for people and spreadsheets. Times are yyyy-MM-dd HH:mm:ss in
// UTC+8, amounts are yuan with two decimals.
type row struct {
	Created     string `json:"created"`
	Changed     string `json:"changed"`
	Kind        string `json:"kind"`
	Number      string `json:"number"`
	Original    string `json:"original"` // of a refund: trace: or no:, and the number
	Amount      string `json:"amount"`
	State       string `json:"state"`
	AccountType string `json:"account_type"`
	CardType    string `json:"card_type"`
	Card        string `json:"card"` // masked, unless identities were asked for
	Name        string `json:"name"` // likewise, like the person's other data
	IDNo        string `json:"id_no"`
	Result      string `json:"result"`
	RefusedWith string `json:"refused_with"`
	Refused     string `json:"refused_words"` // the platform's words, without the person's names unless identities were asked for
	ChargeNo    string `json:"charge_no"`
	TraceNo     string `json:"trace_no"`
	TraceTime   string `json:"trace_time"`
	CallSN      string `json:"callsn"`
	Channel     string `json:"channel"`
	RefundNo    string `json:"refund_no"`
	Sends       string `json:"sends"`
	Sent        string `json:"sent"`
	Waits       string `json:"waits_for"` // txn's word for it
	Desk        string `json:"desk"`      // why it waits for a person
	Decided     string `json:"decided"`   // by a person: the verdict
	DecidedBy   string `json:"decided_by"`
	Why         string `json:"why"`
	// For a refund, withdrawMode and refundType: the way that the money takes.
	WithdrawMode string `json:"withdraw_mode"`
	RefundType   string `json:"refund_type"`
}

// columns are a row's fields with their names, in order.
func (r row) columns() (names, values []string) {
	all := []struct{ name, value string }{
		{"created", r.Created},
		{"changed", r.Changed},
		{"kind", r.Kind},
		{"number", r.Number},
		{"original", r.Original},
		{"amount", r.Amount},
		{"state", r.State},
		{"account_type", r.AccountType},
		{"card_type", r.CardType},
		{"card", r.Card},
		{"name", r.Name},
		{"id_no", r.IDNo},
		{"result", r.Result},
		{"refused_with", r.RefusedWith},
		{"refused_words", r.Refused},
		{"charge_no", r.ChargeNo},
		{"trace_no", r.TraceNo},
		{"trace_time", r.TraceTime},
		{"callsn", r.CallSN},
		{"channel", r.Channel},
		{"refund_no", r.RefundNo},
		{"sends", r.Sends},
		{"sent", r.Sent},
		{"waits_for", r.Waits},
		{"desk", r.Desk},
		{"decided", r.Decided},
		{"decided_by", r.DecidedBy},
		{"why", r.Why},
		{"withdraw_mode", r.WithdrawMode},
		{"refund_type", r.RefundType},
	}
	for _, c := range all {
		names, values = append(names, c.name), append(values, c.value)
	}
	return names, values
}

func rowOf(r store.Record, identity bool) row {
	o, p := r.Trade.Order, r.Trade.Progress
	in := fieldsOf(o)
	who := personOf(o, in)
	refusal := r.Trade.Refusal()
	words := refusal.Words
	if !identity {
		words = who.unnamed(words)
		who = person{mask.CardNo(who.card), mask.Name(who.name), mask.IDNo(who.idNo)}
	}
	out := row{
		Created: when(o.CreatedAt), Changed: when(r.Changed()), Kind: kindWord(o.Kind()), Number: o.No, Original: o.Original,
		Amount: amount(r.Trade).String(), State: string(p.State), AccountType: o.AccountType, CardType: o.CardType,
		Card: who.card, Name: who.name, IDNo: who.idNo, Result: string(result(r.Trade)), RefusedWith: string(refusal.With), Refused: words,
		ChargeNo: p.ChargeNo, TraceNo: p.TraceNo, TraceTime: p.TraceTime, CallSN: p.CallSN, Channel: p.Channel,
		RefundNo: p.RefundNo, Sends: fmt.Sprint(p.Sends), Sent: when(p.SentAt), Waits: string(r.Trade.Waits().For), Desk: string(p.Desk),
	}
	if o.Kind() == onetrans.TransRefund {
		out.WithdrawMode, out.RefundType = in.first("withdrawMode"), in.first("refundType")
	}
	if p.Hand != nil {
		out.Decided, out.DecidedBy, out.Why = string(p.Hand.Verdict), p.Hand.By, p.Hand.Why
	}
	return out
}

// amount is the amount of a trade; for a settlement and its cancellation, the
// person's own share.
func amount(t txn.Trade) onetrans.Fen {
	switch {
	case t.Progress.Settle != nil:
		return t.Progress.Settle.Cash
	case t.Progress.Cancel != nil:
		return t.Progress.Cancel.Share
	}
	return t.Order.Amount
}

// result is the platform's last result; for a settlement, also a person's decision
// that its share was paid.
func result(t txn.Trade) onetrans.Result {
	if s := t.Progress.Settle; s != nil && s.Paid {
		return onetrans.ResultSucc
	}
	return t.Progress.Result
}

// person is the person of a trade.
type person struct{ card, name, idNo string }

// fields are the fields of a request's data, by name.
type fields map[string]jsontext.Value

func fieldsOf(o txn.Order) (in fields) {
	object, err := onetrans.DataObject(o.Request.Data)
	if err != nil || json.Unmarshal(object, &in) != nil {
		return nil
	}
	return in
}

// first is the first text that is not empty.
func (f fields) first(names ...string) string {
	for _, name := range names {
		var s onetrans.Text
		if json.Unmarshal(f[name], &s) == nil && s.String() != "" {
			return s.String()
		}
	}
	return ""
}

// unnamed is a text with the person's card, name and identity number masked.
func (p person) unnamed(text string) string {
	for _, name := range []struct{ plain, masked string }{
		{p.idNo, mask.IDNo(p.idNo)}, {p.card, mask.CardNo(p.card)}, {p.name, mask.Name(p.name)},
	} {
		if name.plain != "" {
			text = strings.ReplaceAll(text, name.plain, name.masked)
		}
	}
	return text
}

// personOf is the person in a request, whose fields have other names in each kind.
func personOf(o txn.Order, in fields) person {
	return person{o.CardNo, in.first("userName", "psn_name", "psnName"), in.first("idNo", "certno", "mdtrt_cert_no")}
}

// when is a time in the usual format, in UTC+8.
func when(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(onetrans.Zone()).Format(time.DateTime)
}

// grouped is an amount of a row with a thousands separator.
func grouped(amount string) string {
	fen, err := onetrans.ParseFen(amount)
	if err != nil {
		return amount
	}
	return money.Grouped(fen)
}

// writer writes trades.
type writer interface {
	trade(txn.Trade, row) error
	end() error
}

func newWriter(f Format, w words, out io.Writer) writer {
	switch f {
	case JSON:
		return jsonWriter{out}
	case Comma:
		names, _ := row{}.columns()
		return csvWriter{sheet.New(out, names...)}
	}
	return &textWriter{words: w, out: out}
}

type jsonWriter struct{ out io.Writer }

func (w jsonWriter) trade(_ txn.Trade, r row) error { return writeJSON(w.out, r) }
func (w jsonWriter) end() error                     { return nil }

func writeJSON(out io.Writer, v any) error {
	line, err := json.Marshal(v)
	if err != nil {
		return err
	}
	_, err = out.Write(append(sheet.ShownJSON(line), '\n'))
	return err
}

type csvWriter struct{ *sheet.Sheet }

func (w csvWriter) trade(_ txn.Trade, r row) error {
	_, values := r.columns()
	return w.Line(values...)
}

func (w csvWriter) end() error { return w.End() }

// textWriter writes a table in a language.
type textWriter struct {
	words
	out  io.Writer
	rows int
}

func (w *textWriter) trade(t txn.Trade, r row) error {
	if w.rows++; w.rows == 1 {
		var heads []string
		for _, name := range []string{"created", "kind", "number", "amount", "state", "card", "withdraw_mode", "waits_for"} {
			heads = append(heads, w.say("column."+name))
		}
		if err := w.line(heads); err != nil {
			return err
		}
	}
	return w.line([]string{
		r.Created, w.kind(t.Order.Kind()), r.Number, grouped(r.Amount), w.state(t.At()), r.Card, w.way(r.WithdrawMode), w.waits(t),
	})
}

func (w *textWriter) line(cells []string) error {
	for i, width := range []int{19, 12, 26, -12, 12, 14, 12, 0} {
		cells[i] = column(sheet.Shown(cells[i]), width)
	}
	_, err := fmt.Fprintln(w.out, strings.TrimRight(strings.Join(cells, "  "), " "))
	return err
}

func (w *textWriter) end() error {
	_, err := fmt.Fprintln(w.out, w.say("count", "count", strconv.Itoa(w.rows)))
	return err
}
