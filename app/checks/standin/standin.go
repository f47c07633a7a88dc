// Package standin is another vendor's library for tests: one in C that misbehaves as it is
// told, with a bank behind it that hands each message to a sandbox.
package standin

import (
	"bufio"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"onetrans/app/sandbox"
	"onetrans/flows/message/onetrans"
	"onetrans/flows/message/platform"
	"onetrans/flows/message/wire"
)

// bankTime is how long the sandbox may take.
const bankTime = 10 * time.Second

// build builds helper and library, once for a process; Main removes them. Where the tests
// run on another system than they are built on, VENDOR_TEST_BUILT names their folder.
var build = sync.OnceValues(func() (folder string, err error) {
	if folder := os.Getenv("VENDOR_TEST_BUILT"); folder != "" {
		return folder, nil
	}
	root, err := top()
	if err != nil {
		return "", err
	}
	if folder, err = os.MkdirTemp("", "standin"); err != nil {
		return "", err
	}
	made = folder
	for _, command := range [][]string{
		{filepath.Join(root, ".ci/vendor"), "linux", folder},
		{"gcc", "-shared", "-fPIC", "-o", filepath.Join(folder, named("standin", ".so")), filepath.Join(root, "app/checks/standin/c/standin.c")},
	} {
		if out, err := exec.Command(command[0], command[1:]...).CombinedOutput(); err != nil {
			return "", fmt.Errorf("%s: %w: %s", command, err, out)
		}
	}
	return folder, nil
})

var made string

// Main runs a package's tests and removes what was built for them.
func Main(m *testing.M) {
	status := m.Run()
	if made != "" {
		_ = os.RemoveAll(made)
	}
	os.Exit(status)
}

// top is the repository's folder.
func top() (string, error) {
	folder, err := os.Getwd()
	for err == nil {
		if _, missing := os.Stat(filepath.Join(folder, "go.mod")); missing == nil {
			return folder, nil
		}
		if filepath.Dir(folder) == folder {
			err = errors.New("no go.mod above the tests' folder")
		}
		folder = filepath.Dir(folder)
	}
	return "", err
}

// named is a file's name on this system, which has another suffix elsewhere.
func named(name, suffix string) string {
	switch {
	case runtime.GOOS != "windows":
		return name + suffix
	case suffix == "":
		return name + ".exe"
	}
	return name + ".dll"
}

// Built is the folder with the helper, and with a library that is in nobody's use.
func Built(t testing.TB) (folder, helper, library string) {
	t.Helper()
	folder, err := build()
	if err != nil {
		t.Fatal(err)
	}
	return folder, filepath.Join(folder, named("onetrans-vendor", "")), filepath.Join(folder, named("standin", ".so"))
}

// Folder is a folder for a test. Wine can't remove what testing's own would insist on.
func Folder(t testing.TB) string {
	t.Helper()
	folder, err := os.MkdirTemp("", "standin")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	return folder
}

// Library is a library in a folder of its own, and the bank behind it.
type Library struct {
	// DLL and Helper are what drives it.
	DLL, Helper string
	// URL is the sandbox's.
	URL string

	t      testing.TB
	client *platform.Client
	mu     sync.Mutex
	got    []onetrans.Request
	stand  func(onetrans.Request) bool
}

// New is a library whose bank is open until the test ends.
func New(t testing.TB) *Library {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	_, helper, from := Built(t)
	folder := filepath.Join(Folder(t), "旧库")
	must(os.Mkdir(folder, 0o755))
	code, err := os.ReadFile(from)
	must(err)
	l := &Library{DLL: filepath.Join(folder, filepath.Base(from)), Helper: helper, t: t}
	must(os.WriteFile(l.DLL, code, 0o755))

	server, err := sandbox.Open(sandbox.Options{Dir: filepath.Join(Folder(t), "sandbox"), NoSync: true, Log: slog.New(slog.DiscardHandler)})
	must(err)
	web := httptest.NewServer(server.Handler())
	server.SetBaseURL(web.URL)
	t.Cleanup(func() { web.Close(); _ = server.Close() })
	l.URL = web.URL
	l.client, err = platform.New(platform.Options{URL: web.URL, Keys: Keys(), Institution: "H35010200275"})
	must(err)
	t.Cleanup(l.client.Close)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(err)
	must(os.WriteFile(filepath.Join(folder, "bank"), fmt.Append(nil, listener.Addr().(*net.TCPAddr).Port), 0o644))
	var serving sync.WaitGroup
	serving.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			serving.Go(func() { l.serve(conn) })
		}
	})
	t.Cleanup(func() { _ = listener.Close(); serving.Wait() })
	return l
}

// Keys are those that the sandbox knows.
func Keys() wire.Keys {
	return wire.Keys{AppID: sandbox.DemoAppID, AppKey: sandbox.DemoAppKey, SignType: wire.SM3, EncType: wire.SM4}
}

// Behave tells the library how to take the next calls, one after the other; see
// c/standin.c and [Library.answer]. An empty word is a call that goes well.
func (l *Library) Behave(how ...string) {
	l.t.Helper()
	if err := os.WriteFile(filepath.Join(filepath.Dir(l.DLL), "behave"), []byte(strings.Join(how, "\n")+"\n"), 0o644); err != nil {
		l.t.Fatal(err)
	}
}

// Stand puts somebody before the library's own pages, without whom it has none: a page that
// picks how to be read, or one that collects an order. It is up until stand returns; false:
// they walked away.
func (l *Library) Stand(stand func(onetrans.Request) bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.stand = stand
}

// Requests are what the bank was handed.
func (l *Library) Requests() []onetrans.Request {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]onetrans.Request(nil), l.got...)
}

