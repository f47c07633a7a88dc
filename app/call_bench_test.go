//go:build bench

package main

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"onetrans/app/sandbox"
	"onetrans/app/terminal/socket"
	"onetrans/flows/message/onetrans"
)

// rounds are how often each is measured, in turn, so that a slow minute hits all.
const rounds = 25

// A whole process that queries a trade, alone and by way of an agent, against
// curl, which posts as much once to the same server.
func BenchmarkQueryProcess(b *testing.B) {
	program, err := filepath.Abs("../bin/onetrans")
	if err != nil {
		b.Fatal(err)
	}
	url := startSandbox(b)
	folder := b.TempDir()
	in := filepath.Join(folder, "in")
	if err := os.WriteFile(in, queryIn(b), 0o600); err != nil {
		b.Fatal(err)
	}
	alone, served := configured(b, url), configured(b, url)
	agent := exec.Command(program, "agent", "--config", served)
	begin(b, agent)
	waitFor(b, func() bool { _, err := os.Stat(filepath.Join(filepath.Dir(served), "s")); return err == nil })

	commands := map[string][]string{
		"ms-alone":    {program, "--trans_type", onetrans.TransQuery, "--in", in, "--config", alone},
		"ms-by-agent": {program, "--trans_type", onetrans.TransQuery, "--in", in, "--config", served},
		"ms-curl":     {"curl", "-s", "-o", "/dev/null", "-X", "POST", "--data-binary", "@" + in, url + "/onetrans"},
	}
	took := map[string][]time.Duration{}
	for range rounds {
		for name, c := range commands {
			start := time.Now()
			if out, err := exec.Command(c[0], c[1:]...).Output(); err != nil {
				b.Fatalf("%s: %v: %s", name, err, out)
			}
			took[name] = append(took[name], time.Since(start))
		}
	}
	median := func(name string) float64 {
		slices.Sort(took[name])
		return took[name][rounds/2].Seconds() * 1000
	}
	b.ReportMetric(0, "ns/op")
	for name := range commands {
		b.ReportMetric(median(name), name)
	}
	b.ReportMetric(median("ms-alone")/median("ms-curl"), "×curl-alone(aim≤3)")
	b.ReportMetric(median("ms-by-agent")/median("ms-curl"), "×curl-by-agent(aim≤3)")
}

// startSandbox serves a sandbox in this process and returns its address.
func startSandbox(b *testing.B) string {
	b.Helper()
	server, err := sandbox.Open(sandbox.Options{Dir: b.TempDir()})
	if err != nil {
		b.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	url := "http://" + listener.Addr().String()
	server.SetBaseURL(url)
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(ctx, listener) }()
	b.Cleanup(func() { stop(); <-ended; _ = server.Close() })
	return url
}

// queryIn is the specification's query, in GBK.
func queryIn(b *testing.B) []byte {
	b.Helper()
	text, err := os.ReadFile("../flows/message/onetrans/testdata/messages/" + onetrans.TransQuery + ".in.json")
	if err != nil {
		b.Fatal(err)
	}
	gbk, err := onetrans.EncodeGBK(text)
	if err != nil {
		b.Fatal(err)
	}
	return gbk
}

// configured is the configuration of a terminal of its own.
func configured(b *testing.B, url string) string {
	b.Helper()
	path := filepath.Join(b.TempDir(), "onetrans.toml")
	text := "[platform]\ndriver = 'wire'\nurl = '" + url + "'\n[store]\npath = 'j.db'\n[owner]\nsocket = 's'\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		b.Fatal(err)
	}
	return path
}

func begin(b *testing.B, command *exec.Cmd) {
	b.Helper()
	if err := command.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = command.Process.Kill(); _ = command.Wait() })
}

func waitFor(b *testing.B, holds func() bool) {
	b.Helper()
	for deadline := time.Now().Add(10 * time.Second); !holds(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			b.Fatal("the agent does not serve")
		}
	}
}

// How long a whole process takes to hear that another's call runs.
func BenchmarkBusyProcess(b *testing.B) {
	program, err := filepath.Abs("../bin/onetrans")
	if err != nil {
		b.Fatal(err)
	}
	heard := make(chan struct{}, 1)
	over := make(chan struct{})
	silent := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		select {
		case heard <- struct{}{}:
		default:
		}
		<-over
	}))
	b.Cleanup(func() { close(over); silent.Close() })
	in := filepath.Join(b.TempDir(), "in")
	if err := os.WriteFile(in, queryIn(b), 0o600); err != nil {
		b.Fatal(err)
	}
	call := []string{"--trans_type", onetrans.TransQuery, "--in", in, "--config", configured(b, silent.URL)}
	begin(b, exec.Command(program, call...))
	<-heard
	var took []time.Duration
	for range rounds {
		start := time.Now()
		out, err := exec.Command(program, call...).Output()
		if err != nil || !bytes.Contains(out, []byte(onetrans.CodeBusy)) {
			b.Fatalf("%v: %s", err, out)
		}
		took = append(took, time.Since(start))
	}
	slices.Sort(took)
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(took[rounds/2].Seconds()*1000, "ms-median(aim≤100)")
	b.ReportMetric(took[rounds-1].Seconds()*1000, "ms-slowest")
}

