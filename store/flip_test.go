//go:build linux

package store

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/metrics"
	"strconv"
	"syscall"
	"testing"

	"onetrans/flows/core/txn"
	"onetrans/flows/message/onetrans"
)

// flips is how many journals with turned bits are tried; make flip takes more.
var flips = flag.Int("flips", 200, "how many journals with turned bits are tried")

// flipsAtOnce is how many one process tries: a store that bbolt broke off on
// keeps its file mapped.
const flipsAtOnce = 500

// No journal ends a process, takes more than 64 MiB beyond its size, or is called
// whole when it is not, whatever bits are turned in it; and what the chain proves
// of it is brought back.
func TestNoTurnedBitEndsAProcessTakesMemoryOrIsCalledWhole(t *testing.T) {
	path := lived(t, Options{})
	seed := rand.Uint64()
	for done := 0; done < *flips; done += flipsAtOnce {
		cmd := exec.Command(os.Args[0], path)
		cmd.Env = append(os.Environ(), asChild+"=flip",
			fmt.Sprintf("ONETRANS_FLIPS=%d %d", min(flipsAtOnce, *flips-done), seed+uint64(done)))
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out[:min(len(out), 4000)])
		}
	}
}

// spareMemory is what a journal may take beyond its size, in bytes.
const spareMemory = 64 << 20

// flipper turns bits in copies of a journal.
type flipper struct {
	whole   []byte
	from    string
	folder  string
	random  *rand.Rand
	content []string
	entries map[uint64]string
	memory  uint64
}

func flipMany(path string) error {
	var n int
	var seed uint64
	if _, err := fmt.Sscan(os.Getenv("ONETRANS_FLIPS"), &n, &seed); err != nil {
		return err
	}
	f, err := newFlipper(path, seed)
	if err != nil {
		return err
	}
	defer os.RemoveAll(f.folder)
	// What runs away ends here, and not the machine.
	limit := f.memory + 8*spareMemory
	if err := syscall.Setrlimit(syscall.RLIMIT_DATA, &syscall.Rlimit{Cur: limit, Max: limit}); err != nil {
		return err
	}
	for i := range n {
		at, bit, err := f.once(i)
		if err != nil {
			return fmt.Errorf("seed %d, flip %d, bit %d of byte %d (page %d+%d): %w", seed, i, bit, at, at/4096, at%4096, err)
		}
	}
	return nil
}

func newFlipper(path string, seed uint64) (*flipper, error) {
	folder, err := os.MkdirTemp("", "flip")
	if err != nil {
		return nil, err
	}
	f := &flipper{from: path, folder: folder, random: rand.New(rand.NewPCG(seed, 1)), entries: map[uint64]string{}}
	whole, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	f.whole = append(bytes.TrimRight(whole, "\x00"), make([]byte, 4096)...)
	f.whole = f.whole[:len(f.whole)/4096*4096]
	s, err := Inspect(path, Options{})
	if err != nil {
		return nil, err
	}
	defer s.Close()
	if f.content, err = contentOf(s); err != nil {
		return nil, err
	}
	err = s.Entries(func(seq uint64, e txn.Entry) bool { f.entries[seq] = fmt.Sprint(e); return true })
	f.memory = goMemory()
	return f, err
}

