//go:build linux

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"onetrans/app/command"
	"onetrans/app/terminal/socket"
	"onetrans/flows/message/onetrans"
)

// Bounds of a trial.
const (
	comesTime = 20 * time.Second // for what must come
	endsTime  = 10 * time.Second // for a process that was told to end
)

// older is what an answer's file has from before.
const older = "an older answer"

// process is a command under trial.
type process struct {
	*place
	trial
	subject
	no      string // of the payment
	command *exec.Cmd
	ended   chan error
	fresh   string // for {new}
	out     string // the answer's file; empty: standard output
	stdin   *os.File
	said    bytes.Buffer
	log     bytes.Buffer
	copied  []chan struct{} // closed once what the process wrote is in said and log
	unblock func()          // begins to read what the process writes to a full pipe
	whole   string          // a call's request
	files   []*os.File
}

// try tries one thing and says what is not as it must be.
func (p *place) try(c command.Command, s subject, t trial, want outcome) {
	no := fmt.Sprintf("M%d%s", p.n, p.name) // the platform is one for all places
	r := p.run(t, s, no)
	wrong := func(format string, args ...any) {
		p.Errorf("%s, %v: %s\n%s%s", c.Title(), t, fmt.Sprintf(format, args...), r.said.String(), r.log.String())
	}
	if exit := r.command.ProcessState.ExitCode(); exit != want.exit {
		wrong("ended with %v, must be %d", r.command.ProcessState, want.exit)
	}
	for _, left := range p.left() {
		wrong("%s is left behind", left)
	}
	if c.Name != "" {
		return
	}
	if done := p.paid(no); done != want.done {
		wrong("the payment was taken: %v, must be %v", done, want.done)
	}
	if code := r.answered(); code != want.code {
		wrong("answered %q, must be %q", code, want.code)
	}
	if _, _, exit := p.journal(p.T, "show", no); (exit == exitOK) != want.done {
		wrong("the journal has it: %v, must be %v", exit == exitOK, want.done)
	}
}

// run runs the command through the trial to its end.
func (p *place) run(t trial, s subject, no string) *process {
	p.n++
	r := &process{place: p, trial: t, subject: s, no: no, ended: make(chan error, 1)}
	r.fresh = filepath.Join(p.folder, fmt.Sprintf("new%d", p.n))
	if p.name == "sandbox" {
		r.fresh = filepath.Join(p.TempDir(), "data")
	}
	var held <-chan struct{}
	if t.stage == sending && !s.stays {
		held = p.hold()
	}
	defer p.letGo()
	r.start()
	if s.stays {
		r.serve()
	}
	r.comeTo(held)
	if t.signal != 0 && !(p.name == "agent" && t.stage == sending) {
		r.signalled(t.signal)
	}
	if t.signal == syscall.SIGPIPE {
		p.letGo()
		r.goOn()
	}
	want, _ := expected(p.name, s, t)
	if s.stays && t.signal == syscall.SIGPIPE || s.stays && t.signal == 0 || want.hangs {
		r.signalled(syscall.SIGTERM)
	}
	r.end()
	return r
}

// left is what a process must not leave behind.
func (p *place) left() (names []string) {
	entries, err := os.ReadDir(p.folder)
	if err != nil {
		p.Error(err)
	}
	for _, e := range entries {
		if e.Name() == "s" || strings.HasPrefix(e.Name(), ".") || strings.Contains(e.Name(), ".tmp") {
			names = append(names, e.Name())
		}
	}
	return names
}

// paid asks the platform's own book.
func (p *place) paid(no string) bool {
	answer, err := http.Get(p.platform.URL + "/control/orders")
	if err != nil {
		p.Error(err)
		return false
	}
	defer answer.Body.Close()
	var orders []struct {
		OutChargeNo string
		PaidAt      time.Time
	}
	if err := json.NewDecoder(answer.Body).Decode(&orders); err != nil {
		p.Error(err)
	}
	for _, o := range orders {
		if o.OutChargeNo == no {
			return !o.PaidAt.IsZero()
		}
	}
	return false
}

// start starts the process with its streams.
func (r *process) start() {
	words := strings.Fields(r.name)
	in := r.content()
	if r.name == "" || len(r.args) == 0 && !r.stays && r.no == "A1" {
		words = []string{"--trans_type", onetrans.TransRecharge}
		in = string(r.request(r.no))
		r.whole = in
	}
	for _, a := range r.args {
		words = append(words, strings.ReplaceAll(a, "{new}", r.fresh))
	}
	if r.name != "sandbox" && r.name != "card" && r.name != "version" && r.name != "licences" {
		words = append(words, "--config", r.config)
	}
	words = append(words, r.paths()...)
	shut := map[stream]string{input: "<&-", output_: ">&-", logged: "2>&-"}[r.stream]
	if r.fault == closed {
		words = append([]string{"-c", `exec "$@" ` + shut, "sh", r.executable}, words...)
		r.command = exec.Command("/bin/sh", words...)
	} else {
		r.command = exec.Command(r.executable, words...)
	}
	r.command.Env = slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "DISPLAY=") })
	r.command.Stdin, r.command.Stdout, r.command.Stderr = r.source(in), r.sink(output_, &r.said), r.sink(logged, &r.log)
	if err := r.command.Start(); err != nil {
		r.Fatal(err)
	}
	for _, f := range r.files {
		f.Close()
	}
	go func() { r.ended <- r.command.Wait() }()
}

