package sandbox

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"sync"
	"time"

	"onetrans/flows/message/onetrans"
)

// notice tells a caller's notifyUrl that an order is paid. It is a hint to query
// and not signed: nothing is decided by it.
type notice struct {
	to string

	OutChargeNo string          `json:"outChargeNo"`
	ChargeNo    string          `json:"chargeNo"`
	TraceNo     string          `json:"traceNo"`
	TraceTime   string          `json:"traceTime"` // yyyyMMddHHmmss
	Amount      string          `json:"amount"`    // yuan
	Result      onetrans.Result `json:"result"`
	Channel     string          `json:"channel"`
	Callsn      string          `json:"callsn"`
}

func noticeOf(o *order) notice {
	return notice{
		to: o.NotifyURL, OutChargeNo: o.OutChargeNo, ChargeNo: o.ChargeNo, TraceNo: o.TraceNo, TraceTime: paidTime(o),
		Amount: o.Amount.String(), Result: o.Result, Channel: o.Channel, Callsn: o.CallSN,
	}
}

const (
	noticeTries   = 5
	noticeTimeout = 5 * time.Second
	noticesAtOnce = 16 // more are dropped: whoever waits for them can query
)

// notifier calls notifyUrls in the background.
type notifier struct {
	hosts []string
	log   *slog.Logger
	http  *http.Client
	pause func(try int) time.Duration

	ctx  context.Context
	stop func() // ends what is under way, and waits for it
	busy chan struct{}
	mu   sync.Mutex // between a notice that begins and the end
	all  sync.WaitGroup
}

func newNotifier(hosts []string, log *slog.Logger) *notifier {
	ctx, cancel := context.WithCancel(context.Background())
	n := &notifier{
		hosts: hosts, log: log, ctx: ctx, busy: make(chan struct{}, noticesAtOnce),
		pause: func(try int) time.Duration { return time.Second << try },
		http: &http.Client{
			Timeout: noticeTimeout,
			// No proxy: the host that is allowed is the host that is called.
			Transport:     &http.Transport{DialContext: (&net.Dialer{}).DialContext, DisableKeepAlives: true},
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
	n.stop = func() {
		n.mu.Lock()
		cancel()
		n.mu.Unlock()
		n.all.Wait()
	}
	return n
}

// allowed reports whether a notifyUrl may be called: on this machine or on a
// configured host.
func (n *notifier) allowed(to string) bool {
	u, err := url.Parse(to)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.User != nil {
		return false
	}
	host := u.Hostname()
	addr, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && addr.Unmap().IsLoopback() || host != "" && slices.Contains(n.hosts, host)
}

// tell begins to deliver a notice and returns at once.
func (n *notifier) tell(one notice) {
	if !n.allowed(one.to) {
		n.log.Warn("sandbox: notifyUrl is not of an allowed host", "order", one.OutChargeNo)
		return
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.ctx.Err() != nil {
		return
	}
	select {
	case n.busy <- struct{}{}:
	default:
		n.log.Warn("sandbox: too many notices under way", "order", one.OutChargeNo)
		return
	}
	n.all.Go(func() {
		defer func() { <-n.busy }()
		n.deliver(one)
	})
}

// deliver tries until a notice is taken, or often enough.
func (n *notifier) deliver(one notice) {
	body, err := onetrans.Marshal(one)
	for try := 0; err == nil && try < noticeTries; try++ {
		if try > 0 && !n.wait(n.pause(try-1)) {
			return
		}
		failed := n.post(one.to, body)
		if failed == nil {
			return
		}
		n.log.Debug("sandbox: notice not taken", "order", one.OutChargeNo, "err", failed)
	}
}

func (n *notifier) wait(d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-n.ctx.Done():
		return false
	}
}

var errNotTaken = errors.New("notice not taken")

func (n *notifier) post(to string, body []byte) error {
	q, err := http.NewRequestWithContext(n.ctx, http.MethodPost, to, bytes.NewReader(body))
	if err != nil {
		return errNotTaken // the URL may hold a secret
	}
	q.Header.Set("Content-Type", "application/json; charset=utf-8")
	res, err := n.http.Do(q)
	if err != nil {
		return errNotTaken
	}
	_, _ = io.CopyN(io.Discard, res.Body, maxForm) // what it says doesn't matter
	_ = res.Body.Close()
	if res.StatusCode/100 != 2 {
		return fmt.Errorf("%w: status %d", errNotTaken, res.StatusCode)
	}
	return nil
}
