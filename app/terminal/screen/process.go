package screen

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"
)

// Bounds of what a window's log may say.
const (
	maxLogLine = 4 << 10 // bytes
	maxLog     = 400     // lines: a trace of all goroutines
)

// process is a window's own process.
type process struct {
	command *exec.Cmd
	in, out *os.File // this side of its pipes
	ended   chan struct{}
	err     error // how it ended
	logged  chan struct{}
	letGo   func()
}

// Start starts this program anew, as a window. It dies with this process, however
// that ends, and gets none of its secrets: neither the configuration's variables, nor
// those that it names (secrets).
func Start(log *slog.Logger, secrets []string) (Window, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, err
	}
	c := exec.Command(program, "ui")
	c.Env = without(os.Environ(), secrets)
	return start(c, log)
}

func start(c *exec.Cmd, log *slog.Logger) (_ Window, err error) {
	p := &process{command: c, ended: make(chan struct{}), logged: make(chan struct{})}
	alone(c)
	var theirs []*os.File
	defer func() {
		for _, file := range theirs {
			file.Close()
		}
	}()
	pipe := func() (read, write *os.File) {
		if err == nil {
			read, write, err = os.Pipe()
		}
		return read, write
	}
	stdin, in := pipe()
	out, stdout := pipe()
	said, stderr := pipe()
	theirs = []*os.File{stdin, stdout, stderr}
	if err == nil {
		c.Stdin, c.Stdout, c.Stderr = stdin, stdout, stderr
		err = c.Start()
	}
	if err != nil {
		theirs = append(theirs, in, out, said)
		return nil, err
	}
	p.in, p.out, p.letGo = in, out, own(c)
	go func() {
		p.err = c.Wait()
		close(p.ended)
	}()
	go func() {
		defer close(p.logged)
		defer said.Close()
		passOn(said, log)
	}()
	return p, nil
}

func (p *process) Read(b []byte) (int, error)  { return p.out.Read(b) }
func (p *process) Write(b []byte) (int, error) { return p.in.Write(b) }

// End closes the window's input, upon which it ends, and ends it by force when it
// does not in time.
func (p *process) End(within time.Duration) error {
	p.in.Close()
	forced := false
	select {
	case <-p.ended:
	case <-time.After(within):
		forced = true
		_ = p.command.Process.Kill()
	}
	<-p.ended
	p.out.Close()
	p.letGo()
	select {
	case <-p.logged:
	case <-time.After(time.Second): // whoever holds the log is none of ours
	}
	var exit *exec.ExitError
	if forced || !errors.As(p.err, &exit) {
		return nil
	}
	return fmt.Errorf("it ended with %v", exit.ProcessState)
}

// passOn logs what a window says, within bounds.
func passOn(from io.Reader, log *slog.Logger) {
	lines := bufio.NewReaderSize(from, maxLogLine)
	for n := 0; ; {
		line, cut, err := lines.ReadLine()
		if err != nil {
			return
		}
		switch n++; {
		case n < maxLog && len(line) > 0:
			log.Info("window", "says", strings.ToValidUTF8(string(line), "?"))
		case n == maxLog:
			log.Warn("the window says more than is logged")
		}
		for cut && err == nil {
			_, cut, err = lines.ReadLine()
		}
	}
}

// without is an environment without the configuration's variables, and these.
func without(environ, secrets []string) (rest []string) {
	for _, line := range environ {
		name, _, _ := strings.Cut(line, "=")
		same := func(other string) bool { return strings.EqualFold(name, other) }
		if !strings.HasPrefix(strings.ToUpper(name), "ONETRANS_") && !slices.ContainsFunc(secrets, same) {
			rest = append(rest, line)
		}
	}
	return rest
}
