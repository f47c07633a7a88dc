// Package platform is the client of the payment platform: sealed messages over
// HTTP.
package platform

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"onetrans/flows/message/onetrans"
	"onetrans/flows/message/wire"
)

// Options configure a [Client].
type Options struct {
	URL         string    // https, or http when the host is loopback
	Keys        wire.Keys // of this terminal; a request's own app_id and app_key take precedence
	CAFile      string    // PEM certificates to trust instead of the system's; may be empty
	Institution string    // fixmedins_code, with which every msgid begins

	// Head is the journal's head as text, which each message carries; none does if
	// it is nil or returns "".
	Head func() string

	Now         func() time.Time // nil: time.Now
	Random      io.Reader        // nil: crypto/rand
	DialContext func(ctx context.Context, network, address string) (net.Conn, error)
}

// Client calls a platform over the wire. It is safe for use by several goroutines.
type Client struct {
	url         string
	keys        wire.Keys
	institution string
	now         func() time.Time
	random      io.Reader
	head        func() string
	transport   *http.Transport
}

// New makes a client; it does not connect yet. Its errors are [ErrOptions]. Without
// an app_id and app_key in Options, every request must bring its own.
func New(o Options) (*Client, error) {
	if err := checkURL(o.URL); err != nil {
		return nil, err
	}
	transport, err := newTransport(o)
	if err != nil {
		return nil, err
	}
	c := &Client{
		url:         o.URL,
		keys:        o.Keys,
		institution: o.Institution,
		now:         o.Now,
		random:      o.Random,
		head:        o.Head,
		transport:   transport,
	}
	if c.now == nil {
		c.now = time.Now
	}
	if c.head == nil {
		c.head = func() string { return "" }
	}
	if c.random == nil {
		c.random = rand.Reader
	}
	return c, nil
}

// Close closes the idle connections.
func (c *Client) Close() { c.transport.CloseIdleConnections() }

// Call sends a request under a fresh msgid and timestamp and returns the verified
// answer, whatever its code. It sends once: only a caller who knows what the
// message means may repeat it. Every error is [ErrNotSent] or [ErrNoAnswer]; none
// holds content. Without a deadline, ctx ends after [MaxWait].
func (c *Client) Call(ctx context.Context, req onetrans.Request) (onetrans.Answer, error) {
	ctx, cancel := bounded(ctx)
	defer cancel()

	keys := c.keysFor(req)
	msgID := onetrans.NewMsgID(c.institution, c.now(), c.random)
	sealed, err := c.seal(req, keys, msgID)
	if err != nil {
		return onetrans.Answer{}, fmt.Errorf("%w: %w", ErrNotSent, err)
	}
	body, err := c.exchange(ctx, sealed)
	if err != nil {
		return onetrans.Answer{}, err
	}
	answer, err := open(body, keys, msgID)
	if err != nil {
		return onetrans.Answer{}, fmt.Errorf("%w: %w", ErrNoAnswer, err)
	}
	return answer, nil
}

// keysFor are the client's keys with the credentials of the request.
func (c *Client) keysFor(req onetrans.Request) wire.Keys {
	keys := c.keys
	if !req.AppID.Empty() {
		keys.AppID = req.AppID.String()
	}
	if !req.AppKey.Empty() {
		keys.AppKey = req.AppKey.String()
	}
	return keys
}
