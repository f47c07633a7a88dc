//go:build linux

package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"onetrans/app/command"
	"onetrans/app/sandbox"
	"onetrans/app/terminal"
	"onetrans/app/terminal/call"
	"onetrans/flows/message/onetrans"
)

// trial is one thing that happens to a process: one of its streams is bad, or a
// signal comes at one stage.
type trial struct {
	stream stream
	fault  fault

	signal syscall.Signal
	stage  stage
}

type (
	stream string
	fault  string
	stage  string
)

const (
	input, output_, logged stream = "input", "output", "log"

	closed   fault = "closed"
	broken   fault = "broken"   // whoever was at the other end is gone
	full     fault = "full"     // /dev/full
	unopened fault = "unopened" // a pipe that nobody opens at its other end, or reads

	before  stage = "before reading" // an input that nobody has opened
	reading stage = "while reading"
	sending stage = "while sending" // the platform has it, and has not answered
	writing stage = "while writing" // to a pipe that is full
)

func (t trial) String() string {
	if t.stream != "" {
		return fmt.Sprintf("%s %s", t.stream, t.fault)
	}
	return fmt.Sprintf("%v %s", unix.SignalName(t.signal), t.stage)
}

// trials are all that can happen: no command is spared one without a reason.
func trials() (all []trial) {
	for _, s := range []stream{input, output_, logged} {
		for _, f := range []fault{closed, broken, full, unopened} {
			all = append(all, trial{stream: s, fault: f})
		}
	}
	for _, s := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP, syscall.SIGPIPE} {
		for _, at := range []stage{before, reading, sending, writing} {
			all = append(all, trial{signal: s, stage: at})
		}
	}
	return all
}

// subject is a command under trial.
type subject struct {
	args  []string
	stays bool // until it is told to end
	exit  int  // when nothing is wrong
	// reads: it reads standard input; sends: it asks the platform; silent: it
	// writes nothing on standard output.
	reads, sends, silent bool
	opens                string // the flag of a file that it opens and reads
	// spared: no process is tried, for this reason.
	spared string
}

// subjects are the commands as they are tried. Each must be here.
func subjects() map[string]subject {
	calls, _ := filepath.Abs("testdata/calls.jsonl")
	return map[string]subject{
		"":      {reads: true, sends: true, opens: "--in"}, // its arguments are the trial's
		"agent": {stays: true, sends: true},
		"kiosk": {exit: exitFailed, silent: true}, // without a display; its window is tried end to end

		"reconcile":       {args: []string{"--date", time.Now().In(onetrans.Zone()).Format(time.DateOnly)}, sends: true, opens: "--statement"},
		"journal list":    {args: []string{"--card", "-"}, reads: true},
		"journal show":    {args: []string{"A1"}},
		"journal export":  {args: []string{"--card", "-"}, reads: true},
		"journal verify":  {},
		"journal retry":   {args: []string{"A1", "--by", "-"}, reads: true, sends: true},
		"journal settle":  {args: []string{"A1", "--as", "done", "--by", "-", "--why", "x"}, reads: true, sends: true, exit: exitFailed},
		"journal backup":  {args: []string{"{new}"}},
		"journal adopt":   {args: []string{"--by", "-", "--why", "x"}, reads: true},
		"journal prune":   {args: []string{"--older-than", "30", "--to", "{new}"}},
		"journal rebuild": {args: []string{"--to", "{new}"}},
		// What is read there is a name, and too short for a password.
		"journal password": {args: []string{"王五"}, reads: true, silent: true, exit: exitFailed},
		"check":            {sends: true},
		"sandbox":          {args: []string{"--listen", "127.0.0.1:0", "--data", "{new}"}, stays: true},
		"card":             {args: []string{"--identity", "--port", "{new}"}, stays: true},
		"calls":            {args: []string{calls}},
		"replay":           {args: []string{calls}},
		"compare":          {args: []string{calls}, exit: exitFailed}, // two calls justify nothing
		"swap":             {silent: true, exit: exitFailed},          // there is no library
		"version":          {},
		"licences":         {},
		"ui":               {reads: true, silent: true, exit: exitFailed}, // nobody says what to draw
	}
}

// outcome is what must be so after a trial.
type outcome struct {
	exit int
	// Of a call: whether the money was taken, and the code that was answered;
	// empty: there is no answer.
	done bool
	code onetrans.Code
	// hangs: it waits until it is told to end, and this is what comes of that.
	hangs bool
}

