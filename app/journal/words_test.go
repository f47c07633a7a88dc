package journal

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"onetrans/app/command"
	"onetrans/devices"
	"onetrans/flows/core/txn"
	"onetrans/flows/message/onetrans"
	"onetrans/store"
)

// Whatever happens to a trade, and wherever it stands, there is a word for it.
func TestThereIsAWordForEverything(t *testing.T) {
	w := words{language(t, "zh-CN")}
	said := func(group, code string) {
		t.Helper()
		if key := "journal." + group + "." + strings.ReplaceAll(code, " ", "_"); !w.Has(key) {
			t.Errorf("there is no %q", key)
		}
	}
	arrow := regexp.MustCompile(`(?m)^ +(\w+) --> (\w+) : (.*)$`)
	for _, kind := range txn.Kinds() {
		for _, rule := range arrow.FindAllStringSubmatch(txn.Diagram(kind), -1) {
			said("state", rule[2])
			if result, ok := strings.CutPrefix(rule[3], "told "); ok {
				said("result", result)
			} else {
				said("event", rule[3])
			}
		}
	}
	for word := range kindWords() {
		said("kind", word)
	}
	for _, why := range txn.Reasons() {
		said("because", string(why))
	}
	for _, v := range []txn.Verdict{txn.VerdictDone, txn.VerdictFailed, txn.VerdictSeen} {
		said("verdict", string(v))
	}
	for _, way := range []string{"0", "1", "2", "3", "4", "5", "7"} {
		said("withdraw_mode", way)
	}
	for _, flow := range []string{onetrans.RefundDirect, onetrans.RefundHisDecide, onetrans.RefundPrepare} {
		said("refund_type", flow)
	}
	names, _ := row{}.columns()
	for _, name := range names {
		said("column", name)
	}
}

// What people read is in their language, in columns that fit wide characters;
// what programs read is not.
func TestPeopleReadTheirLanguage(t *testing.T) {
	w := newWorld(t)
	w.words = language(t, "zh-CN")
	out, err := w.run("list")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(out, "\n")
	for i, ends := range []string{"在等什么", "等人工处理：平台拒绝，代码 610006", "等平台答复，结果未知", "充值          1 ", "共 3 笔"} {
		if !strings.Contains(lines[i], ends) {
			t.Errorf("line %d has no %q:\n%s", i, ends, out)
		}
	}
	state := map[int]string{0: "状态", 1: "结果未知", 2: "结果未知", 3: "成功"}
	for i, word := range state {
		before, _, _ := strings.Cut(lines[i], word)
		if at := devices.Columns(before); at != 77 {
			t.Errorf("%q stands at column %d", word, at)
		}
	}
	for verb, says := range map[string]string{
		"show 2":                 "状态          结果未知",
		"verify":                 "日志完整",
		"export --kind recharge": "waits_for",
	} {
		if out, err := w.run(strings.Fields(verb)...); err != nil || !strings.Contains(out, says) {
			t.Errorf("%s: %v\n%s", verb, err, out)
		}
	}
	for verb, says := range map[string]string{
		"show 1": "--kind", "show 9": "没有这个编号", "adopt --by a --why b": "请先停止程序",
		"verify --receipt 1:00000000": "凭条与日志不符",
	} {
		if _, err := w.run(strings.Fields(verb)...); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", verb, err)
		}
	}
	w.core.err = &txn.TooEarlyError{Until: now}
	if _, err := w.run("settle", "2", "--as", "failed", "--by", "王五", "--why", "x"); err == nil || !strings.Contains(err.Error(), "2026-03-05 07:30:00 之后") {
		t.Errorf("%v", err)
	}
}

// Whatever else went wrong, that the journal could not be written is said first.
func TestAJournalThatFailsIsSaidFirst(t *testing.T) {
	w := newWorld(t)
	w.words = language(t, "zh-CN")
	w.core.err = errors.Join(&txn.TooEarlyError{Until: now}, fmt.Errorf("%w: disk full", txn.ErrJournal))
	_, err := w.run("settle", "2", "--as", "failed", "--by", "王五", "--why", "x")
	if !errors.Is(err, txn.ErrJournal) || !strings.HasPrefix(err.Error(), "日志打不开") || !strings.Contains(err.Error(), "disk full") {
		t.Errorf("%v", err)
	}
	w.core.err = fmt.Errorf("%w: it has fewer entries", store.ErrRolledBack)
	if _, err := w.run("retry", "2"); !errors.Is(err, store.ErrRolledBack) || !strings.HasPrefix(err.Error(), "日志被换回了旧文件") {
		t.Errorf("%v", err)
	}
}

// A journal may have words that this version does not know.
func TestWhatIsNewIsSaidAsItIs(t *testing.T) {
	w := words{language(t, "zh-CN")}
	trade := txn.Trade{Progress: txn.Progress{State: "elsewhere", Desk: "an older version's sentence"}}
	if got := w.state(trade.At()) + w.event("something new") + w.waits(trade); got != "elsewheresomething new等人工处理：an older version's sentence" {
		t.Error(got)
	}
	e := entryOf(store.Event{Entry: txn.Entry{Kind: onetrans.TransRefund}})
	if e.Kind != "refund" {
		t.Error(e)
	}
}

// What can't be handed on as text is said to be that, in the caller's words.
func TestAWordThatIsNoTextIsRefusedBeforeAnythingIsDone(t *testing.T) {
	no := Request{Verb: Show, No: "\xff\xfe"}
	path := Request{Verb: Verify, Archives: []string{"/a\xff"}}
	for _, r := range []Request{no, path} {
		if err := r.Check(); !errors.Is(err, command.Wrong("not_text")) {
			t.Errorf("%+v: %v", r, err)
		}
	}
}
