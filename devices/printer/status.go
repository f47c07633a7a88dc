package printer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"onetrans/devices"
)

// How long a printer may take.
const (
	answerTime = 2 * time.Second // to report its state
	writeTime  = 30 * time.Second
	// finishTime is from the last byte to the cut; the slip of a slow printer takes 4 s.
	finishTime = 12 * time.Second
	lookTime   = time.Second // between two status queries while it prints
	clearTime  = time.Second
)

// What DLE EOT n asks for, and the bits of the answers.
const (
	askPrinter = 1
	askCause   = 2
	askPaper   = 4

	offline   = 0x08 // of askPrinter
	coverOpen = 0x04 // of askCause
	paperStop = 0x20
	failing   = 0x40
	noPaper   = 0x60 // of askPaper
	rollEnd   = 0x0c // of GS r 1
)

// isStatus distinguishes an answer to DLE EOT, 0xx1xx10, from one to GS r,
// 0xx0xxxx.
func isStatus(b byte) bool   { return b&0x93 == 0x12 }
func isFinished(b byte) bool { return b&0x90 == 0 }

// conversation is the exchange over a link. One goroutine listens.
type conversation struct {
	link  link
	heard chan byte
	gone  chan struct{} // closed when nobody listens any more
	// roll is the answer to the query at the job's end, once it has arrived.
	roll *byte
}

func newConversation(to link) *conversation {
	c := &conversation{link: to, heard: make(chan byte), gone: make(chan struct{})}
	go c.listen()
	return c
}

func (c *conversation) listen() {
	defer close(c.heard)
	buffer := make([]byte, 1)
	for {
		n, err := c.link.Read(buffer)
		if n > 0 {
			select {
			case c.heard <- buffer[0]:
			case <-c.gone:
				return
			}
		}
		if err != nil {
			return
		}
	}
}

func (c *conversation) close() {
	close(c.gone)
	_ = c.link.Close()
}

// hear waits for the printer's next answer; it fails when the printer is gone or
// ctx ends.
func (c *conversation) hear(ctx context.Context) (byte, error) {
	select {
	case b, open := <-c.heard:
		if !open {
			return 0, io.ErrUnexpectedEOF
		}
		return b, nil
	case <-ctx.Done():
		return 0, ctx.Err()
	}
}

// write sends all of data, or gives up when ctx ends: then the link is closed,
// which ends a write that hangs.
func (c *conversation) write(ctx context.Context, data []byte) error {
	ctx, cancel := context.WithTimeout(ctx, writeTime)
	defer cancel()
	done := make(chan error, 1)
	own := append([]byte{}, data...) // it may outlive the caller's
	go func() {
		defer clear(own)
		done <- writeAll(c.link, own)
	}()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		c.link.Drop()
		_ = c.link.Close()
		return ctx.Err()
	}
}

// writeAll continues after a short write, which a serial port may make.
func writeAll(to io.Writer, data []byte) error {
	for len(data) > 0 {
		n, err := to.Write(data)
		if err != nil {
			return err
		}
		if n == 0 {
			return io.ErrShortWrite
		}
		data = data[n:]
	}
	return nil
}

// ask is the printer's answer to DLE EOT n.
func (c *conversation) ask(ctx context.Context, n byte) (byte, error) {
	ctx, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	err := c.write(ctx, []byte{0x10, 0x04, n})
	for err == nil {
		var b byte
		if b, err = c.hear(ctx); err != nil {
			break
		}
		switch {
		case isStatus(b):
			return b, nil
		case isFinished(b):
			c.roll = &b
		}
	}
	return 0, fmt.Errorf("%w: asked for its status: %w", devices.ErrPrinterSilent, err)
}

// ready returns nil when the printer reports that it can print.
func (c *conversation) ready(ctx context.Context) error {
	state, err := c.ask(ctx, askPrinter)
	if err != nil {
		return err
	}
	cause, err := c.ask(ctx, askCause)
	if err != nil {
		return err
	}
	paper, err := c.ask(ctx, askPaper)
	if err != nil {
		return err
	}
	switch {
	case cause&coverOpen != 0: // it hides the paper, too
		return devices.ErrCoverOpen
	case paper&noPaper != 0, cause&paperStop != 0:
		return devices.ErrPaperOut
	case state&offline != 0, cause&failing != 0:
		return devices.ErrPrinterOffline
	}
	return nil
}

// finished waits until the printer has printed what was sent, and checks its state
// meanwhile. A printer that does not know GS r is trusted when it reports no fault
// once printing must be over.
func (c *conversation) finished(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, finishTime+3*answerTime)
	defer cancel()
	for deadline := time.Now().Add(finishTime); c.roll == nil && time.Now().Before(deadline); {
		if err := c.listenFor(ctx, lookTime); err != nil {
			return err
		}
		if c.roll != nil {
			break
		}
		if err := c.ready(ctx); err != nil {
			return err
		}
	}
	if c.roll != nil && *c.roll&rollEnd != 0 {
		return devices.ErrPaperOut
	}
	return c.ready(ctx)
}

// listenFor waits this long for the answer to the query at the job's end.
func (c *conversation) listenFor(ctx context.Context, d time.Duration) error {
	wait, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	for c.roll == nil {
		b, err := c.hear(wait)
		switch {
		case errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil:
			return nil
		case err != nil:
			return fmt.Errorf("%w: while printing: %w", devices.ErrPrinterSilent, err)
		case isFinished(b):
			c.roll = &b
		}
	}
	return nil
}

// takeBack discards what was sent and not printed, here and in the printer, so that
// it does not come out when paper is put in later.
func (c *conversation) takeBack() {
	c.link.Drop()
	ctx, cancel := context.WithTimeout(context.Background(), clearTime)
	defer cancel()
	if c.write(ctx, cmdClear) == nil {
		// It confirms that it is done; a printer that does not has had the time.
		_, _ = c.hear(ctx)
	}
}
