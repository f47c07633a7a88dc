package command

import (
	"bytes"
	"fmt"
	"io"
	"sync"
	"time"
)

// Log is a log whose reader may be slow or gone: lines that it does not take in
// time are lost, and nobody waits for it.
type Log struct {
	to     io.Writer
	mu     sync.Mutex
	lines  chan []byte // nil before the first line
	lost   int         // since the last line that was queued
	closed bool
	ended  chan struct{}
}

const (
	// logLines is how many lines may wait for a slow reader.
	logLines = 1024
	// logTime is how long Close waits for the last lines.
	logTime = 500 * time.Millisecond
)

// NewLog returns a log that writes to w.
func NewLog(w io.Writer) *Log { return &Log{to: w} }

// begin starts the writer with the first line: most calls log nothing, and need
// none.
func (l *Log) begin() {
	lines, ended := make(chan []byte, logLines), make(chan struct{})
	l.lines, l.ended = lines, ended
	go func() {
		defer close(ended)
		for line := range lines {
			_, _ = l.to.Write(line)
		}
	}()
}

// Write never waits and never fails.
func (l *Log) Write(line []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return len(line), nil
	}
	if l.lines == nil {
		l.begin()
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

// Close waits for what was logged, but not for long.
func (l *Log) Close() {
	l.mu.Lock()
	silent := l.lines == nil
	if !l.closed && !silent {
		close(l.lines)
	}
	l.closed = true
	l.mu.Unlock()
	if silent {
		return
	}
	select {
	case <-l.ended:
	case <-time.After(logTime):
	}
}
