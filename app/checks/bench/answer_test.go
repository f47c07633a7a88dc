//go:build bench

package bench

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"onetrans/app/checks/rig"
	"onetrans/app/sandbox"
	"onetrans/flows/message/onetrans"
)

// shown is how long a code stands on the screen before it is paid.
const shown = 500 * time.Millisecond

// From the payment on the phone to HIS's answer, with nobody at the page: what
// the program itself takes, while nothing is under way to the platform. The
// caller is a process of its own, the owner a running kiosk.
func BenchmarkAnswerAfterPayment(b *testing.B) {
	wire := newWireWatch(b)
	config := configure(b, wire.url)
	run(b, rig.StartDisplay(b, width, height), "kiosk", "--config", config)
	await(b, "the kiosk serves", served(config))
	var beyond []time.Duration
	for i := range rounds {
		beyond = append(beyond, wire.paidToAnswered(b, config, fmt.Sprintf("BENCH%d", i)))
	}
	slices.Sort(beyond)
	ms := func(d time.Duration) float64 { return d.Seconds() * 1000 }
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(ms(beyond[rounds/2]), "ms-beyond-the-wire(aim≤100)")
	b.ReportMetric(ms(beyond[rounds-1]), "ms-slowest")
}

// paidToAnswered has HIS charge somebody, pays on the phone, and says how long
// nothing was under way until HIS had its answer.
func (w *wireWatch) paidToAnswered(b *testing.B, config, no string) time.Duration {
	b.Helper()
	call := exec.Command(executable, "--trans_type", onetrans.TransRecharge, "--in", orderOf(b, no), "--config", config)
	var out strings.Builder
	call.Stdout = &out
	rig.Start(b, call)
	await(b, "there is an order", func() bool { return w.has(b, no) })
	time.Sleep(shown)
	w.pay(b, no)
	w.restart()
	err := call.Wait()
	idle := w.idleSince()
	if err != nil || !strings.Contains(out.String(), `"`+string(onetrans.CodeOK)+`"`) {
		b.Fatalf("%v: %s", err, out.String())
	}
	return idle
}

// wireWatch stands between the program and a sandbox, and knows when nothing
// is under way.
type wireWatch struct {
	url, control string

	mu    sync.Mutex
	under int           // how many messages are under way
	quiet time.Time     // since when none is
	idle  time.Duration // how long none was, until then
}

func newWireWatch(b *testing.B) *wireWatch {
	b.Helper()
	server, err := sandbox.Open(sandbox.Options{Dir: b.TempDir()})
	if err != nil {
		b.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	w := &wireWatch{control: "http://" + listener.Addr().String()}
	server.SetBaseURL(w.control)
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(ctx, listener) }()
	b.Cleanup(func() { stop(); <-ended; _ = server.Close() })
	target, err := url.Parse(w.control)
	if err != nil {
		b.Fatal(err)
	}
	proxy := httputil.NewSingleHostReverseProxy(target)
	front := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		w.begin()
		defer w.end()
		proxy.ServeHTTP(rw, r)
	}))
	b.Cleanup(front.CloseClientConnections)
	w.url = front.URL
	return w
}

func (w *wireWatch) begin() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.under == 0 {
		w.idle += time.Since(w.quiet)
	}
	w.under++
}

func (w *wireWatch) end() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.under--; w.under == 0 {
		w.quiet = time.Now()
	}
}

// restart counts from now on.
func (w *wireWatch) restart() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.idle, w.quiet = 0, time.Now()
}

// idleSince is how long nothing was under way since restart.
func (w *wireWatch) idleSince() time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.under > 0 {
		return w.idle
	}
	return w.idle + time.Since(w.quiet)
}

// has says whether the platform has the order.
func (w *wireWatch) has(b *testing.B, no string) bool {
	b.Helper()
	answer, err := http.Get(w.control + "/control/orders")
	if err != nil {
		b.Fatal(err)
	}
	defer answer.Body.Close()
	var orders []order
	if err := json.NewDecoder(answer.Body).Decode(&orders); err != nil {
		b.Fatal(err)
	}
	return slices.Contains(orders, order{no})
}

// order is what the sandbox lists of one, as far as it matters here.
type order struct {
	OutChargeNo string `json:"outChargeNo"`
}

// pay pays an order, as a phone would.
func (w *wireWatch) pay(b *testing.B, no string) {
	b.Helper()
	answer, err := http.Post(w.control+"/control/pay", "application/json", strings.NewReader(fmt.Sprintf(`{"outChargeNo":%q}`, no)))
	if err != nil {
		b.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode >= http.StatusMultipleChoices {
		b.Fatalf("paying: %s", answer.Status)
	}
}

// orderOf is a file with the specification's order under a number of its own.
func orderOf(b *testing.B, no string) string {
	b.Helper()
	text, err := os.ReadFile("../../../flows/message/onetrans/testdata/messages/" + onetrans.TransRecharge + ".in.json")
	if err != nil {
		b.Fatal(err)
	}
	gbk, err := onetrans.EncodeGBK([]byte(strings.Replace(string(text), "1702283177285398", no, 1)))
	if err != nil {
		b.Fatal(err)
	}
	path := filepath.Join(b.TempDir(), "in")
	if err := os.WriteFile(path, gbk, 0o600); err != nil {
		b.Fatal(err)
	}
	return path
}

// configure is the configuration of a terminal of its own.
func configure(b *testing.B, platform string) string {
	b.Helper()
	path := filepath.Join(b.TempDir(), "onetrans.toml")
	text := fmt.Sprintf("[platform]\ndriver = 'wire'\nurl = '%s/onetrans'\napp_id = '%s'\napp_key = '%s'\n"+
		"[[pay.account]]\ntype = '02'\npay_app_id = '%s'\npay_app_secret = '%s'\n[store]\npath = 'j.db'\n[owner]\nsocket = 's'\n",
		platform, sandbox.DemoAppID, sandbox.DemoAppKey, sandbox.DemoPayAppID, sandbox.DemoPayAppSecret)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		b.Fatal(err)
	}
	return path
}

func await(b *testing.B, what string, holds func() bool) {
	b.Helper()
	for deadline := time.Now().Add(20 * time.Second); !holds(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			b.Fatalf("not in time: %s", what)
		}
	}
}