// content is what standard input has, for a command that is no call.
func (r *process) content() string {
	switch {
	case !r.reads:
		return ""
	case slices.Contains(r.args, "--card"):
		return "DD456004X\n"
	}
	return "王五\n"
}

// paths are the files that a call is given.
func (r *process) paths() (flags []string) {
	if r.name != "" && r.no != "A1" {
		if r.stage == before {
			return []string{r.opens, r.fifo("in")}
		}
		return nil
	}
	if r.stage == before || r.stream == input && r.fault == unopened {
		flags = append(flags, "--in", r.fifo("in"))
	}
	switch {
	case r.stream == output_ && r.fault == unopened:
		flags = append(flags, "--out", r.fifo("out"))
	case r.stream != output_ && r.stage != writing:
		r.out = r.fresh
		if err := os.WriteFile(r.out, []byte(older), 0o600); err != nil {
			r.Error(err)
		}
		flags = append(flags, "--out", r.out)
	}
	return flags
}

func (r *process) fifo(name string) string {
	path := r.fresh + "-" + name
	if err := unix.Mkfifo(path, 0o600); err != nil {
		r.Error(err)
	}
	return path
}

// pipe is a pipe, of which the process gets one end.
func (r *process) pipe() (out, in *os.File) {
	out, in, err := os.Pipe()
	if err != nil {
		r.Fatal(err)
	}
	return out, in
}

// source is the process's standard input.
func (r *process) source(content string) *os.File {
	theirs, ours := r.pipe()
	r.files = append(r.files, theirs)
	r.stdin = ours
	half := content[:len(content)/2]
	switch {
	case r.stream == input && r.fault == unopened:
		// open, and nothing comes
	case r.stage == reading:
		_, _ = io.WriteString(ours, half)
	case r.stream == input && r.fault == broken:
		_, _ = io.WriteString(ours, half)
		ours.Close()
	default:
		_, _ = io.WriteString(ours, content)
		ours.Close()
	}
	return theirs
}

// sink is where the process's output or log goes: where nothing is wrong with it
// into a text.
func (r *process) sink(s stream, into *bytes.Buffer) *os.File {
	blocked := r.stream == s && r.fault == unopened || s == output_ && r.stage == writing
	if r.stream == s && r.fault == full {
		device, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
		if err != nil {
			r.Fatal(err)
		}
		r.files = append(r.files, device)
		return device
	}
	ours, theirs := r.pipe()
	r.files = append(r.files, theirs)
	switch {
	case r.stream == s && r.fault == broken:
		ours.Close()
		return theirs
	case blocked:
		r.fill(theirs)
	}
	done := make(chan struct{})
	if !blocked || r.signal == syscall.SIGPIPE {
		r.copied = append(r.copied, done)
	}
	if blocked {
		r.unblock = func() { r.copy(into, ours, done) }
	} else {
		r.copy(into, ours, done)
	}
	r.Cleanup(func() { ours.Close() })
	return theirs
}

func (r *process) copy(into *bytes.Buffer, from io.Reader, done chan struct{}) {
	go func() {
		defer close(done)
		_, _ = io.Copy(into, from)
	}()
}

// fill fills a pipe, so that whoever writes to it waits.
func (r *process) fill(pipe *os.File) {
	fd := int(pipe.Fd())
	err := unix.SetNonblock(fd, true)
	for _, size := range []int{4096, 1} {
		for wrote := error(nil); wrote == nil; {
			_, wrote = unix.Write(fd, make([]byte, size))
		}
	}
	if err := errors.Join(err, unix.SetNonblock(fd, false)); err != nil {
		r.Error(err)
	}
}

// waits says whether a thread of the process waits in a system call for this
// descriptor; -1: any.
func (r *process) waits(number, descriptor int) bool {
	tasks, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/syscall", r.command.Process.Pid))
	begins := fmt.Sprintf("%d ", number)
	if descriptor >= 0 {
		begins = fmt.Sprintf("%d 0x%x ", number, descriptor)
	}
	return slices.ContainsFunc(tasks, func(path string) bool {
		text, err := os.ReadFile(path)
		return err == nil && strings.HasPrefix(string(text), begins)
	})
}

// comes waits for what must come while the process runs.
func (r *process) comes(what string, holds func() bool) {
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(comesTime)
	for twice := 0; twice < 2; {
		if twice++; !holds() {
			twice = 0
		}
		select {
		case <-tick.C:
		case err := <-r.ended:
			r.ended <- err
			return
		case <-deadline:
			r.Errorf("%s, %v: never: %s", r.name, r.trial, what)
			return
		}
	}
}

