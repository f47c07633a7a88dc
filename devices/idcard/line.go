package idcard

import (
	"errors"
	"fmt"
	"io"
	"time"
)

// errLost means that nobody at the other end of the line can be understood.
var errLost = errors.New("the reader does not answer")

const (
	chunkSize = 2048 // bytes that are read at once; an answer has some 1300
	// maxEmpty is how often a port may say in a row that nothing came.
	maxEmpty = 100
)

// line is an open port with a reader at its other end.
type line struct {
	port   io.ReadWriteCloser
	chunks chan []byte // what came; closed when nothing will any more
	closed chan struct{}
}

func newLine(port io.ReadWriteCloser) *line {
	l := &line{port: port, chunks: make(chan []byte), closed: make(chan struct{})}
	go l.listen()
	return l
}

// close ends listening, too. What the port says to that changes nothing.
func (l *line) close() {
	close(l.closed)
	_ = l.port.Close()
}

func (l *line) listen() {
	defer close(l.chunks)
	for empty := 0; empty < maxEmpty; empty++ {
		chunk := make([]byte, chunkSize)
		n, err := l.port.Read(chunk)
		if n > 0 {
			empty = 0
			select {
			case l.chunks <- chunk[:n]:
			case <-l.closed:
				return
			}
		}
		if err != nil {
			return
		}
	}
}

// ask sends a command and waits for its answer. After an error the line is of
// no use any more: an answer may still be on its way, and would be taken for
// the next command's.
func (l *line) ask(c command) (answer, error) {
	l.discard()
	written := make(chan error, 1)
	go func() {
		_, err := l.port.Write(encode([]byte(c.code)))
		written <- err
	}()
	timer := time.NewTimer(c.time)
	defer timer.Stop()
	var came []byte
	garbled := false
	for {
		select {
		case err := <-written:
			if err != nil {
				return answer{}, fmt.Errorf("%s: %w: %w", c.name, errLost, err)
			}
			written = nil
		case chunk, open := <-l.chunks:
			if !open {
				return answer{}, fmt.Errorf("%s: %w", c.name, errLost)
			}
			said, rest, damaged := firstAnswer(append(came, chunk...))
			if said != nil {
				return *said, nil
			}
			came, garbled = rest, garbled || damaged
		case <-timer.C:
			if garbled {
				return answer{}, fmt.Errorf("%s: %w", c.name, errDamaged)
			}
			return answer{}, fmt.Errorf("%s: %w", c.name, errLost)
		}
	}
}

// firstAnswer passes over frames that are no answer; nil when there is none yet.
func firstAnswer(came []byte) (said *answer, rest []byte, damaged bool) {
	for {
		body, rest, bad := next(came)
		damaged = damaged || bad
		if body == nil {
			return nil, rest, damaged
		}
		if a, ok := answerOf(body); ok {
			return &a, rest, damaged
		}
		came, damaged = rest, true
	}
}

// discard drops what came before anything was asked.
func (l *line) discard() {
	for {
		select {
		case _, open := <-l.chunks:
			if !open {
				return
			}
		default:
			return
		}
	}
}
