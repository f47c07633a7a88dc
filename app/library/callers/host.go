package callers

import (
	"bufio"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Host is a program that plays a caller.
type Host struct {
	command *exec.Cmd
	in      io.WriteCloser
	out     io.Closer
	ended   chan struct{} // closed once it has

	mu    sync.Mutex
	calls int
	waits map[string]chan Answer
	err   error // why it is of no use any more
}

// Answer is what came of a call.
type Answer struct {
	// Returned is the function's result, of as many bits as the caller takes for one.
	Returned int64
	// Out is the answer's buffer without what was in it before, behind the answer.
	Out []byte
	// Before and After are the host's state, as far as its language can tell.
	Before, After map[string]string
	// Lost says that there is no answer, since the host has ended.
	Lost error
}

// ErrHost is a host that did not play its part.
var ErrHost = errors.New("the host does not play its part")

// Bounds of how long a host takes on a machine that is busy.
const startTime, endTime = time.Minute, 30 * time.Second

// Start starts a host by a command of [Stage.Command], and waits until it has loaded
// the library. Its standard error is the command's.
func Start(command *exec.Cmd) (*Host, error) {
	in, err := command.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := command.Start(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrHost, err)
	}
	h := &Host{command: command, in: in, out: out, ended: make(chan struct{}), waits: map[string]chan Answer{}}
	lines := bufio.NewReaderSize(out, 1<<20)
	late := time.AfterFunc(startTime, h.Kill)
	defer late.Stop()
	if ready, err := lines.ReadString('\n'); strings.TrimSpace(ready) != "ready" {
		h.Kill()
		return nil, fmt.Errorf("%w: it says %q: %w, %w", ErrHost, ready, err, command.Wait())
	}
	go h.listen(lines)
	return h, nil
}

// Call makes a call on one of the host's threads; what comes of it comes in time.
func (h *Host) Call(thread int, request []byte) <-chan Answer {
	answer := make(chan Answer, 1)
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.err != nil {
		answer <- Answer{Lost: h.err}
		return answer
	}
	h.calls++
	id := strconv.Itoa(h.calls)
	h.waits[id] = answer
	// One that has ended is noticed where its answers are awaited.
	_, _ = fmt.Fprintf(h.in, "%s %d %s\n", id, thread, hex.EncodeToString(request))
	return answer
}

// Kill ends the host as a person does who is tired of it. What it said last is lost, for
// another process may keep its output open.
func (h *Host) Kill() {
	_ = h.command.Process.Kill()
	_ = h.out.Close()
}

// Process is the host's number on this system.
func (h *Host) Process() int { return h.command.Process.Pid }

// End tells the host that no call comes any more, and waits for its end.
func (h *Host) End() error {
	h.mu.Lock()
	_ = h.in.Close()
	h.mu.Unlock()
	late := time.AfterFunc(endTime, h.Kill)
	defer late.Stop()
	<-h.ended
	if !h.command.ProcessState.Success() {
		return fmt.Errorf("%w: it ended with %v", ErrHost, h.command.ProcessState)
	}
	return nil
}

// listen hands out what comes, until the host ends.
func (h *Host) listen(lines *bufio.Reader) {
	defer close(h.ended)
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			break
		}
		id, answer, err := parse(strings.TrimSpace(line))
		if err != nil {
			h.Kill()
			break
		}
		h.mu.Lock()
		if wait, ok := h.waits[id]; ok {
			wait <- answer
			delete(h.waits, id)
		}
		h.mu.Unlock()
	}
	_, _ = io.Copy(io.Discard, lines)
	_ = h.command.Wait()
	h.mu.Lock()
	defer h.mu.Unlock()
	h.err = fmt.Errorf("%w: it ended with %v", ErrHost, h.command.ProcessState)
	for id, wait := range h.waits {
		wait <- Answer{Lost: h.err}
		delete(h.waits, id)
	}
}

// parse reads the line that a host says about a call.
func parse(line string) (id string, a Answer, err error) {
	words := strings.Fields(line)
	if len(words) != 5 {
		return "", a, fmt.Errorf("%w: it says %.200q", ErrHost, line)
	}
	returned, err := strconv.ParseInt(words[1], 10, 64)
	if err != nil {
		return "", a, fmt.Errorf("%w: it says %.200q: %w", ErrHost, line, err)
	}
	a = Answer{Returned: returned, Before: state(words[3]), After: state(words[4])}
	if words[2] != "-" {
		if a.Out, err = hex.DecodeString(words[2]); err != nil {
			return "", a, fmt.Errorf("%w: it says %.200q: %w", ErrHost, line, err)
		}
	}
	return words[0], a, nil
}

func state(word string) map[string]string {
	of := map[string]string{}
	for part := range strings.SplitSeq(word, ",") {
		name, value, _ := strings.Cut(part, "=")
		of[name] = value
	}
	return of
}
