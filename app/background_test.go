//go:build linux

package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"onetrans/app/terminal"
	"onetrans/flows/message/onetrans"
)

// background has an agent serve the terminal, by a process that ends.
func (w site) background(t *testing.T, from *exec.Cmd) (terminal.Ready, int) {
	t.Helper()
	w.endAgents(t)
	out, err := from.Output()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Error(err)
	}
	var ready terminal.Ready
	if err := json.Unmarshal(out, &ready); err != nil || bytes.Count(out, []byte("\n")) != 1 {
		t.Errorf("%v: %q", err, out)
	}
	return ready, from.ProcessState.ExitCode()
}

// agents are the processes that serve the terminal.
func (w site) agents() (all []int) {
	found, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, path := range found {
		words, _ := os.ReadFile(path)
		if strings.Contains(string(words), "\x00agent\x00--json\x00--config\x00"+w.config+"\x00") {
			pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(path)))
			all = append(all, pid)
		}
	}
	return all
}

// endAgents ends them with the test.
func (w site) endAgents(t *testing.T) {
	t.Cleanup(func() {
		for _, pid := range w.agents() {
			_ = syscall.Kill(pid, syscall.SIGTERM)
		}
		eventually(t, "the agents have ended", func() bool { return len(w.agents()) == 0 })
	})
}

func TestAnAgentInTheBackgroundHasNothingFromWhoStartedIt(t *testing.T) {
	w := newTerminal(t, "")
	held, hold, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	// A host that ignores signals, lets everybody read its files, and has left a pipe open.
	starter := program(t)
	starter.Args = []string{"sh", "-c", `trap '' HUP INT TERM PIPE; umask 000; exec "$0" agent --background --config "$1"`, starter.Path, filepath.Base(w.config)}
	starter.Path, starter.Dir = "/bin/sh", w.folder
	starter.ExtraFiles = []*os.File{hold}
	ready, exit := w.background(t, starter) // which reads its output to the end
	hold.Close()
	if rest, err := io.ReadAll(held); err != nil || len(rest) > 0 {
		t.Errorf("%q, %v", rest, err)
	}
	if exit != exitOK || ready.Address != filepath.Join(w.folder, "s") || ready.Version == 0 {
		t.Fatalf("%+v, exit %d", ready, exit)
	}
	agents := w.agents()
	if len(agents) != 1 {
		t.Fatalf("%d agents", len(agents))
	}
	proc := "/proc/" + strconv.Itoa(agents[0])
	stat, err := os.ReadFile(proc + "/stat")
	if err != nil {
		t.Fatal(err)
	}
	fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
	if session, terminal := fields[3], fields[4]; session != strconv.Itoa(agents[0]) || terminal != "0" {
		t.Errorf("its session is %s, its terminal %s", session, terminal)
	}
	status, err := os.ReadFile(proc + "/status")
	if err != nil || !strings.Contains(string(status), "Umask:\t0077\n") {
		t.Errorf("%v: %s", err, status)
	}
	if cwd, err := os.Readlink(proc + "/cwd"); err == nil && cwd != "/" { // whose that may be seen
		t.Errorf("it stands in %s", cwd)
	}
	if a, _ := w.call(t, onetrans.TransRecharge, order("A1")); a.Code != string(onetrans.CodeOK) {
		t.Errorf("%+v", a)
	}
	if again, exit := w.background(t, program(t, "agent", "--background", "--config", w.config)); exit != exitOK || again.Address != ready.Address {
		t.Errorf("again: %+v, exit %d", again, exit)
	}
	if len(w.agents()) != 1 {
		t.Error("another was started beside it")
	}
	_ = syscall.Kill(agents[0], syscall.SIGTERM)
	eventually(t, "it ends when it is told to", func() bool { return len(w.agents()) == 0 })
}

func TestSixteenWhoStartAnAgentAtOnceHaveOne(t *testing.T) {
	t.Parallel()
	w := newTerminal(t, "")
	w.endAgents(t)
	var starting sync.WaitGroup
	for range 16 {
		starting.Go(func() {
			ready, exit := w.background(t, program(t, "agent", "--background", "--config", w.config))
			if exit != exitOK || ready.Address == "" {
				t.Errorf("%+v, exit %d", ready, exit)
			}
			if !w.served(t) {
				t.Error("nobody serves")
			}
		})
	}
	starting.Wait()
	if n := len(w.agents()); n != 1 {
		t.Errorf("%d agents", n)
	}
}

func TestWhyThereIsNoAgentIsACompleteAnswer(t *testing.T) {
	t.Parallel()
	refused := func(t *testing.T, w site, code onetrans.Code, says string) {
		t.Helper()
		begin := time.Now()
		ready, exit := w.background(t, program(t, "agent", "--background", "--config", w.config))
		a := read(t, ready.Out, "")
		if exit != exitFailed || a.Code != string(code) || !strings.Contains(a.Text, says) || time.Since(begin) > 15*time.Second {
			t.Errorf("%+v, exit %d after %v", a, exit, time.Since(begin))
		}
		if len(w.agents()) > 0 {
			t.Error("there is one")
		}
	}
	t.Run("a configuration that is broken", func(t *testing.T) {
		w := newTerminal(t, "")
		if err := os.WriteFile(w.config, []byte("platform.driver = 'sandbox'\nnonsense = 1\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		refused(t, w, onetrans.CodeInternal, "nonsense")
	})
	t.Run("none at its place", func(t *testing.T) {
		w := newTerminal(t, "")
		w.config += ".none"
		refused(t, w, onetrans.CodeInternal, "onetrans.toml.none")
	})
	t.Run("a journal that can't be used", func(t *testing.T) {
		w := newTerminal(t, "")
		if err := os.WriteFile(filepath.Join(w.folder, "j.db"), bytes.Repeat([]byte("no journal "), 4096), 0o600); err != nil {
			t.Fatal(err)
		}
		refused(t, w, onetrans.CodeJournal, "无法启动")
	})
	t.Run("an owner who was stopped", func(t *testing.T) {
		w := newTerminal(t, "")
		w.background(t, program(t, "agent", "--background", "--config", w.config))
		pid := w.agents()[0]
		if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil {
			t.Fatal(err)
		}
		defer syscall.Kill(pid, syscall.SIGCONT)
		ready, exit := w.background(t, program(t, "agent", "--background", "--config", w.config))
		if a := read(t, ready.Out, ""); exit != exitFailed || a.Code != string(onetrans.CodeDevice) || !strings.Contains(a.Text, "没有响应") {
			t.Errorf("%+v, exit %d", a, exit)
		}
	})
}

func TestAnAgentThatIsAskedForJSONSaysInALineWhetherItServes(t *testing.T) {
	w := newTerminal(t, "")
	w.startAgent(t)
	second := program(t, "agent", "--json", "--config", w.config)
	out, err := second.Output()
	var ready terminal.Ready
	if err == nil || json.Unmarshal(out, &ready) != nil || !ready.InUse || read(t, ready.Out, "").Code != string(onetrans.CodeBusy) {
		t.Errorf("%v: %s", err, out)
	}
}
