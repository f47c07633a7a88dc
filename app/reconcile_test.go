package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/simplifiedchinese"

	"onetrans/app/config"
	"onetrans/app/sandbox"
	"onetrans/app/terminal"
	"onetrans/app/terminal/owner"
	"onetrans/flows/core/reconcile"
	"onetrans/flows/core/txn"
	"onetrans/flows/message/onetrans"
	"onetrans/store"
)

// books are two terminals on one sandbox, and a day of theirs.
type books struct {
	his
	beside site // the other one
	day    string
}

// newBooks has charges C1 to C3 and two partial refunds of C1 at one terminal,
// and nothing at the other.
func newBooks(t *testing.T) books {
	t.Helper()
	b := books{his: his{t: t, terminal: newTerminal(t, ""), person: sandbox.Persons()[0]}}
	b.beside = site{b.terminal.folder, filepath.Join(b.terminal.folder, "beside.toml")}
	text := "platform.driver = 'sandbox'\n[terminal]\nterm_no = 'T2'\n[store]\npath = 'k.db'\n[devices.pcsc]\nenabled = false\n[owner]\nsocket = 'k'\n"
	if err := os.WriteFile(b.beside.config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	b.day = reconcile.DayOf(time.Now()).String()
	b.charge("C1", "200")
	b.charge("C2", "20.50")
	b.charge("C3", "0.01")
	b.refund("C1", "R1", "5")
	b.refund("C1", "R2", "7.25")
	return b
}

// elsewhere is the same day at the other terminal.
func (b books) elsewhere() books {
	b.terminal = b.beside
	return b
}

func (b books) termNo() string {
	if b.terminal == b.beside {
		return "T2"
	}
	return "T1"
}

// charge is paid at once: the code's last digit says so.
func (b books) charge(no, amount string) {
	b.t.Helper()
	code := fmt.Sprintf("13%015d0", time.Now().UnixNano()%1e15)
	if result := b.calls(onetrans.TransRecharge, b.money(map[string]any{
		"termNo": b.termNo(), "amount": amount, "outChargeNo": no, "depositType": "WX_BAR", "extra": map[string]any{"authCode": code},
	}))["result"]; result != "succ" {
		b.t.Fatalf("%s: %v", no, result)
	}
}

func (b books) refund(charge, no, amount string) {
	b.t.Helper()
	if result := b.calls(onetrans.TransRefund, b.money(map[string]any{
		"termNo": b.termNo(), "amount": amount, "outChargeNo": charge, "outRefundNo": no,
		"withdrawMode": "1", "refundType": "hisDecide", "idNo": b.person.CertNo,
	}))["result"]; result != "succ" {
		b.t.Fatalf("%s: %v", no, result)
	}
}

// inService lets an agent serve the terminal for as long as do takes.
func (b books) inService(do func()) {
	b.t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan int)
	go func() {
		ended <- run(ctx, []string{"agent", "--config", b.terminal.config}, io.Discard, io.Discard)
	}()
	defer func() { stop(); <-ended }()
	eventually(b.t, "the agent serves", func() bool { return b.terminal.served(b.t) })
	do()
}

// statement is what the sandbox has, as a platform's statement in GBK.
func (b books) statement() string {
	b.t.Helper()
	var orders []struct {
		OutChargeNo, Amount string
		PaidAt              time.Time
		Refunds             []struct{ OutRefundNo, Amount string }
	}
	b.inService(func() {
		link := b.calls(onetrans.TransAuthURL, map[string]any{
			"ehc_app_id": "E", "ehc_app_secret": "S", "term_id": "T1", "treatment_code": "0101051",
			"out_authorize_no": "A1", "out_authorize_time": "20261125100000",
		})["ehealth_authurl"].(string)
		answer, err := http.Get(platformOf(b.t, link) + "/control/orders")
		if err != nil {
			b.t.Fatal(err)
		}
		defer answer.Body.Close()
		if err := json.NewDecoder(answer.Body).Decode(&orders); err != nil {
			b.t.Fatal(err)
		}
	})
	text := "CHANNEL_TRACENO,TRADE_AMOUNT,TRADE_TYPE,TRADE_TIME,TERM_NO\r\n"
	add := func(no, amount, kind string, at time.Time) {
		term := "T1"
		if strings.HasSuffix(no, "9") {
			term = "T2"
		}
		text += fmt.Sprintf("%s,%s,%s,%s,%s\r\n", no, amount, kind, onetrans.FormatTime(at), term)
	}
	for _, o := range orders {
		add(o.OutChargeNo, o.Amount, "充值", o.PaidAt)
		for _, r := range o.Refunds {
			add(r.OutRefundNo, r.Amount, "退款", o.PaidAt)
		}
	}
	return text + "合计\r\n"
}

