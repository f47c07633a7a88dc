package simulate

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// delivery is what the network does with one message.
type delivery string

const (
	passes    delivery = "passes"
	slow      delivery = "is slow"
	refuses   delivery = "never gets a connection"
	lostThere delivery = "is lost"
	lostBack  delivery = "arrives, its answer is lost"
	lateThere delivery = "arrives when nobody waits any more"
	lateBack  delivery = "is answered when nobody waits any more"
	twice     delivery = "arrives twice"
	again     delivery = "arrives again much later"
	spoilt    delivery = "arrives spoilt"
	garbled   delivery = "is answered with spoilt bytes"
	cutOff    delivery = "is answered by halves"
	another   delivery = "gets another's answer"
	nonsense  delivery = "is answered by something in between"
)

// badDeliveries are all but the harmless ones.
func badDeliveries() []delivery {
	return []delivery{slow, refuses, lostThere, lostBack, lostBack, lateThere, lateBack, twice, again, spoilt, garbled, cutOff, another, nonsense}
}

// ticket is the passage of one message: drawn before it leaves, from its name
// alone.
type ticket struct {
	name        string
	delivery    delivery
	there, back time.Duration
	late        time.Duration
	abrupt      bool // a loss is noticed at once
	dice        dice // of the sender
	noise       dice // of the line
}

// network connects the terminals with the platform's handler. Every message has its
// own connection.
type network struct {
	seed    uint64
	handler http.Handler
	rate    float64 // of trouble
	outages []span
	healed  atomic.Bool
	trace   func(string, ...any)

	ctx  context.Context // ends with the day
	busy sync.WaitGroup

	mu    sync.Mutex
	sent  map[string]int // how often a message with a name was sent
	heard []byte         // the last answer that anybody got
}

// span is a time during which nothing gets through.
type span struct{ from, to time.Time }

func (s span) has(t time.Time) bool { return t.After(s.from) && t.Before(s.to) }

// ticket draws what happens to the next message with that name.
func (n *network) ticket(name string) *ticket {
	n.mu.Lock()
	n.sent[name]++
	nth := n.sent[name]
	n.mu.Unlock()
	name += "#" + strconv.Itoa(nth)
	d := diceOf(n.seed, "message "+name)
	t := &ticket{
		name: name, delivery: passes, dice: d, noise: diceOf(n.seed, "noise "+name), abrupt: d.hit(0.5),
		there: d.between(time.Millisecond, 80*time.Millisecond), back: d.between(time.Millisecond, 80*time.Millisecond),
		late: d.between(time.Minute, 14*time.Minute),
	}
	troubled, trouble := d.hit(n.rate), oneOf(d, badDeliveries()...)
	switch {
	case n.healed.Load():
	case n.out(time.Now()):
		t.delivery = oneOf(d, refuses, refuses, lostThere)
	case troubled:
		t.delivery = trouble
	}
	if t.delivery == slow {
		t.there, t.back = d.between(0, 12*time.Second), d.between(0, 12*time.Second)
	}
	return t
}

func (n *network) out(now time.Time) bool {
	for _, o := range n.outages {
		if o.has(now) {
			return true
		}
	}
	return false
}

type ticketKey struct{}

var errUnreachable = &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}

// dial opens the connection of the message whose ticket is in ctx.
func (n *network) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	t, ok := ctx.Value(ticketKey{}).(*ticket)
	if !ok {
		return nil, fmt.Errorf("%w: no ticket", errUnreachable)
	}
	if err := pause(ctx, t.there/2); err != nil {
		return nil, err
	}
	if t.delivery == refuses {
		return nil, errUnreachable
	}
	here, there := net.Pipe()
	n.busy.Go(func() { n.carry(there, t) })
	return here, nil
}

// carry takes one message from its connection to the platform, and the answer back.
func (n *network) carry(conn net.Conn, t *ticket) {
	defer conn.Close()
	message, err := readMessage(conn)
	if err != nil {
		return
	}
	// Who asks is watched: a platform stops holding an answer that nobody waits for.
	asking, gone := context.WithCancel(n.ctx)
	defer gone()
	n.busy.Go(func() {
		defer gone()
		_, _ = conn.Read(make([]byte, 1))
	})
	time.Sleep(t.there)
	switch t.delivery {
	case lostThere:
		t.lose(asking)
		return
	case lateThere:
		n.deliverLater(t, message)
		t.lose(asking)
		return
	case twice:
		n.busy.Go(func() { time.Sleep(t.back); n.deliver(n.ctx, message) })
	case again:
		n.deliverLater(t, message)
	}
	if t.delivery == spoilt {
		message = t.flip(message)
	}
	answer := n.deliver(asking, message)
	if answer == nil {
		return
	}
	if t.delivery == another {
		answer = n.anothers(answer)
	} else {
		n.hear(answer)
	}
	switch t.delivery {
	case lostBack:
		t.lose(asking)
		return
	case lateBack:
		_ = pause(asking, t.late)
	}
	_ = pause(asking, t.back)
	_, _ = conn.Write(t.spoil(answer)) // who has gone asks again
}

