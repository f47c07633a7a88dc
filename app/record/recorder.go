package record

import (
	"log/slog"
	"sync"
	"sync/atomic"
	"time"
)

// Recorder records calls beside whoever answers them. Nobody waits for it.
type Recorder struct {
	file  *File
	log   *slog.Logger
	calls chan Heard
	ended chan struct{} // closed when no more is heard
	done  chan struct{}
	end   sync.Once
	lost  atomic.Int64
}

const (
	// waiting is how many calls may wait to be recorded; those beyond are lost.
	waiting = 32
	// endTime is how long the end of a process waits for its last calls.
	endTime = 500 * time.Millisecond
)

// NewRecorder records into a file, until it is closed.
func NewRecorder(file *File, log *slog.Logger) *Recorder {
	r := &Recorder{file: file, log: log, calls: make(chan Heard, waiting), ended: make(chan struct{}), done: make(chan struct{})}
	go r.run()
	return r
}

func (r *Recorder) run() {
	defer close(r.done)
	for told := false; ; {
		select {
		case h := <-r.calls:
			told = r.write(h, told)
			continue
		default:
		}
		select {
		case h := <-r.calls:
			told = r.write(h, told)
		case <-r.ended:
			if len(r.calls) == 0 {
				return
			}
		}
	}
}

// write records one call. That it can't is told once, not for every call.
func (r *Recorder) write(h Heard, told bool) bool {
	err := r.file.Append(r.file.Masker.Call(h))
	if err != nil && !told {
		r.log.Error("calls cannot be recorded", "error", err)
	}
	if lost := r.lost.Swap(0); lost > 0 {
		r.log.Warn("calls came faster than they could be recorded", "lost", lost)
	}
	return err != nil
}

// Hear records a call that has been answered. It never waits: what comes too fast is
// lost. A nil Recorder records nothing, nor does one that was closed.
func (r *Recorder) Hear(h Heard) {
	if r == nil {
		return
	}
	select {
	case r.calls <- h:
	default:
		r.lost.Add(1)
	}
}

// Close waits a moment for what has been heard, and ends.
func (r *Recorder) Close() {
	if r == nil {
		return
	}
	r.end.Do(func() { close(r.ended) })
	select {
	case <-r.done:
	case <-time.After(endTime):
	}
}
