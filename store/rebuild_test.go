package store

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"onetrans/flows/core/txn"
	"onetrans/flows/message/onetrans"
)

// entriesIn are a journal's entries as they are read.
func entriesIn(t *testing.T, s *Store) map[uint64]txn.Entry {
	t.Helper()
	all := map[uint64]txn.Entry{}
	if err := s.Entries(func(seq uint64, e txn.Entry) bool { all[seq] = e; return true }); err != nil {
		t.Fatal(err)
	}
	return all
}

// lived is a journal with a bit of everything: open trades, archived ones, an
// adoption, a person's word. It is closed.
func lived(t *testing.T, options Options) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "journal")
	s, err := Open(path, options)
	if err != nil {
		t.Fatal(err)
	}
	for from := range 4 {
		fill3(t, s, from*10)
	}
	if _, err := s.Prune(t.Context(), entry("", "").At.AddDate(0, 0, 1), filepath.Join(filepath.Dir(path), "archive")); err != nil {
		t.Fatal(err)
	}
	s.Close()
	adoptAndGoOn(t, path, options)
	s, err = Open(path, options)
	if err != nil {
		t.Fatal(err)
	}
	for from := range 6 {
		fill3(t, s, 100+from*10)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

// freeList damages a file's free list: a page that is in use is listed as free.
func freeList(t *testing.T, path string) {
	t.Helper()
	f, err := openOnce(path, true, true)
	if err != nil {
		t.Fatal(err)
	}
	at, wrong := int64(0), uint64(0)
	err = f.View(func(tx *vetted) error {
		w := walker{vetted: tx}
		m, _ := w.begin()
		free, err := w.list()
		used := f.reached()
		for i := range free {
			low, high := uint64(1), tx.count()
			if i > 0 {
				low = free[i-1]
			}
			if i+1 < len(free) {
				high = free[i+1]
			}
			for id := low + 1; id < high; id++ {
				if used.has(id) {
					at, wrong = int64(m.freelist)*int64(f.pages.size)+pageHeader+8*int64(i), id
				}
			}
		}
		return err
	})
	if err := errors.Join(err, f.Close()); err != nil || wrong == 0 {
		t.Fatal(err, wrong)
	}
	overwrite(t, path, at, binary.NativeEndian.AppendUint64(nil, wrong))
}

// Whatever is wrong with the file's own structure is found by who opens, verifies
// or copies it; and what the chain proves is brought back.
func TestADamagedFileIsFoundAndRebuilt(t *testing.T) {
	damage := map[string]func(t *testing.T, path string){
		"the free list": freeList,
		"both beginnings": func(t *testing.T, path string) {
			overwrite(t, path, 0, make([]byte, 2*4096))
		},
		"the tree of buckets": func(t *testing.T, path string) {
			f, err := openOnce(path, true, true)
			if err != nil {
				t.Fatal(err)
			}
			var root uint64
			err = f.View(func(tx *vetted) error { root = tx.rootPage(); return nil })
			if err := errors.Join(err, f.Close()); err != nil {
				t.Fatal(err)
			}
			overwrite(t, path, int64(root)*4096, []byte(strings.Repeat("x", 4096)))
		},
	}
	for name, damage := range damage {
		t.Run(name, func(t *testing.T) {
			path := lived(t, Options{})
			before := opened(t, path, Options{})
			want := entriesIn(t, before)
			secrets, err := before.Open()
			if err != nil {
				t.Fatal(err)
			}
			before.Close()
			damage(t, path)
			if _, err := Open(path, Options{}); !errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), "journal rebuild") {
				t.Errorf("opening: %v", err)
			}
			aside := filepath.Join(t.TempDir(), "aside")
			for _, to := range []string{aside, ""} {
				done, err := Rebuild(t.Context(), path, Options{}, to)
				if err != nil || !done.Proof.Whole() || done.Proof.Trades == 0 {
					t.Fatalf("to %q: %v %+v", to, err, done.Proof)
				}
				if _, err := os.Stat(done.Kept); (to == "") != (err == nil) {
					t.Errorf("the old one is kept at %q: %v", done.Kept, err)
				}
			}
			s := openAt(t, path)
			if got := entriesIn(t, s); fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("%d entries of %d", len(got), len(want))
			}
			open, err := s.Open()
			if err != nil || len(open) != len(secrets) || open[0].Order.Secrets != secrets[0].Order.Secrets {
				t.Errorf("%d open of %d, %v", len(open), len(secrets), err)
			}
			if _, _, err := s.Trade(onetrans.TransRecharge, "0"); !errors.Is(err, txn.ErrArchived) {
				t.Errorf("an archived number is forgotten: %v", err)
			}
			write(t, s, "new", txn.Succ)
		})
	}
}

