package store

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"onetrans/flows/onetrans"
	"onetrans/flows/txn"
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