// file keeps a statement as GBK.
func (b books) file(statement string) string {
	b.t.Helper()
	gbk, err := simplifiedchinese.GBK.NewEncoder().String(statement)
	if err != nil {
		b.t.Fatal(err)
	}
	path := filepath.Join(b.t.TempDir(), "statement.csv")
	if err := os.WriteFile(path, []byte(gbk), 0o600); err != nil {
		b.t.Fatal(err)
	}
	return path
}

// export is the terminal's journal, as lines of JSON.
func (b books) export() string {
	b.t.Helper()
	settings, err := config.Load(config.Options{Path: b.terminal.config})
	if err != nil {
		b.t.Fatal(err)
	}
	o, err := owner.Open(terminal.OwnerOptions(settings, terminal.NewLog(io.Discard)))
	if err != nil {
		b.t.Fatal(err)
	}
	defer o.Close()
	var lines bytes.Buffer
	err = o.Trades(func(trade txn.Trade) bool {
		return json.NewEncoder(&lines).Encode(reconcile.LineOf(trade)) == nil
	})
	if err != nil {
		b.t.Fatal(err)
	}
	path := filepath.Join(b.t.TempDir(), "journal.jsonl")
	if err := os.WriteFile(path, lines.Bytes(), 0o600); err != nil {
		b.t.Fatal(err)
	}
	return path
}

// reconciles runs the command, which must end so and say so, and no more than
// may be seen of the person.
func (b books) reconciles(exit int, says []string, args ...string) string {
	b.t.Helper()
	var out, log bytes.Buffer
	args = append([]string{"reconcile", "--date", b.day, "--config", b.terminal.config}, args...)
	if got := run(b.t.Context(), args, &out, &log); got != exit {
		b.t.Errorf("%q: exit %d, want %d\n%s%s", args, got, exit, out.String(), log.String())
	}
	said := out.String() + log.String()
	for _, s := range says {
		if !strings.Contains(said, s) {
			b.t.Errorf("%q: does not say %q:\n%s", args, s, said)
		}
	}
	for _, secret := range []string{b.person.Name, b.person.CardNo, b.person.CertNo} {
		if strings.Contains(said, secret) {
			b.t.Errorf("%q: says %q", args, secret)
		}
	}
	return out.String()
}

func TestADayThatBalances(t *testing.T) {
	b := newBooks(t)
	balanced := []string{"收款：日志 3 笔 220.51 元，平台 3 笔 220.51 元", "退款：日志 2 笔 12.25 元，平台 2 笔 12.25 元", "一致：5 笔", "到目前为止一致"}
	asked := []string{"问了 5 笔，答复 5 笔", "只有对账单能看出", "收款：日志 3 笔 220.51 元\n", "退款：日志 2 笔 12.25 元\n", "一致：5 笔", "问到的各笔与日志一致"}
	b.reconciles(exitOK, asked)
	statement := b.file(b.statement())
	altered := b.file(strings.Replace(b.statement(), "C2,20.50", "C2,20.05", 1))
	b.reconciles(exitOK, append(balanced, "对账单没有这些列：TRADE_STATE, TRACENO", "合计等非交易 1 行"), "--statement", statement)
	b.reconciles(exitOK, []string{"日志 0 笔"}, "--date", "2020-01-01")

	// Beside a running owner, who compares.
	b.inService(func() {
		b.reconciles(exitOK, asked)
		b.reconciles(exitOK, append(balanced, "合计等非交易 1 行"), "--statement", statement)
		b.reconciles(exitDiffers, []string{"不一致（1 笔）", "金额：日志 20.50 元，平台 20.05 元"}, "--statement", altered)
		b.reconciles(exitOK, []string{`"amount": "220.51"`, `"agrees": true`}, "--json", "--statement", statement)
		b.reconciles(exitFailed, []string{"没有找到表头"}, "--statement", b.terminal.config)
		b.reconciles(exitFailed, []string{"no such file"}, "--statement", "nowhere.csv")
	})
}

func TestWhatIsOnlyOnThePlatformIsFound(t *testing.T) {
	b := newBooks(t)
	b.elsewhere().charge("C9", "30")
	b.elsewhere().refund("C1", "R9", "2")

	b.reconciles(exitDiffers, []string{"日志没有（1 笔）", "2.00 元", "属于收款 C1", "不一致或未定"})
	statement := b.statement()
	b.reconciles(exitOK, []string{"其他终端 2 行（T2）", "到目前为止一致"}, "--statement", b.file(statement))
	ours := strings.ReplaceAll(statement, ",T2", ",T1")
	b.reconciles(exitDiffers, []string{"日志没有（2 笔）", "C9", "R9", "30.00 元"}, "--statement", b.file(ours))

	// The whole hospital's statement and both terminals' journals, one in service.
	one, other := b.export(), b.elsewhere().export()
	b.inService(func() {
		b.reconciles(exitOK, []string{"一致：7 笔"}, "--statement", b.file(statement), "--journal", one, "--journal", other)
		b.reconciles(exitOK, []string{"一致：5 笔"}, "--statement", b.file(statement), "--journal", one)
	})
	without := strings.Replace(statement, "C2,20.50", "C7,20.50", 1)
	b.reconciles(exitDiffers, []string{"日志没有（1 笔）", "平台没有（1 笔）"}, "--statement", b.file(without), "--journal", one, "--journal", other)
}