// lose drops the message or its answer.
func (t *ticket) lose(asking context.Context) {
	if !t.abrupt {
		<-asking.Done()
	}
}

// deliverLater delivers a message, or a copy of it, long after it was sent.
func (n *network) deliverLater(t *ticket, message []byte) {
	n.busy.Go(func() {
		time.Sleep(t.late)
		n.trace("network  %s: arrives late", t.name)
		n.deliver(n.ctx, message)
	})
}

// deliver delivers a message to the platform; the answer is nil if the platform
// closes the connection.
func (n *network) deliver(ctx context.Context, message []byte) []byte {
	r := (&http.Request{
		Method: http.MethodPost, URL: &url.URL{Path: "/"}, Host: "127.0.0.1", RemoteAddr: "pipe",
		Header:        http.Header{"Content-Type": {"application/json"}},
		Body:          io.NopCloser(bytes.NewReader(message)),
		ContentLength: int64(len(message)),
	}).WithContext(ctx)
	w := newPage()
	if !w.answered(n.handler, r) {
		return nil
	}
	return fmt.Appendf(nil, "HTTP/1.1 %d %s\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s",
		w.status, http.StatusText(w.status), w.body.Len(), w.body.Bytes())
}

// hear keeps an answer, to be given to somebody else.
func (n *network) hear(answer []byte) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.heard = answer
}

// anothers is the last answer to somebody else.
func (n *network) anothers(own []byte) []byte {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.heard == nil {
		return own
	}
	return n.heard
}

// spoil is the answer as it leaves the network.
func (t *ticket) spoil(answer []byte) []byte {
	switch t.delivery {
	case garbled:
		return t.flip(answer)
	case cutOff:
		return answer[:t.noise.IntN(len(answer))]
	case nonsense:
		return []byte(oneOf(t.noise,
			"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n",
			"HTTP/1.1 302 Found\r\nLocation: http://login.invalid/\r\nContent-Length: 0\r\n\r\n",
			"HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\n<html></html>",
			"HTTP/1.1 200 OK\r\nContent-Length: 17\r\n\r\n{\"code\":\"000000\"}"))
	}
	return answer
}

// flip flips a few bits, rarely at the beginning, where they would only break the
// framing.
func (t *ticket) flip(message []byte) []byte {
	flipped := bytes.Clone(message)
	for range 1 + t.noise.IntN(3) {
		at := max(t.noise.IntN(len(flipped)), t.noise.IntN(len(flipped)))
		flipped[at] ^= 1 << t.noise.IntN(7)
	}
	return flipped
}

// readMessage reads the body of one HTTP request.
func readMessage(conn net.Conn) ([]byte, error) {
	in := bufio.NewReader(conn)
	length := 0
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return nil, err
		}
		name, value, isField := strings.Cut(strings.TrimSpace(line), ":")
		switch {
		case strings.EqualFold(name, "Content-Length"):
			if length, err = strconv.Atoi(strings.TrimSpace(value)); err != nil {
				return nil, err
			}
		case !isField && name == "":
			body := make([]byte, length)
			_, err = io.ReadFull(in, body)
			return body, err
		}
	}
}

// page records what a handler writes.
type page struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func newPage() *page { return &page{header: http.Header{}, status: http.StatusOK} }

func (p *page) Header() http.Header         { return p.header }
func (p *page) WriteHeader(status int)      { p.status = status }
func (p *page) Write(b []byte) (int, error) { return p.body.Write(b) }

// answered runs the handler; false if it closes the connection instead.
func (p *page) answered(h http.Handler, r *http.Request) (ok bool) {
	defer func() {
		if e := recover(); e != nil && e != http.ErrAbortHandler {
			panic(e)
		}
	}()
	h.ServeHTTP(p, r)
	return true
}

// pause sleeps; it ends early with ctx's error.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