// overwrite changes a file's bytes.
func overwrite(t *testing.T, path string, at int64, with []byte) {
	t.Helper()
	file, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err == nil {
		_, err = file.WriteAt(with, at)
		err = errors.Join(err, file.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
}

// A journal that was rebuilt belongs where the damaged one did, and may be rebuilt
// again at once; what is kept each time has a name of its own.
func TestARebuiltJournalIsBoundAsItWas(t *testing.T) {
	path := lived(t, Options{Platform: "wire"})
	kept := map[string]bool{}
	for range 3 {
		done, err := Rebuild(t.Context(), path, Options{Platform: "wire"}, "")
		if err != nil {
			t.Fatal(err)
		}
		kept[done.Kept] = true
	}
	for name := range kept {
		if _, err := os.Stat(name); err != nil || len(kept) != 3 {
			t.Errorf("%v: %v", kept, err)
		}
	}
	if _, err := Open(path, Options{Platform: "sandbox"}); !errors.Is(err, ErrPlatform) {
		t.Errorf("it is opened for play money: %v", err)
	}
	if s, err := Open(path, Options{Platform: "wire"}); err != nil {
		t.Error(err)
	} else if err := s.Close(); err != nil {
		t.Error(err)
	}
	elsewhere := filepath.Join(t.TempDir(), "journal.db")
	for _, ending := range []string{"", ".key", ".head"} {
		data, err := os.ReadFile(path + ending)
		if err == nil {
			err = os.WriteFile(elsewhere+ending, data, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if _, err := Rebuild(t.Context(), elsewhere, Options{Platform: "wire"}, ""); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(elsewhere, Options{Platform: "wire"}); !errors.Is(err, ErrMoved) {
		t.Errorf("a copy is served elsewhere without a word: %v", err)
	}
}

// Where entries are gone for good, a rebuilt journal says which, and is served by
// a person's word.
func TestWhatARebuildingMissesIsNamed(t *testing.T) {
	path := spoiled(t, Options{})
	change(t, path, func(tx *vetted) error { return tx.Bucket(bucketLog).Delete(number(5)) })
	done, err := Rebuild(t.Context(), path, Options{}, "")
	if err != nil || done.Proof.Whole() || !strings.Contains(fmt.Sprint(done.Proof.Faults), "the entries 5 to 5 are missing") {
		t.Fatalf("%v %+v", err, done.Proof)
	}
	if _, err := Open(path, Options{}); !errors.Is(err, ErrAltered) {
		t.Errorf("it is served without a word: %v", err)
	}
	adoptAndGoOn(t, path, Options{})
}

// Who serves a journal keeps it.
func TestAServedJournalIsNotRebuilt(t *testing.T) {
	path := spoiled(t, Options{})
	openAt(t, path)
	if _, err := Rebuild(t.Context(), path, Options{}, ""); !errors.Is(err, ErrInUse) {
		t.Errorf("err = %v", err)
	}
}

// A file that has nothing of this key is no journal.
func TestNothingIsRebuiltOfNothing(t *testing.T) {
	path := spoiled(t, Options{})
	if err := os.WriteFile(path, []byte(strings.Repeat("no journal\n", 4000)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Rebuild(t.Context(), path, Options{}, ""); !errors.Is(err, ErrNothing) {
		t.Errorf("err = %v", err)
	}
}

// openUnder are the files below a folder that this process holds open.
func openUnder(t *testing.T, folder string) (names []string) {
	t.Helper()
	all, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Skip("the list of open files is missing: only Linux has it: ", err)
	}
	for _, fd := range all {
		if name, err := os.Readlink(filepath.Join("/proc/self/fd", fd.Name())); err == nil && strings.HasPrefix(name, folder) {
			names = append(names, name)
		}
	}
	return names
}

// Whoever rebuilds, backs up, archives or migrates a journal lets go of every file,
// also where that fails.
func TestNoFileStaysOpen(t *testing.T) {
	ended, end := context.WithCancel(t.Context())
	end()
	for name, do := range map[string]func(path string) error{
		"rebuilt": func(path string) error {
			_, err := Rebuild(t.Context(), path, Options{}, "")
			return err
		},
		"rebuilt aside": func(path string) error {
			_, err := Rebuild(t.Context(), path, Options{}, path+".rebuilt")
			return err
		},
		"not rebuilt": func(path string) error {
			if _, err := Rebuild(ended, path, Options{}, ""); !errors.Is(err, context.Canceled) {
				return fmt.Errorf("it was rebuilt: %w", err)
			}
			return nil
		},
		"backed up and archived": func(path string) error {
			s, err := Open(path, Options{})
			if err != nil {
				return err
			}
			_, errBackup := s.Backup(path + ".backup")
			_, errPrune := s.Prune(t.Context(), entry("", "").At.AddDate(0, 0, 1), path+".archive")
			a, err := s.Archive(path + ".archive")
			if err == nil {
				err = a.Close()
			}
			return errors.Join(err, errBackup, errPrune, s.Close())
		},
		"of another key": func(path string) error {
			if s, err := Open(path, Options{Key: make([]byte, KeySize)}); !errors.Is(err, ErrKey) {
				return errors.Join(fmt.Errorf("it was opened: %w", err), s.Close())
			}
			return nil
		},
		"adopted": func(path string) error {
			_, err := Adopt(t.Context(), path, Options{}, "王五", "a word")
			return err
		},
	} {
		path := spoiled(t, Options{})
		if err := do(path); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if left := openUnder(t, filepath.Dir(path)); len(left) > 0 {
			t.Errorf("%s: %v stay open", name, left)
		}
	}
}

// What was archived stays known when the journal is rebuilt, and the chain goes on
// over it as it did.
func TestARebuiltJournalGoesOnOverWhatWasArchived(t *testing.T) {
	path := spoiled(t, Options{})
	s := opened(t, path, Options{})
	archive := path + ".archive"
	write(t, s, "2", txn.Refused) // all is over, and nothing is between the archive and its note
	if _, err := s.Prune(t.Context(), entry("", "").At.Add(time.Hour), archive); err != nil {
		t.Fatal(err)
	}
	write(t, s, "3", txn.Pending)
	want := entriesIn(t, s)
	s.Close()
	for range 2 {
		done, err := Rebuild(t.Context(), path, Options{}, "")
		if err != nil || len(done.Proof.Faults) > 0 || done.Proof.Archived != 10 {
			t.Fatalf("%v %+v", err, done.Proof)
		}
	}
	s = openAt(t, path)
	if got := entriesIn(t, s); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%d entries of %d", len(got), len(want))
	}
	a := inspect(t, archive, Options{Key: mustKey(t, path)})
	if proof, err := s.Verify(t.Context(), a); err != nil || len(proof.Faults) > 0 {
		t.Errorf("%v %v", err, proof.Faults)
	}
}

// Of what a damaged file has, what follows the chain counts; the longest of more gaps,
// since the others are what became of it; and where the chain is not known, what the
// key alone proves.
func TestWhatIsProvedOfADamagedFile(t *testing.T) {
	k := derive(make([]byte, KeySize))
	link := func(b byte) []byte { return bytes.Repeat([]byte{b}, linkSize) }
	r := rebuilding{keys: k, found: newFound()}
	r.found.gaps[3] = []gap{
		{From: 3, To: 4, Before: link(1), After: link(4)},
		{From: 3, To: 6, Before: link(1), After: link(6)},
		{From: 3, To: 5, Before: link(1), After: link(5)},
		{From: 3, To: 9, Before: link(2), After: link(9)},
	}
	for name, c := range map[string]struct {
		link []byte
		to   uint64
	}{"known": {link(1), 6}, "another": {link(2), 9}, "not known": {nil, 9}, "none": {link(3), 0}} {
		taken, after, ok := r.proved(3, c.link)
		if ok != (c.to > 0) || ok && (taken.gap.To != c.to || !bytes.Equal(after, link(byte(c.to)))) {
			t.Errorf("%s: %+v %v", name, taken.gap, ok)
		}
	}
}

// Whatever a page says of its elements, what is noted of it lies in the file.
func TestAPageOfADamagedFileIsReadInItsBounds(t *testing.T) {
	path := filepath.Join(t.TempDir(), "damaged")
	trade := "kind\x00no"
	longest := "k\x00" + strings.Repeat("k", maxKeySize-2)
	p := pageOf(3, leafFlag,
		pair{trade, string(number(7))}, pair{longest, string(number(8))}, pair{longest + "k", string(number(9))},
		pair{"\x00no", string(number(10))}, pair{string(keyArchive), ""})
	end := len(p.data)
	p.data = append(p.data, make([]byte, 64)...)
	if err := os.WriteFile(path, p.data, 0o600); err != nil {
		t.Fatal(err)
	}
	read := func(data []byte) found {
		file, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		r := rebuilding{file: file, found: newFound()}
		r.page(data, 0, false)
		return r.found
	}
	got := read(p.data[:end])
	if !got.archive || len(got.numbers) != 2 || !slices.Equal(got.numbers[trade], []uint64{7}) || !slices.Equal(got.numbers[longest], []uint64{8}) {
		t.Errorf("%d numbers, an archive: %v", len(got.numbers), got.archive)
	}
	if got := read(p.data[:end-1]); got.archive {
		t.Error("a key that is cut off is read")
	}
	for size := pageHeader; size < 200; size++ {
		read(p.data[:size])
	}
}

// What is longer than any value, or not in the file, is none.
func TestAValueOfADamagedFileIsBounded(t *testing.T) {
	path := filepath.Join(t.TempDir(), "damaged")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(path, maxPiece+1); err != nil { // it takes no room
		t.Fatal(err)
	}
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	r := rebuilding{file: file, found: newFound()}
	for p, ok := range map[piece]bool{{0, 8}: true, {0, maxPiece}: true, {0, maxPiece + 1}: false, {maxPiece, 1}: true, {maxPiece, 2}: false, {1 << 40, 8}: false} {
		if got := r.read(p); (got != nil) != ok || ok && len(got) != p.size {
			t.Errorf("%+v: %d bytes", p, len(got))
		}
	}
	for _, key := range []string{"kind\x00no", string(number(3)), string(keyTerminal), string(keyPlace)} {
		r.pair([]byte(key), piece{1 << 40, 64}) // and nothing breaks
	}
	if len(r.found.numbers)+len(r.found.secrets)+len(r.found.gaps) > 0 {
		t.Errorf("%+v", r.found)
	}
	r.pair(number(4), piece{0, linkSize})     // a link, and nothing that it binds
	r.pair(number(5), piece{0, linkSize + 1}) // which is another matter
	if _, ok := r.found.entries[4]; ok || len(r.found.entries[5]) != 1 {
		t.Errorf("%+v", r.found.entries)
	}
}

// What can't be given its name is an error, and so is a folder that can't be synced.
func TestAFileThatGetsNoNameIsAnError(t *testing.T) {
	folder := t.TempDir()
	aside, path := filepath.Join(folder, "aside"), filepath.Join(folder, "journal")
	if err := linkNew(aside, path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("there is none: %v", err)
	}
	if err := os.WriteFile(aside, []byte("new"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := linkNew(aside, filepath.Join(folder, "none", "journal")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("there is no folder: %v", err)
	}
	if err := linkNew(aside, path); err != nil {
		t.Error(err)
	}
	if err := linkNew(aside, path); !errors.Is(err, ErrExists) {
		t.Errorf("over another: %v", err)
	}
	if runtime.GOOS == "windows" {
		return // which syncs no folders
	}
	if err := syncFolder(filepath.Join(folder, "none")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("syncing no folder: %v", err)
	}
}
