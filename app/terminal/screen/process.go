package screen

import (
	"bufio"
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"

	"onetrans/flows/view"
)

// Bounds of what a window's log may say.
const (
	maxLogLine = 4 << 10 // bytes
	maxLog     = 400     // lines: a trace of all goroutines
	maxFirst   = 200     // bytes of the first, where it stands for all
)

// process is a window's own process.
type process struct {
	command *exec.Cmd
	in, out *os.File // this side of its pipes
	ended   chan struct{}
	err     error  // how it ended
	said    string // the first that it logged; there once logged is closed
	logged  chan struct{}
}

// Try starts a window that shows nothing, to see whether it would draw. Its errors
// are [ErrNoDisplay], [ErrNoGraphics], [ErrSlow], an [*EndError], and ctx's.
func Try(ctx context.Context, setup view.Setup, secrets []string) error {
	if err := Display(); err != nil {
		return err
	}
	setup.Version, setup.Hidden = view.Version, true
	lockThread()
	window, err := Start(slog.New(slog.DiscardHandler), secrets)
	if err != nil {
		return err
	}
	said := make(chan error, 1)
	go func() {
		err := view.Write(window, view.ToWindow{Setup: &setup})
		if err == nil {
			_, err = view.NewReader[view.FromWindow](window).Read()
		}
		said <- err
	}()
	err = ErrSlow
	select {
	case err = <-said:
	case <-time.After(firstTime):
	case <-ctx.Done():
		err = ctx.Err()
	}
	if ended := window.End(endTime); ended != nil && err != nil {
		return ended
	}
	return err
}

// Start starts this program anew, as a window: this very one, where the system can,
// also once an update has put another in its place. It dies with this process, however
// that ends, and gets none of its secrets: neither the configuration's variables, nor
// those that it names (secrets).
func Start(log *slog.Logger, secrets []string) (Window, error) {
	name, err := os.Executable()
	if err != nil {
		return nil, err
	}
	c := exec.Command(sameProgram(name), "ui")
	c.Args[0] = name
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
	p.in, p.out = in, out
	go func() {
		p.err = c.Wait()
		close(p.ended)
	}()
	go func() {
		defer close(p.logged)
		defer said.Close()
		p.said = passOn(said, log)
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
	said := ""
	select {
	case <-p.logged:
		said = p.said
	case <-time.After(time.Second): // whoever holds the log is none of ours
	}
	var exit *exec.ExitError
	if forced || !errors.As(p.err, &exit) {
		return nil
	}
	if exit.ExitCode() == view.ExitNoGraphics {
		return ErrNoGraphics
	}
	return &EndError{exit.ProcessState.String(), said}
}

// EndError says how a window ended by itself, and what it said first.
type EndError struct{ State, Said string }

func (e *EndError) Error() string {
	if e.Said == "" {
		return e.State
	}
	return e.State + ": " + e.Said
}

// passOn logs what a window says, within bounds, and returns how that begins.
func passOn(from io.Reader, log *slog.Logger) (first string) {
	lines := bufio.NewReaderSize(from, maxLogLine)
	for n := 1; ; n++ {
		line, cut, err := lines.ReadLine()
		if err != nil {
			return first
		}
		text := strings.ToValidUTF8(string(line), "?")
		switch {
		case n == 1:
			first = text[:min(len(text), maxFirst)]
			fallthrough
		case n < maxLog:
			log.Info("window", "says", text)
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
