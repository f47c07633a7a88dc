package store

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	bolt "go.etcd.io/bbolt"
	"pgregory.net/rapid"

	"onetrans/flows/txn"
)

// cycled is a journal of testdata/cycle at a path of its own.
func cycled(t *testing.T, name string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "journal")
	copyFile(t, filepath.Join("testdata", "cycle", name), path)
	copyFile(t, filepath.Join("testdata", "cycle", "journal.head"), HeadPath(path))
	copyFile(t, filepath.Join("testdata", "cycle", "journal.key"), KeyPath(path))
	return path
}

// A page that leads to itself would have bbolt go on until there is no memory.
func TestAPageThatLeadsToItselfIsDamageAndNoEndlessWalk(t *testing.T) {
	for _, name := range []string{"open.db", "desk.db"} {
		path := cycled(t, name)
		if s, err := Open(path, Options{Terminal: "T1"}); !errors.Is(err, ErrDamaged) || !errors.Is(err, ErrUnusable) {
			t.Errorf("%s: opening gives %v, %v", name, s, err)
		}
		if _, err := Inspect(path, Options{Terminal: "T1"}); !errors.Is(err, ErrDamaged) {
			t.Errorf("%s: inspecting gives %v", name, err)
		}
	}
}

// What bbolt calls whole we call whole, whatever was written and deleted.
func TestTheWalkAgreesWithBboltOnWholeFiles(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		path := filepath.Join(t.TempDir(), fmt.Sprint(rapid.Uint64().Draw(rt, "name")))
		db, err := bolt.Open(path, 0o600, &bolt.Options{NoSync: true})
		if err != nil {
			rt.Fatal(err)
		}
		defer os.Remove(path)
		defer db.Close()
		f := &file{db, newPages(db)}
		for range rapid.IntRange(1, 6).Draw(rt, "steps") {
			err := f.Update(func(tx *vetted) error {
				if _, err := tx.CreateBucketIfNotExists([]byte("b")); err != nil {
					return err
				}
				b := tx.Bucket([]byte("b"))
				from, n := rapid.IntRange(0, 3000).Draw(rt, "from"), rapid.IntRange(1, 800).Draw(rt, "n")
				for i := from; i < from+n; i++ {
					k := fmt.Appendf(nil, "%08d", i*7919%3800)
					if rapid.IntRange(0, 3).Draw(rt, "kind") == 0 {
						if err := b.Delete(k); err != nil {
							return err
						}
					} else if err := b.Put(k, make([]byte, i%700)); err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				rt.Fatal(err)
			}
			if err := newPages(db).walk(true); err != nil {
				rt.Fatal(err)
			}
			sameBothWays(rt, f)
		}
	})
}

// sameBothWays compares what a checked cursor goes over with what bbolt's does.
func sameBothWays(rt *rapid.T, f *file) {
	fresh := &file{f.DB, newPages(f.DB)} // nothing is checked yet
	err := fresh.View(func(tx *vetted) error {
		c, raw := tx.Bucket([]byte("b")).Cursor(), tx.Tx.Bucket([]byte("b")).Cursor()
		n := 0
		for k, _ := raw.First(); k != nil; k, _ = raw.Next() {
			n++
		}
		forth, back := 0, 0
		for k, _ := c.First(); k != nil; k, _ = c.Next() {
			forth++
		}
		for k, _ := c.Last(); k != nil; k, _ = c.Prev() {
			back++
		}
		if forth != n || back != n {
			rt.Errorf("%d keys, %d forth and %d back", n, forth, back)
		}
		return nil
	})
	if err != nil {
		rt.Error(err)
	}
}

// In a file too large to be checked whole when it is opened, a page is checked
// before it is first read, wherever a step or a list gets to it.
func TestABadPageOfALargeFileIsFoundWhereItIsReached(t *testing.T) {
	path := spoiled(t, Options{})
	s := openAt(t, path)
	for i := range 400 {
		write(t, s, fmt.Sprint(100+i), txn.Succ)
	}
	s.Close()
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for at := 2 * 4096; at < len(whole); at += 4096 {
		bent := append([]byte(nil), whole...)
		bent[at+8] ^= leafFlag | branchFlag // a leaf for a branch, a branch for a leaf
		if err := os.WriteFile(path, bent, 0o600); err != nil {
			t.Fatal(err)
		}
		f, err := openOnce(path, true, true)
		if err != nil {
			t.Fatal(err)
		}
		err = guard(func() error {
			return f.View(func(tx *vetted) error {
				for _, name := range buckets() {
					for c, k := (*cursor)(nil), []byte(nil); ; {
						if c == nil {
							c = tx.Bucket(name).Cursor()
							k, _ = c.First()
						} else {
							k, _ = c.Next()
						}
						if k == nil {
							break
						}
					}
				}
				return nil
			})
		})
		walked := f.pages.walk(true)
		if err != nil && !errors.Is(err, ErrDamaged) || err != nil && walked == nil {
			t.Errorf("page %d: reading gives %v, walking %v", at/4096, err, walked)
		}
		if err != nil {
			found++
		}
		f.Close()
	}
	if found < 20 {
		t.Errorf("only %d pages were found to be bad", found)
	}
	copyWhole := os.WriteFile(path, whole, 0o600)
	if copyWhole != nil {
		t.Fatal(copyWhole)
	}
}
