package platform_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"onetrans/flows/message/onetrans"
	"onetrans/flows/message/platform"
	"onetrans/flows/message/wire"
)

func keys() wire.Keys {
	return wire.Keys{
		AppID:    "demo0000000000000000000000000001",
		AppKey:   "demokey0000000000000000000000001",
		SignType: wire.SM3,
		EncType:  wire.SM4,
	}
}

// peer is the platform's side of a test.
type peer struct {
	t    *testing.T
	keys wire.Keys

	mu  sync.Mutex
	got []map[string]jsontext.Value // opened requests, in order
}

// received opens a request and remembers it.
func (p *peer) received(r *http.Request) map[string]jsontext.Value {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		p.t.Errorf("request: %v", err)
	}
	plain, err := p.keys.Open(body)
	if err != nil {
		p.t.Errorf("request: %v", err)
	}
	var m map[string]jsontext.Value
	if err := json.Unmarshal(plain, &m); err != nil {
		p.t.Errorf("request: %v", err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.got = append(p.got, m)
	return m
}

func (p *peer) count() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.got)
}

// times are what makes an answer one, beside its code.
const times = `"inf_refmsgid":"350100202312111636209780000000001","respond_time":"20231211163620978"`

// answer seals an answer to a request.
func (p *peer) answer(request map[string]jsontext.Value, data string) []byte {
	return p.sealed(fmt.Sprintf(`{"code":"000000","msgid":%s,"err_msg":"成功",%s,"data":%s}`, request["msgid"], times, data))
}

func (p *peer) sealed(plain string) []byte {
	out, err := p.keys.Seal([]byte(plain))
	if err != nil {
		p.t.Errorf("sealing: %v", err)
	}
	return out
}

// ServeHTTP answers every request properly.
func (p *peer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Write(p.answer(p.received(r), `{"result":"succ"}`))
}

