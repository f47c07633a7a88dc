package platform_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"onetrans/flows/message/onetrans"
	"onetrans/flows/message/platform"
	"onetrans/flows/message/wire"
)

// TestFaults says for each thing that can go wrong what the call proves, and
// how often the platform saw the message: never twice.
func TestFaults(t *testing.T) {
	other := keys()
	other.AppKey = "someone else's"
	for _, c := range []struct {
		name      string
		serve     func(p *peer, w http.ResponseWriter, r *http.Request)
		untrusted error // nil: no answer came at all
	}{
		{name: "the connection is closed without an answer", serve: func(p *peer, w http.ResponseWriter, r *http.Request) {
			p.received(r)
			panic(http.ErrAbortHandler)
		}},
		{name: "the connection is reset", serve: func(p *peer, w http.ResponseWriter, r *http.Request) {
			p.received(r)
			hijack(p.t, w, func(conn *net.TCPConn, _ *bufio.ReadWriter) { conn.SetLinger(0) })
		}},
		{name: "cut off in the headers", serve: func(p *peer, w http.ResponseWriter, r *http.Request) {
			p.received(r)
			hijack(p.t, w, func(_ *net.TCPConn, out *bufio.ReadWriter) { out.WriteString("HTTP/1.1 200 OK\r\nContent-Le") })
		}},
		{name: "cut off half way", serve: func(p *peer, w http.ResponseWriter, r *http.Request) {
			body := p.answer(p.received(r), `{}`)
			w.Header().Set("Content-Length", strconv.Itoa(len(body)))
			w.Write(body[:len(body)/2])
			w.(http.Flusher).Flush()
			panic(http.ErrAbortHandler)
		}},
		{name: "cut off half way, chunked", serve: func(p *peer, w http.ResponseWriter, r *http.Request) {
			body := p.answer(p.received(r), `{}`)
			w.Write(body[:len(body)/2])
			w.(http.Flusher).Flush()
			panic(http.ErrAbortHandler)
		}},
		{name: "no HTTP at all", serve: func(p *peer, w http.ResponseWriter, r *http.Request) {
			p.received(r)
			hijack(p.t, w, func(_ *net.TCPConn, out *bufio.ReadWriter) { out.WriteString("350100200101010000 is no HTTP\r\n\r\n") })
		}},
		{name: "endless headers", serve: func(p *peer, w http.ResponseWriter, r *http.Request) {
			body := p.answer(p.received(r), `{}`)
			w.Header().Set("X-Long", strings.Repeat("a", 1<<20))
			w.Write(body)
		}},
		{name: "HTTP 500 with a good answer", serve: status(http.StatusInternalServerError)},
		{name: "HTTP 404", serve: status(http.StatusNotFound)},
		{name: "HTTP 201 with a good answer", serve: status(http.StatusCreated)},
		{name: "HTTP 204", serve: func(p *peer, w http.ResponseWriter, r *http.Request) {
			p.received(r)
			w.WriteHeader(http.StatusNoContent)
		}},
		{name: "a redirect 302", serve: redirect(http.StatusFound)},
		{name: "a redirect 307, which would repeat the body", serve: redirect(http.StatusTemporaryRedirect)},
		{name: "a redirect 308", serve: redirect(http.StatusPermanentRedirect)},

		{name: "an empty answer", untrusted: wire.ErrMalformed, serve: func(p *peer, w http.ResponseWriter, r *http.Request) { p.received(r) }},
		{name: "an error page", untrusted: wire.ErrMalformed, serve: body(func(*peer, []byte) []byte { return []byte("<html>502</html>") })},
		{name: "garbled", untrusted: wire.ErrMalformed, serve: body(func(_ *peer, b []byte) []byte { b[0] ^= 0x20; return b })},
		{name: "something after it", untrusted: wire.ErrMalformed, serve: body(func(_ *peer, b []byte) []byte { return append(b, '{') })},
		{name: "longer than a message may be", untrusted: wire.ErrMalformed, serve: body(func(_ *peer, b []byte) []byte {
			return append(b, strings.Repeat(" ", onetrans.MaxMessage)...)
		})},
		{name: "another's signature", untrusted: wire.ErrUntrusted, serve: func(p *peer, w http.ResponseWriter, r *http.Request) {
			m := p.received(r)
			w.Write((&peer{t: p.t, keys: other}).answer(m, `{"result":"fail"}`))
		}},
		{name: "changed after it was signed", untrusted: wire.ErrSignature, serve: body(func(_ *peer, b []byte) []byte {
			return []byte(strings.Replace(string(b), `"000000"`, `"610001"`, 1))
		})},
		{name: "less protection than agreed", untrusted: wire.ErrDowngrade, serve: func(p *peer, w http.ResponseWriter, r *http.Request) {
			open := p.keys
			open.EncType = wire.None
			m := p.received(r)
			w.Write((&peer{t: p.t, keys: open}).answer(m, `{}`))
		}},
		{name: "the answer to another message", untrusted: wire.ErrUntrusted, serve: func(p *peer, w http.ResponseWriter, r *http.Request) {
			p.received(r)
			w.Write(p.answer(map[string]jsontext.Value{"msgid": jsontext.Value(`"another"`)}, `{}`))
		}},
		{name: "an answer to no message", untrusted: wire.ErrUntrusted, serve: func(p *peer, w http.ResponseWriter, r *http.Request) {
			p.received(r)
			w.Write(p.sealed(`{"code":"000000",` + times + `,"data":{}}`))
		}},
		{name: "a code that is no text", untrusted: wire.ErrMalformed, serve: func(p *peer, w http.ResponseWriter, r *http.Request) {
			m := p.received(r)
			w.Write(p.sealed(`{"code":{},"msgid":` + string(m["msgid"]) + `,` + times + `,"data":{}}`))
		}},
		{name: "our own request, which says how it ended", untrusted: wire.ErrNotAnswer, serve: func(p *peer, w http.ResponseWriter, r *http.Request) {
			sealed, err := io.ReadAll(r.Body)
			if err != nil {
				p.t.Error(err)
			}
			r.Body = io.NopCloser(bytes.NewReader(sealed))
			p.received(r)
			w.Write(sealed)
		}},
		{name: "a message with an app_id", untrusted: wire.ErrNotAnswer, serve: answering(`"app_id":"demo0000000000000000000000000001",` + times)},
		{name: "a message with a trans_type", untrusted: wire.ErrNotAnswer, serve: answering(`"trans_type":"hop.trade.recharge",` + times)},
		{name: "no respond_time", untrusted: wire.ErrNotAnswer, serve: answering(`"inf_refmsgid":"i"`)},
		{name: "an empty respond_time, which nobody signs", untrusted: wire.ErrNotAnswer, serve: answering(`"inf_refmsgid":"i","respond_time":""`)},
		{name: "no inf_refmsgid", untrusted: wire.ErrNotAnswer, serve: answering(`"respond_time":"20231211163620978"`)},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := &peer{t: t, keys: keys()}
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { c.serve(p, w, r) }))
			defer server.Close()
			_, err := client(t, platform.Options{URL: server.URL}).Call(t.Context(), boastingRequest(t))
			noAnswer(t, err, c.untrusted)
			if p.count() != 1 {
				t.Errorf("the server saw the message %d times", p.count())
			}
		})
	}
}