// How long fifteen of sixteen who call an agent at once take to hear that another's
// call runs, from the first byte over the socket; against a socket that answers each
// line with a line, and no more, in the same rounds.
func BenchmarkSixteenAtOnce(b *testing.B) {
	program, err := filepath.Abs("../bin/onetrans")
	if err != nil {
		b.Fatal(err)
	}
	over := make(chan struct{})
	silent := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-over }))
	b.Cleanup(func() { close(over); silent.Close() })
	config, asked := configured(b, silent.URL), onetrans.Call{TransType: onetrans.TransQuery, In: queryIn(b)}
	address := filepath.Join(filepath.Dir(config), "s")
	begin(b, exec.Command(program, "agent", "--config", config))
	waitFor(b, func() bool { return socket.Greet(b.Context(), address) == nil })
	echo := startEcho(b)
	var took, bare []time.Duration
	for range rounds {
		bare = append(bare, sixteenLines(b, echo)...)
		ctx, hangUp := context.WithCancel(b.Context())
		heard, running := make(chan time.Duration, 16), sync.WaitGroup{}
		for range cap(heard) {
			running.Go(func() {
				start := time.Now()
				if answer, err := socket.Ask(ctx, address, asked); err == nil && bytes.Contains(answer.Out, []byte(onetrans.CodeBusy)) {
					heard <- time.Since(start)
				}
			})
		}
		for range cap(heard) - 1 {
			took = append(took, <-heard)
		}
		hangUp() // the one that runs
		running.Wait()
		waitFor(b, func() bool { return !runs(b, address, asked) })
	}
	slices.Sort(took)
	slices.Sort(bare)
	at := func(took []time.Duration, percent int) float64 { return took[len(took)*percent/100].Seconds() * 1000 }
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(at(took, 50), "ms-median(aim≤5)")
	b.ReportMetric(at(took, 99), "ms-p99")
	b.ReportMetric(at(bare, 50), "ms-line-median")
	b.ReportMetric(at(bare, 99), "ms-line-p99")
	b.ReportMetric(at(took, 50)/at(bare, 50), "×line-median")
	b.ReportMetric(at(took, 99)/at(bare, 99), "×line-p99")
}

// startEcho has another process answer each line with that line, at the address returned.
func startEcho(b *testing.B) string {
	b.Helper()
	program, err := os.Executable()
	if err != nil {
		b.Fatal(err)
	}
	address := filepath.Join(b.TempDir(), "echo")
	server := exec.Command(program, "-test.run=^$")
	server.Env = append(os.Environ(), echoAt+"="+address)
	begin(b, server)
	waitFor(b, func() bool { _, err := os.Stat(address); return err == nil })
	return address
}

// echoAt is the variable that makes this program a server of [startEcho].
const echoAt = "BENCH_ECHO"

func init() {
	address := os.Getenv(echoAt)
	if address == "" {
		return
	}
	listener, err := net.Listen("unix", address)
	if err != nil {
		os.Exit(exitFailed)
	}
	for {
		conn, err := listener.Accept()
		if err != nil {
			os.Exit(exitFailed)
		}
		go func() { _, _ = io.Copy(conn, conn) }()
	}
}

// sixteenLines is how long sixteen at once take for a line there and back.
func sixteenLines(b *testing.B, address string) []time.Duration {
	b.Helper()
	took, running := make([]time.Duration, 16), sync.WaitGroup{}
	for i := range took {
		running.Go(func() {
			start := time.Now()
			conn, err := net.Dial("unix", address)
			if err != nil {
				b.Error(err)
				return
			}
			defer conn.Close()
			if _, err = io.WriteString(conn, "a line\n"); err == nil {
				_, err = bufio.NewReader(conn).ReadString('\n')
			}
			if err != nil {
				b.Error(err)
			}
			took[i] = time.Since(start)
		})
	}
	running.Wait()
	return took
}

// runs says whether a call runs at the address: another would be busy.
func runs(b *testing.B, address string, asked onetrans.Call) bool {
	ctx, hangUp := context.WithTimeout(b.Context(), 100*time.Millisecond)
	defer hangUp()
	answer, err := socket.Ask(ctx, address, asked)
	return err == nil && bytes.Contains(answer.Out, []byte(onetrans.CodeBusy))
}