// goMemory is what the process has taken for itself, in bytes; not what it maps.
func goMemory() uint64 {
	sample := []metrics.Sample{{Name: "/memory/classes/total:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}

// once turns a bit, and tries all that a terminal does.
func (f *flipper) once(i int) (at, bit int, err error) {
	path := filepath.Join(f.folder, strconv.Itoa(i), "journal")
	turned := bytes.Clone(f.whole)
	if at = f.random.IntN(len(turned)); i%2 == 0 { // where pages say what they are
		at = at/4096*4096 + f.random.IntN(pageHeader+4*elementSize)
	}
	bit = f.random.IntN(8)
	turned[at] ^= 1 << bit
	if err := f.put(path, turned); err != nil {
		return at, bit, err
	}
	defer os.RemoveAll(filepath.Dir(path))
	options := Options{NoSync: true}
	if i%3 == 0 {
		options.small = 1 // as if it were too large to be checked whole
	}
	if err := f.judge(path, options); err != nil {
		return at, bit, err
	}
	f.use(path, options)
	if i%10 == 0 {
		if err := f.put(path, turned); err != nil {
			return at, bit, err
		}
		err = f.rebuild(path)
	}
	if taken := goMemory(); taken > f.memory+spareMemory+uint64(len(turned)) {
		err = errors.Join(err, fmt.Errorf("it took %d MiB", (taken-f.memory)>>20))
	}
	return at, bit, err
}

// put makes a journal of these bytes, which belongs where it is.
func (f *flipper) put(path string, data []byte) error {
	if err := errors.Join(os.RemoveAll(filepath.Dir(path)), os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, data, 0o600)); err != nil {
		return err
	}
	for _, name := range []func(string) string{KeyPath, HeadPath, SecretsPath} {
		beside, err := os.ReadFile(name(f.from))
		if err == nil {
			err = os.WriteFile(name(path), beside, 0o600)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// judge says whether what is called whole is.
func (f *flipper) judge(path string, options Options) error {
	options.Copy = true // it is not where it was
	s, err := Inspect(path, options)
	if err != nil {
		return nil
	}
	defer s.Close()
	proof, err := s.Verify(context.Background())
	if err != nil || !proof.Whole() || len(proof.Faults) > 0 {
		return nil
	}
	now, err := contentOf(s)
	if err != nil {
		return err
	}
	for i, line := range f.content {
		if i >= len(now) || now[i] != line {
			return fmt.Errorf("it is called whole, and is not: %.300s", line)
		}
	}
	if len(now) > len(f.content) {
		return fmt.Errorf("it is called whole, and has more: %.300s", now[len(f.content):])
	}
	return nil
}

// use serves on the journal for as long as it lets anybody.
func (f *flipper) use(path string, options Options) {
	s, err := open(path, options, true)
	if err != nil {
		return
	}
	defer s.Close()
	_ = s.guarded(s.beginSlots)
	_, _ = s.Open()
	_, _, _ = s.Trade(onetrans.TransRecharge, "100")
	_ = s.List(Filter{CardNo: "D1"}, func(Record) bool { return true })
	_, _ = s.History(onetrans.TransRecharge, "111")
	_, _ = s.Related("trace:T120")
	for _, no := range []string{"102", "112", "new"} {
		_ = s.Write(entry(no, "told"), trade(no, txn.Succ))
	}
	_ = s.Entries(func(uint64, txn.Entry) bool { return true })
	_, _ = s.Backup(path + ".backup")
}

// rebuild brings back what is proved: nothing else, and all but what was hit.
func (f *flipper) rebuild(path string) error {
	done, err := Rebuild(context.Background(), path, Options{NoSync: true}, path+".rebuilt")
	if err != nil {
		return err
	}
	s, err := Inspect(done.Path, Options{Key: mustFind(path), Copy: true})
	if err != nil {
		return err
	}
	defer s.Close()
	found := 0
	err = s.Entries(func(seq uint64, e txn.Entry) bool {
		if f.entries[seq] == fmt.Sprint(e) {
			found++
		}
		return true
	})
	if err == nil && found < len(f.entries)-atMostHit || done.Proof.Damaged {
		err = fmt.Errorf("%d entries of %d were brought back: %v", found, len(f.entries), done.Proof.Faults)
	}
	return err
}

// atMostHit is how many entries one turned bit can hit: a page's.
const atMostHit = 40

func mustFind(path string) []byte {
	key, err := findKey(path, Options{})
	if err != nil {
		panic(err)
	}
	return key
}

// A file that is cut off while its links are checked is damaged, and no process's end.
func TestAFileThatIsCutOffWhileItsLinksAreCheckedIsDamaged(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, make([]byte, testPage), 0o600); err != nil {
		t.Fatal(err)
	}
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	entry, err := syscall.Mmap(int(file.Fd()), 0, testPage, syscall.PROT_READ, syscall.MAP_SHARED)
	if err != nil {
		t.Fatal(err)
	}
	defer syscall.Munmap(entry)
	if err := os.Truncate(path, 0); err != nil {
		t.Fatal(err)
	}
	links := derive(make([]byte, KeySize)).checkLinks()
	links.add(linked{1, make([]byte, linkSize), entry})
	if bad, err := links.end(); !errors.Is(err, ErrDamaged) {
		t.Errorf("%v, %v", bad, err)
	}
}

// The system's name is in the first of the files that says one.
func TestTheMachinesNameIsWhatTheFirstFileSays(t *testing.T) {
	folder := t.TempDir()
	none, empty, first, second := filepath.Join(folder, "none"), filepath.Join(folder, "empty"), filepath.Join(folder, "first"), filepath.Join(folder, "second")
	for path, text := range map[string]string{empty: " \n", first: "one\n", second: "two\n"} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		of   []string
		want string
	}{{[]string{none, empty, first, second}, "one"}, {[]string{second, first}, "two"}, {[]string{none, empty}, ""}} {
		if got := firstText(c.of...); got != c.want {
			t.Errorf("%v: %q", c.of, got)
		}
	}
}