// boastingRequest is one in which HIS has written all that an answer would say.
func boastingRequest(t *testing.T) onetrans.Request {
	t.Helper()
	r := sampleRequest(t, `{"result":"succ"}`)
	r.Unknown = jsontext.Value(`{"code":"000000","err_msg":"成功","inf_refmsgid":"i","refmsg_time":"t","respond_time":"t","more":1}`)
	return r
}

// answering answers with these members at the top level.
func answering(members string) func(*peer, http.ResponseWriter, *http.Request) {
	return func(p *peer, w http.ResponseWriter, r *http.Request) {
		m := p.received(r)
		w.Write(p.sealed(`{"code":"000000","msgid":` + string(m["msgid"]) + `,` + members + `,"data":{"result":"succ"}}`))
	}
}

func TestNamesThatBelongToAnswersNeverTravelInRequests(t *testing.T) {
	p := &peer{t: t, keys: keys()}
	server := httptest.NewServer(p)
	defer server.Close()
	if _, err := client(t, platform.Options{URL: server.URL}).Call(t.Context(), boastingRequest(t)); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"code", "err_msg", "inf_refmsgid", "refmsg_time", "respond_time"} {
		if value, travelled := p.got[0][name]; travelled {
			t.Errorf("%s travelled, as %s", name, value)
		}
	}
	if string(p.got[0]["more"]) != "1" {
		t.Errorf("what HIS said beside was dropped: %v", p.got[0])
	}
}

