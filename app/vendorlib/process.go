package vendorlib

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

const (
	// startTime is how long a helper may take to load the library.
	startTime = 20 * time.Second
	// endTime is how long it may take to end by itself.
	endTime = time.Second
)

// process is a helper with the library in it.
type process struct {
	command *exec.Cmd
	group   group
	in, out *os.File // this side of its pipes
	lines   chan heard
	quit    chan struct{} // closed when nobody listens any more
	ended   chan struct{}

	loose    bool // the system does not end with it what the library starts
	hasChild bool // the library has started one, which was logged
}

// heard is a line, or why there is none any more.
type heard struct {
	said
	err error
}

// start starts a helper and has it load the library. The error is a [*LoadError].
func start(o Options, bits int) (*process, error) {
	c := exec.Command(o.Helper)
	c.Env = environment(os.Environ(), o.Secrets, o.DLL)
	stdin, in, err := os.Pipe()
	if err != nil {
		return nil, &LoadError{Why: NoStart, File: o.Helper}
	}
	out, stdout, err := os.Pipe()
	if err != nil {
		stdin.Close()
		in.Close()
		return nil, &LoadError{Why: NoStart, File: o.Helper}
	}
	c.Stdin, c.Stdout = stdin, stdout // nobody reads what a library says beside
	c, err = begin(c)
	stdin.Close()
	stdout.Close()
	if err != nil {
		in.Close()
		out.Close()
		return nil, &LoadError{Why: NoStart, File: o.Helper, Bits: bits}
	}
	p := &process{command: c, group: gather(c), in: in, out: out, lines: make(chan heard), quit: make(chan struct{}), ended: make(chan struct{})}
	go func() {
		_ = c.Wait()
		close(p.ended)
	}()
	go p.listen()
	if err := p.load(o.DLL, bits); err != nil {
		p.end()
		return nil, err
	}
	return p, nil
}

func (p *process) listen() {
	defer close(p.lines)
	from := bufio.NewReader(p.out)
	for {
		s, err := readLine(from)
		select {
		case p.lines <- heard{s, err}:
		case <-p.quit:
			return
		}
		if err != nil {
			return
		}
	}
}

// write says a line while others listen: the pipe may have room for less, and nobody may
// read it.
func (p *process) write(line []byte) <-chan error {
	written := make(chan error, 1)
	go func() {
		_, err := p.in.Write(line)
		written <- err
	}()
	return written
}

func (p *process) load(dll string, bits int) error {
	wrong := func(why Obstacle, code int64) error {
		return &LoadError{Why: why, File: dll, Code: code, Bits: bits}
	}
	written := p.write(loadLine(dll))
	late := time.NewTimer(startTime)
	defer late.Stop()
	for {
		select {
		case err := <-written:
			if err != nil {
				return wrong(NoStart, 0)
			}
		case h := <-p.lines:
			switch {
			case h.what == "loaded":
				p.loose = h.loose
				return nil
			case h.what == "failed" && slices.Contains(helperObstacles, Obstacle(h.why)):
				return wrong(Obstacle(h.why), h.code)
			case h.what != "beat":
				return wrong(NoStart, 0)
			}
		case <-late.C:
			return wrong(Slow, 0)
		}
	}
}

// gone says whether a helper that nobody calls has ended; its heartbeats are heard.
func (p *process) gone() bool {
	for {
		select {
		case h := <-p.lines:
			if h.what != "beat" {
				return true
			}
		case <-p.ended:
			return true
		default:
			return false
		}
	}
}

// stop ends a helper and what the library has started, by force where it has to be. What
// it has said can still be heard.
func (p *process) stop() {
	go p.in.Close() // which Windows has wait for a line that nobody reads
	select {
	case <-p.ended:
	case <-time.After(endTime):
	}
	p.group.kill(p.command)
	select {
	case <-p.ended:
	case <-time.After(endTime): // the system does not let go of it
	}
}

// end ends a helper whom nobody hears any more.
func (p *process) end() {
	select {
	case <-p.quit:
		return
	default:
		close(p.quit)
	}
	p.stop()
	p.out.Close()
	p.group.close()
}

// environment is what a helper gets: none of this program's variables, of which one might
// be the same library's own, and none of its secrets.
func environment(environ, secrets []string, dll string) (rest []string) {
	for _, line := range environ {
		name, _, _ := strings.Cut(line, "=")
		same := func(other string) bool { return strings.EqualFold(name, other) }
		if !strings.HasPrefix(strings.ToUpper(name), "ONETRANS_") && !slices.ContainsFunc(secrets, same) && name != searched {
			rest = append(rest, line)
		}
	}
	if searched != "" {
		// What the library needs lies beside it, and is looked for there first.
		folders := filepath.Dir(dll)
		if before := os.Getenv(searched); before != "" {
			folders += string(os.PathListSeparator) + before
		}
		rest = append(rest, searched+"="+folders)
	}
	return rest
}