// comeTo waits until the process is at the stage of the trial.
func (r *process) comeTo(held <-chan struct{}) {
	want, _ := expected(r.name, r.subject, r.trial)
	switch {
	case r.stays:
	case r.stage == before, want.hangs && r.name == "":
		r.comes("it opens a pipe", func() bool { return r.waits(unix.SYS_OPENAT, -1) })
	case r.stage == reading, want.hangs && r.stream == input:
		r.comes("it reads", func() bool { return r.waits(unix.SYS_READ, 0) })
	case r.stage == writing, want.hangs:
		r.comes("it writes", func() bool { return r.waits(unix.SYS_WRITE, 1) })
	case r.stage == sending:
		select {
		case <-held:
		case err := <-r.ended:
			r.ended <- err
		case <-time.After(comesTime):
			r.Errorf("%s, %v: it never sent", r.name, r.trial)
		}
	}
}

// serve waits until a command that stays is there, and for the agent has it carry
// out a call.
func (r *process) serve() {
	r.comes("it serves", func() bool {
		switch r.name {
		case "agent":
			return r.served(r.T)
		case "sandbox":
			return listens(r.command.Process.Pid)
		}
		_, err := os.Lstat(r.fresh)
		return err == nil
	})
	if r.name != "agent" {
		return
	}
	var held <-chan struct{}
	if r.stage == sending {
		r.comes("what is open from before is found out", func() bool {
			out, _, exit := r.journal(r.T, "list", "--open", "--json")
			return exit == exitOK && out == ""
		})
		held = r.hold()
	}
	answered := make(chan onetrans.Code, 1)
	go func() {
		a, _ := socket.Ask(context.Background(), filepath.Join(r.folder, "s"), onetrans.Call{TransType: onetrans.TransRecharge, In: r.request(r.no)})
		answered <- codeOf(a.Out)
	}()
	want := onetrans.CodeOK
	if r.stage == sending {
		<-held
		r.signalled(r.signal)
		if want = onetrans.CodeUnknown; r.signal == syscall.SIGPIPE {
			want = onetrans.CodeOK
			r.letGo()
		}
	}
	if code := <-answered; code != want {
		r.Errorf("agent, %v: answered %q, must be %q\n%s", r.trial, code, want, r.log.String())
	}
	if !r.paid(r.no) {
		r.Errorf("agent, %v: the payment was not taken", r.trial)
	}
}

// listens says whether a process has a socket that listens.
func listens(pid int) bool {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/net/tcp", pid))
	links, _ := filepath.Glob(fmt.Sprintf("/proc/%d/fd/*", pid))
	return err == nil && slices.ContainsFunc(links, func(path string) bool {
		link, _ := os.Readlink(path)
		inode := strings.TrimSuffix(strings.TrimPrefix(link, "socket:["), "]")
		return inode != link && slices.ContainsFunc(strings.Split(string(text), "\n"), func(line string) bool {
			fields := strings.Fields(line)
			return len(fields) > 9 && fields[3] == "0A" && fields[9] == inode
		})
	})
}

func (r *process) signalled(s syscall.Signal) {
	if err := r.command.Process.Signal(s); err != nil && !errors.Is(err, os.ErrProcessDone) {
		r.Errorf("%s, %v: %v", r.name, r.trial, err)
	}
}

// goOn gives a process that survived a signal what it waits for.
func (r *process) goOn() {
	switch r.stage {
	case before:
		in, err := os.OpenFile(r.fresh+"-in", os.O_WRONLY, 0)
		if err == nil {
			_, err = io.WriteString(in, r.whole)
			err = errors.Join(err, in.Close())
		}
		if err != nil {
			r.Error(err)
		}
	case reading:
		content := r.content()
		if r.name == "" {
			content = r.whole
		}
		_, _ = io.WriteString(r.stdin, content[len(content)/2:])
		r.stdin.Close()
	case writing:
		r.unblock()
	}
}

// end waits for the process's end.
func (r *process) end() {
	select {
	case <-r.ended:
	case <-time.After(endsTime):
		r.Errorf("%s, %v: it does not end", r.name, r.trial)
		_ = r.command.Process.Kill()
		<-r.ended
	}
	r.stdin.Close()
	for _, done := range r.copied {
		<-done
	}
}

// answered is the code that a call answered; empty: there is no answer.
func (r *process) answered() onetrans.Code {
	answer := bytes.TrimLeft(r.said.Bytes(), "\x00")
	if r.out != "" {
		var err error
		if answer, err = os.ReadFile(r.out); err != nil {
			r.Error(err)
		}
	}
	if len(answer) == 0 {
		return ""
	}
	return codeOf(answer)
}

func codeOf(answer []byte) onetrans.Code {
	var a struct{ Code onetrans.Code }
	text, err := onetrans.DecodeGBK(answer)
	if err != nil || json.Unmarshal(text, &a) != nil {
		return onetrans.Code("no answer: " + string(answer))
	}
	return a.Code
}
