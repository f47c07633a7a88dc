package journal

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"onetrans/app/command"
	"onetrans/assets/texts"
	"onetrans/flows/core/txn"
	"onetrans/flows/flow"
	"onetrans/flows/message/onetrans"
	"onetrans/store"
)

var now = time.Date(2026, 3, 4, 23, 30, 0, 0, time.UTC) // the 5th, in UTC+8

const (
	card = "D123456789"
	idNo = "11010519491231002X"
	name = "欧阳小珺"
)

// world is a journal with a few trades, and a core that does what it is told.
type world struct {
	t     *testing.T
	s     *store.Store
	core  fakeCore
	words texts.Language
}

func newWorld(t *testing.T) *world {
	t.Helper()
	s, err := store.Open(filepath.Join(t.TempDir(), "journal"), store.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	w := &world{t: t, s: s, words: language(t, "en")}
	w.trade(onetrans.TransRecharge, "1", txn.Succ, nil)
	w.trade(onetrans.TransRecharge, "2", txn.Unknown, nil)
	w.trade(onetrans.TransRefund, "1", txn.Unknown, func(tr *txn.Trade) {
		tr.Order.Original, tr.Order.Amount, tr.Order.CardNo = "no:1", 120001, "D9"
		tr.Order.CreatedAt = now.AddDate(0, 0, 1)
		tr.Progress.Desk, tr.Progress.RefusedWith = txn.ReasonRefused, "610006"
	})
	return w
}

func (w *world) trade(kind, no string, at flow.State, more func(*txn.Trade)) {
	w.t.Helper()
	tr := txn.Trade{
		Order: txn.Order{
			No: no, Content: "h", Amount: 20000, CardNo: card, CardType: "01", AccountType: "02", CreatedAt: now,
			Request: onetrans.Request{TransType: onetrans.T(kind), Data: fmt.Appendf(nil, `{"userName":%q,"idNo":%q}`, name, idNo)},
			Secrets: txn.Secrets{AppKey: "SECRET"},
		},
		Progress: txn.Progress{State: at, SentAt: now, Sends: 1, TraceNo: "=T\x1b[2J"},
	}
	if more != nil {
		more(&tr)
	}
	if err := w.s.Write(txn.Entry{At: now, Event: "told init", State: string(at), Note: "000000"}, tr); err != nil {
		w.t.Fatal(err)
	}
}

type fakeCore struct {
	said   []string
	status txn.Status
	err    error
}

func (f *fakeCore) Retry(_ context.Context, kind, no, by string) (txn.Status, error) {
	f.said = append(f.said, fmt.Sprintf("retry %s %s %s", kind, no, by))
	return f.status, f.err
}

func (f *fakeCore) Decide(_ context.Context, kind, no string, w txn.Word) (txn.Status, error) {
	f.said = append(f.said, fmt.Sprintf("decide %s %s %+v", kind, no, w))
	return f.status, f.err
}

// run carries a command line out as another process would.
// parse reads a line of the journal's commands, without the commands' own first word.
func parse(line ...string) (read Line, err error) {
	table := command.Table(Commands(func() time.Time { return now }, func(_ context.Context, l Line, _ command.Streams) error { read = l; return nil }))
	found, rest, err := table.Find(append([]string{Name}, line...))
	if err != nil {
		return read, err
	}
	run, err := found.Read(rest)
	if err != nil {
		return read, err
	}
	return read, errors.Join(run(context.Background(), command.Streams{}))
}

func (w *world) run(args ...string) (string, error) {
	w.t.Helper()
	line, err := parse(args...)
	if err != nil {
		return "", err
	}
	data, err := line.Request.Encode()
	if err != nil {
		w.t.Fatal(err)
	}
	request, err := Decode(data)
	if err != nil {
		w.t.Fatal(err)
	}
	if request.Identity {
		request.Caller = "user 7, process 8"
	}
	var out bytes.Buffer
	err = Run(w.t.Context(), Terminal{Store: w.s, Core: &w.core, Operators: OperatorsOf(w.s.Path()), Words: w.words}, request, &out)
	return out.String(), Tell(w.words, err)
}

func language(t *testing.T, name string) texts.Language {
	t.Helper()
	book, err := texts.Load()
	if err != nil {
		t.Fatal(err)
	}
	return book.In(name)
}

func TestListsAndExports(t *testing.T) {
	w := newWorld(t)
	tests := []struct {
		args  string
		lines int // of trades
	}{
		{"list", 3},
		{"list --open", 2},
		{"list --desk", 1},
		{"list --state succ", 1},
		{"list --state succ,unknown", 3},
		{"list --card " + card, 2},
		{"list --card D9 --open", 1},
		{"list --number 1", 2},
		{"list --number 1 --kind refund", 1},
		{"list --day today", 2},
		{"list --day yesterday", 0},
		{"list --day 2026-03-05..2026-03-06", 3},
		{"list --day 20260306", 1},
		{"list --kind recharge", 2},
		{"list --limit 1", 1},
		{"list --state closed", 0},
		{"list --number 3", 0},
	}
	for _, test := range tests {
		t.Run(test.args, func(t *testing.T) {
			for _, format := range []string{"", "--json", "--csv"} {
				args := strings.Fields(test.args + " " + format)
				out, err := w.run(args...)
				if err != nil {
					t.Fatal(err)
				}
				lines, frame := strings.Count(out, "\n"), map[string]int{"": 2, "--json": 0, "--csv": 1}[format]
				if format == "" && test.lines == 0 {
					frame = 1
				}
				if lines-frame != test.lines {
					t.Errorf("%s: %d trades:\n%s", format, lines-frame, out)
				}
				for _, hidden := range []string{card, name, idNo, "SECRET", "\x1b"} {
					if strings.Contains(out, hidden) {
						t.Errorf("%s shows %q", format, hidden)
					}
				}
				args[0] = "export"
				if strings.Contains(test.args, "--limit") {
					continue
				}
				if exported, err := w.run(args...); err != nil || format != "" && exported != out {
					t.Errorf("export %s: %v", format, err)
				}
			}
		})
	}
}

func TestPeoplesTimesAndAmounts(t *testing.T) {
	w := newWorld(t)
	out, err := w.run("list", "--desk")
	if err != nil || !strings.Contains(out, "2026-03-06 07:30:00  refund ") || !strings.Contains(out, "1,200.01") ||
		!strings.Contains(out, "a person: refused with 610006") {
		t.Errorf("%v\n%s", err, out)
	}
	out, err = w.run("export", "--identity", "--number", "1", "--kind", "recharge")
	if err != nil {
		t.Fatal(err)
	}
	lines, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(out, "\ufeff"))).ReadAll()
	if err != nil || len(lines) != 2 {
		t.Fatal(err, out)
	}
	got := map[string]string{}
	for i, column := range lines[0] {
		got[column] = lines[1][i]
	}
	for column, want := range map[string]string{
		"amount": "200.00", "card": card, "name": name, "id_no": idNo, "kind": "recharge", "trace_no": `'=T\x1b[2J`, "created": "2026-03-05 07:30:00",
	} {
		if got[column] != want {
			t.Errorf("%s is %q, want %q", column, got[column], want)
		}
	}
}