func noAnswer(t *testing.T, err, untrusted error) {
	t.Helper()
	switch {
	case !errors.Is(err, platform.ErrNoAnswer) || errors.Is(err, platform.ErrNotSent):
		t.Errorf("got %v, want no answer", err)
	case untrusted == nil && errors.Is(err, wire.ErrUntrusted):
		t.Errorf("got %v, but no answer came", err)
	case untrusted != nil && !errors.Is(err, untrusted):
		t.Errorf("got %v, want %v", err, untrusted)
	case strings.Contains(err.Error(), "350100200101010000"):
		t.Errorf("content in %v", err)
	}
}

func hijack(t *testing.T, w http.ResponseWriter, with func(*net.TCPConn, *bufio.ReadWriter)) {
	conn, rw, err := w.(http.Hijacker).Hijack()
	if err != nil {
		t.Errorf("hijack: %v", err)
		return
	}
	defer conn.Close()
	with(conn.(*net.TCPConn), rw)
	rw.Flush()
}

func status(code int) func(*peer, http.ResponseWriter, *http.Request) {
	return func(p *peer, w http.ResponseWriter, r *http.Request) {
		body := p.answer(p.received(r), `{"result":"succ"}`)
		w.WriteHeader(code)
		w.Write(body)
	}
}

// redirect leads to a path that the same server would answer properly.
func redirect(code int) func(*peer, http.ResponseWriter, *http.Request) {
	return func(p *peer, w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/other" {
			p.ServeHTTP(w, r)
			return
		}
		p.received(r)
		http.Redirect(w, r, "/other", code)
	}
}

// body bends an otherwise proper answer.
func body(bend func(*peer, []byte) []byte) func(*peer, http.ResponseWriter, *http.Request) {
	return func(p *peer, w http.ResponseWriter, r *http.Request) {
		w.Write(bend(p, p.answer(p.received(r), `{"result":"succ"}`)))
	}
}

func notSent(t *testing.T, err error) {
	t.Helper()
	if !errors.Is(err, platform.ErrNotSent) || errors.Is(err, platform.ErrNoAnswer) {
		t.Errorf("got %v, want not sent", err)
	}
}

func TestNothingListens(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	_, err := client(t, platform.Options{URL: server.URL}).Call(t.Context(), sampleRequest(t, `{}`))
	notSent(t, err)
}

// TestConnectingTakesTooLong: a caller that names no deadline has one all the same.
func TestConnectingTakesTooLong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := client(t, platform.Options{URL: "http://127.0.0.1:1", DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			<-ctx.Done()
			return nil, ctx.Err()
		}})
		began := time.Now()
		_, err := c.Call(context.Background(), sampleRequest(t, `{}`))
		notSent(t, err)
		if waited := time.Since(began); !errors.Is(err, context.DeadlineExceeded) || waited != platform.MaxWait {
			t.Errorf("got %v after %v", err, waited)
		}
	})
}

func TestCallThatIsAlreadyOver(t *testing.T) {
	p := &peer{t: t, keys: keys()}
	server := httptest.NewServer(p)
	defer server.Close()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := client(t, platform.Options{URL: server.URL}).Call(ctx, sampleRequest(t, `{}`))
	notSent(t, err)
	if p.count() != 0 {
		t.Errorf("the server saw %d", p.count())
	}
}

// TestSlow: the message has arrived, the answer takes longer than the caller waits.
func TestSlow(t *testing.T) {
	p := &peer{t: t, keys: keys()}
	ctx, cancel := context.WithCancel(t.Context())
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.received(r)
		cancel()
		<-r.Context().Done()
	}))
	defer server.Close()
	_, err := client(t, platform.Options{URL: server.URL}).Call(ctx, sampleRequest(t, `{}`))
	noAnswer(t, err, nil)
	if !errors.Is(err, context.Canceled) || p.count() != 1 {
		t.Errorf("got %v, the server saw %d", err, p.count())
	}
}

