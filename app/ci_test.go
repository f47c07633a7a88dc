//go:build linux

package main

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// tools are programs that stand in for the machine's own; what they were run
// with is in the file called.
type tools struct {
	folder, called string
}

func newTools(t *testing.T, scripts map[string]string) tools {
	t.Helper()
	folder := t.TempDir()
	for name, script := range scripts {
		text := fmt.Sprintf("#!/bin/sh\necho %s \"$@\" >>%s/called\n%s\n", name, folder, script)
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	return tools{folder, filepath.Join(folder, "called")}
}

// run runs a script of .ci without a terminal.
func (s tools) run(t *testing.T, script string, environ ...string) (out, log string, exit int) {
	t.Helper()
	command := exec.Command(script)
	command.Dir = "../.ci"
	command.Env = append(os.Environ(), append(environ, "PATH="+s.folder+":"+os.Getenv("PATH"))...)
	var stdout, stderr bytes.Buffer
	command.Stdout, command.Stderr = &stdout, &stderr
	_ = command.Run()
	return stdout.String(), stderr.String(), command.ProcessState.ExitCode()
}

func (s tools) ran(t *testing.T, name string) bool {
	t.Helper()
	called, err := os.ReadFile(s.called)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	return strings.Contains("\n"+string(called), "\n"+name+" ")
}

// someone is a user who is not root, and whose sudo would ask.
func someone(more map[string]string) map[string]string {
	scripts := map[string]string{"id": "echo 1000", "sudo": "exit 1", "pgrep": "exit 1", "pcscd": "", "apt-get": ""}
	for name, script := range more {
		scripts[name] = script
	}
	return scripts
}

func TestWhatIsMissingAndWhereSudoWouldAskIsSaidBeforeAnythingRuns(t *testing.T) {
	s := newTools(t, someone(map[string]string{"dpkg-query": "exit 1"}))
	out, log, exit := s.run(t, "./setup")
	if exit != 1 || !strings.Contains(log, "sudo apt-get install gcc") || !strings.Contains(log, "pcscd") || s.ran(t, "apt-get") {
		t.Errorf("setup: exit %d, %s%s", exit, out, log)
	}
	nobody, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody.Close()
	out, log, exit = s.run(t, "./pcscd", "VPCD_ADDRESS="+nobody.Addr().String())
	if exit != 1 || out != "" || !strings.Contains(log, "sudo systemctl start pcscd") || s.ran(t, "pcscd") {
		t.Errorf("pcscd: exit %d, %s%s", exit, out, log)
	}
}

// listening is a program that says this to whoever connects.
func listening(t *testing.T, address, greeting string) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			_, _ = conn.Write([]byte(greeting))
			defer conn.Close()
		}
	}()
	return l
}

func TestTheVirtualReadersPortIsRecognisedByWhatItSays(t *testing.T) {
	s := newTools(t, someone(nil))
	address := listening(t, "127.0.0.1:0", "\x00\x01\x04").Addr().String()
	out, log, exit := s.run(t, "./pcscd", "VPCD_ADDRESS="+address)
	if exit != 0 || strings.TrimSpace(out) != "export VPCD_ADDRESS="+address || log != "" || s.ran(t, "pcscd") {
		t.Errorf("exit %d, %s%s", exit, out, log)
	}
}

func TestWhereAnotherProgramHasTheReadersPortAnotherIsTaken(t *testing.T) {
	if _, err := os.Stat("/run/systemd/system"); err == nil {
		t.Skip("a machine without systemd is missing: its service has its port from /etc")
	}
	s := newTools(t, someone(map[string]string{"id": "echo 0", "pcscd": `cp "$3/vpcd" "$(dirname "$0")/begun"`}))
	standard := filepath.Join(t.TempDir(), "vpcd")
	if err := os.WriteFile(standard, []byte("DEVICENAME /dev/null:0x8C7B\nCHANNELID 0x8C7B\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	other := listening(t, "127.0.0.1:0", "HTTP/1.1 400 Bad Request\r\n").Addr().String()
	begun := make(chan string, 1)
	go func() {
		defer close(begun)
		eventually(t, "a reader is started", func() bool {
			text, _ := os.ReadFile(filepath.Join(s.folder, "begun"))
			named := regexp.MustCompile(`(?s)/dev/null:0x(\w+)\n.*CHANNELID 0x(\w+)\n`).FindStringSubmatch(string(text))
			if named == nil || named[1] != named[2] {
				return false
			}
			port, err := strconv.ParseInt(named[1], 16, 32)
			begun <- fmt.Sprintf("127.0.0.1:%d", port)
			return err == nil
		})
	}()
	done := make(chan struct{})
	go func() {
		defer close(done)
		if address := <-begun; address != "" {
			l, err := net.Listen("tcp", address)
			if err != nil {
				t.Error(err)
				return
			}
			t.Cleanup(func() { l.Close() })
		}
	}()
	out, log, exit := s.run(t, "./pcscd", "VPCD_ADDRESS="+other, "VPCD_CONFIG="+standard)
	<-done
	if exit != 0 || !strings.HasPrefix(out, "export VPCD_ADDRESS=127.0.0.1:") || strings.Contains(out, other) || !strings.Contains(log, "another program has port") {
		t.Errorf("exit %d, %s%s", exit, out, log)
	}
}

// 'go run' of a version asks the module proxy each time, also for what it has.
func TestChecksThatAreRunEachTimeNeedNoNetworkForTheirTools(t *testing.T) {
	for _, script := range []string{"../.ci/format", "../.ci/run", "../.ci/e2e", "../.ci/bench"} {
		text, err := os.ReadFile(script)
		if err != nil {
			t.Fatal(err)
		}
		if found := regexp.MustCompile(`go run \S+@\S+`).Find(text); found != nil {
			t.Errorf("%s: %s", script, found)
		}
	}
}