// What a row has in CSV it has in JSON, under the same names in the same order.
func TestRowsHaveTheSameColumnsEverywhere(t *testing.T) {
	names, _ := row{}.columns()
	fields := reflect.TypeOf(row{})
	if len(names) != fields.NumField() {
		t.Fatalf("%d columns, %d fields", len(names), fields.NumField())
	}
	for i, name := range names {
		if tag := fields.Field(i).Tag.Get("json"); tag != name {
			t.Errorf("%s is %s", name, tag)
		}
	}
}

func TestShow(t *testing.T) {
	w := newWorld(t)
	if _, err := w.run("show", "1"); !errors.Is(err, ErrAmbiguous) {
		t.Errorf("two have it: %v", err)
	}
	if _, err := w.run("show", "3"); !errors.Is(err, ErrNoTrade) {
		t.Errorf("none has it: %v", err)
	}
	w.trade(onetrans.TransRecharge, "2", txn.Succ, nil)
	out, err := w.run("show", "2")
	if err != nil || strings.Count(out, "told: ") != 2 || strings.Contains(out, idNo) || !strings.Contains(out, "1101**********002X") {
		t.Errorf("%v\n%s", err, out)
	}
	out, err = w.run("show", "--json", "2", "--identity")
	var s shown
	if err = errors.Join(err, json.Unmarshal([]byte(out), &s)); err != nil || len(s.Entries) != 2 || s.Trade.IDNo != idNo {
		t.Errorf("%v\n%s", err, out)
	}
	if out, err = w.run("export", "--entries", "--csv"); err != nil || strings.Count(out, "\n") != 1+4+1 { // the reading before
		t.Errorf("%v\n%s", err, out)
	}
}

