package command

import (
	"bytes"
	"fmt"
	"io"
	"sync"
	"time"
)

// Log is a log whose reader may be slow or gone: what it does not take in time is
// lost, and nobody waits for it.
type Log struct {
	mu     sync.Mutex
	lines  chan []byte
	lost   int // since the last line that was taken
	closed bool
	ended  chan struct{}
}

const (
	// logLines is how many lines wait for a slow reader.
	logLines = 1024
	// logTime is how long the last ones are waited for at the end.
	logTime = 500 * time.Millisecond
)

// NewLog is a log that is written to w.
func NewLog(w io.Writer) *Log {
	l := &Log{lines: make(chan []byte, logLines), ended: make(chan struct{})}
	go func() {
		defer close(l.ended)
		for line := range l.lines {
			_, _ = w.Write(line)
		}
	}()
	return l
}

// Write never waits and never fails.
func (l *Log) Write(line []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return len(line), nil
	}
	next := bytes.Clone(line)
	if l.lost > 0 {
		next = append(fmt.Appendf(nil, "level=WARN msg=\"log lines lost\" lines=%d\n", l.lost), next...)
	}
	select {
	case l.lines <- next:
		l.lost = 0
	default:
		l.lost++
	}
	return len(line), nil
}

// Close waits for what was written, but not for long.
func (l *Log) Close() {
	l.mu.Lock()
	if !l.closed {
		l.closed = true
		close(l.lines)
	}
	l.mu.Unlock()
	select {
	case <-l.ended:
	case <-time.After(logTime):
	}
}