// expected is what must come of a trial of a command, or why it can't be tried.
func expected(name string, s subject, t trial) (want outcome, why string) {
	if s.spared != "" {
		return want, s.spared
	}
	want = outcome{exit: s.exit}
	if name == "" {
		want.done, want.code = true, onetrans.CodeOK
	}
	if t.stream != "" {
		return badStream(name, s, t, want)
	}
	return signalled(name, s, t, want)
}

func badStream(name string, s subject, t trial, want outcome) (outcome, string) {
	isCall := name == ""
	switch {
	case t.stream == input && t.fault == full:
		return want, "what is read is never full"
	case t.stream == input && s.reads && t.fault == unopened:
		return outcome{exit: exitFailed, hangs: true}, ""
	case t.stream == input && isCall: // there is half a request, or none
		return outcome{exit: call.ExitAnswered, code: onetrans.CodeNotJSON}, ""
	case t.stream == input && s.reads && t.fault == closed:
		return outcome{exit: exitFailed}, "" // nobody is named
	case t.stream != output_, s.silent:
		return want, ""
	case t.fault == closed:
		if isCall {
			want.code = "" // the runtime gives it the null device, which takes everything
		}
		return want, ""
	case s.stays: // it says one line, and serves
		return want, ""
	case t.fault == unopened && isCall: // its --out
		return outcome{exit: exitFailed, hangs: true}, ""
	case t.fault == unopened:
		return outcome{exit: exitFailed, hangs: true}, ""
	case isCall:
		return outcome{exit: exitUnheard, done: true}, ""
	}
	return outcome{exit: exitFailed}, ""
}

func signalled(name string, s subject, t trial, want outcome) (outcome, string) {
	isCall, survives := name == "", t.signal == syscall.SIGPIPE
	switch {
	case name == "kiosk":
		return want, "without a display it ends at once; its window is tried end to end"
	case t.stage == before && s.opens == "":
		return want, "it opens no input of its own"
	case t.stage == reading && !s.reads:
		return want, "it reads nothing"
	case t.stage == sending && !s.sends && !s.stays:
		return want, "it asks no platform"
	case t.stage == writing && s.stays:
		return want, "its one line is tried with each output, and its end while it serves"
	case t.stage == before && survives && !isCall:
		return outcome{exit: exitFailed}, "" // what then comes is no statement
	case survives, s.stays:
		return want, ""
	case !isCall, t.stage == before, t.stage == reading:
		return outcome{exit: exitFailed}, ""
	case t.stage == sending:
		return outcome{exit: call.ExitUnknown, done: true, code: onetrans.CodeUnknown}, ""
	}
	return outcome{exit: exitUnheard, done: true}, ""
}

// wholeMatrix, when set in the environment, has every trial of every command run.
// Else a command that is neither a call nor the agent has a quarter of them, each
// another; what must come of all the others is stated all the same.
const wholeMatrix = "WHOLE_MATRIX"

func TestEveryCommandWithEachStreamBadAndEachSignalAtEachStage(t *testing.T) {
	all := subjects()
	for _, c := range commands() {
		if _, ok := all[c.Name]; !ok {
			t.Errorf("%s is not tried", c.Title())
		}
	}
	m := newMatrix(t)
	room := make(chan struct{}, 4)
	var running sync.WaitGroup
	for i, c := range commands() {
		running.Go(func() {
			room <- struct{}{}
			defer func() { <-room }()
			m.tryAll(c, all[c.Name], i)
		})
	}
	running.Wait()
	t.Logf("%d tried, %d left to the whole matrix, %d can't be", m.tried, m.others, m.spared)
}

// matrix is what the trials have in common.
type matrix struct {
	*testing.T
	executable string
	platform   *httptest.Server

	mu                    sync.Mutex
	tried, others, spared int
}

func newMatrix(t *testing.T) *matrix {
	for _, s := range []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGHUP} {
		if signal.Ignored(s) { // what is ignored here, as under nohup, would be in the processes, too
			signal.Notify(make(chan os.Signal, 1), s)
		}
	}
	m := &matrix{T: t, executable: filepath.Join(t.TempDir(), "onetrans")}
	build := exec.Command("go", "build", "-tags", "x11", "-trimpath", "-o", m.executable, ".")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	server, err := sandbox.Open(sandbox.Options{Dir: t.TempDir(), Log: terminal.NewLog(io.Discard)})
	if err != nil {
		t.Fatal(err)
	}
	m.platform = httptest.NewServer(server.Handler())
	server.SetBaseURL(m.platform.URL)
	t.Cleanup(func() { m.platform.Close(); server.Close() })
	return m
}

