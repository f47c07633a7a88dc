package socket

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"time"
)

// Command is something to be done with the terminal's journal. What it means is
// between who asks and who carries it out.
type Command struct {
	// Name says which kind of request it is.
	Name    string `json:"name"`
	Request []byte `json:"request"` // at most [MaxCommand]
	// By is who asks, as the owner's system says.
	By Peer `json:"-"`
}

// MaxCommand bounds a command's request, in bytes.
const MaxCommand = 64 << 10

// CommandHandler carries out a command. What it writes goes to the caller as it
// comes; its error's text follows.
type CommandHandler func(ctx context.Context, c Command, out io.Writer) error

// CommandError is what the owner says of a command that failed.
type CommandError struct{ Text string }

func (e *CommandError) Error() string { return e.Text }

// Told says that the owner's words are in the hospital's language already.
func (e *CommandError) Told() string { return e.Text }

// part is a line of a command's answer; the last one says that it is.
type part struct {
	Out []byte `json:"out,omitzero"`
	End bool   `json:"end,omitzero"`
	Err string `json:"err,omitzero"`
	// Away: the command was not taken; see [away].
	Away bool `json:"away,omitzero"`
}

const (
	// pieceSize is how many bytes of what a command writes are in one part.
	pieceSize = 32 << 10
	maxPart   = pieceSize/3*4 + 16<<10
	// maxErr bounds an error's text, in bytes.
	maxErr = 4 << 10
	// partTime is how long a caller may take for a part: a person may be
	// reading it page by page.
	partTime = 10 * time.Minute
)

// AskCommand hands a command to the owner who serves address, and writes what
// comes of it to out. Its errors are [ErrNoOwner], [ErrNoReply], [ErrVersion],
// [ErrLost], [ErrBusy], a [*CommandError] and out's.
func AskCommand(ctx context.Context, address string, c Command, out io.Writer) error {
	caller, err := reach(ctx, address, handover{Command: &c})
	if err != nil {
		return err
	}
	defer caller.conn.Close()
	defer context.AfterFunc(ctx, func() { caller.conn.Close() })()
	for {
		var p part
		if err := caller.wait(maxPart, &p); err != nil {
			return fmt.Errorf("%w: %w", ErrLost, err)
		}
		if p.Away {
			return fmt.Errorf("%w: %w", ErrNoOwner, errAway)
		}
		if _, err := out.Write(p.Out); err != nil {
			return err
		}
		switch {
		case p.Err == ErrBusy.Error():
			return ErrBusy
		case p.Err != "":
			return &CommandError{p.Err}
		case p.End:
			return nil
		}
	}
}

// partWriter writes parts to a caller, who hears meanwhile that the owner is
// alive.
type partWriter struct {
	mu   sync.Mutex
	conn net.Conn
}

// Write writes p in parts.
func (w *partWriter) Write(p []byte) (n int, err error) {
	for len(p) > 0 {
		piece := p[:min(len(p), pieceSize)]
		if err := w.say(part{Out: piece}); err != nil {
			return n, err
		}
		n, p = n+len(piece), p[len(piece):]
	}
	return n, nil
}

func (w *partWriter) say(p part) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.conn.SetWriteDeadline(time.Now().Add(partTime)); err != nil {
		return err
	}
	return writeLine(w.conn, p)
}

// beat says that somebody is at work, unless a part is being said.
func (w *partWriter) beat() error {
	if !w.mu.TryLock() {
		return nil
	}
	defer w.mu.Unlock()
	_ = w.conn.SetWriteDeadline(time.Now().Add(answerTime))
	_, err := w.conn.Write([]byte("\n"))
	return err
}

// ErrBusy: the terminal's owner takes no commands, as a call that owns it for its
// own sake. The text is what it says.
var ErrBusy = errors.New("the terminal is busy: its owner takes no commands, try again in a moment")

// command carries out a command. What it writes is gathered into parts.
func (s *Server) command(ctx context.Context, conn net.Conn, c Command) {
	w := &partWriter{conn: conn}
	stopBeating := keepBeating(w.beat)
	out := bufio.NewWriterSize(w, pieceSize)
	err := ErrBusy
	if s.handlers.Command != nil {
		err = s.handlers.Command(ctx, c, out)
	}
	flushed := out.Flush()
	stopBeating()
	last := part{End: true}
	if err != nil {
		text := err.Error()
		last.Err = strings.ToValidUTF8(text[:min(len(text), maxErr)], "") // cut between characters
	}
	if err := errors.Join(flushed, w.say(last)); err != nil {
		s.log.Warn("answering a command", "name", c.Name, "error", err)
	}
}
