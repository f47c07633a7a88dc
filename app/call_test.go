package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"onetrans/app/checks/tour"
	"onetrans/app/config"
	"onetrans/app/terminal"
	"onetrans/app/terminal/call"
	"onetrans/app/terminal/socket"
	"onetrans/flows/core/txn"
	"onetrans/flows/message/onetrans"
	"onetrans/store"
)

// asProgram makes the test binary be the program.
const asProgram = "TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
		return
	}
	_ = os.Setenv(asProgram, "1") // whatever is started from here is the program
	os.Exit(m.Run())
}

// site is a configured terminal in a folder of the test's own.
type site struct{ folder, config string }

func newTerminal(t *testing.T, more string) site {
	t.Helper()
	folder := t.TempDir()
	w := site{folder, filepath.Join(folder, "onetrans.toml")}
	if !strings.Contains(more, "driver") {
		more = "platform.driver = 'sandbox'\n" + more
	}
	text := more + "\n[store]\npath = 'j.db'\n[devices.pcsc]\nenabled = false\n[owner]\nsocket = 's'\n"
	if err := os.WriteFile(w.config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return w
}

// answer is what HIS gets.
type answer struct {
	Code string         `json:"code"`
	Text string         `json:"err_msg"`
	Data map[string]any `json:"data"`
}

// args are the command line of a call whose request is in a file, as GBK.
func (w site) args(t *testing.T, transType, request string, more ...string) []string {
	t.Helper()
	gbk, err := onetrans.EncodeGBK([]byte(request))
	if err != nil {
		t.Fatal(err)
	}
	in := filepath.Join(t.TempDir(), "in")
	if err := os.WriteFile(in, gbk, 0o600); err != nil {
		t.Fatal(err)
	}
	return append([]string{"--trans_type", transType, "--in", in, "--config", w.config}, more...)
}

// call carries out a call in this process.
func (w site) call(t *testing.T, transType, request string, more ...string) (answer, int) {
	t.Helper()
	var out, log bytes.Buffer
	exit := run(t.Context(), w.args(t, transType, request, more...), &out, &log)
	return read(t, out.Bytes(), log.String()), exit
}

func read(t *testing.T, out []byte, log string) (a answer) {
	t.Helper()
	text, err := onetrans.DecodeGBK(out)
	if err == nil {
		err = json.Unmarshal(text, &a)
	}
	if err != nil || a.Data == nil {
		t.Fatalf("%v: %q\n%s", err, out, log)
	}
	return a
}

// program is this program as a process of its own, which ends with the test.
func program(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	command := exec.Command(os.Args[0], args...)
	command.Env = append(os.Environ(), asProgram+"=1")
	t.Cleanup(func() {
		if command.Process != nil && command.ProcessState == nil {
			_ = command.Process.Kill()
			_ = command.Wait()
		}
	})
	return command
}

// sample is one of the specification's requests.
func sample(t *testing.T, transType string) string {
	t.Helper()
	text, err := os.ReadFile("../flows/message/onetrans/testdata/messages/" + transType + ".in.json")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// withMember puts a member before those that an object in a request begins with.
func withMember(request, object, member string) string {
	return strings.Replace(request, `"`+object+`": {`, `"`+object+`": {`+member+`,`, 1)
}

// order is a recharge that answers with its code.
func order(no string) string {
	return fmt.Sprintf(`{"recer_sys_code":"HIS","msgid":"M1","dept_codg":"1","dept_name":"科","opter":"o","opter_name":"员","opter_type":"1",
		"data":{"termNo":"T1","cardType":"01","cardNo":"DD456004X","accountType":"02","hisCustId":"000239281700","userName":"姓名",
		"amount":"0.01","outChargeNo":%q,"depositType":"","extra":{"printMode":"1"}}}`, no)
}

func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(20 * time.Second)
	for !holds() {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatal("never: " + what)
		}
	}
}

// served says whether somebody takes this terminal's calls.
func (w site) served(t *testing.T) bool {
	_, err := socket.Ask(t.Context(), filepath.Join(w.folder, "s"), onetrans.Call{TransType: "none"})
	return err == nil
}