func (l *Library) serve(conn net.Conn) {
	defer conn.Close()
	from := bufio.NewReader(conn)
	how, err := from.ReadString('\n')
	if err != nil {
		return
	}
	in, err := from.ReadBytes(0)
	if err != nil {
		return
	}
	_, _ = conn.Write(l.answer(strings.TrimSpace(how), in[:len(in)-1]))
}

// answer has the sandbox carry out a message, and answers in GBK, or as it is told.
func (l *Library) answer(how string, in []byte) []byte {
	utf8, gbk, err := l.carryOut(in)
	if err != nil {
		l.t.Errorf("the bank: %v", err)
	}
	switch how {
	case "utf8":
		return utf8
	case "utf16":
		return []byte("{\x00\"\x00")
	case "other encoding":
		return []byte("{\"code\":\"\xff\xff\"}")
	case "no json":
		return gbk[:len(gbk)-1]
	case "echo":
		return in
	case "empty":
		return nil
	case "refuses":
		return []byte(`{"code":"100001","err_msg":"x"}`)
	case "busy":
		return []byte(`{"code":"600001","err_msg":"x"}`)
	}
	return gbk
}

func (l *Library) carryOut(in []byte) (utf8, gbk []byte, err error) {
	text, err := onetrans.DecodeHanded(in)
	if err != nil {
		return nil, nil, fmt.Errorf("what the library was handed: %w", err)
	}
	var request onetrans.Request
	if err := onetrans.Unmarshal(text, &request); err != nil {
		return nil, nil, fmt.Errorf("what the library was handed: %w", err)
	}
	l.mu.Lock()
	l.got = append(l.got, request)
	stand := l.stand
	l.mu.Unlock()
	answer, err := l.decide(request, stand)
	if err != nil {
		return nil, nil, err
	}
	if utf8, err = onetrans.Marshal(&answer); err != nil {
		return nil, nil, err
	}
	gbk, err = onetrans.EncodeGBK(utf8)
	return utf8, gbk, err
}

// decide is the bank's answer, after the page that a message may have.
func (l *Library) decide(request onetrans.Request, stand func(onetrans.Request) bool) (answer onetrans.Answer, err error) {
	var read onetrans.UserGetIn
	var order onetrans.RechargeIn
	switch transType := request.TransType.String(); {
	case stand == nil:
	case transType == onetrans.TransUserGet:
		if err = onetrans.UnmarshalData(request.Data, &read); err == nil && read.MdtrtCertType.String() == onetrans.CertPick {
			return l.reading(request, read, stand)
		}
	case transType == onetrans.TransRecharge:
		if err = onetrans.UnmarshalData(request.Data, &order); err == nil && order.Extra.Value.PrintMode.Empty() {
			return l.collecting(request, order, stand)
		}
	}
	if err != nil {
		return answer, err
	}
	return l.ask(request)
}

// left is the answer after a page from which they walked away.
func left() onetrans.Answer {
	return onetrans.Answer{Code: onetrans.T(string(onetrans.CodeCancelled)), ErrMsg: onetrans.T("用户取消")}
}

// reading is the page that picks how to be read: it is the first person's card.
func (l *Library) reading(request onetrans.Request, in onetrans.UserGetIn, stand func(onetrans.Request) bool) (answer onetrans.Answer, err error) {
	if !stand(request) {
		return left(), nil
	}
	in.MdtrtCertType, in.Cert = onetrans.T(onetrans.CertSocialSecurity), onetrans.CertOfCard(sandbox.Persons()[0].Card())
	if request, err = request.With(onetrans.TransUserGet, in); err != nil {
		return answer, err
	}
	return l.ask(request)
}

// collecting is the page on which an order is paid, and which says how that ended.
func (l *Library) collecting(request onetrans.Request, order onetrans.RechargeIn, stand func(onetrans.Request) bool) (answer onetrans.Answer, err error) {
	if answer, err = l.ask(request); err != nil || answer.Code.String() != string(onetrans.CodeOK) {
		return answer, err
	}
	if !stand(request) {
		return left(), nil
	}
	asks, err := request.With(onetrans.TransQuery, onetrans.QueryIn{
		PayAppID: order.PayAppID, PayAppSecret: order.PayAppSecret, TermNo: order.TermNo,
		CardType: order.CardType, CardNo: order.CardNo, AccountType: order.AccountType,
		TradeType: onetrans.T(onetrans.TransRecharge), OutTradeNo: order.OutChargeNo,
	})
	if err != nil {
		return answer, err
	}
	asks.MsgID = onetrans.T(onetrans.NewMsgID("H35010200275", time.Now(), rand.Reader))
	asked, err := l.ask(asks)
	if err != nil {
		return answer, err
	}
	var stands onetrans.QueryOut
	if err := onetrans.UnmarshalData(asked.Data, &stands); err != nil {
		return answer, err
	}
	asked.Data, err = onetrans.Marshal(onetrans.RechargeOut{
		ChargeNo: stands.ChargeNo, TraceNo: stands.OrigTraceNo, TraceTime: stands.OrigTraceTime, Balance: stands.Balance,
		Result: stands.Result, ResultDesc: stands.ResultDesc, OutChargeNo: order.OutChargeNo,
	})
	return asked, err
}

// ask has the sandbox answer.
func (l *Library) ask(request onetrans.Request) (onetrans.Answer, error) {
	ctx, cancel := context.WithTimeout(context.Background(), bankTime)
	defer cancel()
	answer, err := l.client.Call(ctx, request)
	answer.ErrMsg = onetrans.T("成功")
	return answer, err
}
