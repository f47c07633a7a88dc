package library_test

import (
	"bufio"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// owner is a terminal's owner, as good or bad as a test wants him. He is written
// down here once more, apart from the program's own.
type owner struct {
	address  string
	secret   []byte
	listener net.Listener

	mu    sync.Mutex
	calls []handed
}

// handed is what a caller handed over.
type handed struct {
	TransType string `json:"trans_type"`
	In        []byte `json:"in"`
	Buffer    int    `json:"buffer"`
	WaitMS    *int   `json:"wait_ms"`
	Window    *int64 `json:"window"`
}

// guest is a caller who has connected.
type guest struct {
	net.Conn
	in     *bufio.Reader
	secret []byte
}

// newOwner serves whoever comes with serve, which may break every rule.
func newOwner(t testing.TB, serve func(o *owner, g guest)) *owner {
	t.Helper()
	o := &owner{address: filepath.Join(shortFolder(t), "s")}
	var err error
	if *place == "linux" {
		o.listener, err = net.Listen("unix", o.address)
	} else {
		o.listener, err = net.Listen("tcp", "127.0.0.1:0")
		o.secret = []byte(rand.Text() + rand.Text())[:32]
	}
	if err != nil {
		t.Fatal(err)
	}
	o.writeDown(t, o.listener.Addr())
	t.Cleanup(func() { o.listener.Close() })
	go func() {
		for {
			conn, err := o.listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				serve(o, guest{conn, bufio.NewReader(conn), o.secret})
			}()
		}
	}()
	return o
}

// writeDown says in the owner's file where one comes in; a socket is its own.
func (o *owner) writeDown(t testing.TB, where net.Addr) {
	t.Helper()
	at, ok := where.(*net.TCPAddr)
	if !ok {
		return
	}
	content := fmt.Sprintf(`{"port":%d,"secret":"%s"}`, at.Port, in64(o.secret))
	if err := os.WriteFile(o.address, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

// shortFolder is a folder whose name leaves room for a socket's.
func shortFolder(t testing.TB) string {
	t.Helper()
	folder, err := os.MkdirTemp("", "o")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(folder) })
	return folder
}

func proof(secret []byte, side string, nonce []byte) []byte {
	mac := hmac.New(sha256.New, secret)
	fmt.Fprintf(mac, "onetrans socket %s %s", side, nonce)
	return mac.Sum(nil)
}

// hello is what a caller says first.
type hello struct {
	Version int    `json:"onetrans"`
	Oldest  int    `json:"oldest"`
	Nonce   []byte `json:"nonce"`
}

func (g guest) line(v any) error {
	line, err := g.in.ReadBytes('\n')
	if err != nil {
		return err
	}
	return json.Unmarshal(line, v)
}

func (g guest) say(text string) { _, _ = g.Write([]byte(text)) }

// welcome greets a caller in a version, and says whether he is one.
func (g guest) welcome(version int) (nonce []byte, ok bool) {
	var said hello
	if err := g.line(&said); err != nil || len(said.Nonce) != 16 {
		return nil, false
	}
	nonce = make([]byte, 16)
	_, _ = rand.Read(nonce)
	g.say(fmt.Sprintf(`{"onetrans":%d,"nonce":"%s","proof":"%s"}`+"\n", version, in64(nonce), in64(proof(g.secret, "owner", said.Nonce))))
	return nonce, true
}

// take is what a caller hands over who knows the secret.
func (o *owner) take(g guest, version int) (handed, bool) {
	nonce, ok := g.welcome(version)
	if !ok {
		return handed{}, false
	}
	var h struct {
		Proof []byte
		Call  handed
	}
	if err := g.line(&h); err != nil || !hmac.Equal(h.Proof, proof(g.secret, "caller", nonce)) {
		return handed{}, false
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.calls = append(o.calls, h.Call)
	return h.Call, true
}

// taken are the calls that were handed over.
func (o *owner) taken() []handed {
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.Clone(o.calls)
}

// answers is a line with an answer.
func answers(out string) string {
	return fmt.Sprintf(`{"out":"%s","exit":0}`+"\n", in64([]byte(out)))
}

const fine = `{"code":"000000","err_msg":"","data":{}}`

// padded is an answer of exactly so many bytes, if an answer can be that short.
func padded(n int) string {
	const shortest = `{"code":"000000","data":""}`
	if n < len(shortest) {
		return strings.Repeat("{", max(1, n))
	}
	return shortest[:len(shortest)-2] + strings.Repeat("x", n-len(shortest)) + `"}`
}

// fineOwner answers each call as one that went well.
func fineOwner(t testing.TB) *owner {
	t.Helper()
	return newOwner(t, answering(4, always(fine)))
}

// answering serves calls, each with what answer says.
func answering(version int, answer func(handed) string) func(*owner, guest) {
	return func(o *owner, g guest) {
		if c, ok := o.take(g, version); ok {
			g.say(answer(c))
			_, _ = g.in.ReadByte() // until he hangs up
		}
	}
}

func always(out string) func(handed) string { return func(handed) string { return answers(out) } }
