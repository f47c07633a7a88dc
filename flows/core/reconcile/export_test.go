package reconcile

import (
	"errors"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"

	"onetrans/flows/core/txn"
	"onetrans/flows/flow"
	"onetrans/flows/message/onetrans"
)

func line(t testing.TB, l Line) string {
	t.Helper()
	text, err := json.Marshal(l)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestAnExportSaysWhatTheJournalSays(t *testing.T) {
	made := at(t, "11:59:00")
	trade := txn.Trade{
		Order: txn.Order{
			No: "A", Amount: 20000, CardNo: "DD4", CreatedAt: made,
			Request: onetrans.Request{TransType: onetrans.T(onetrans.TransRecharge), Data: []byte(`{"termNo":"T9"}`)},
		},
		Progress: txn.Progress{State: txn.Succ, SentAt: made, TraceNo: "T", ChargeNo: "C", TraceTime: "20261125120000"},
	}
	text := "\ufeff" + line(t, LineOf(trade)) + "\r\n\n" + `{"more":[1],` + line(t, LineOf(trade))[1:]
	trades, err := ReadExport(strings.NewReader(text))
	if err != nil || len(trades) != 2 {
		t.Fatalf("%+v, %v", trades, err)
	}
	got := trades[0]
	if trades[1].At = got.At; trades[1] != got {
		t.Errorf("%+v with more members", trades[1])
	}
	if !got.At.Equal(at(t, "12:00:00")) {
		t.Errorf("at %v", got.At)
	}
	want := Trade{Kind: Charge, No: "A", Amount: 20000, State: Moved, JournalState: "succ", At: got.At, Told: true, TraceNo: "T", ChargeNo: "C", Terminal: "T9", CardNo: "DD4"}
	if got != want {
		t.Errorf("got %+v", got)
	}
}

// What 'onetrans journal export --json' writes.
func TestTheJournalsOwnExportIsRead(t *testing.T) {
	trades, err := ReadExport(strings.NewReader(
		`{"created":"2026-11-25 11:59:00","changed":"2026-11-25 12:00:01","kind":"refund","number":"R","original":"trace:T","amount":"5.00","state":"pending",` +
			`"account_type":"02","card_type":"01","card":"D12****78","name":"张*","id_no":"","result":"ing","refused_with":"","charge_no":"","trace_no":"T",` +
			`"trace_time":"","callsn":"","channel":"WX_BAR","refund_no":"","sends":"1","sent":"2026-11-25 11:59:30","waits_for":"the platform: ing",` +
			`"decided":"","decided_by":"","why":""}`))
	if err != nil || len(trades) != 1 {
		t.Fatalf("%+v, %v", trades, err)
	}
	got := trades[0]
	if !got.At.Equal(at(t, "11:59:30")) {
		t.Errorf("at %v", got.At)
	}
	want := Trade{Kind: Refund, No: "R", Original: "trace:T", Amount: 500, State: Open, JournalState: "pending", At: got.At, TraceNo: "T", CardNo: "D12****78"}
	if got != want {
		t.Errorf("got %+v", got)
	}
}

func TestWhatAStateMeansForMoney(t *testing.T) {
	good := Line{Number: "A", Amount: "1", Created: "2026-11-25 12:00:00"}
	for _, c := range []struct {
		kind   string
		states string
		paid   bool
		means  State
	}{
		{onetrans.TransRecharge, "succ", false, Moved},
		{onetrans.TransRecharge, "fail closed notfound refused notsent", false, NotMoved},
		{onetrans.TransRecharge, "created unknown pending", false, Doubt},
		{onetrans.TransRefund, "succ", false, Moved},
		{onetrans.TransRefund, "pending", false, Open},
		{onetrans.TransRefund, "created unknown", false, Doubt},
		{onetrans.TransSettle, "paying", false, Doubt},
		{onetrans.TransSettle, "confirming succ refunding refunded", true, Moved},
		{onetrans.TransSettle, "created unknown presettled confirming succ abandoning abandoned refused notsent", false, NotMoved},
	} {
		for state := range strings.FieldsSeq(c.states) {
			l := good
			l.Kind, l.State = c.kind, state
			if c.paid {
				l.Result = "succ"
			}
			if got, ok, err := l.Trade(); err != nil || !ok || got.State != c.means {
				t.Errorf("%s %s: %v, %v", c.kind, state, got.State, err)
			}
		}
	}
	l := good
	l.Kind, l.State = onetrans.TransSettleCancel, "refunding"
	if _, ok, err := l.Trade(); ok || err != nil {
		t.Errorf("a cancellation moves no money of its own: %v", err)
	}
}

func TestEveryStateOfATradeHasAMeaning(t *testing.T) {
	for _, state := range []flow.State{
		txn.Created, txn.Unknown, txn.Pending, txn.Succ, txn.Fail, txn.Closed, txn.NotFound, txn.Refused, txn.NotSent,
	} {
		if chargeState(state) == "" || refundState(state) == "" {
			t.Errorf("%s has none", state)
		}
	}
}

func TestASettlementsShareIsItsAmount(t *testing.T) {
	settlement := txn.Trade{
		Order:    txn.Order{No: "S", Request: onetrans.Request{TransType: onetrans.T(onetrans.TransSettle)}, CreatedAt: at(t, "12:00:00")},
		Progress: txn.Progress{State: txn.Confirming, TraceNo: "T", Settle: &txn.Settlement{Total: 9000, Cash: 3000, Paid: true}},
	}
	settlement.Progress.Hand = &txn.Hand{Verdict: txn.VerdictDone, By: "王五"}
	if got, _, err := LineOf(settlement).Trade(); err != nil || got.DecidedBy != "王五" {
		t.Errorf("by whose word: %+v, %v", got, err)
	}
	got, ok, err := LineOf(settlement).Trade()
	if err != nil || !ok || got.Kind != Charge || got.Amount != 3000 || got.State != Moved {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestWhatIsNoExportIsRefusedWithItsLine(t *testing.T) {
	const secret = "350102199003071234"
	good := Line{Kind: "recharge", Number: "A", Amount: "1.00", State: "succ", Created: "2026-11-25 12:00:00"}
	bad := func(change func(*Line)) string {
		l := good
		change(&l)
		return line(t, good) + "\n" + line(t, l)
	}
	for name, c := range map[string]struct{ text, says string }{
		"no JSON":         {line(t, good) + "\n" + secret, "line 2"},
		"a list":          {"[]", "line 1"},
		"a float":         {`{"kind":"recharge","number":"` + secret + `","amount":1.5}`, "line 1"},
		"a name twice":    {`{"number":"` + secret + `","number":"B"}`, "line 1"},
		"a long line":     {line(t, good) + "\n" + strings.Repeat(" ", 70000), "line 2"},
		"unknown kind":    {bad(func(l *Line) { l.Kind = secret }), "line 2"},
		"no number":       {bad(func(l *Line) { l.Number = "" }), "number"},
		"a hidden number": {bad(func(l *Line) { l.Number = secret + "\x1b" }), "number"},
		"no amount":       {bad(func(l *Line) { l.Amount = "" }), "amount"},
		"unknown state":   {bad(func(l *Line) { l.State = secret }), "state"},
		"another time":    {bad(func(l *Line) { l.Sent = "12:00" }), "its time"},
		"no time":         {bad(func(l *Line) { l.Created = "" }), "its time"},
	} {
		_, err := ReadExport(strings.NewReader(c.text))
		if !errors.Is(err, ErrLine) || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), secret) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestJournalsPutTogether(t *testing.T) {
	a := Trade{Kind: Charge, No: "A", Amount: 1, State: Doubt}
	done := Trade{Kind: Charge, No: "A", Amount: 1, State: Moved}
	refused := Trade{Kind: Charge, No: "A", Amount: 2, State: NotMoved}
	other := Trade{Kind: Charge, No: "A", Amount: 2, State: Moved}
	refund := Trade{Kind: Refund, No: "A", Amount: 9, State: Moved}
	for name, c := range map[string]struct {
		journals [][]Trade
		want     []Trade
	}{
		"an older export beside a newer": {[][]Trade{{a}, {done, refund}}, []Trade{done, refund}},
		"and the other way round":        {[][]Trade{{done}, {a}}, []Trade{done}},
		"refused at another terminal":    {[][]Trade{{refused}, {done}}, []Trade{done}},
	} {
		got, err := Merge(c.journals...)
		if err != nil || len(got) != len(c.want) || got[0] != c.want[0] {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
	if _, err := Merge([]Trade{done}, []Trade{other}); !errors.Is(err, ErrTwice) {
		t.Errorf("one number, two payments: %v", err)
	}
}

// FuzzExport: whatever a file holds is trades, or refused by its line.
func FuzzExport(f *testing.F) {
	f.Add([]byte(line(f, Line{Kind: "refund", Number: "R", Original: "no:A", Amount: "1.00", State: "pending", Created: "2026-11-25 12:00:00"})))
	f.Add([]byte("\ufeff\n{\"kind\":\"settlement\",\"result\":\"succ\"}\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		trades, err := ReadExport(strings.NewReader(string(data)))
		if err != nil {
			if !errors.Is(err, ErrLine) {
				t.Fatalf("refused for no reason of the family: %v", err)
			}
			return
		}
		for _, trade := range trades {
			if trade.No == "" || !onetrans.Visible(trade.No) || trade.Amount < 0 || trade.At.IsZero() && trade.Told || trade.State == "" {
				t.Fatalf("%+v", trade)
			}
		}
	})
}
