//go:build bench

package library_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"onetrans/app/sandbox"
	"onetrans/flows/message/onetrans"
)

// What library and agent add to a query beyond the platform's own time, and how long
// a call takes where nobody is there yet.
func BenchmarkQueryThroughTheLibrary(b *testing.B) {
	const queries = 2000
	p := startPlatform(b)
	i := installed{system: systemOf(b), folder: b.TempDir()}
	i.library = filepath.Join(i.folder, i.file)
	copyFile(b, theLibrary(b), i.library)
	copyFile(b, "../../bin/onetrans", filepath.Join(i.folder, "onetrans"))
	i.write(b, "onetrans.toml", "[platform]\ndriver = 'wire'\nurl = '"+p.URL+"'\n[store]\npath = 'j.db'\n")
	b.Cleanup(func() { stopAgent(b, i.folder) })

	cold := i.measure(b, 1)
	_ = p.took()
	var added, took []time.Duration
	for tries := 0; len(took) != queries; tries++ {
		// At hundreds a second a msgid comes up twice now and then, and its query goes again.
		if tries == 5 {
			b.Fatalf("%d calls asked the platform %d times", queries, len(took))
		}
		added = i.measure(b, queries)
		took = p.took()
	}
	for n := range added {
		added[n] -= took[n]
	}
	slices.Sort(added)
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(added[queries/2].Seconds()*1000, "ms-added-median(aim≤1)")
	b.ReportMetric(added[queries*99/100].Seconds()*1000, "ms-added-p99(aim≤5)")
	b.ReportMetric(cold[0].Seconds(), "s-nobody-there(aim≤10)")
}

// platform is a sandbox that knows how long it took.
type platform struct {
	*httptest.Server
	serving sync.RWMutex // held for reading while it answers
	mu      sync.Mutex
	spans   []time.Duration
}

func startPlatform(b *testing.B) *platform {
	b.Helper()
	server, err := sandbox.Open(sandbox.Options{Dir: b.TempDir()})
	if err != nil {
		b.Fatal(err)
	}
	p := new(platform)
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.serving.RLock()
		defer p.serving.RUnlock()
		begin := time.Now()
		server.Handler().ServeHTTP(w, r)
		p.mu.Lock()
		defer p.mu.Unlock()
		p.spans = append(p.spans, time.Since(begin))
	}))
	server.SetBaseURL(p.URL)
	b.Cleanup(func() { p.Close(); _ = server.Close() })
	return p
}

// took are the times since it was last asked for them. Who asked has its answer a
// moment before the platform has its time.
func (p *platform) took() []time.Duration {
	p.serving.Lock()
	defer p.serving.Unlock()
	p.mu.Lock()
	defer p.mu.Unlock()
	spans := p.spans
	p.spans = nil
	return spans
}

// measure is how long each of n queries took, in one host.
func (i installed) measure(b *testing.B, n int) (took []time.Duration) {
	b.Helper()
	request, err := os.ReadFile("../../flows/message/onetrans/testdata/messages/" + onetrans.TransQuery + ".in.json")
	if err != nil {
		b.Fatal(err)
	}
	gbk, err := onetrans.EncodeGBK(request)
	if err != nil {
		b.Fatal(err)
	}
	command := i.host(b.Context(), b, "measures", n)
	command.Stdin = bytes.NewReader(fmt.Appendf(nil, "%x\n", gbk))
	out, err := command.Output()
	if err != nil {
		b.Fatalf("%v: %s", err, out)
	}
	for _, word := range strings.Fields(string(out)) {
		if us, err := strconv.ParseFloat(word, 64); err == nil {
			took = append(took, time.Duration(us*float64(time.Microsecond)))
		}
	}
	if len(took) != n {
		b.Fatalf("%d times of %d", len(took), n)
	}
	return took
}

// stopAgent ends the agent that the library started in a folder.
func stopAgent(b *testing.B, folder string) {
	b.Helper()
	out, err := exec.Command("pgrep", "-f", folder+"/onetrans agent").Output()
	if err != nil {
		b.Error("no agent is left: ", err)
	}
	for _, word := range strings.Fields(string(out)) {
		if pid, err := strconv.Atoi(word); err == nil {
			if process, err := os.FindProcess(pid); err == nil {
				_ = process.Kill()
			}
		}
	}
}