// place is a terminal of a command's own, in front of whose platform stands a
// gate that can hold answers back.
type place struct {
	*matrix
	site
	name string
	n    int

	gate sync.Mutex
	held chan struct{} // gets a word for each answer that is held back; nil: none is
	free chan struct{}
}

func (m *matrix) newPlace(name string) *place {
	p := &place{matrix: m, name: name}
	gate := httptest.NewServer(http.HandlerFunc(p.pass))
	m.Cleanup(gate.Close)
	p.site = newTerminal(m.T, fmt.Sprintf(`[platform]
driver = "wire"
url = "%s/onetrans"
app_id = %q
app_key = %q
[[pay.account]]
type = "02"
pay_app_id = %q
pay_app_secret = %q
`, gate.URL, sandbox.DemoAppID, sandbox.DemoAppKey, sandbox.DemoPayAppID, sandbox.DemoPayAppSecret))
	return p
}

// pass passes a message on, and its answer back once that may go.
func (p *place) pass(w http.ResponseWriter, r *http.Request) {
	answer, err := http.Post(p.platform.URL+r.URL.Path, r.Header.Get("Content-Type"), r.Body)
	if err != nil {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	defer answer.Body.Close()
	body, _ := io.ReadAll(answer.Body)
	p.gate.Lock()
	held, free := p.held, p.free
	p.gate.Unlock()
	if held != nil {
		select {
		case held <- struct{}{}:
		default:
		}
		select {
		case <-free:
		case <-r.Context().Done():
		}
	}
	w.Header().Set("Content-Type", answer.Header.Get("Content-Type"))
	w.WriteHeader(answer.StatusCode)
	_, _ = w.Write(body)
}

// hold holds answers back from now on; each says a word.
func (p *place) hold() (held <-chan struct{}) {
	p.gate.Lock()
	defer p.gate.Unlock()
	h := make(chan struct{}, 1)
	p.held, p.free = h, make(chan struct{})
	return h
}

// letGo lets all answers go.
func (p *place) letGo() {
	p.gate.Lock()
	defer p.gate.Unlock()
	if p.held != nil {
		p.held = nil
		close(p.free)
	}
}

// tryAll tries a command in all ways that have their turn.
func (m *matrix) tryAll(c command.Command, s subject, turn int) {
	p := m.newPlace(c.Name)
	if strings.HasPrefix(c.Name, "journal ") || c.Name == "reconcile" {
		p.run(trial{}, subject{}, "A1") // there is a journal, with a payment in it
	}
	every := os.Getenv(wholeMatrix) != "" || c.Name == "" || c.Name == "agent"
	for i, t := range trials() {
		want, why := expected(c.Name, s, t)
		try := why == "" && (every || (i+turn)%4 == 0)
		m.mu.Lock()
		switch {
		case try:
			m.tried++
		case why == "":
			m.others++
		default:
			m.spared++
		}
		m.mu.Unlock()
		if try {
			p.try(c, s, t, want)
		}
	}
}

// request is a payment that is taken at once; each over another amount, so that
// none is like one in doubt.
func (p *place) request(no string) []byte {
	p.n++
	text := fmt.Sprintf(`{"recer_sys_code":"HIS","msgid":"M1","dept_codg":"1","dept_name":"科","opter":"o","opter_name":"员","opter_type":"1",
		"data":{"termNo":"T1","cardType":"01","cardNo":%q,"accountType":"02","hisCustId":%q,"userName":%q,
		"amount":"%d.%02d","outChargeNo":%q,"depositType":"WX_BAR","extra":{"authCode":"13%015d0"}}}`,
		sandbox.Persons()[0].CardNo, sandbox.Persons()[0].HisCustID, sandbox.Persons()[0].Name,
		1+p.n/100, p.n%100, no, time.Now().UnixNano()%1e15)
	gbk, err := onetrans.EncodeGBK([]byte(text))
	if err != nil {
		p.Error(err)
	}
	return gbk
}
