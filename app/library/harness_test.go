package library_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"onetrans/flows/message/onetrans"
)

// place is which of its three forms the library is tested in. Those of Windows need
// mingw and Wine, whose command may be in WINE.
var place = flag.String("place", "linux", "linux, windows64 or windows32")

// slow adds what takes half a minute and longer.
var slow = flag.Bool("slow", false, "wait for what takes long")

// system is how a place builds and runs programs.
type system struct {
	library []string // .ci/library's arguments
	cc      []string
	suffix  string   // of programs
	file    string   // the library's name
	run     []string // what runs programs
}

func systemOf(t testing.TB) system {
	t.Helper()
	switch *place {
	case "linux":
		return system{[]string{"linux"}, []string{"gcc", "-D_GNU_SOURCE", "-pthread"}, "", "libOneTrans2.so", nil}
	case "windows64":
		return system{[]string{"amd64"}, []string{"x86_64-w64-mingw32-gcc"}, ".exe", "OneTrans2.dll", wine()}
	case "windows32":
		return system{[]string{"386"}, []string{"i686-w64-mingw32-gcc"}, ".exe", "OneTrans2.dll", wine()}
	}
	t.Fatalf("no such place: %s", *place)
	return system{}
}

// only skips a test elsewhere than in a place, or those whose names begin so: what it is about
// is missing.
func only(t testing.TB, where, missing string) {
	t.Helper()
	if !strings.HasPrefix(*place, where) {
		t.Skip(missing)
	}
}

func wine() []string {
	if command := os.Getenv("WINE"); command != "" {
		return strings.Fields(command)
	}
	return []string{"wine"}
}

func (s system) windows() bool { return s.suffix != "" }

// built is the folder of what the tests build once.
var (
	built    string
	building sync.Mutex
)

func TestMain(m *testing.M) {
	flag.Parse()
	var err error
	if built, err = os.MkdirTemp("", "onetrans-library-"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	status := m.Run()
	_ = os.RemoveAll(built)
	os.Exit(status)
}

func run(t testing.TB, name string, arguments ...string) []byte {
	t.Helper()
	out, err := exec.Command(name, arguments...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s %v: %v\n%s", name, arguments, err, out)
	}
	return out
}

// theLibrary builds the library, once, and returns its path.
func theLibrary(t testing.TB) string {
	t.Helper()
	s := systemOf(t)
	path := filepath.Join(built, s.file)
	building.Lock()
	defer building.Unlock()
	if _, err := os.Stat(path); err != nil {
		run(t, "../../.ci/library", append(s.library, path)...)
	}
	return path
}

// program builds one of the programs beside the hosts, once.
func program(t testing.TB, name string) string {
	t.Helper()
	s := systemOf(t)
	path := filepath.Join(built, name+s.suffix)
	building.Lock()
	defer building.Unlock()
	if _, err := os.Stat(path); err != nil {
		source := filepath.Join("hosts", "hostile", name+".c")
		run(t, s.cc[0], append(s.cc[1:], "-O1", "-Wall", "-Wextra", "-Werror", "-o", path, source)...)
	}
	return path
}

// installed is a folder with the library and the program beside it, as a hospital
// has them. The program says where an owner is.
type installed struct {
	system
	folder, library string
}

func install(t testing.TB, o *owner) installed {
	t.Helper()
	s := systemOf(t)
	i := installed{system: s, folder: t.TempDir()}
	i.library = filepath.Join(i.folder, s.file)
	copyFile(t, theLibrary(t), i.library)
	copyFile(t, program(t, "program"), filepath.Join(i.folder, "onetrans"+s.suffix))
	if o != nil {
		i.says(t, o.address)
	}
	return i
}

func copyFile(t testing.TB, from, to string) {
	t.Helper()
	content, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, content, 0o755); err != nil {
		t.Fatal(err)
	}
}

// says is an address that the program names when it is started.
func (i installed) says(t testing.TB, address string) {
	t.Helper()
	line, err := onetrans.Marshal(map[string]any{"onetrans": 4, "address": i.path(address)})
	if err != nil {
		t.Fatal(err)
	}
	i.script(t, "say "+string(line))
}

