package socket

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"time"

	"onetrans/flows/message/onetrans"
)

// Ask hands a call to the owner who serves address and waits for its answer.
// Every error is [ErrNoOwner], [ErrNoReply] or [ErrVersion], after which the call
// may be made elsewhere, or [ErrLost]. When ctx ends, the owner is told that
// nobody waits any more.
func Ask(ctx context.Context, address string, c onetrans.Call) (Answer, error) {
	caller, err := reach(ctx, address, handover{Call: &c})
	if err != nil {
		return Answer{}, err
	}
	defer caller.conn.Close()
	defer context.AfterFunc(ctx, func() { caller.conn.Close() })()
	var r reply
	if err := caller.wait(maxAnswer, &r); err != nil {
		return Answer{}, fmt.Errorf("%w: %w", ErrLost, err)
	}
	if r.Away {
		return Answer{}, fmt.Errorf("%w: %w", ErrNoOwner, errAway)
	}
	return r.Answer, nil
}

// Greet says whether somebody serves address, and hands nothing over. Its errors are
// [ErrNoOwner], [ErrNoReply] and [ErrVersion].
func Greet(ctx context.Context, address string) error {
	c, _, err := meet(ctx, address)
	if err == nil {
		c.conn.Close()
	}
	return err
}

// reach hands a call or a command to the owner who serves address. Its error
// says that nothing was handed over.
func reach(ctx context.Context, address string, h handover) (caller, error) {
	c, nonce, err := meet(ctx, address)
	if err != nil {
		return caller{}, err
	}
	defer context.AfterFunc(ctx, func() { c.conn.Close() })()
	if err := c.handOver(h, nonce); err != nil {
		c.conn.Close()
		return caller{}, fmt.Errorf("%w: %w", ErrNoOwner, err)
	}
	return c, nil
}

// meet reaches the owner who serves address, and has him prove that he is one. The
// caller's proof is to be of the nonce.
func meet(ctx context.Context, address string) (c caller, nonce []byte, err error) {
	conn, secret, err := dial(ctx, address)
	if err == nil {
		if _, err = peerOf(conn); err == nil {
			c = caller{conn: conn, in: bufio.NewReader(conn), secret: secret, spoken: spoken}
			stop := context.AfterFunc(ctx, func() { conn.Close() })
			defer stop()
			if nonce, err = c.greet(); err == nil {
				return c, nonce, nil
			}
		}
		conn.Close()
	}
	if errors.Is(err, ErrNoReply) || errors.Is(err, ErrVersion) {
		return caller{}, nil, err
	}
	return caller{}, nil, fmt.Errorf("%w: %w", ErrNoOwner, err)
}

type caller struct {
	conn   net.Conn
	in     *bufio.Reader
	secret []byte
	spoken versions
}

// greet says which versions are spoken here, and has the owner prove to be one.
func (c caller) greet() (theirs []byte, err error) {
	if err := c.conn.SetDeadline(time.Now().Add(helloTime)); err != nil {
		return nil, err
	}
	nonce := newNonce()
	var w welcome
	err = writeLine(c.conn, greeting{c.spoken.newest, c.spoken.oldest, nonce})
	if err == nil {
		err = readLine(c.in, maxHello, &w, ignore)
	}
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		return nil, fmt.Errorf("%w: %w", ErrNoReply, err)
	case err != nil:
		return nil, err
	case w.Version < c.spoken.oldest || w.Version > c.spoken.newest || w.Nonce == nil:
		return nil, ErrVersion
	case !proves(w.Proof, c.secret, ownerSide, nonce):
		return nil, fmt.Errorf("%w: not the owner", ErrLine)
	}
	return w.Nonce, nil
}

// handOver gives a call or a command to an owner. After an error it did not get the
// whole line, without which there is none.
func (c caller) handOver(h handover, nonce []byte) error {
	if err := c.conn.SetDeadline(time.Now().Add(callTime)); err != nil {
		return err
	}
	h.Proof = proof(c.secret, callerSide, nonce)
	return writeLine(c.conn, h)
}

// wait waits for a line of the answer, for as long as the owner is alive.
func (c caller) wait(limit int, line any) error {
	more := func() { _ = c.conn.SetDeadline(time.Now().Add(silence)) }
	more()
	return readLine(c.in, limit, line, more)
}
