package reconcile

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/simplifiedchinese"
	"pgregory.net/rapid"

	"onetrans/flows/message/onetrans"
)

// The model: trades, the statement that an honest platform makes of them, and
// faults planted in it. Each fault is found, and nothing else is reported.

// planted is a statement under work, and what must be found in it.
type planted struct {
	rows []Row
	want []string
}

func (p *planted) expect(class Class, kind Kind, no string, more ...string) {
	p.want = append(p.want, strings.Join(append([]string{string(class), string(kind), no}, more...), " "))
}

// plant adds a trade's row to the statement, maybe with a fault.
func (p *planted) plant(t *rapid.T, trade Trade) {
	ofDay := DayOf(trade.At) == today(t)
	row := Row{Kind: trade.Kind, No: trade.No, Amount: trade.Amount, State: Moved, At: trade.At, Terminal: "T1"}
	if trade.State != Moved {
		p.plantUnmoved(t, trade, row, ofDay)
		return
	}
	fault := rapid.SampledFrom([]string{"", "", "", "drop", "amount", "kind", "state", "twice", "attempt", "day"}).Draw(t, "fault")
	switch fault {
	case "drop":
		if ofDay {
			p.expect(MissingThere, trade.Kind, trade.No)
		}
		return
	case "amount":
		row.Amount += onetrans.Fen(rapid.IntRange(1, 999).Draw(t, "more"))
	case "kind":
		row.Kind = row.Kind.other()
	case "state":
		row.State = NotMoved
	case "twice":
		p.rows = append(p.rows, row)
		if ofDay {
			p.expect(Duplicate, trade.Kind, trade.No)
		}
	case "attempt": // a failed one before: no fault
		failed := row
		failed.State = NotMoved
		p.rows = append(p.rows, failed)
	case "day": // the other side's clock decides: no fault
		row.At = row.At.AddDate(0, 0, 1)
	}
	if ofDay && slices.Contains([]string{"amount", "kind", "state"}, fault) {
		p.expect(Differs, trade.Kind, trade.No, fault)
	}
	p.rows = append(p.rows, row)
}

func (p *planted) plantUnmoved(t *rapid.T, trade Trade, row Row, ofDay bool) {
	there := rapid.SampledFrom([]State{"", "", NotMoved, Moved}).Draw(t, "there")
	if there != "" {
		row.State = there
		p.rows = append(p.rows, row)
	}
	switch {
	case !ofDay:
	case trade.State == Doubt, trade.State == Open && there != "":
		p.expect(Undecided, trade.Kind, trade.No)
	case trade.State == Open:
		p.expect(Waiting, trade.Kind, trade.No)
	case there == Moved:
		p.expect(Differs, trade.Kind, trade.No, "state")
	}
}

// strangers adds rows that no trade here made.
func (p *planted) strangers(t *rapid.T) {
	for n := range rapid.IntRange(0, 4).Draw(t, "strangers") {
		row := Row{Kind: kinds(t), No: fmt.Sprintf("X%d", n), Amount: 100, State: Moved, At: moments(t), Terminal: "T1"}
		switch rapid.SampledFrom([]string{"ours", "ours", "another terminal's", "failed"}).Draw(t, "stranger") {
		case "another terminal's":
			row.Terminal = "T2"
		case "failed":
			row.State = NotMoved
		default:
			if DayOf(row.At) == today(t) {
				p.expect(MissingHere, row.Kind, row.No)
			}
		}
		p.rows = append(p.rows, row)
	}
}

func kinds(t *rapid.T) Kind { return rapid.SampledFrom(Kinds()).Draw(t, "kind") }

// moments are of the day, and of the days beside it, whole seconds.
func moments(t *rapid.T) time.Time {
	return today(t).Begin().Add(time.Duration(rapid.IntRange(-86400, 2*86400-1).Draw(t, "at")) * time.Second)
}

func trades(t *rapid.T) (all []Trade) {
	for n := range rapid.IntRange(0, 12).Draw(t, "trades") {
		kind := kinds(t)
		states := []State{Moved, Moved, Moved, Moved, NotMoved, Doubt}
		if kind == Refund {
			states = append(states, Open)
		}
		all = append(all, Trade{
			Kind: kind, No: fmt.Sprintf("N%d", n), State: rapid.SampledFrom(states).Draw(t, "state"),
			Amount: onetrans.Fen(rapid.IntRange(1, 100_000_000).Draw(t, "fen")), At: moments(t), Told: true,
		})
	}
	return all
}

func TestEveryPlantedFaultIsFoundAndNothingElse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		here := trades(t)
		var p planted
		for _, trade := range here {
			p.plant(t, trade)
		}
		p.strangers(t)
		rows := rapid.Permutation(p.rows).Draw(t, "order")

		statement, err := parse(string(written(t, rows)))
		if err != nil {
			t.Fatal(err)
		}
		report := Compare(today(t), here, statement.Rows, Scope{Terminals: []string{"T1"}})
		slices.Sort(p.want)
		if got := found(report); !slices.Equal(got, p.want) {
			t.Fatalf("found %q\nwant  %q", got, p.want)
		}
		balanced := !slices.ContainsFunc(p.want, func(s string) bool { return !strings.HasPrefix(s, string(Waiting)) })
		if report.Agrees() != balanced {
			t.Fatalf("balanced: %v", report.Agrees())
		}
		for _, kind := range Kinds() {
			if balanced && *report.Here[kind] != *report.There[kind] {
				t.Fatalf("%s: balanced, and %+v here, %+v there", kind, report.Here[kind], report.There[kind])
			}
		}
	})
}

// written is a statement as platforms write it.
func written(t *rapid.T, rows []Row) []byte {
	var text bytes.Buffer
	if rapid.Bool().Draw(t, "titled") {
		text.WriteString("滨江市第一医院 对账单\n\n")
	}
	w := csv.NewWriter(&text)
	w.Comma = rapid.SampledFrom([]rune{',', ';', '\t', '|'}).Draw(t, "comma")
	w.UseCRLF = rapid.Bool().Draw(t, "crlf")
	records := [][]string{{"序号", "CHANNEL_TRACENO", "TRADE_AMOUNT", "TRADE_TYPE", "TRADE_TIME", "TRADE_STATE", "TERM_NO", "姓名"}}
	for n, r := range rows {
		kind, state, amount := "充值", "成功", r.Amount.String()
		if r.Kind == Refund {
			kind = rapid.SampledFrom([]string{"退款", "充值"}).Draw(t, "word")
			if kind == "充值" {
				amount = "-" + amount
			}
		}
		if r.State != Moved {
			state = "失败"
		}
		records = append(records, []string{
			fmt.Sprint(n), cmp.Or(r.No, ""), amount, kind, r.At.Format(time.DateTime), state, r.Terminal, "欧阳,娜\"",
		})
	}
	if err := w.WriteAll(records); err != nil {
		t.Fatal(err)
	}
	data := text.Bytes()
	switch rapid.SampledFrom([]string{"UTF-8", "BOM", "GBK"}).Draw(t, "encoding") {
	case "BOM":
		data = append([]byte("\ufeff"), data...)
	case "GBK":
		gbk, err := simplifiedchinese.GBK.NewEncoder().Bytes(data)
		if err != nil {
			t.Fatal(err)
		}
		data = gbk
	}
	return data
}