// startAgent lets an agent of this process serve the terminal.
func (w site) startAgent(t *testing.T) {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan struct{})
	var out, log bytes.Buffer
	go func() {
		defer close(ended)
		if exit := run(ctx, []string{"agent", "--config", w.config}, &out, &log); exit != exitOK {
			t.Errorf("the agent ended with %d: %s", exit, log.String())
		}
	}()
	t.Cleanup(func() { stop(); <-ended })
	eventually(t, "the agent serves", func() bool { return w.served(t) })
}

func TestTheSpecificationsSamplesWork(t *testing.T) {
	w := newTerminal(t, "")
	w.startAgent(t)
	// The caller shows the code itself: there is no display here.
	recharge := withMember(sample(t, onetrans.TransRecharge), "data", `"extra":{"printMode":"1"}`)
	order := w.succeeds(t, onetrans.TransRecharge, recharge, "chargeNo", "traceNo", "qrcode")
	if err := tour.Phone(t.Context(), order["qrcode"].(string)); err != nil {
		t.Fatal(err)
	}
	w.succeeds(t, onetrans.TransQuery, sample(t, onetrans.TransQuery), "result", "resultDesc", "balance", "channel", "origTraceNo", "origTraceTime")

	paid := strings.Replace(sample(t, onetrans.TransQuery), "1729072515865763841", order["traceNo"].(string), 1)
	eventually(t, "the money came", func() bool { return w.succeeds(t, onetrans.TransQuery, paid)["result"] == "succ" })
	w.succeeds(t, onetrans.TransRefund, sample(t, onetrans.TransRefund), "outRefundNo", "traceNo", "result", "resultDesc", "origTraceNo")
}

// succeeds carries out a call that must succeed and answer these fields.
func (w site) succeeds(t *testing.T, transType, request string, fields ...string) map[string]any {
	t.Helper()
	a, exit := w.call(t, transType, request)
	if a.Code != string(onetrans.CodeOK) || exit != call.ExitAnswered {
		t.Fatalf("%s: %+v, exit %d", transType, a, exit)
	}
	for _, field := range fields {
		if s, _ := a.Data[field].(string); s == "" {
			t.Errorf("%s: %s is missing: %v", transType, field, a.Data)
		}
	}
	return a.Data
}

func TestACallIsServedByWhoOwnsTheTerminal(t *testing.T) {
	w := newTerminal(t, "")
	w.startAgent(t)
	a, exit := w.call(t, onetrans.TransRecharge, order("A1"))
	if a.Code != string(onetrans.CodeOK) || exit != call.ExitAnswered || a.Data["qrcode"] == "" {
		t.Fatalf("%+v, exit %d", a, exit)
	}
	// It is the same terminal: the same number is the same order.
	if again, _ := w.call(t, onetrans.TransRecharge, order("A1")); again.Data["traceNo"] != a.Data["traceNo"] {
		t.Errorf("%+v, then %+v", a, again)
	}
}

func TestACallAloneLeavesTheTerminalFree(t *testing.T) {
	w := newTerminal(t, "")
	for range 2 {
		if a, _ := w.call(t, onetrans.TransRecharge, order("A1")); a.Code != string(onetrans.CodeOK) {
			t.Fatalf("%+v", a)
		}
		if w.served(t) {
			t.Fatal("somebody stayed behind")
		}
	}
}

func TestWhatIsRefusedTouchesNoTerminal(t *testing.T) {
	w := newTerminal(t, "")
	for transType, c := range map[string]struct{ request, code string }{
		"nothing.known":            {"{}", string(onetrans.CodeTransType)},
		onetrans.TransClose:        {"{}", string(onetrans.CodeTransType)},
		onetrans.TransRecharge:     {`{}`, string(onetrans.CodeField)},
		onetrans.TransSettleCancel: {`{"data":1}`, string(onetrans.CodeField)},
	} {
		if a, exit := w.call(t, transType, c.request); a.Code != c.code || exit != call.ExitAnswered {
			t.Errorf("%s: %+v, exit %d", transType, a, exit)
		}
	}
	if _, err := os.Stat(filepath.Join(w.folder, "j.db")); !os.IsNotExist(err) {
		t.Errorf("there is a journal: %v", err)
	}
}

