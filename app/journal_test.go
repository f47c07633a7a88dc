package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"onetrans/app/checks/tour"
	"onetrans/flows/message/onetrans"
)

// journal carries out a command in this process; what went wrong is in log.
func (w site) journal(t *testing.T, args ...string) (out, log string, exit int) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	exit = run(t.Context(), append(append([]string{"journal"}, args...), "--config", w.config), &stdout, &stderr)
	return stdout.String(), stderr.String(), exit
}

// works carries out a command that must work.
func (w site) works(t *testing.T, args ...string) string {
	t.Helper()
	out, log, exit := w.journal(t, args...)
	if exit != exitOK {
		t.Fatalf("%q: exit %d: %s%s", args, exit, out, log)
	}
	return out
}

// ordered is the data of an order that was made, each over another amount.
func (w site) ordered(t *testing.T, no string) map[string]any {
	t.Helper()
	a, exit := w.call(t, onetrans.TransRecharge, strings.Replace(order(no), "0.01", "1.0"+no[1:], 1))
	if a.Code != string(onetrans.CodeOK) {
		t.Fatalf("%+v, exit %d", a, exit)
	}
	return a.Data
}

// The commands answer alike beside a running agent and alone.
func TestTheJournalsCommandsBesideAnAgentAndAlone(t *testing.T) {
	w := newTerminal(t, "")
	if _, log, exit := w.journal(t, "list"); exit != exitFailed || !strings.Contains(log, "没有日志") {
		t.Errorf("exit %d: %s", exit, log)
	}
	t.Run("beside an agent", func(t *testing.T) {
		w.startAgent(t)
		data := w.ordered(t, "A1")
		w.ordered(t, "A2")
		if err := tour.Phone(t.Context(), data["qrcode"].(string)); err != nil {
			t.Fatal(err)
		}
		eventually(t, "the money came", func() bool { return strings.Count(w.works(t, "list", "--state", "succ", "--json"), "\n") == 1 })
		w.read(t)
		if out := w.works(t, "retry", "A2", "--by", "王五"); !strings.Contains(out, "充值 A2：办理中") {
			t.Error(out)
		}
		if _, log, exit := w.journal(t, "settle", "A2", "--as", "failed", "--by", "王五", "--why", "left"); exit != exitFailed || !strings.Contains(log, "之后再认定") {
			t.Errorf("exit %d: %s", exit, log)
		}
		if out := w.works(t, "list", "--desk"); !strings.Contains(out, "A2") {
			t.Error(out)
		}
		if _, log, exit := w.journal(t, "adopt", "--by", "王五", "--why", "x"); exit != exitFailed || !strings.Contains(log, "请先停止程序") {
			t.Errorf("exit %d: %s", exit, log)
		}
		w.works(t, "backup", filepath.Join(w.folder, "backup.db"))
	})
	t.Run("alone", func(t *testing.T) {
		w.read(t)
		out := filepath.Join(w.folder, "export.csv")
		w.works(t, "export", "--out", out)
		if data, err := os.ReadFile(out); err != nil || bytes.Count(data, []byte("\n")) != 3 {
			t.Errorf("%v %s", err, data)
		}
		if err := os.WriteFile(out, []byte("older"), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, log, exit := w.journal(t, "export", "--out", out); exit != exitFailed || !strings.Contains(log, "文件已存在") {
			t.Errorf("written over: exit %d: %s", exit, log)
		}
		if data, err := os.ReadFile(out); err != nil || string(data) != "older" {
			t.Errorf("what was there is gone: %v %s", err, data)
		}
		if out := w.works(t, "prune", "--older-than", "30", "--to", filepath.Join(w.folder, "archive.db")); !strings.Contains(out, "没有到期") {
			t.Error(out)
		}
		if out := w.works(t, "list", "--file", filepath.Join(w.folder, "backup.db")); !strings.Contains(out, "A1") {
			t.Error(out)
		}
		w.works(t, "verify", "--file", filepath.Join(w.folder, "backup.db"))
	})
}

func (w site) read(t *testing.T) {
	t.Helper()
	if out := w.works(t, "list", "--day", "today"); !strings.Contains(out, "A1") || !strings.Contains(out, "A2") || strings.Contains(out, "DD456004X") {
		t.Error(out)
	}
	if out := w.works(t, "list", "--card", "DD456004X", "--open", "--identity", "--csv"); strings.Count(out, "\n") != 2 || !strings.Contains(out, "DD456004X") {
		t.Error(out)
	}
	if out := w.works(t, "show", "A1"); !strings.Contains(out, "平台答复：成功") {
		t.Error(out)
	}
	if out := w.works(t, "verify"); !strings.HasSuffix(out, "日志完整\n") {
		t.Error(out)
	}
}

// No door serves money on a journal that was rolled back, and each says what to do.
func TestNoMoneyIsServedOnAJournalThatWasRolledBack(t *testing.T) {
	w := newTerminal(t, "")
	path := filepath.Join(w.folder, "j.db")
	w.ordered(t, "A1")
	older, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	w.ordered(t, "A2")
	if err := os.WriteFile(path, older, 0o600); err != nil {
		t.Fatal(err)
	}
	if a, _ := w.call(t, onetrans.TransRecharge, order("A3")); a.Code != string(onetrans.CodeJournal) {
		t.Errorf("a call: %+v", a)
	}
	var out, log bytes.Buffer
	if exit := run(t.Context(), []string{"agent", "--config", w.config}, &out, &log); exit != exitFailed || !strings.Contains(log.String(), "onetrans journal adopt") {
		t.Errorf("an agent: exit %d: %s", exit, log.String())
	}
	if _, log, exit := w.journal(t, "retry", "A1"); exit != exitFailed || !strings.Contains(log, "日志被换回了旧文件") {
		t.Errorf("exit %d: %s", exit, log)
	}
	said, _, exit := w.journal(t, "verify")
	if exit != exitFailed || !strings.Contains(said, "有问题") || !strings.Contains(said, "换回了旧文件") {
		t.Errorf("exit %d: %s", exit, said)
	}
	w.works(t, "list") // it can be read
	if out := w.works(t, "adopt", "--by", "王五", "--why", "the disk was replaced"); !strings.Contains(out, "恢复收付款") {
		t.Error(out)
	}
	w.ordered(t, "A3")
	if out := w.works(t, "verify"); !strings.HasSuffix(out, "日志完整\n") {
		t.Error(out)
	}
}

func TestAnotherTerminalsJournalIsRefused(t *testing.T) {
	w := newTerminal(t, "")
	w.ordered(t, "A1")
	config, err := os.ReadFile(w.config)
	if err == nil {
		err = os.WriteFile(w.config, append(config, "\n[terminal]\nterm_no = 'ZZJ002'\n"...), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	if a, _ := w.call(t, onetrans.TransRecharge, order("A2")); a.Code != string(onetrans.CodeJournal) {
		t.Errorf("%+v", a)
	}
	if out, _, exit := w.journal(t, "verify"); exit != exitFailed || !strings.Contains(out, "日志属于终端“ZZJ001”") {
		t.Errorf("exit %d: %s", exit, out)
	}
}

// A configured key needs no file, and nothing is read without it.
func TestAConfiguredKey(t *testing.T) {
	w := newTerminal(t, "")
	config, err := os.ReadFile(w.config)
	if err != nil {
		t.Fatal(err)
	}
	keyed := bytes.Replace(config, []byte("path = 'j.db'"), []byte("path = 'j.db'\nkey = '"+strings.Repeat("0a", 32)+"'"), 1)
	if err := os.WriteFile(w.config, keyed, 0o600); err != nil {
		t.Fatal(err)
	}
	w.ordered(t, "A1")
	if _, err := os.Stat(filepath.Join(w.folder, "j.db.key")); !os.IsNotExist(err) {
		t.Error("a key's file was made", err)
	}
	w.works(t, "verify")
	if err := os.WriteFile(w.config, config, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, log, exit := w.journal(t, "list"); exit != exitFailed || !strings.Contains(log, "日志的密钥不对或不见了") || strings.Contains(log, "0a0a") {
		t.Errorf("exit %d: %s", exit, log)
	}
}

// A damaged file ends no process: every door says what is wrong and what cures it.
func TestADamagedJournalIsToldByEveryDoorAndRebuilt(t *testing.T) {
	w := newTerminal(t, "")
	path := filepath.Join(w.folder, "j.db")
	w.ordered(t, "A1")
	w.ordered(t, "A2")
	file, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err == nil {
		_, err = file.WriteAt(make([]byte, 8192), 0)
		err = errors.Join(err, file.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
	if a, _ := w.call(t, onetrans.TransRecharge, order("A3")); a.Code != string(onetrans.CodeJournal) {
		t.Errorf("a call: %+v", a)
	}
	for _, verb := range [][]string{
		{"verify"}, {"list"}, {"backup", filepath.Join(w.folder, "backup.db")}, {"retry", "A1"}, {"adopt", "--by", "王五", "--why", "x"},
	} {
		if _, log, exit := w.journal(t, verb...); exit != exitFailed || !strings.Contains(log, "journal rebuild") {
			t.Errorf("%q: exit %d: %s", verb, exit, log)
		}
	}
	out := w.works(t, "rebuild")
	if !strings.HasSuffix(out, "日志完整\n") || !strings.Contains(out, "原文件保留在 "+path) {
		t.Error(out)
	}
	w.ordered(t, "A3")
	if out := w.works(t, "list"); !strings.Contains(out, "A1") || !strings.Contains(out, "A2") {
		t.Error(out)
	}
	fresh := filepath.Join(w.folder, "fresh.db")
	w.works(t, "rebuild", "--to", fresh)
	w.works(t, "verify", "--file", fresh)
}

// typed carries out a command as a process of its own, with this as its input.
func (w site) typed(t *testing.T, input string, args ...string) (said string, exit int) {
	t.Helper()
	command := program(t, append(append([]string{"journal"}, args...), "--config", w.config)...)
	command.Stdin = strings.NewReader(input)
	out, err := command.CombinedOutput()
	if err != nil && command.ProcessState == nil {
		t.Fatal(err)
	}
	return string(out), command.ProcessState.ExitCode()
}

func TestAnOperatorProvesHimselfBesideAnAgentAndAlone(t *testing.T) {
	w := newTerminal(t, "")
	w.ordered(t, "A1")
	if said, exit := w.typed(t, "correct horse\n", "password", "王五"); exit != exitOK || !strings.Contains(said, "王五 的密码已设置") {
		t.Fatal(exit, said)
	}
	if said, exit := w.typed(t, "battery staple\n", "password", "李四"); exit != exitFailed || !strings.Contains(said, "姓名或密码不对") {
		t.Errorf("anybody names another operator: %d %s", exit, said)
	}
	settle := []string{"settle", "A1", "--as", "failed", "--by", "王五", "--why", "left"}
	check := func(t *testing.T) {
		for input, says := range map[string]string{"": "姓名或密码不对", "wrong\n": "姓名或密码不对", "correct horse\n": "之后再认定"} {
			if said, exit := w.typed(t, input, settle...); exit != exitFailed || !strings.Contains(said, says) {
				t.Errorf("%q: exit %d, %s", input, exit, said)
			}
		}
	}
	t.Run("alone", check)
	t.Run("beside an agent", func(t *testing.T) { w.startAgent(t); check(t) })
}

// notes are the journal's entries about itself: who did what to it, or read in it.
func (w site) notes(t *testing.T) (notes []string) {
	t.Helper()
	for line := range strings.Lines(w.works(t, "export", "--entries", "--json")) {
		var e struct{ Kind, Event, Note, By string }
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			t.Fatal(err)
		}
		if e.Kind == "" {
			notes = append(notes, e.Event+": "+e.Note+" ("+e.By+")")
		}
	}
	return notes
}

// says fails unless one of the notes has all of these.
func says(t *testing.T, notes []string, all ...string) {
	t.Helper()
	if !slices.ContainsFunc(notes, func(note string) bool {
		return !slices.ContainsFunc(all, func(part string) bool { return !strings.Contains(note, part) })
	}) {
		t.Errorf("none of %q has all of %q", notes, all)
	}
}

// Whose journal it was is in the copy, and who read it in the one that lives on.
func TestReadingIdentitiesInACopyIsAnEntryOfTheJournalItself(t *testing.T) {
	w := newTerminal(t, "")
	w.ordered(t, "A1")
	backup := filepath.Join(w.folder, "backup.db")
	w.works(t, "backup", backup)
	for _, how := range []string{"alone", "beside an agent"} {
		t.Run(how, func(t *testing.T) {
			if how != "alone" {
				w.startAgent(t)
			}
			before := len(w.notes(t))
			w.works(t, "list", "--file", backup) // shows nobody
			if out := w.works(t, "list", "--file", backup, "--identity"); !strings.Contains(out, "DD456004X") {
				t.Error(out)
			}
			notes := w.notes(t)[before:]
			says(t, notes, "read: list --file "+backup, "user ", "process ")
			if len(notes) != 1 {
				t.Errorf("%q", notes)
			}
		})
	}
	w.works(t, "verify")
}

func TestIdentitiesInACopyAreNotShownWhereNoJournalCanSayWhoReadThem(t *testing.T) {
	w := newTerminal(t, "")
	w.ordered(t, "A1")
	backup := filepath.Join(t.TempDir(), "backup.db")
	w.works(t, "backup", backup)
	for _, name := range []string{"j.db", "j.db.head"} {
		if err := os.Remove(filepath.Join(w.folder, name)); err != nil {
			t.Fatal(err)
		}
	}
	if out, log, exit := w.journal(t, "list", "--file", backup, "--identity"); exit != exitFailed || out != "" || !strings.Contains(log, "日志丢失") {
		t.Errorf("exit %d: %s%s", exit, out, log)
	}
	if out := w.works(t, "list", "--file", backup); !strings.Contains(out, "A1") || strings.Contains(out, "DD456004X") {
		t.Error(out)
	}
}

func TestAPasswordThatIsSetIsAnEntryWithWhoSetIt(t *testing.T) {
	w := newTerminal(t, "")
	w.ordered(t, "A1")
	set := func(t *testing.T, input string, args ...string) {
		t.Helper()
		if said, exit := w.typed(t, input, append([]string{"password"}, args...)...); exit != exitOK {
			t.Fatal(exit, said)
		}
	}
	set(t, "correct horse\n", "王五")
	says(t, w.notes(t), "password set: 王五 [user ", "process ", "(王五)")
	w.startAgent(t)
	set(t, "correct horse\nbattery staple\n", "李四", "--by", "王五")
	says(t, w.notes(t), "password set: 李四 [user ", "(王五)")
	before := len(w.notes(t))
	for _, input := range []string{"wrong\nbattery staple\n", "correct horse\nshort\n", ""} {
		if said, exit := w.typed(t, input, "password", "赵六", "--by", "王五"); exit != exitFailed {
			t.Errorf("%q: %d %s", input, exit, said)
		}
	}
	if notes := w.notes(t); len(notes) != before {
		t.Errorf("what was refused is an entry: %q", notes[before:])
	}
	w.works(t, "verify")
}
