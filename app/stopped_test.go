//go:build unix

package main

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"onetrans/app/config"
	"onetrans/app/terminal"
	"onetrans/devices"
	"onetrans/flows/message/onetrans"
)

func TestAnOwnerWhoWasStoppedIsSaidToBeThatWithinFiveSeconds(t *testing.T) {
	w := newTerminal(t, "")
	agent := program(t, "agent", "--config", w.config)
	if err := agent.Start(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the agent serves", func() bool { return w.served(t) })
	if err := agent.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	var status syscall.WaitStatus // until all of its threads stand
	if _, err := syscall.Wait4(agent.Process.Pid, &status, syscall.WUNTRACED, nil); err != nil || !status.Stopped() {
		t.Fatal(status, err)
	}
	begin := time.Now()
	var out, log bytes.Buffer
	exit := run(t.Context(), w.args(t, onetrans.TransRecharge, order("S1")), &out, &log)
	a := read(t, out.Bytes(), log.String())
	if a.Code != string(onetrans.CodeDevice) || !strings.Contains(a.Text, "没有响应") || exit != exitOK || time.Since(begin) > 5*time.Second {
		t.Errorf("%+v, exit %d after %v", a, exit, time.Since(begin))
	}
	if !strings.Contains(log.String(), "does not answer") {
		t.Errorf("nobody notices: %s", &log)
	}
	if err := agent.Process.Signal(syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	if a, _ := w.call(t, onetrans.TransRecharge, order("S1")); a.Code != string(onetrans.CodeOK) {
		t.Errorf("once it goes on: %+v", a)
	}
}

// sharedTerminal has its journal in a folder where every user of the machine may write.
func sharedTerminal(t *testing.T) site {
	t.Helper()
	w := newTerminal(t, "")
	store := filepath.Join(w.folder, "store")
	config, err := os.ReadFile(w.config)
	err = errors.Join(err,
		os.Chmod(filepath.Dir(w.folder), 0o755), os.Chmod(w.folder, 0o755),
		os.WriteFile(w.config, bytes.Replace(config, []byte("'j.db'"), []byte("'store/j.db'"), 1), 0o600),
		os.Mkdir(store, 0o700), os.Chmod(store, 0o777))
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// The runtime would end with exit status 2, which says that there is an answer.
func TestAProcessThatEndsByForceHasNoExitStatusOfTheInterface(t *testing.T) {
	for _, by := range []syscall.Signal{syscall.SIGQUIT, syscall.SIGSEGV, syscall.SIGABRT} {
		w := newTerminal(t, "")
		agent := program(t, "agent", "--config", w.config)
		if err := agent.Start(); err != nil {
			t.Fatal(err)
		}
		eventually(t, "the agent serves", func() bool { return w.served(t) })
		if err := agent.Process.Signal(by); err != nil {
			t.Fatal(err)
		}
		_ = agent.Wait()
		if status, ok := agent.ProcessState.Sys().(syscall.WaitStatus); !ok || !status.Signaled() {
			t.Errorf("%v: %v", by, agent.ProcessState)
		}
	}
}

func TestAStoreFolderThatOthersMayWriteServesNoMoney(t *testing.T) {
	w := sharedTerminal(t)
	var out, log bytes.Buffer
	run(t.Context(), w.args(t, onetrans.TransRecharge, order("F1")), &out, &log)
	if a := read(t, out.Bytes(), log.String()); a.Code != string(onetrans.CodeJournal) || !strings.Contains(log.String(), "chmod go-w "+filepath.Join(w.folder, "store")) {
		t.Errorf("%+v\n%s", a, &log)
	}
}

func TestAnAnswersFileIsNotWrittenThroughALink(t *testing.T) {
	w := newTerminal(t, "")
	precious, link := filepath.Join(w.folder, "precious"), filepath.Join(w.folder, "out")
	if err := os.WriteFile(precious, []byte("precious"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(precious, link); err != nil {
		t.Fatal(err)
	}
	var out, log bytes.Buffer
	if exit := run(t.Context(), w.args(t, onetrans.TransRecharge, order("L1"), "--out", link), &out, &log); exit != exitFailed {
		t.Errorf("exit %d: %s", exit, &log)
	}
	if data, err := os.ReadFile(precious); err != nil || string(data) != "precious" {
		t.Errorf("what the link names was overwritten: %q, %v", data, err)
	}
	if _, err := os.Stat(filepath.Join(w.folder, "j.db")); !os.IsNotExist(err) {
		t.Errorf("something was done: %v", err)
	}
}

// A caller may say its standard output by the system's name for it, which is a link.
func TestAnAnswerIsWrittenToTheSystemsNameForStandardOutput(t *testing.T) {
	w := newTerminal(t, "")
	for _, name := range []string{"/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"} {
		if _, err := os.Stat(name); err != nil {
			continue // not on this system
		}
		var out, log bytes.Buffer
		c := program(t, w.args(t, onetrans.TransQuery, order("L1"), "--out", name)...)
		c.Stdout, c.Stderr = &out, &log
		if err := c.Run(); err != nil || !strings.HasPrefix(out.String(), "{") {
			t.Errorf("%s: %v, %q\n%s", name, err, &out, &log)
		}
	}
}

func TestASlipIsNotWrittenThroughALinkThatOthersCouldHavePut(t *testing.T) {
	shared := t.TempDir()
	precious, link := filepath.Join(t.TempDir(), "precious"), filepath.Join(shared, "slips")
	err := os.Chmod(shared, 0o777|os.ModeSticky)
	if err == nil {
		err = os.WriteFile(precious, nil, 0o600)
	}
	if err == nil {
		err = os.Symlink(precious, link)
	}
	if err != nil {
		t.Fatal(err)
	}
	device, err := terminal.NewPrinter(config.Printer{Kind: config.PrinterFile, Address: link, Columns: 48})
	if err == nil {
		err = device.Print(t.Context(), devices.Slip{Lines: []devices.SlipLine{{Text: "a slip"}}})
	}
	if data, _ := os.ReadFile(precious); err == nil || len(data) > 0 {
		t.Errorf("%q was written, %v", data, err)
	}
}