func TestAPageWithoutADisplayIsADevicesFault(t *testing.T) {
	w := newTerminal(t, "")
	w.startAgent(t)
	for transType, request := range map[string]string{
		onetrans.TransUserGet: sample(t, onetrans.TransUserGet),
		onetrans.TransSettle:  sample(t, onetrans.TransSettle),
	} {
		if a, _ := w.call(t, transType, request); a.Code != string(onetrans.CodeDevice) {
			t.Errorf("%s: %+v", transType, a)
		}
	}
}

// silentPlatform takes messages and answers none until the test ends.
func silentPlatform(t *testing.T) (w site, heard <-chan struct{}) {
	t.Helper()
	messages, over := make(chan struct{}, 99), make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		messages <- struct{}{}
		<-over
	}))
	t.Cleanup(func() { close(over); server.Close() })
	return newTerminal(t, "[pay]\nunknown_wait_s = 1\n[platform]\ndriver = 'wire'\nurl = '"+server.URL+"'\napp_id = 'A'\napp_key = 'K'\n"+
		"[[pay.account]]\ntype = '02'\npay_app_id = 'P'\npay_app_secret = 'S'"), messages
}

func TestASecondCallHearsAtOnceThatOneRuns(t *testing.T) {
	for name, first := range map[string]func(t *testing.T, w site) []string{
		"called alone": func(t *testing.T, w site) []string { return w.args(t, onetrans.TransRecharge, order("A1")) },
		"called on owner": func(t *testing.T, w site) []string {
			w.startAgent(t)
			return w.args(t, onetrans.TransRecharge, order("A1"))
		},
	} {
		t.Run(name, func(t *testing.T) {
			w, heard := silentPlatform(t)
			if err := program(t, first(t, w)...).Start(); err != nil {
				t.Fatal(err)
			}
			<-heard
			begin := time.Now()
			a, exit := w.call(t, onetrans.TransRecharge, order("A2"))
			took := time.Since(begin)
			// The first would have waited 30 s; how long this took exactly is for a benchmark.
			if a.Code != string(onetrans.CodeBusy) || exit != call.ExitAnswered {
				t.Errorf("%+v, exit %d, after %v", a, exit, took)
			}
			begin = time.Now()
			out, err := program(t, w.args(t, onetrans.TransRecharge, order("A3"))...).Output()
			if a := read(t, out, ""); err != nil || a.Code != string(onetrans.CodeBusy) {
				t.Errorf("a third process: %+v, %v", a, err)
			}
			t.Logf("answered after %v, a whole process after %v", took, time.Since(begin))
		})
	}
}

func TestOfSixteenCallsAtOnceExactlyOneRuns(t *testing.T) {
	w, _ := silentPlatform(t)
	w.startAgent(t)
	ctx, hangUp := context.WithCancel(t.Context())
	defer hangUp()
	codes := make(chan string, 16)
	for i := range cap(codes) {
		in, err := onetrans.EncodeGBK([]byte(order(fmt.Sprintf("A%d", i))))
		if err != nil {
			t.Fatal(err)
		}
		go func() {
			answer, err := socket.Ask(ctx, filepath.Join(w.folder, "s"), onetrans.Call{TransType: onetrans.TransRecharge, In: in})
			if err != nil {
				codes <- err.Error()
				return
			}
			codes <- read(t, answer.Out, "").Code
		}()
	}
	for range cap(codes) - 1 {
		if code := <-codes; code != string(onetrans.CodeBusy) {
			t.Errorf("another than the one that runs heard %s", code)
		}
	}
	select {
	case code := <-codes:
		t.Errorf("none runs: the last heard %s", code)
	default:
	}
}