// TestSlowBody: the caller stops waiting in the middle of the answer.
func TestSlowBody(t *testing.T) {
	p := &peer{t: t, keys: keys()}
	ctx, cancel := context.WithCancel(t.Context())
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body := p.answer(p.received(r), `{}`)
		w.Write(body[:10])
		w.(http.Flusher).Flush()
		cancel()
		<-r.Context().Done()
	}))
	defer server.Close()
	_, err := client(t, platform.Options{URL: server.URL}).Call(ctx, sampleRequest(t, `{}`))
	noAnswer(t, err, nil)
}

// script is a server that speaks TCP by hand, one function a connection.
func script(t *testing.T, connections ...func(net.Conn)) (url string, accepted func() int) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	count, done := 0, make(chan struct{})
	go func() {
		defer close(done)
		for _, serve := range connections {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			count++
			serve(conn)
			conn.Close()
		}
	}()
	t.Cleanup(func() { listener.Close() })
	return "http://" + listener.Addr().String(), func() int {
		listener.Close()
		<-done
		return count
	}
}

// serveOne answers one request on a connection.
func serveOne(p *peer, conn net.Conn, in *bufio.Reader) {
	r, err := http.ReadRequest(in)
	if err != nil {
		p.t.Errorf("request: %v", err)
		return
	}
	body := p.answer(p.received(r), `{}`)
	fmt.Fprintf(conn, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
}

// TestStaleConnection: the server takes the second message on the kept-alive
// connection and dies. The client must neither take the reused connection for
// one that never opened nor send the message again by itself.
func TestStaleConnection(t *testing.T) {
	p := &peer{t: t, keys: keys()}
	url, accepted := script(t,
		func(conn net.Conn) {
			in := bufio.NewReader(conn)
			serveOne(p, conn, in)
			r, err := http.ReadRequest(in)
			if err != nil {
				t.Errorf("second request: %v", err)
				return
			}
			p.received(r)
		},
		func(conn net.Conn) { serveOne(p, conn, bufio.NewReader(conn)) },
	)
	c := client(t, platform.Options{URL: url})
	if _, err := c.Call(t.Context(), sampleRequest(t, `{}`)); err != nil {
		t.Fatal(err)
	}
	_, err := c.Call(t.Context(), sampleRequest(t, `{}`))
	noAnswer(t, err, nil)
	if p.count() != 2 {
		t.Errorf("the server saw %d messages", p.count())
	}
	if n := accepted(); n != 1 {
		t.Errorf("%d connections: the message was sent again", n)
	}
}

// deadConn is a kept-alive connection whose death nobody was told: it reads
// nothing and its writes fail from the second message on.
type deadConn struct {
	net.Conn
	dead chan struct{}
}

func (c *deadConn) Write(b []byte) (int, error) {
	select {
	case <-c.dead:
		return 0, &net.OpError{Op: "write", Net: "tcp", Err: errors.New("broken pipe")}
	default:
		return c.Conn.Write(b)
	}
}

// TestStaleConnectionThatTakesNothing: not even a write works, but the
// connection was open: the careful answer is 'no answer'.
func TestStaleConnectionThatTakesNothing(t *testing.T) {
	p := &peer{t: t, keys: keys()}
	server := httptest.NewServer(p)
	defer server.Close()
	dead, dials := make(chan struct{}), 0
	c := client(t, platform.Options{URL: server.URL, DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
		dials++
		conn, err := new(net.Dialer).DialContext(ctx, network, address)
		return &deadConn{conn, dead}, err
	}})
	if _, err := c.Call(t.Context(), sampleRequest(t, `{}`)); err != nil {
		t.Fatal(err)
	}
	close(dead)
	_, err := c.Call(t.Context(), sampleRequest(t, `{}`))
	noAnswer(t, err, nil)
	if p.count() != 1 || dials != 1 {
		t.Errorf("the server saw %d messages on %d connections", p.count(), dials)
	}
}