// How a refund went back is what the desk is asked first: show, list and exports
// say it.
func TestHowARefundGoesBackIsSaid(t *testing.T) {
	w := newWorld(t)
	w.trade(onetrans.TransRefund, "R", txn.Succ, func(tr *txn.Trade) {
		tr.Order.Request.Data = []byte(`{"withdrawMode":"1","refundType":"hisDecide"}`)
	})
	w.trade(onetrans.TransRefund, "N", txn.Succ, func(tr *txn.Trade) { tr.Order.Request.Data = []byte(`{"withdrawMode":0}`) })
	for args, says := range map[string]string{
		"show R":                            "refunded by   original payment method\nrefund flow   HIS has no refund interface\n",
		"show R --json":                     `"withdraw_mode":"1","refund_type":"hisDecide"`,
		"list --number R":                   "original payment method",
		"list --number N":                   "cash",
		"list --json --number R":            `"withdraw_mode":"1"`,
		"export --number R":                 ",1,hisDecide\n",
		"export --kind recharge --number 1": ",,\n",
	} {
		if out, err := w.run(strings.Fields(args)...); err != nil || !strings.Contains(out, says) {
			t.Errorf("%s: %v\n%s", args, err, out)
		}
	}
}

// A name that turns the writing round is shown as what it is, wherever it is written.
func TestHostileNamesAreShownAsWhatTheyAre(t *testing.T) {
	w := newWorld(t)
	const hostile = "＝张\u202e\u200b三"
	w.trade(onetrans.TransRecharge, "H\u202e1", txn.Succ, func(tr *txn.Trade) {
		tr.Order.Request.Data = fmt.Appendf(nil, `{"userName":%q}`, hostile)
		tr.Order.CardNo = "＝1+1"
	})
	for _, args := range []string{
		"list --identity", "list --identity --csv", "list --identity --json", "export --identity", "export --entries", "show --identity H\u202e1", "show --json --identity H\u202e1",
	} {
		out, err := w.run(strings.Fields(args)...)
		if err != nil || strings.ContainsAny(out, "\u202e\u200b") || !strings.Contains(out, `H\u202e1`) {
			t.Errorf("%s: %v\n%s", args, err, out)
		}
		if strings.HasPrefix(out, "\ufeff") && strings.Contains(out, ",＝") {
			t.Errorf("%s: a formula\n%s", args, out)
		}
	}
}

// Who reads who persons are leaves an entry: who, and what was asked for. The
// journal stays whole, and the entry is in what is exported of it.
func TestReadingWithIdentitiesIsAnEntry(t *testing.T) {
	w := newWorld(t)
	for _, args := range []string{"list --identity --card " + card, "export --identity --day today", "show 2 --identity", "list", "show 2", "export"} {
		if _, err := w.run(strings.Fields(args)...); err != nil {
			t.Fatal(err)
		}
	}
	out, err := w.run("export", "--entries", "--json")
	var said []string
	for line := range strings.Lines(out) {
		var e entry
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			t.Fatal(err)
		}
		if e.Event == eventRead {
			said = append(said, e.By+": "+e.Note)
		}
	}
	want := []string{
		"user 7, process 8: list --card D12*****89", "user 7, process 8: export --from 20260305 --to 20260305", "user 7, process 8: show --number 2",
	}
	if err != nil || !slices.Equal(said, want) {
		t.Errorf("%v\n%q\n%q", err, said, want)
	}
	if out, err := w.run("verify"); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// A balance is told part by part, with the numbers to ask for each.
