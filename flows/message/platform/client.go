// Package platform talks to the payment platform. Its [Client] is the driver
// 'wire': sealed messages over HTTP.
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

// Options make a [Client].
type Options struct {
	URL         string    // https, or http when the host is loopback
	Keys        wire.Keys // of this terminal; a request's own app_id and app_key go before them
	CAFile      string    // PEM certificates to trust instead of the system's; may be empty
	Institution string    // fixmedins_code: begins every msgid

	// Head is the journal's end in a few characters, which each message carries;
	// nil, or empty: none does.
	Head func() string

	Now         func() time.Time // nil: time.Now
	Random      io.Reader        // nil: crypto/rand
	DialContext func(ctx context.Context, network, address string) (net.Conn, error)
}

// Client calls a platform over the wire. It may be used by several goroutines.
type Client struct {
	url         string
	keys        wire.Keys
	institution string
	now         func() time.Time
	random      io.Reader
	head        func() string
	transport   *http.Transport
}

// New makes a client and connects to nothing yet. Its errors are [ErrOptions].
// Without an app_id and app_key of its own, every request must bring them.
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

// Close lets go of the connections that are kept alive.
func (c *Client) Close() { c.transport.CloseIdleConnections() }

// Call sends a request under a fresh msgid and timestamp and returns the
// verified answer, whatever its code. It sends once: repeating is for who
// knows what the message is about. Every error is [ErrNotSent] or
// [ErrNoAnswer]; none holds content. A ctx without a deadline ends after
// [MaxWait].
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

// keysFor are the client's keys with the credentials that the request brings.
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
