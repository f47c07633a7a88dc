package command

import (
	"context"
	"io"
	"os"
	"time"
)

// ErrSignal: the process was told to end, and did.
var ErrSignal = Wrong("signal")

// Unless does what may wait for others for ever, such as opening a pipe, unless
// ctx ends before it: then that is [ErrSignal], and whatever comes of it is lost.
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

// Open opens a file to be read. Where that is a pipe, opening it and reading it
// end with ctx.
func Open(ctx context.Context, path string) (file *os.File, letGo func(), err error) {
	file, err = Unless(ctx, func() (*os.File, error) { return os.Open(path) })
	if err != nil {
		return nil, nil, err
	}
	// A file on a disk has no deadline, and needs none.
	stop := context.AfterFunc(ctx, func() { _ = file.SetReadDeadline(time.Now()) })
	return file, func() { stop(); file.Close() }, nil
}

// Outlet writes to what may take its time. After an error it writes no more.
type Outlet struct {
	ctx          context.Context
	w            io.Writer
	limit, leave time.Duration
	err          error
}

// NewOutlet is an outlet to w, which may take limit for a piece, and leave once
// ctx has ended.
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
