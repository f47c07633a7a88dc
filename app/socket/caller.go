package socket

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"time"
)

// Ask hands a call to the owner who serves address and waits for its answer.
// Every error is [ErrNoOwner], after which the call may be made elsewhere, or
// [ErrLost]. When ctx ends, the owner is told that nobody waits any more.
func Ask(ctx context.Context, address string, c Call) (Answer, error) {
	conn, secret, err := dial(ctx, address)
	if err != nil {
		return Answer{}, fmt.Errorf("%w: %w", ErrNoOwner, err)
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { conn.Close() })()
	caller := caller{conn: conn, in: bufio.NewReader(conn), secret: secret}
	if err := caller.handOver(handover{Call: &c}); err != nil {
		return Answer{}, fmt.Errorf("%w: %w", ErrNoOwner, err)
	}
	var answer Answer
	if err := caller.wait(maxAnswer, &answer); err != nil {
		return Answer{}, fmt.Errorf("%w: %w", ErrLost, err)
	}
	return answer, nil
}

type caller struct {
	conn   net.Conn
	in     *bufio.Reader
	secret []byte
}

// handOver gives a call or a command to an owner who proves to be one. After an
// error it did not get the whole line, without which there is none.
func (c caller) handOver(h handover) error {
	if err := c.conn.SetDeadline(time.Now().Add(helloTime)); err != nil {
		return err
	}
	nonce := newNonce()
	if err := writeLine(c.conn, greeting{version, nonce}); err != nil {
		return err
	}
	var w welcome
	if err := readLine(c.in, maxHello, &w, unheard); err != nil {
		return err
	}
	if w.Version != version || !proves(w.Proof, c.secret, ownerSide, nonce) {
		return fmt.Errorf("%w: another version, or not the owner", ErrLine)
	}
	if err := c.conn.SetDeadline(time.Now().Add(callTime)); err != nil {
		return err
	}
	h.Proof = proof(c.secret, callerSide, w.Nonce)
	return writeLine(c.conn, h)
}

// wait waits for a line of the answer, for as long as the owner is alive.
func (c caller) wait(limit int, line any) error {
	more := func() { _ = c.conn.SetDeadline(time.Now().Add(silence)) }
	more()
	return readLine(c.in, limit, line, more)
}