// TestConnectionsAreKeptAlive, and one that the server closed in between is
// replaced without anybody noticing.
func TestConnectionsAreKeptAlive(t *testing.T) {
	p := &peer{t: t, keys: keys()}
	server := httptest.NewServer(p)
	defer server.Close()
	closed := make(chan struct{}, 1)
	dials := 0
	c := client(t, platform.Options{URL: server.URL, DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
		dials++
		conn, err := new(net.Dialer).DialContext(ctx, network, address)
		return &watchedConn{Conn: conn, closed: closed}, err
	}})
	for range 3 {
		if _, err := c.Call(t.Context(), sampleRequest(t, `{}`)); err != nil {
			t.Fatal(err)
		}
	}
	if dials != 1 {
		t.Errorf("%d connections for three calls", dials)
	}
	server.CloseClientConnections()
	<-closed // the client has noticed
	if _, err := c.Call(t.Context(), sampleRequest(t, `{}`)); err != nil {
		t.Errorf("after the server closed: %v", err)
	}
	if p.count() != 4 {
		t.Errorf("the server saw %d", p.count())
	}
}

type watchedConn struct {
	net.Conn
	closed chan struct{}
}

func (c *watchedConn) Close() error {
	select {
	case c.closed <- struct{}{}:
	default:
	}
	return c.Conn.Close()
}

func TestTLS(t *testing.T) {
	p := &peer{t: t, keys: keys()}
	server := httptest.NewUnstartedServer(p)
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // one handshake fails on purpose
	server.StartTLS()
	defer server.Close()
	ca := filepath.Join(t.TempDir(), "ca.pem")
	block := &pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}
	if err := os.WriteFile(ca, pem.EncodeToMemory(block), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := client(t, platform.Options{URL: server.URL, CAFile: ca}).Call(t.Context(), sampleRequest(t, `{}`)); err != nil {
		t.Errorf("with the server's certificate: %v", err)
	}
	_, err := client(t, platform.Options{URL: server.URL}).Call(t.Context(), sampleRequest(t, `{}`))
	notSent(t, err) // the handshake failed, so no message left
	if p.count() != 1 {
		t.Errorf("the server saw %d", p.count())
	}
}

// TestTLSAgainstPlainServer: an opened TCP connection on which TLS fails has
// carried no message.
func TestACertificateWithAShortKeyIsNotTrusted(t *testing.T) {
	key, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	template := x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, DNSNames: []string{"platform.test"}, IsCA: true, BasicConstraintsValid: true,
	}
	// The authority is strong, and signs a server's weak key.
	strong, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	authority, err := x509.CreateCertificate(rand.Reader, &template, &template, strong.Public(), strong)
	if err != nil {
		t.Fatal(err)
	}
	leaf := template
	leaf.SerialNumber, leaf.IsCA, leaf.Subject.CommonName = big.NewInt(2), false, "leaf"
	parent, err := x509.ParseCertificate(authority)
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := x509.CreateCertificate(rand.Reader, &leaf, parent, key.Public(), strong)
	if err != nil {
		t.Fatal(err)
	}
	p := &peer{t: t, keys: keys()}
	server := httptest.NewUnstartedServer(p)
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.TLS = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{certificate}, PrivateKey: key}}}
	server.StartTLS()
	defer server.Close()
	file := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: authority}), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = client(t, platform.Options{URL: server.URL, CAFile: file}).Call(t.Context(), sampleRequest(t, `{}`))
	if notSent(t, err); !strings.Contains(err.Error(), "1024 bits") || p.count() != 0 {
		t.Errorf("%v, %d messages", err, p.count())
	}
	weak := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate})
	if _, err := platform.Authorities(weak); err == nil || !strings.Contains(err.Error(), "1024 bits") {
		t.Errorf("as an authority: %v", err)
	}
}

func TestTLSAgainstPlainServer(t *testing.T) {
	url, _ := script(t, func(conn net.Conn) {
		conn.Read(make([]byte, 1))
		io.WriteString(conn, "HTTP/1.1 400 Bad Request\r\n\r\n")
	})
	c := client(t, platform.Options{URL: strings.Replace(url, "http:", "https:", 1)})
	_, err := c.Call(t.Context(), sampleRequest(t, `{}`))
	notSent(t, err)
}
