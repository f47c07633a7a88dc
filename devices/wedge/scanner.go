package wedge

import (
	"context"
	"sync"
	"time"
)

// Scanner passes codes from the window's keys to whoever waits for one; it
// implements [devices.Scanner]. It keeps nothing: a code that nobody waits for is
// dropped, so that no patient gets the previous patient's.
type Scanner struct {
	codes chan scanned // unbuffered: a send succeeds only into a waiting Scan

	mu        sync.Mutex
	assembler Assembler
	began     time.Time // when the present burst's first key came
}

// scanned is a code, and when its first key came.
type scanned struct {
	code  string
	began time.Time
}

// New returns a scanner that has seen no key.
func New() *Scanner {
	return &Scanner{codes: make(chan scanned)}
}

// Key processes the next key, pressed at this time; Enter is '\r' or '\n'. It
// reports whether the key is the scanner's, so that the window ignores it; the
// first few keys of a burst cannot be distinguished from a person's. It never
// blocks, and is safe for use by several goroutines.
func (s *Scanner) Key(key rune, at time.Time) (scanners bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	code, kind := s.assembler.Key(key, at)
	if s.assembler.size == 1 {
		s.began = at
	}
	if kind == Scan {
		select {
		case s.codes <- scanned{code, s.began}:
		default:
		}
	}
	return kind != Typed
}

// Scan waits for the next code, or until ctx ends. If several calls wait, one of
// them gets it. A code that began before the call is not delivered: it belonged to
// another request.
func (s *Scanner) Scan(ctx context.Context) (string, error) {
	if err := ctx.Err(); err != nil {
		return "", err
	}
	since := time.Now()
	for {
		select {
		case got := <-s.codes:
			if err := ctx.Err(); err != nil {
				return "", err // whoever waited has gone
			}
			if !got.began.Before(since) {
				return got.code, nil
			}
		case <-ctx.Done():
			return "", ctx.Err()
		}
	}
}