func TestAnOwnerThatIsKilledLeavesTheOutcomeUnknown(t *testing.T) {
	w, heard := silentPlatform(t)
	agent := program(t, "agent", "--config", w.config)
	if err := agent.Start(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the agent serves", func() bool { return w.served(t) })
	go func() {
		<-heard
		_ = agent.Process.Kill()
	}()
	a, exit := w.call(t, onetrans.TransRecharge, order("A1"))
	if a.Code != string(onetrans.CodeUnknown) || exit != call.ExitUnknown || a.Data["outChargeNo"] != "A1" || a.Data["result"] != string(onetrans.ResultIng) {
		t.Errorf("%+v, exit %d", a, exit)
	}
}

func TestAnAnswersFileIsOpenedBeforeMoneyMoves(t *testing.T) {
	w := newTerminal(t, "")
	nowhere := filepath.Join(w.folder, "no", "folder")
	var out, log bytes.Buffer
	if exit := run(t.Context(), w.args(t, onetrans.TransRecharge, order("A1"), "--out", nowhere), &out, &log); exit != exitFailed {
		t.Errorf("exit %d", exit)
	}
	if _, err := os.Stat(filepath.Join(w.folder, "j.db")); !os.IsNotExist(err) {
		t.Errorf("there is a journal: %v", err)
	}
}

// A call that finds what is open in its journal unreadable hears so: nothing is
// wrong with it, and nothing was sent.
func TestAJournalWhoseOpenTradesCannotBeReadIsNamed(t *testing.T) {
	w := newTerminal(t, "")
	settings, err := config.Load(config.Options{Path: w.config})
	if err != nil {
		t.Fatal(err)
	}
	journal, err := store.Open(settings.Store.Path, terminal.StoreOptions(settings, slog.New(slog.DiscardHandler)))
	if err != nil {
		t.Fatal(err)
	}
	later := txn.Trade{
		Order:    txn.Order{No: "L1", Content: "h", CreatedAt: time.Now(), Request: onetrans.Request{TransType: onetrans.T("hop.trade.later")}},
		Progress: txn.Progress{State: txn.Unknown},
	}
	entry := txn.Entry{At: time.Now(), Kind: later.Order.Kind(), No: "L1", Event: "sent", State: string(txn.Unknown)}
	if err := errors.Join(journal.Write(entry, later), journal.Close()); err != nil {
		t.Fatal(err)
	}
	for transType, request := range map[string]string{
		onetrans.TransRecharge: order("A1"), onetrans.TransQuery: sample(t, onetrans.TransQuery), onetrans.TransRefund: sample(t, onetrans.TransRefund),
	} {
		if a, exit := w.call(t, transType, request); a.Code != string(onetrans.CodeJournal) || exit != call.ExitAnswered {
			t.Errorf("%s: %+v, exit %d", transType, a, exit)
		}
	}
}

// A call whose journal has no place is refused as such, and sends nothing.
func TestAJournalWithoutAPlaceIsNamed(t *testing.T) {
	w := newTerminal(t, "")
	text, err := os.ReadFile(w.config)
	if err == nil {
		err = os.WriteFile(w.config, bytes.Replace(text, []byte("'j.db'"), []byte("'onetrans.toml/j.db'"), 1), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	if a, exit := w.call(t, onetrans.TransRecharge, order("A1")); a.Code != string(onetrans.CodeJournal) || exit != call.ExitAnswered {
		t.Errorf("%+v, exit %d", a, exit)
	}
}

// The answer's file is emptied first, and with it the request would be gone.
func TestARequestIsNotOverwrittenByItsAnswer(t *testing.T) {
	w := newTerminal(t, "")
	args := w.args(t, onetrans.TransRecharge, order("S1"))
	in := args[slices.Index(args, "--in")+1]
	before, err := os.ReadFile(in)
	if err != nil {
		t.Fatal(err)
	}
	other := filepath.Join(t.TempDir(), "other name")
	if err := os.Link(in, other); err != nil {
		t.Skip("links are missing: " + err.Error())
	}
	for _, out := range []string{in, other} {
		var log bytes.Buffer
		exit := run(t.Context(), append(args, "--out", out), io.Discard, &log)
		if after, err := os.ReadFile(in); exit != exitFailed || err != nil || !bytes.Equal(after, before) {
			t.Errorf("exit %d, %d bytes of %d, %v: %s", exit, len(after), len(before), err, &log)
		}
	}
}