func client(t *testing.T, o platform.Options) *platform.Client {
	t.Helper()
	if o.Keys.SignType == "" {
		o.Keys = keys()
	}
	c, err := platform.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// sampleRequest is a request as HIS makes it.
func sampleRequest(t *testing.T, data string) onetrans.Request {
	t.Helper()
	var r onetrans.Request
	err := onetrans.Unmarshal([]byte(`{"recer_sys_code":"HIS-INPATIENT","msgid":"xmfdzl001202312111626173099",
		"timestamp":"20231211162617285","dev_no":"","signtype":"SM2","enc_type":"NONE","dept_name":"内科&外科",
		"trans_type":"hop.trade.recharge","new":{"a":1},"data":`+data+`}`), &r)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestCall(t *testing.T) {
	p := &peer{t: t, keys: keys()}
	server := httptest.NewServer(p)
	defer server.Close()
	now := time.Date(2024, 4, 17, 2, 45, 3, 326e6, time.UTC)
	c := client(t, platform.Options{URL: server.URL, Institution: "H35010200275", Now: func() time.Time { return now }})

	answer, err := c.Call(t.Context(), sampleRequest(t, `{"amount":0.10,"dev_no":"","notes":"a&b"}`))
	if err != nil {
		t.Fatal(err)
	}
	if answer.Code.String() != "000000" || string(answer.Data) != `{"result":"succ"}` || answer.Unknown != nil {
		t.Errorf("answer %v %s %s", answer.Code, answer.Data, answer.Unknown)
	}
	sent := p.got[0]
	for name, want := range map[string]string{
		"app_id":         `"demo0000000000000000000000000001"`,
		"app_key":        ``,
		"recer_sys_code": `"HIS-INPATIENT"`,
		"timestamp":      `"20240417104503326"`,
		"dev_no":         `""`,
		"signtype":       `"SM3"`,
		"enc_type":       `"SM4"`,
		"dept_name":      `"内科＆外科"`,
		"new":            `{"a":1}`,
		"data":           `{"extra":{"hisMsgid":"xmfdzl001202312111626173099"},"amount":0.10,"dev_no":"","notes":"a&b"}`,
	} {
		if got := string(sent[name]); got != want {
			t.Errorf("%s travelled as %s, want %s", name, got, want)
		}
	}
	if form := `^"H3501020027520240417104503[0-9A-Z]{4}"$`; !regexp.MustCompile(form).Match(sent["msgid"]) {
		t.Errorf("msgid %s", sent["msgid"])
	}
}

// writes counts the pieces in which a request leaves.
type writes struct {
	net.Conn
	pieces atomic.Int32
}

func (w *writes) Write(p []byte) (int, error) {
	w.pieces.Add(1)
	return w.Conn.Write(p)
}

// The platform begins with a request when its head is there: it need not wait for more.
func TestARequestLeavesInOnePiece(t *testing.T) {
	p := &peer{t: t, keys: keys()}
	server := httptest.NewServer(p)
	defer server.Close()
	var sent writes
	c := client(t, platform.Options{URL: server.URL, DialContext: func(ctx context.Context, network, address string) (conn net.Conn, err error) {
		sent.Conn, err = new(net.Dialer).DialContext(ctx, network, address)
		return &sent, err
	}})
	for n := range int32(3) {
		if _, err := c.Call(t.Context(), sampleRequest(t, `{}`)); err != nil {
			t.Fatal(err)
		}
		if got := sent.pieces.Load(); got != n+1 {
			t.Fatalf("%d pieces after %d requests", got, n+1)
		}
	}
}

func TestEveryCallIsANewMessage(t *testing.T) {
	p := &peer{t: t, keys: keys()}
	server := httptest.NewServer(p)
	defer server.Close()
	c := client(t, platform.Options{URL: server.URL, Institution: "H35010200275"})
	for range 3 {
		if _, err := c.Call(t.Context(), sampleRequest(t, `{}`)); err != nil {
			t.Fatal(err)
		}
	}
	if a, b, c := string(p.got[0]["msgid"]), string(p.got[1]["msgid"]), string(p.got[2]["msgid"]); a == b || b == c || a == c {
		t.Errorf("msgids %s %s %s", a, b, c)
	}
}

func TestJSONStringsTravelAsObjects(t *testing.T) {
	p := &peer{t: t, keys: keys()}
	server := httptest.NewServer(p)
	defer server.Close()
	c := client(t, platform.Options{URL: server.URL})
	for in, want := range map[string]string{
		`"{\"amount\":\"1\"}"`:                     `{"amount":"1"}`,
		`{"extra":"{\"subject\":\"押金\"}"}`:         `{"extra":{"subject":"押金"}}`,
		`{"extra":{"medicalContent":"{\"a\":1}"}}`: `{"extra":{"medicalContent":{"a":1}}}`,
		`{"extra":"{\"medicalContent\":\"{}\"}"}`:  `{"extra":{"medicalContent":{}}}`,
		`{"businessInfo":"{\"a\":1}","payInfo":"{\"feeItemList\":\"[{\\\"a\\\":1}]\"}"}`://
		`{"businessInfo":{"a":1},"payInfo":{"feeItemList":[{"a":1}]}}`,
		`{"extra":"","payInfo":null,"notes":"{\"a\":1}"}`: `{"extra":"","payInfo":null,"notes":"{\"a\":1}"}`,
		`{}`:   `{}`,
		`null`: `{}`,
	} {
		r := sampleRequest(t, in)
		r.MsgID = onetrans.Text{}
		if _, err := c.Call(t.Context(), r); err != nil {
			t.Errorf("%s: %v", in, err)
			continue
		}
		if got := string(p.got[p.count()-1]["data"]); got != want {
			t.Errorf("%s travelled as %s, want %s", in, got, want)
		}
	}
}

func TestHisMsgIDJoinsExtra(t *testing.T) {
	p := &peer{t: t, keys: keys()}
	server := httptest.NewServer(p)
	defer server.Close()
	c := client(t, platform.Options{URL: server.URL})
	const id = `"hisMsgid":"xmfdzl001202312111626173099"`
	for in, want := range map[string]string{
		`{}`:                          `{"extra":{` + id + `}}`,
		`{"extra":""}`:                `{"extra":{` + id + `}}`,
		`{"extra":null}`:              `{"extra":{` + id + `}}`,
		`{"extra":{"a":1}}`:           `{"extra":{` + id + `,"a":1}}`,
		`{"extra":"{\"a\":1}"}`:       `{"extra":{` + id + `,"a":1}}`,
		`{"extra":{"hisMsgid":"no"}}`: `{"extra":{` + id + `}}`,
	} {
		if _, err := c.Call(t.Context(), sampleRequest(t, in)); err != nil {
			t.Errorf("%s: %v", in, err)
		} else if got := string(p.got[p.count()-1]["data"]); got != want {
			t.Errorf("%s travelled as %s, want %s", in, got, want)
		}
	}
}

// The platform can tell when the journal that speaks to it was rolled back.
func TestTheJournalsHeadTravelsWithEachMessage(t *testing.T) {
	p := &peer{t: t, keys: keys()}
	server := httptest.NewServer(p)
	defer server.Close()
	head := "12-0F3A00FF12345678"
	c := client(t, platform.Options{URL: server.URL, Head: func() string { return head }})
	for in, want := range map[string]string{
		`{"extra":{"a":1}}`:                  `"journalHead":"` + head + `","a":1}}`,
		`{"extra":{"journalHead":"forged"}}`: `"journalHead":"` + head + `"}}`,
	} {
		if _, err := c.Call(t.Context(), sampleRequest(t, in)); err != nil {
			t.Errorf("%s: %v", in, err)
		} else if got := string(p.got[p.count()-1]["data"]); !strings.HasSuffix(got, want) {
			t.Errorf("%s travelled as %s, want %s", in, got, want)
		}
	}
}

func TestRequestsOwnCredentialsGoFirst(t *testing.T) {
	own := keys()
	own.AppID, own.AppKey = "his", "hiskey"
	p := &peer{t: t, keys: own}
	server := httptest.NewServer(p)
	defer server.Close()

	bare := keys()
	bare.AppID, bare.AppKey = "", ""
	for name, k := range map[string]wire.Keys{"before the client's": keys(), "where the client has none": bare} {
		r := sampleRequest(t, `{}`)
		r.AppID, r.AppKey = onetrans.T("his"), onetrans.T("hiskey")
		if _, err := client(t, platform.Options{URL: server.URL, Keys: k}).Call(t.Context(), r); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err := client(t, platform.Options{URL: server.URL, Keys: bare}).Call(t.Context(), sampleRequest(t, `{}`))
	if !errors.Is(err, platform.ErrNotSent) || !errors.Is(err, wire.ErrKeys) {
		t.Errorf("without any credentials: %v", err)
	}
}

func TestRefusingCodesAreAnswers(t *testing.T) {
	p := &peer{t: t, keys: keys()}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		m := p.received(r)
		w.Write(p.sealed(fmt.Sprintf(`{"code":"610004","msgid":%s,"err_msg":"a=1&b","trace":"x",%s}`, m["msgid"], times)))
	}))
	defer server.Close()
	answer, err := client(t, platform.Options{URL: server.URL}).Call(t.Context(), sampleRequest(t, `{}`))
	if err != nil {
		t.Fatal(err)
	}
	if answer.Code != onetrans.T(string(onetrans.CodePlatformNoPerson)) || string(answer.Data) != `{}` || string(answer.Unknown) != `{"trace":"x"}` {
		t.Errorf("answer %v %s %s", answer.Code, answer.Data, answer.Unknown)
	}
}

