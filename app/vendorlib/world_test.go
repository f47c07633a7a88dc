package vendorlib

import (
	"bufio"
	"bytes"
	"context"
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

// built has the helper and the stand-in library. Tests for another system bring theirs:
// VENDOR_TEST_BUILT names the folder.
var built = sync.OnceValues(func() (string, error) {
	if folder := os.Getenv("VENDOR_TEST_BUILT"); folder != "" {
		return folder, nil
	}
	folder, err := os.MkdirTemp("", "vendorlib")
	if err != nil {
		return "", err
	}
	made = folder
	for _, command := range [][]string{
		{"../../.ci/vendor", "linux", folder},
		{"gcc", "-shared", "-fPIC", "-o", filepath.Join(folder, "standin.so"), "testdata/standin/standin.c"},
	} {
		if out, err := exec.Command(command[0], command[1:]...).CombinedOutput(); err != nil {
			return "", fmt.Errorf("%s: %w: %s", command, err, out)
		}
	}
	return folder, nil
})

var made string

func TestMain(m *testing.M) {
	status := m.Run()
	if made != "" {
		os.RemoveAll(made)
	}
	os.Exit(status)
}

func fileNames() (helper, library string) {
	if runtime.GOOS == "windows" {
		return "onetrans-vendor.exe", "standin.dll"
	}
	return "onetrans-vendor", "standin.so"
}

// bank is what stands behind the stand-in library: it hands each message to the sandbox
// over the wire, as a vendor's library would, and answers in GBK.
type bank struct {
	t      *testing.T
	client *platform.Client

	mu  sync.Mutex
	got []onetrans.Request
}

func newBank(t *testing.T) (b *bank, port int) {
	t.Helper()
	server, err := sandbox.Open(sandbox.Options{Dir: filepath.Join(t.TempDir(), "sandbox"), NoSync: true, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(server.Handler())
	t.Cleanup(func() { web.Close(); server.Close() })
	keys := wire.Keys{AppID: sandbox.DemoAppID, AppKey: sandbox.DemoAppKey, SignType: wire.SM3, EncType: wire.SM4}
	client, err := platform.New(platform.Options{URL: web.URL, Keys: keys, Institution: "H35010200275"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	b = &bank{t: t, client: client}
	var serving sync.WaitGroup
	serving.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			serving.Go(func() { b.serve(conn) })
		}
	})
	t.Cleanup(func() { listener.Close(); serving.Wait() })
	return b, listener.Addr().(*net.TCPAddr).Port
}

func (b *bank) serve(conn net.Conn) {
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
	conn.Write(b.answer(strings.TrimSpace(how), in[:len(in)-1]))
}

// answer carries out a message, and answers as it was told.
func (b *bank) answer(how string, in []byte) []byte {
	text, err := onetrans.DecodeHanded(in)
	if err != nil {
		b.t.Errorf("what the library was handed: %v", err)
	}
	var request onetrans.Request
	if err := onetrans.Unmarshal(text, &request); err != nil {
		b.t.Errorf("what the library was handed: %v", err)
	}
	b.mu.Lock()
	b.got = append(b.got, request)
	b.mu.Unlock()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	answer, err := b.client.Call(ctx, request)
	if err != nil {
		b.t.Errorf("the bank's sandbox: %v", err)
	}
	answer.ErrMsg = onetrans.T("成功")
	utf8, err := onetrans.Marshal(&answer)
	if err != nil {
		b.t.Errorf("the bank's answer: %v", err)
	}
	gbk, err := onetrans.EncodeGBK(utf8)
	if err != nil {
		b.t.Errorf("the bank's answer: %v", err)
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

// requests are what the bank was handed.
func (b *bank) requests() []onetrans.Request {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]onetrans.Request(nil), b.got...)
}

// world is a library that misbehaves as it is told, and what drives it.
type world struct {
	*Vendor
	*bank
	t      *testing.T
	folder string // the library's
	log    *bytes.Buffer
	mu     *sync.Mutex
}

func newWorld(t *testing.T, change ...func(*Options)) world {
	t.Helper()
	from, err := built()
	if err != nil {
		t.Fatal(err)
	}
	b, port := newBank(t)
	w := world{bank: b, t: t, folder: filepath.Join(t.TempDir(), "旧库"), log: &bytes.Buffer{}, mu: &sync.Mutex{}}
	helper, library := fileNames()
	must(t, os.Mkdir(w.folder, 0o755))
	code, err := os.ReadFile(filepath.Join(from, library))
	must(t, err)
	must(t, os.WriteFile(filepath.Join(w.folder, library), code, 0o755))
	must(t, os.WriteFile(filepath.Join(w.folder, "bank"), fmt.Append(nil, port), 0o644))
	o := Options{
		DLL: filepath.Join(w.folder, library), Helper: filepath.Join(from, helper),
		Keys:        wire.Keys{AppID: sandbox.DemoAppID, AppKey: sandbox.DemoAppKey, SignType: wire.SM3, EncType: wire.SM4},
		Institution: "H35010200275", Reads: true, Limit: 10 * time.Second,
		Log: slog.New(slog.NewTextHandler(w, nil)),
	}
	for _, c := range change {
		c(&o)
	}
	w.Vendor, err = New(o)
	must(t, err)
	t.Cleanup(w.Vendor.Close)
	return w
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// Write is the log's.
func (w world) Write(b []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.log.Write(b)
}

func (w world) logged() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.log.String()
}

// behave tells the library how to take the next calls, one after the other.
func (w world) behave(how ...string) {
	w.t.Helper()
	must(w.t, os.WriteFile(filepath.Join(w.folder, "behave"), []byte(strings.Join(how, "\n")+"\n"), 0o644))
}

// charge is a recharge that the sandbox takes, under a number.
func charge(t *testing.T, no string) onetrans.Request {
	t.Helper()
	p := sandbox.Persons()[0]
	in := onetrans.RechargeIn{
		PayAppID: onetrans.T(sandbox.DemoPayAppID), PayAppSecret: onetrans.T(sandbox.DemoPayAppSecret), TermNo: onetrans.T("T1"),
		CardType: onetrans.T(onetrans.CardAdmission), CardNo: onetrans.T(p.AdmissionNo), AccountType: onetrans.T(onetrans.AccountInpatient),
		HisCustID: onetrans.T(p.HisCustID), UserName: onetrans.T(p.Name), Amount: onetrans.Yuan(1250), OutChargeNo: onetrans.T(no),
	}
	in.Extra.Value.PrintMode = onetrans.T("1")
	return request(t, onetrans.TransRecharge, in)
}

func request(t *testing.T, transType string, data any) onetrans.Request {
	t.Helper()
	encoded, err := onetrans.Marshal(data)
	must(t, err)
	return onetrans.Request{
		RecerSysCode: onetrans.T("HIS"), DeptName: onetrans.T("内科㛃"), Opter: onetrans.T("Z"), OpterName: onetrans.T("张三"), OpterType: onetrans.T("1"),
		TransType: onetrans.T(transType), Data: encoded,
	}
}

// query asks for that recharge.
func query(t *testing.T, no string) onetrans.Request {
	t.Helper()
	p := sandbox.Persons()[0]
	return request(t, onetrans.TransQuery, onetrans.QueryIn{
		PayAppID: onetrans.T(sandbox.DemoPayAppID), PayAppSecret: onetrans.T(sandbox.DemoPayAppSecret), TermNo: onetrans.T("T1"),
		CardType: onetrans.T(onetrans.CardAdmission), CardNo: onetrans.T(p.AdmissionNo), AccountType: onetrans.T(onetrans.AccountInpatient),
		TradeType: onetrans.T(onetrans.TransRecharge), OutTradeNo: onetrans.T(no),
	})
}

// resultOf is what the library says of a recharge, within the time that the next call
// after a fault may take.
func (w world) resultOf(no string) string {
	w.t.Helper()
	begun := time.Now()
	answer, err := w.Call(w.t.Context(), query(w.t, no))
	must(w.t, err)
	if took := time.Since(begun); took > 3*time.Second {
		w.t.Errorf("the next call took %v", took)
	}
	var out onetrans.QueryOut
	must(w.t, onetrans.UnmarshalData(answer.Data, &out))
	return out.Result.String()
}

// faultOf is the fault that an error names; empty without one.
func faultOf(err error) Fault {
	if f, ok := errors.AsType[*FaultError](err); ok {
		return f.Fault
	}
	return ""
}