// A day whose trades were archived is not compared without them.
func TestAnArchivedDay(t *testing.T) {
	b := newBooks(t)
	statement := b.file(b.statement())
	settings, err := config.Load(config.Options{Path: b.terminal.config})
	if err != nil {
		t.Fatal(err)
	}
	journal, err := store.Open(settings.Store.Path, store.Options{Terminal: settings.Terminal.TermNo})
	if err != nil {
		t.Fatal(err)
	}
	archive := filepath.Join(t.TempDir(), "archive.db")
	pruned, err := journal.Prune(t.Context(), time.Now(), archive)
	if err = errors.Join(err, journal.Close()); err != nil || pruned.Trades != 5 {
		t.Fatalf("%+v, %v", pruned, err)
	}
	b.charge("C4", "3")

	says := []string{b.day + " 的交易已归档", "--journal", "--statement"}
	b.reconciles(exitFailed, says)
	b.reconciles(exitFailed, says, "--statement", statement)
	b.inService(func() { b.reconciles(exitFailed, says) })

	var exported, log bytes.Buffer
	export := []string{"journal", "export", "--config", b.terminal.config, "--json", "--file", archive}
	if exit := run(t.Context(), export, &exported, &log); exit != exitOK {
		t.Fatal(log.String())
	}
	old := filepath.Join(t.TempDir(), "archive.jsonl")
	if err := os.WriteFile(old, exported.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	b.reconciles(exitOK, []string{"一致：6 笔"}, "--statement", b.file(b.statement()), "--journal", old, "--journal", b.export())
}

func TestAnAlteredAmountIsFound(t *testing.T) {
	b := newBooks(t)
	altered := b.file(strings.Replace(b.statement(), "C2,20.50", "C2,20.05", 1))
	b.reconciles(exitDiffers, []string{"不一致（1 笔）", "C2", "金额：日志 20.50 元，平台 20.05 元", "对账单第"}, "--statement", altered)

	var found struct {
		Balanced bool
		Totals   map[string]map[string]struct{ Amount string }
		Items    []struct {
			Class, No   string
			Differences []string
		}
	}
	text := b.reconciles(exitDiffers, nil, "--statement", altered, "--json")
	if err := json.Unmarshal([]byte(text), &found); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	if i := found.Items[0]; found.Balanced || len(found.Items) != 5 || i.Class != "differs" || i.No != "C2" || i.Differences[0] != "amount" ||
		found.Totals["charge"]["there"].Amount != "220.06" {
		t.Errorf("%+v", found)
	}
	records, err := csv.NewReader(strings.NewReader(b.reconciles(exitDiffers, nil, "--statement", altered, "--csv"))).ReadAll()
	if err != nil || len(records) != 6 || records[1][2] != "C2" || records[1][5] != "20.50" || records[1][8] != "20.05" {
		t.Errorf("%q, %v", records, err)
	}
}

func TestWhatReconcileRefuses(t *testing.T) {
	b := books{his: his{t: t, terminal: newTerminal(t, ""), person: sandbox.Persons()[0]}, day: "2026-11-25"}
	bad := b.file("CHANNEL_TRACENO,TRADE_AMOUNT\r\nA,x\r\n")
	for says, args := range map[string][]string{
		"--date":          {"--date", "25.11."},
		"只能用一个":           {"--json", "--csv"},
		"不认识 today":       {"today"},
		"没有日志":            nil,
		"--journal 需要":    {"--journal", "x"},
		"no such file":    {"--statement", filepath.Join(b.terminal.folder, "none")},
		"还没有到":            {"--date", "2099-01-01"},
		"platform.app_id": {"--config", keyless(t)},
		"没有 --day 这个选项":   {"--day", "x"},
	} {
		b.reconciles(exitFailed, []string{says}, args...)
	}
	b.reconciles(exitFailed, []string{"statement.csv 第 2 行", "TRADE_AMOUNT", "不是金额"}, "--statement", bad, "--journal", statementData+"journal.jsonl")
	if _, err := os.Stat(filepath.Join(b.terminal.folder, "j.db")); !os.IsNotExist(err) {
		t.Errorf("there is a journal: %v", err)
	}
}

// keyless is a terminal to which HIS brings its keys.
func keyless(t *testing.T) string {
	return newTerminal(t, "[platform]\ndriver = 'wire'\nurl = 'http://127.0.0.1:1'").config
}