func TestWhatCannotBeSealedIsNotSent(t *testing.T) {
	p := &peer{t: t, keys: keys()}
	server := httptest.NewServer(p)
	defer server.Close()
	c := client(t, platform.Options{URL: server.URL})
	for name, bend := range map[string]func(*onetrans.Request){
		"data is a list":         func(r *onetrans.Request) { r.Data = jsontext.Value(`[]`) },
		"data is broken":         func(r *onetrans.Request) { r.Data = jsontext.Value(`{"a":`) },
		"extra can't take msgid": func(r *onetrans.Request) { r.Data = jsontext.Value(`{"extra":"无"}`) },
		"a name with &":          func(r *onetrans.Request) { r.Unknown = jsontext.Value(`{"a&b":1}`) },
		"a name twice":           func(r *onetrans.Request) { r.Unknown = jsontext.Value(`{"data":1}`) },
		"too long":               func(r *onetrans.Request) { r.DevNo = onetrans.T(strings.Repeat("a", onetrans.MaxMessage)) },
		"app_id with &":          func(r *onetrans.Request) { r.AppID = onetrans.T("a&b") },
	} {
		r := sampleRequest(t, `{}`)
		bend(&r)
		if _, err := c.Call(t.Context(), r); !errors.Is(err, platform.ErrNotSent) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if p.count() != 0 {
		t.Errorf("the server saw %d", p.count())
	}
}

func TestNewRefuses(t *testing.T) {
	for _, url := range []string{
		"", "pay.example", "http://pay.example/", "http://10.0.0.1/", "ftp://127.0.0.1/", "https://",
		"https://user:pw@pay.example/", "http://localhost.example/", "http://127.0.0.1.example/", "https://pay.example/#x", "::",
	} {
		if _, err := platform.New(platform.Options{URL: url, Keys: keys()}); !errors.Is(err, platform.ErrOptions) {
			t.Errorf("%q: %v", url, err)
		}
	}
	for _, url := range []string{"https://pay.example/api", "http://127.0.0.1:8080", "http://[::1]:80/", "http://localhost/x"} {
		if _, err := platform.New(platform.Options{URL: url, Keys: keys()}); err != nil {
			t.Errorf("%q: %v", url, err)
		}
	}
	for _, file := range []string{"testdata/none.pem", "client_test.go"} {
		if _, err := platform.New(platform.Options{URL: "https://pay.example", CAFile: file}); !errors.Is(err, platform.ErrOptions) {
			t.Errorf("%s: %v", file, err)
		}
	}
}

func TestCapabilities(t *testing.T) {
	want := platform.Capabilities{Close: true, Hold: true, Phases: true, Repeats: true}
	if got := client(t, platform.Options{URL: "https://pay.example"}).Capabilities(); got != want {
		t.Errorf("%+v", got)
	}
}

func TestCallsSideBySide(t *testing.T) {
	p := &peer{t: t, keys: keys()}
	server := httptest.NewServer(p)
	defer server.Close()
	c := client(t, platform.Options{URL: server.URL})
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if _, err := c.Call(context.Background(), sampleRequest(t, `{}`)); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if p.count() != 8 {
		t.Errorf("the server saw %d", p.count())
	}
}
