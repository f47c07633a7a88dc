package store

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	bolt "go.etcd.io/bbolt"
	"pgregory.net/rapid"

	"onetrans/flows/core/txn"
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

// leavesOf are the leaves of a bucket whose root is a branch of leaves.
func leavesOf(t *testing.T, f *file, name string) (ids []uint64, first, last []string) {
	t.Helper()
	err := f.View(func(tx *vetted) error {
		root, err := tx.page(uint64(tx.Tx.Bucket([]byte(name)).Root()))
		for i := range root.count {
			leaf, failed := tx.page(root.child(i))
			if err = errors.Join(err, failed); err != nil || !leaf.leaf() {
				return fmt.Errorf("page %d is no leaf: %w", leaf.id, err)
			}
			ids = append(ids, leaf.id)
			first, last = append(first, string(leaf.key(0))), append(last, string(leaf.key(leaf.count-1)))
		}
		return err
	})
	if err != nil || len(ids) < 5 {
		t.Fatal(len(ids), err)
	}
	return ids, first, last
}

// A page is checked before bbolt reads it, whichever way it gets there; what it does
// not read costs nothing.
func TestAPageIsCheckedWhicheverWayItIsReached(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	open := func() *file {
		db, err := bolt.Open(path, 0o600, &bolt.Options{NoSync: true})
		if err != nil {
			t.Fatal(err)
		}
		return &file{db, newPages(db)}
	}
	f := open()
	err := f.Update(func(tx *vetted) error {
		_, err := tx.CreateBucket([]byte("b"))
		for i := range 250 {
			err = errors.Join(err, tx.Bucket([]byte("b")).Put(fmt.Appendf(nil, "%04d", i), make([]byte, 100)))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	ids, first, last := leavesOf(t, f, "b")
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	seek := func(key string, then func(c *cursor)) func(b *bucket) {
		return func(b *bucket) {
			c := b.Cursor()
			c.Seek([]byte(key))
			then(c)
		}
	}
	stay, next, prev := func(*cursor) {}, func(c *cursor) { c.Next() }, func(c *cursor) { c.Prev() }
	for bad, id := range ids {
		overwrite(t, path, int64(id)*testPage+8, []byte{branchFlag})
		f := open()
		for i := range ids {
			after, before, both := []int{i, i + 1}, []int{i - 1, i}, []int{i - 1, i, i + 1}
			for name, c := range map[string]struct {
				do   func(b *bucket)
				read []int
			}{
				"the first key":          {seek(first[i], stay), []int{i}},
				"the last key":           {seek(last[i], stay), []int{i}},
				"after the last key":     {seek(last[i]+"x", stay), after},
				"the first key and on":   {seek(first[i], next), []int{i}},
				"the first key and back": {seek(first[i], prev), before},
				"the last key and on":    {seek(last[i], next), after},
				"the last key and back":  {seek(last[i], prev), []int{i}},
				"its value":              {func(b *bucket) { b.Get([]byte(first[i])) }, []int{i}},
				"another value":          {func(b *bucket) { _ = b.Put([]byte(last[i]), nil) }, []int{i}},
				"no value":               {func(b *bucket) { _ = b.Delete([]byte(last[i])) }, both},
			} {
				fresh := &file{f.DB, newPages(f.DB)}
				rolledBack := errors.New("rolled back")
				err := guard(func() error {
					return fresh.Update(func(tx *vetted) error { c.do(tx.Bucket([]byte("b"))); return rolledBack })
				})
				found := strings.Contains(err.Error(), fmt.Sprintf("%v: page %d ", ErrDamaged, id))
				if found != slices.Contains(c.read, bad) || !found && !errors.Is(err, rolledBack) {
					t.Errorf("leaf %d, %s, leaf %d is bad: %v", i, name, bad, err)
				}
			}
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		overwrite(t, path, int64(id)*testPage+8, []byte{leafFlag})
	}
}

// A small file is checked whole when it is opened, a larger one as it is read; one
// that was found bad stays unchecked.
func TestWhatIsCheckedOnceIsNotCheckedAgain(t *testing.T) {
	path := lived(t, Options{})
	for _, more := range []int64{-1, 0, 1} {
		f, err := openOnce(path, true, true)
		if err != nil {
			t.Fatal(err)
		}
		if err := f.lookOver(sizeOf(t, path) + more); err != nil || f.pages.allChecked() != (more >= 0) {
			t.Errorf("%d bytes less than is small: %v, %v", more, f.pages.allChecked(), err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
	freeList(t, path)
	f, err := openOnce(path, true, true)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := f.lookOver(smallFile); !errors.Is(err, ErrDamaged) || f.pages.allChecked() {
		t.Errorf("it is taken for whole: %v", err)
	}
}

// A file that is shorter than it says is refused, and it is told by how much.
func TestAFileThatWasCutOffSaysWhatIsMissing(t *testing.T) {
	f, err := openOnce(spoiled(t, Options{}), true, true)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var size int64
	if err := f.View(func(tx *vetted) error { size = tx.Size(); return nil }); err != nil {
		t.Fatal(err)
	}
	if err := checkSize(f.DB, size); err != nil {
		t.Error(err)
	}
	if err := checkSize(f.DB, size-5); !errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), " 5 bytes are missing") {
		t.Error(err)
	}
}
