package sandbox

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"onetrans/flows/message/onetrans"
	"onetrans/flows/message/wire"
)

// handClock is a clock that stands still until it is moved.
type handClock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *handClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *handClock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// bench is a sandbox behind HTTP and a terminal that speaks to it.
type bench struct {
	t     testing.TB
	srv   *Server
	clock *handClock
	now   func() time.Time
	url   string
	keys  wire.Keys
	http  *http.Client
}

func demoTerminal(t testing.TB) wire.Keys {
	t.Helper()
	keys, err := demoKeys()
	if err != nil {
		t.Fatal(err)
	}
	keys.SignType, keys.EncType = wire.SM3, wire.SM4
	return keys
}

func openTest(t testing.TB, opts Options) *Server {
	t.Helper()
	if opts.Dir == "" {
		opts.Dir = t.TempDir()
	}
	opts.NoSync = true
	if opts.Log == nil {
		opts.Log = slog.New(slog.DiscardHandler)
	}
	s, err := Open(opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// newBench opens a sandbox whose clock only the test moves.
func newBench(t testing.TB) *bench {
	t.Helper()
	return newBenchIn(t, t.TempDir(), &handClock{now: time.Date(2026, 11, 23, 10, 24, 0, 0, onetrans.Zone())})
}

func newBenchIn(t testing.TB, dir string, clock *handClock) *bench {
	t.Helper()
	s := openTest(t, Options{Dir: dir, Now: clock.Now})
	web := httptest.NewServer(s.Handler())
	t.Cleanup(web.Close)
	return &bench{t: t, srv: s, clock: clock, now: clock.Now, url: web.URL, keys: demoTerminal(t), http: web.Client()}
}

// reply is an answer of which everything was verified.
type reply struct {
	Code        string         `json:"code"`
	ErrMsg      string         `json:"err_msg"`
	MsgID       string         `json:"msgid"`
	RespondTime string         `json:"respond_time"`
	Data        jsontext.Value `json:"data"`
}

// get is a text of the answer's data.
func (r reply) get(name string) string {
	fields := map[string]jsontext.Value{}
	if err := json.Unmarshal(r.Data, &fields); err != nil {
		return ""
	}
	var text onetrans.Text
	if err := json.Unmarshal(fields[name], &text); err != nil {
		return ""
	}
	return text.String()
}

// plain makes a request as the terminal would.
func (b *bench) plain(msgID, transType string, data any) []byte {
	b.t.Helper()
	raw, err := onetrans.Marshal(data)
	if err != nil {
		b.t.Fatal(err)
	}
	plain, err := onetrans.Marshal(onetrans.Request{
		AppID: onetrans.T(b.keys.AppID), MsgID: onetrans.T(msgID), TransType: onetrans.T(transType),
		Timestamp: onetrans.T(onetrans.FormatTimestamp(b.now())), Data: raw,
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return plain
}

func (b *bench) seal(plain []byte) []byte {
	b.t.Helper()
	sealed, err := b.keys.Seal(plain)
	if err != nil {
		b.t.Fatal(err)
	}
	return sealed
}

var errNoAnswer = errors.New("no normal answer")

// post sends a sealed message and opens what comes back.
func (b *bench) post(ctx context.Context, sealed []byte) (r reply, err error) {
	q, err := http.NewRequestWithContext(ctx, http.MethodPost, b.url+"/onetrans", bytes.NewReader(sealed))
	if err != nil {
		return r, err
	}
	res, err := b.http.Do(q)
	if err != nil {
		return r, errors.Join(errNoAnswer, err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		return r, errors.Join(errNoAnswer, err, errors.New(res.Status))
	}
	plain, err := b.keys.Open(body)
	if err != nil {
		return r, errors.Join(errNoAnswer, err)
	}
	return r, json.Unmarshal(plain, &r)
}

// try sends data under a fresh msgid.
func (b *bench) try(transType string, data any) (reply, error) {
	b.t.Helper()
	id := rand.Text()
	r, err := b.post(b.t.Context(), b.seal(b.plain(id, transType, data)))
	if err == nil && r.MsgID != id {
		return r, errors.Join(errNoAnswer, errors.New("answer to another message"))
	}
	return r, err
}

// send is [bench.try] for answers that must come.
func (b *bench) send(transType string, data any) reply {
	b.t.Helper()
	r, err := b.try(transType, data)
	if err != nil {
		b.t.Fatalf("%s: %v", transType, err)
	}
	return r
}

// obj is a message's data; with overrides one field, "" leaves it out.
type obj map[string]any

func (o obj) with(name string, value any) obj {
	c := obj{}
	for k, v := range o {
		c[k] = v
	}
	if value == nil {
		delete(c, name)
		return c
	}
	c[name] = value
	return c
}

func credentials() obj {
	return obj{"payAppId": DemoPayAppID, "payAppSecret": DemoPayAppSecret, "termNo": "T1"}
}

// patient is the person that most tests are about: inpatient, 3000.00 on the account.
func patient() Person { return Persons()[0] }

func rechargeOf(p Person, out, yuan string) obj {
	o := credentials()
	for k, v := range (obj{
		"cardType": "05", "cardNo": p.AdmissionNo, "accountType": "02", "hisCustId": p.HisCustID,
		"userName": p.Name, "amount": yuan, "outChargeNo": out, "extra": obj{"printMode": "1"},
	}) {
		o[k] = v
	}
	return o
}

func withCode(o obj, wallet, code string) obj {
	return o.with("depositType", wallet).with("extra", obj{"authCode": code})
}

func queryOf(p Person, kind, out string) obj {
	return credentials().with("cardType", "05").with("cardNo", p.AdmissionNo).
		with("accountType", "02").with("tradeType", kind).with("outTradeNo", out)
}

func refundOf(p Person, charge, out, yuan string) obj {
	return rechargeOf(p, charge, yuan).with("extra", nil).with("outRefundNo", out).
		with("withdrawMode", "1").with("refundType", "hisDecide")
}

// ask queries a charge.
func (b *bench) ask(out string) reply {
	b.t.Helper()
	return b.send(onetrans.TransQuery, queryOf(patient(), onetrans.TransRecharge, out))
}

// control calls the loopback door; body nil is a GET.
func (b *bench) control(path string, body any) (status int, answer []byte) {
	b.t.Helper()
	method, payload := http.MethodGet, io.Reader(nil)
	if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			b.t.Fatal(err)
		}
		method, payload = http.MethodPost, bytes.NewReader(raw)
	}
	q, err := http.NewRequestWithContext(b.t.Context(), method, b.url+"/control/"+path, payload)
	if err != nil {
		b.t.Fatal(err)
	}
	q.Header.Set("Content-Type", "application/json")
	res, err := b.http.Do(q)
	if err != nil {
		b.t.Fatal(err)
	}
	defer res.Body.Close()
	answer, err = io.ReadAll(res.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return res.StatusCode, answer
}

// paid makes an order and pays it.
func (b *bench) paid(out, yuan string) reply {
	b.t.Helper()
	r := b.send(onetrans.TransRecharge, rechargeOf(patient(), out, yuan))
	if status, answer := b.control("pay", obj{"outChargeNo": out}); status != http.StatusOK {
		b.t.Fatalf("paying %s: %d %s", out, status, answer)
	}
	return r
}

// wantCode is a code, or a code with the field that err_msg must name.
func wantCode(t *testing.T, r reply, want string) {
	t.Helper()
	code, names, _ := strings.Cut(want, " ")
	if r.Code != code || !strings.Contains(r.ErrMsg, names) {
		t.Errorf("answered %s %q, want %s", r.Code, r.ErrMsg, want)
	}
}

func wantFields(t *testing.T, r reply, want map[string]string) {
	t.Helper()
	if r.Code != string(onetrans.CodeOK) {
		t.Fatalf("answered %s %q", r.Code, r.ErrMsg)
	}
	for name, value := range want {
		if got := r.get(name); got != value {
			t.Errorf("%s is %q, want %q", name, got, value)
		}
	}
}

// pipeListener hands out the server's ends of pipes; real sockets don't work in
// a bubble of virtual time.
type pipeListener struct {
	conns chan net.Conn
	done  chan struct{}
	once  sync.Once
}

func newPipeListener() *pipeListener {
	return &pipeListener{conns: make(chan net.Conn), done: make(chan struct{})}
}

func (l *pipeListener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.done:
		return nil, net.ErrClosed
	}
}

func (l *pipeListener) Close() error {
	l.once.Do(func() { close(l.done) })
	return nil
}

func (l *pipeListener) Addr() net.Addr { return &net.UnixAddr{Name: "pipe"} }

func (l *pipeListener) Dial(ctx context.Context, _, _ string) (net.Conn, error) {
	ours, theirs := net.Pipe()
	select {
	case l.conns <- theirs:
		return ours, nil
	case <-l.done:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// newPipeBench serves a sandbox over pipes, on the bubble's clock. stop ends it
// and says how serving ended.
func newPipeBench(t *testing.T) (b *bench, stop func() error) {
	t.Helper()
	s := openTest(t, Options{})
	l := newPipeListener()
	ctx, cancel := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- s.Serve(ctx, l) }()
	transport := &http.Transport{DialContext: l.Dial}
	b = &bench{
		t: t, srv: s, now: time.Now, url: "http://sandbox", keys: demoTerminal(t),
		http: &http.Client{Transport: transport},
	}
	return b, func() error {
		cancel()
		err := <-served
		transport.CloseIdleConnections()
		return err
	}
}