func TestABalanceIsShownWithItsParts(t *testing.T) {
	w := newWorld(t)
	w.trade(txn.KindBalance, "B", txn.Refunding, func(tr *txn.Trade) {
		tr.Order.Amount = 150001
		tr.Order.Parts = []txn.Part{
			{No: "B-1", ChargeNo: "2", Amount: 120000}, {No: "B-2", ChargeNo: "1", Amount: 20001}, {No: "B-3", ChargeNo: "0", Amount: 10000},
		}
		tr.Progress.Lines = []txn.Line{{State: txn.Succ}, {State: txn.Unknown, RefusedWith: "610006", Desk: txn.ReasonRefused}, {}}
	})
	out, err := w.run("show", "B")
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{
		"amount        1,500.01\n", "waits for     its refunds\n",
		"part          B-1: 1,200.00 of 2, succeeded\n",
		"part          B-2: 200.01 of 1, unknown, waits for a person: refused with 610006\n",
		"part          B-3: 100.00 of 0, not made yet\n",
	} {
		if !strings.Contains(out, line) {
			t.Errorf("without %q:\n%s", line, out)
		}
	}
	out, err = w.run("show", "--json", "B")
	var s shown
	if err = errors.Join(err, json.Unmarshal([]byte(out), &s)); err != nil || len(s.Parts) != 3 ||
		s.Parts[1] != (part{"B-2", "1", "200.01", "unknown", "610006", "", "refused"}) {
		t.Errorf("%v\n%s", err, out)
	}
	if out, err := w.run("list", "--kind", "balance"); err != nil || !strings.Contains(out, "1,500.01  refunding") {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestPersonsWords(t *testing.T) {
	w := newWorld(t)
	tr, _, err := w.s.Trade(onetrans.TransRefund, "1")
	if err != nil {
		t.Fatal(err)
	}
	w.core.status.Trade = tr
	if out, err := w.run("settle", "1", "--kind", "refund", "--as", "done", "--by", "王五", "--why", "cash"); err != nil || !strings.Contains(out, "refund 1 is unknown") {
		t.Errorf("%v %s", err, out)
	}
	if _, err := w.run("retry", "--kind", "refund", "1", "--by", "王五"); err != nil {
		t.Error(err)
	}
	want := []string{"decide hop.trade.refund 1 {Verdict:done By:王五 Why:cash}", "retry hop.trade.refund 1 王五"}
	if !reflect.DeepEqual(w.core.said, want) {
		t.Errorf("said %q", w.core.said)
	}
	w.core.status.SilentSince = now
	if _, err := w.run("retry", "1", "--kind", "refund"); !errors.Is(err, ErrNoReply) {
		t.Errorf("silence: %v", err)
	}
	w.core.err = txn.ErrVerdict
	if _, err := w.run("settle", "1", "--kind", "refund", "--as", "seen", "--by", "王五", "--why", "cash"); !errors.Is(err, txn.ErrVerdict) || !strings.Contains(err.Error(), "'onetrans journal show'") {
		t.Errorf("in the core's words: %v", err)
	}
}

func TestFiles(t *testing.T) {
	w := newWorld(t)
	folder := t.TempDir()
	backup := filepath.Join(folder, "backup")
	if out, err := w.run("backup", backup); err != nil || !strings.Contains(out, "key") {
		t.Errorf("%v %s", err, out)
	}
	if _, err := w.run("backup", backup); !errors.Is(err, store.ErrExists) {
		t.Errorf("over another: %v", err)
	}
	archive := filepath.Join(folder, "archive")
	if out, err := w.run("prune", "--older-than", "30", "--to", archive); err != nil || !strings.Contains(out, "nothing is old enough") {
		t.Errorf("%v %s", err, out)
	}
	apart := func(tr *txn.Trade) { tr.Progress.TraceNo = "T" + tr.Order.No }
	w.trade(onetrans.TransRecharge, "old", txn.Created, apart)
	first, err := w.s.Head()
	if err != nil {
		t.Fatal(err)
	}
	w.trade(onetrans.TransRecharge, "old", txn.Succ, apart)
	out, err := w.run("verify")
	if err != nil || !strings.HasSuffix(out, "whole\n") {
		t.Errorf("%v %s", err, out)
	}
	head, err := w.s.Head()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.run("verify", "--receipt", head.String()[:20]); err != nil {
		t.Error(err)
	}
	// A receipt from before a pruning is proved by the archive, and by nothing else.
	if _, err := w.s.Prune(t.Context(), now.AddDate(0, 0, 1), archive); err != nil {
		t.Fatal(err)
	}
	other := filepath.Join(folder, "other")
	w.trade(onetrans.TransRecharge, "new", txn.Succ, apart)
	if _, err := w.s.Prune(t.Context(), now.AddDate(0, 0, 1), other); err != nil {
		t.Fatal(err)
	}
	receipt := []string{"verify", "--receipt", first.String()[:20]}
	if out, err := w.run(receipt...); !errors.Is(err, ErrSlip) || !strings.Contains(out, fmt.Sprintf("entry %d is in the archive", first.Seq)) {
		t.Errorf("%v %s", err, out)
	}
	if out, err := w.run(append(receipt, "--archive", other, "--archive", archive)...); err != nil {
		t.Errorf("%v %s", err, out)
	}
	forged := []string{"verify", "--receipt", fmt.Sprintf("%d:00000000", first.Seq), "--archive", archive}
	if out, err := w.run(forged...); !errors.Is(err, ErrSlip) || !strings.Contains(out, "none of the archives given with --archive has it") {
		t.Errorf("%v %s", err, out)
	}
	if out, err := w.run("verify", "--receipt", "2:00000000"); !errors.Is(err, ErrSlip) || !strings.Contains(out, "receipt   ") {
		t.Errorf("%v %s", err, out)
	}
	if _, err := w.run("adopt", "--by", "王五", "--why", "x"); !errors.Is(err, ErrServing) {
		t.Errorf("adopting what is served: %v", err)
	}
}

func TestWhatIsNoCommand(t *testing.T) {
	for _, line := range []string{
		"mend", "list extra", "show", "show 1 2", "settle 1", "settle 1 --as done --by x", "settle 1 --as maybe --by x --why y",
		"adopt", "adopt --by x", "backup", "prune", "prune --older-than 7 --to f", "prune --older-than 365", "list --day tomorrow",
		"list --day 2026-13-01", "list --json --csv", "list --kind money", "list --limit -1", "list --bogus", "list --state bogus", "export --state succ,bogus", "verify --receipt x",
		"list --as done", "export --limit 1", "list --card " + strings.Repeat("1", maxText+1),
	} {
		if _, err := parse(strings.Fields(line)...); err == nil {
			t.Errorf("%q is taken", line)
		}
	}
}

func TestPathsAreWhole(t *testing.T) {
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	line, err := parse(strings.Fields("verify --archive a --archive b/../c --file d")...)
	want := []string{filepath.Join(here, "a"), filepath.Join(here, "c")}
	if err != nil || !reflect.DeepEqual(line.Request.Archives, want) || line.Read != filepath.Join(here, "d") {
		t.Errorf("%v %+v", err, line)
	}
}

// What another process hands over is a request in its bounds, or none.
func FuzzDecode(f *testing.F) {
	for _, line := range []string{"list --state succ --day today", "settle 1 --as done --by x --why y", "verify --receipt 1:00000000 --archive a"} {
		parsed, err := parse(strings.Fields(line)...)
		if err != nil {
			f.Fatal(err)
		}
		data, err := parsed.Request.Encode()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add([]byte(`{"version":2,"verb":"list"}`))
	f.Add([]byte(`{"version":1,"verb":"backup","file":"../x"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := Decode(data)
		if err != nil {
			return
		}
		if again, err := r.Encode(); err != nil {
			t.Error(err)
		} else if same, err := Decode(again); err != nil || !reflect.DeepEqual(same, r) {
			t.Errorf("%+v became %+v, %v", r, same, err)
		}
	})
}

// What the platform said when it refused stands with the trade, on the desk and
// in show; who the person is, it tells only whom that was asked for.
func TestWhatThePlatformSaidIsShown(t *testing.T) {
	w := newWorld(t)
	w.words = language(t, "zh-CN")
	w.trade(onetrans.TransSettle, "S", txn.Confirming, func(tr *txn.Trade) {
		tr.Progress.Desk, tr.Progress.RefusedWith = txn.ReasonRefused, "610003"
		tr.Progress.RefusedWords = name + "（" + card + "）有未完成的结算：HH4"
	})
	for _, args := range [][]string{{"list", "--desk"}, {"show", "S"}, {"export", "--json", "--desk"}} {
		out, err := w.run(args...)
		if err != nil || !strings.Contains(out, "有未完成的结算：HH4") || !strings.Contains(out, "610003") ||
			strings.Contains(out, name) || strings.Contains(out, card) {
			t.Errorf("%v: %s %v", args, out, err)
		}
	}
	out, err := w.run("export", "--json", "--desk", "--identity")
	if err != nil || !strings.Contains(out, name+"（"+card+"）有未完成的结算：HH4") {
		t.Errorf("%s %v", out, err)
	}
}
