package platform

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"sync/atomic"
	"time"

	"onetrans/flows/message/onetrans"
	"onetrans/flows/message/wire"
)

// MaxWait is the limit of a call whose context has no deadline.
const MaxWait = time.Minute

func bounded(ctx context.Context) (context.Context, context.CancelFunc) {
	if _, ok := ctx.Deadline(); ok {
		return ctx, func() {}
	}
	return context.WithTimeout(ctx, MaxWait)
}

// exchange posts a sealed message once and returns the body of an HTTP 200.
func (c *Client) exchange(ctx context.Context, sealed []byte) ([]byte, error) {
	// A connection is only handed out once it is open, TLS and all. From there
	// on, and on a kept-alive one at once, bytes may have left, whatever the
	// error says: a server that closed an idle connection may have read first.
	var connected atomic.Bool
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GotConn: func(httptrace.GotConnInfo) { connected.Store(true) },
	})
	req, err := c.request(ctx, sealed)
	if err != nil {
		return nil, fmt.Errorf("%w: no request can be made", ErrNotSent)
	}
	// The transport itself, not a client: it follows no redirect.
	resp, err := c.transport.RoundTrip(req)
	switch {
	case err != nil && !connected.Load():
		return nil, fmt.Errorf("%w: connecting: %w", ErrNotSent, err)
	case err != nil:
		return nil, fmt.Errorf("%w: %w", ErrNoAnswer, withoutContent(ctx, err))
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%w: %w", ErrNoAnswer, StatusError(resp.StatusCode))
	}
	return readBody(ctx, resp.Body)
}

// request is a POST that the transport cannot repeat: the body's reader hides that
// it could be rewound, so there is no GetBody. Of this reader alone the transport
// knows that it never waits, so that head and body leave in one piece.
func (c *Client) request(ctx context.Context, sealed []byte) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url, io.NopCloser(bytes.NewReader(sealed)))
	if err != nil {
		return nil, err
	}
	req.ContentLength = int64(len(sealed))
	req.Header.Set("Content-Type", "application/json; charset=utf-8")
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", "onetrans")
	return req, nil
}

// readBody reads a whole answer, at most [onetrans.MaxMessage].
func readBody(ctx context.Context, body io.Reader) ([]byte, error) {
	text, err := io.ReadAll(io.LimitReader(body, onetrans.MaxMessage+1))
	if err != nil {
		return nil, fmt.Errorf("%w: cut off: %w", ErrNoAnswer, withoutContent(ctx, err))
	}
	if len(text) > onetrans.MaxMessage {
		return nil, fmt.Errorf("%w: %w: too long", ErrNoAnswer, wire.ErrMalformed)
	}
	return text, nil
}

var errHTTP = errors.New("no HTTP answer")

// withoutContent is err if its text says only what went wrong: net/http quotes what
// it cannot parse.
func withoutContent(ctx context.Context, err error) error {
	_, network := errors.AsType[*net.OpError](err)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case network, err == io.EOF, err == io.ErrUnexpectedEOF:
		return err
	}
	return errHTTP
}
