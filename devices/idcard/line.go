package idcard

import (
	"errors"
	"fmt"
	"io"
	"time"
)

// errLost means that the other end of the line is gone or cannot be understood.
var errLost = errors.New("the reader does not answer")

const (
	chunkSize = 2048 // bytes that are read at once; an answer has some 1300
	// maxEmpty is how many empty reads in a row a port may return.
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

// close also ends listening. An error of the port's is ignored: nothing can be done
// about it.
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

// ask sends a command and waits for its answer. After an error the line must not be
// used again: a late answer would be taken for that of the next command.
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

// firstAnswer skips frames that are not answers; nil when there is no answer yet.
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

// discard drops what arrived before anything was asked.
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
