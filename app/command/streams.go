package command

import (
	"context"
	"io"
	"os"
	"time"
)

// ErrSignal means that the process was told to end.
var ErrSignal = Wrong("signal")

// Unless runs something that may block for ever, such as opening a pipe. If ctx
// ends first, the error is [ErrSignal] and the result is discarded.
func Unless[T any](ctx context.Context, do func() (T, error)) (T, error) {
	type outcome struct {
		value T
		err   error
	}
	done := make(chan outcome, 1)
	go func() {
		value, err := do()
		done <- outcome{value, err}
	}()
	select {
	case o := <-done:
		return o.value, o.err
	case <-ctx.Done():
		var none T
		return none, ErrSignal
	}
}

// Open opens a file for reading. If it is a pipe, opening and reading it end with
// ctx.
func Open(ctx context.Context, path string) (file *os.File, letGo func(), err error) {
	file, err = Unless(ctx, func() (*os.File, error) { return os.Open(path) })
	if err != nil {
		return nil, nil, err
	}
	// A file on a disk has no deadline, and needs none.
	stop := context.AfterFunc(ctx, func() { _ = file.SetReadDeadline(time.Now()) })
	return file, func() { stop(); file.Close() }, nil
}

// Outlet writes to a stream that may be slow. After an error it writes nothing
// more.
type Outlet struct {
	ctx          context.Context
	w            io.Writer
	limit, leave time.Duration
	err          error
}

// NewOutlet returns an outlet to w that may take limit for each write, and leave
// once ctx has ended.
func NewOutlet(ctx context.Context, w io.Writer, limit, leave time.Duration) *Outlet {
	return &Outlet{ctx: ctx, w: w, limit: limit, leave: leave}
}

// Write writes p, or gives up.
func (o *Outlet) Write(p []byte) (int, error) {
	if o.err != nil {
		return 0, o.err
	}
	type outcome struct {
		n   int
		err error
	}
	done := make(chan outcome, 1)
	piece := append([]byte(nil), p...)
	go func() {
		n, err := o.w.Write(piece)
		done <- outcome{n, err}
	}()
	late := time.NewTimer(o.limit)
	defer late.Stop()
	defer context.AfterFunc(o.ctx, func() { late.Reset(o.leave) })()
	select {
	case w := <-done:
		o.err = w.err
		return w.n, w.err
	case <-late.C:
		o.err = Wrong("write_timeout").Because(os.ErrDeadlineExceeded)
		return 0, o.err
	}
}