// path is a path as programs of the place know it.
func (i installed) path(path string) string {
	if !i.windows() {
		return path
	}
	return "Z:" + strings.ReplaceAll(path, "/", `\`)
}

// script is what the program does when it is started.
func (i installed) script(t testing.TB, lines ...string) {
	t.Helper()
	i.write(t, "script", strings.Join(lines, "\n")+"\n")
}

func (i installed) write(t testing.TB, name, content string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(i.folder, name), []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

// read is what is in a file of the folder; empty where there is none.
func (i installed) read(t testing.TB, name string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(i.folder, name))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	return string(content)
}

// host is the hostile host, told what to do.
func (i installed) host(ctx context.Context, t testing.TB, scenario string, times int) *exec.Cmd {
	t.Helper()
	words := append(slices.Clone(i.run), program(t, "hostile"), i.path(i.library), scenario, strconv.Itoa(times))
	command := exec.CommandContext(ctx, words[0], words[1:]...)
	command.Env = append(os.Environ(), "WINEDEBUG=-all", "ONETRANS_CONFIG=")
	command.Dir = os.TempDir()
	command.WaitDelay = 2 * time.Second // Wine's own servers and a program that hangs keep what they were given open
	return command
}

// failed reports whether a host failed, however long others keep its output open.
func failed(err error) bool { return err != nil && !errors.Is(err, exec.ErrWaitDelay) }

// found is how long the host may take.
const found = 3 * time.Minute

// finds runs the host, which must find all well.
func (i installed) finds(t *testing.T, scenario string, times int) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), found)
	defer cancel()
	command := i.host(ctx, t, scenario, times)
	var log bytes.Buffer
	command.Stderr = &log
	out, err := command.Output()
	if failed(err) || !strings.HasSuffix(strings.TrimSpace(string(out)), "ok") {
		t.Fatalf("%s: %v\n%s%s", scenario, err, out, log.Bytes())
	}
	return string(out)
}

// told is what a host heard of a call.
type told struct {
	status int
	took   time.Duration
	raw    []byte
	answer onetrans.Answer
}

func (a told) code() string { return a.answer.Code.String() }

// data are the answer's data, as one line.
func (a told) data() string { return string(a.answer.Data) }

// calls makes calls one after the other, in one host.
func (i installed) calls(t testing.TB, requests ...string) []told {
	t.Helper()
	var in bytes.Buffer
	for _, r := range requests {
		gbk, err := onetrans.EncodeGBK([]byte(r))
		if err != nil {
			gbk = []byte(r) // it is meant to be none
		}
		fmt.Fprintf(&in, "%x\n", gbk)
	}
	command := i.host(t.Context(), t, "converses", 0)
	command.Stdin = &in
	out, err := command.Output()
	if failed(err) {
		t.Fatalf("%v: %s", err, out)
	}
	var all []told
	for line := range strings.Lines(string(out)) {
		fields := strings.Fields(line)
		if len(fields) < 2 {
			break
		}
		all = append(all, heard(t, fields))
	}
	if len(all) != len(requests) {
		t.Fatalf("%d answers to %d calls: %s", len(all), len(requests), out)
	}
	return all
}

func heard(t testing.TB, fields []string) (a told) {
	t.Helper()
	var ms int
	var err error
	if a.status, err = strconv.Atoi(fields[0]); err != nil {
		t.Fatal(err)
	}
	if ms, err = strconv.Atoi(fields[1]); err != nil {
		t.Fatal(err)
	}
	a.took = time.Duration(ms) * time.Millisecond
	if len(fields) < 3 {
		return a
	}
	if a.raw, err = hex.DecodeString(fields[2]); err != nil {
		t.Fatal(err)
	}
	text, err := onetrans.DecodeGBK(a.raw)
	if err == nil {
		err = onetrans.Unmarshal(text, &a.answer)
	}
	if err != nil && bytes.HasPrefix(a.raw, []byte("{")) { // any other is handed on
		t.Fatalf("%q: %v", a.raw, err)
	}
	return a
}

const query = `{"msgid":"M1","trans_type":"hop.trade.query","data":{"outTradeNo":"N1"}}`

func in64(b []byte) string { return base64.StdEncoding.EncodeToString(b) }
