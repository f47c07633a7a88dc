package store

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"onetrans/flows/core/txn"
	"onetrans/flows/message/onetrans"
)

// bulky writes trades that take some room, paid, apart from each other.
func bulky(t *testing.T, s *Store, from, n int) {
	t.Helper()
	for i := range n {
		no := fmt.Sprint(from + i)
		tr := trade(no, txn.Succ)
		tr.Progress.TraceNo, tr.Progress.QRCode = "T"+no, strings.Repeat("x", 8<<10)
		if err := s.Write(entry(no, "told"), tr); err != nil {
			t.Fatal(err)
		}
	}
}

func sizeOf(t *testing.T, path string) int64 {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info.Size()
}

// However long somebody reads the whole file, as a copy onto a slow disk does,
// steps are written, also where the file has to grow for them, and others read.
func TestServiceGoesOnWhileSomebodyReadsAllOfAFileThatGrows(t *testing.T) {
	path := spoiled(t, Options{})
	s := openAt(t, path)
	reading, done := make(chan struct{}), make(chan struct{})
	var reader sync.WaitGroup
	reader.Go(func() {
		_ = s.view(func(*vetted) error { close(reading); <-done; return nil })
	})
	defer reader.Wait()
	<-reading
	defer close(done)
	before, finished := sizeOf(t, path), make(chan struct{})
	go func() {
		defer close(finished)
		bulky(t, s, 1000, 400)
		if _, _, err := s.Trade(onetrans.TransRecharge, "1000"); err != nil {
			t.Error(err)
		}
	}()
	select {
	case <-finished:
	case <-time.After(time.Minute):
		t.Fatal("steps wait for who reads")
	}
	if grown := sizeOf(t, path) - before; grown < 2<<20 {
		t.Errorf("it grew by %d bytes only", grown)
	}
}

// What is wrong with the file itself is not copied, and nothing is served on it
// once that is known.
func TestDamageIsFoundByABackupAndNotCopied(t *testing.T) {
	for _, find := range []string{"backup", "verify"} {
		path := lived(t, Options{})
		freeList(t, path)
		s, err := Open(path, Options{small: 1}) // as if it were too large to be checked whole
		if err != nil {
			t.Fatal(err)
		}
		backup := path + ".backup"
		if find == "backup" {
			_, err = s.Backup(backup)
		} else if proof, failed := s.Verify(t.Context()); failed == nil && proof.Damaged && !proof.Whole() {
			err = ErrDamaged
		}
		if !errors.Is(err, ErrDamaged) {
			t.Errorf("%s: err = %v", find, err)
		}
		if _, err := os.Stat(backup); err == nil {
			t.Error("the damage was copied")
		}
		if err := s.Write(entry("9", "sent"), trade("9", txn.Created)); !errors.Is(err, ErrDamaged) {
			t.Errorf("it is served on: %v", err)
		}
		// Close leaves a damaged file to the end of the process, and Windows removes none
		// that is open.
		if err := errors.Join(s.Close(), s.db.Close()); err != nil {
			t.Error(err)
		}
	}
}

// A backup is whole by bbolt's own rules too, both of its beginnings.
func TestABackupOfAFileThatIsWrittenOnIsWhole(t *testing.T) {
	path := spoiled(t, Options{})
	s := openAt(t, path)
	var writing sync.WaitGroup
	stop := make(chan struct{})
	writing.Go(func() {
		for i := 0; ; i++ {
			select {
			case <-stop:
				return
			default:
				_ = s.Write(entry("w", "told"), trade(fmt.Sprint("w", i), txn.Succ))
			}
		}
	})
	for i := range 5 {
		backup := fmt.Sprint(path, ".backup-", i)
		head, err := s.Backup(backup)
		if err != nil {
			t.Fatal(err)
		}
		c := inspect(t, backup, Options{Key: mustKey(t, path), Copy: true})
		proof, err := c.Verify(t.Context())
		if err := errors.Join(err, c.checked()); err != nil || len(proof.Faults) > 0 || proof.Head.String() != head.String() {
			t.Errorf("%v: %+v, want %v", err, proof, head)
		}
	}
	close(stop)
	writing.Wait()
}

// What is archived leaves the journal's file as well as its lists, and the archive
// has no more than it needs. Service goes on meanwhile.
func TestPruningGivesRoomBack(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal")
	s := openAt(t, path)
	bulky(t, s, 0, 700)
	bulkySize := sizeOf(t, path)
	write(t, s, "open", txn.Pending)
	var serving sync.WaitGroup
	stop := make(chan struct{})
	written := 0
	serving.Go(func() {
		for ; ; written++ {
			select {
			case <-stop:
				return
			default:
				no := fmt.Sprint("on-", written)
				e, tr := entry(no, "sent"), trade(no, txn.Pending)
				e.At, tr.Progress.TraceNo = time.Now(), "T"+no
				if err := s.Write(e, tr); err != nil {
					t.Error(err)
					return
				}
			}
		}
	})
	archive := path + ".archive"
	p, err := s.Prune(t.Context(), entry("", "").At.Add(time.Hour), archive)
	close(stop)
	serving.Wait()
	if err != nil || p.Trades != 700 {
		t.Fatalf("%+v %v", p, err)
	}
	if now := sizeOf(t, path); now > bulkySize/3 {
		t.Errorf("the journal had %d bytes and has %d", bulkySize, now)
	}
	if now := sizeOf(t, archive); now > bulkySize+growth {
		t.Errorf("the journal had %d bytes, its archive has %d", bulkySize, now)
	}
	if left, err := filepath.Glob(filepath.Join(filepath.Dir(path), asidePattern)); err != nil || len(left) > 0 {
		t.Error("left aside:", left)
	}
	a, err := s.Archive(archive)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	proof, err := s.Verify(t.Context(), a)
	if err != nil || !proof.Whole() || proof.Open != uint64(written)+1 {
		t.Errorf("%v: %+v, %d written", err, proof, written)
	}
	if _, err := Open(path, Options{}); !errors.Is(err, ErrInUse) {
		t.Errorf("another can have it: %v", err)
	}
	if _, err := s.Backup(path + ".backup"); err != nil {
		t.Error(err)
	}
	s.Close()
	s = openAt(t, path)
	if open, err := s.Open(); err != nil || len(open) != written+1 || open[0].Order.Secrets.AppKey == "" {
		t.Errorf("%d open, %v", len(open), err)
	}
}

// A file is worth a copy where more than a quarter of it, and more than it grows by,
// is free.
func TestWhenAFileIsWorthACopy(t *testing.T) {
	for _, c := range []struct {
		free, size uint64
		want       bool
	}{
		{growth, growth, false},
		{growth + 1, growth + 1, true},
		{2 * growth, 8 * growth, false},
		{2*growth + 1, 8 * growth, true},
		{2 * growth, 9 * growth, false},
		{0, 0, false},
	} {
		if got := muchOf(c.free, c.size); got != c.want {
			t.Errorf("%d of %d: %v", c.free, c.size, got)
		}
	}
}

// What comes while a fresh copy is made is in it before it takes the journal's place:
// new trades, steps of older ones, notes, and credentials as they are then.
func TestACopyIsBroughtUpToDateBeforeItIsServedOn(t *testing.T) {
	path := spoiled(t, Options{})
	s := openAt(t, path)
	write(t, s, "leaves", txn.Pending)
	aside, err := emptyAside(path, s.keys, Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	fresh, err := s.openFresh(aside)
	if err != nil {
		t.Fatal(err)
	}
	var upTo Head
	err = s.view(func(tx *vetted) (err error) {
		upTo, err = s.end(tx)
		return errors.Join(err, copyAll(tx, fresh))
	})
	if err != nil || upTo.Seq != 10 {
		t.Fatal(upTo, err)
	}
	write(t, s, "2", txn.Succ)
	write(t, s, "new", txn.Created)
	if err := s.Note(entry("", "read")); err != nil {
		t.Fatal(err)
	}
	write(t, s, "new", txn.Pending)
	write(t, s, "leaves", txn.Refused)
	want, err := contentOf(s)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.swap(fresh, aside, upTo); err != nil {
		t.Fatal(err)
	}
	if got, err := contentOf(s); err != nil || !slices.Equal(got, want) {
		t.Errorf("%v\n%s\nwant\n%s", err, got, want)
	}
	write(t, s, "after", txn.Pending)
	if proof, err := s.Verify(t.Context()); err != nil || len(proof.Faults) > 0 || proof.Entries != 16 {
		t.Errorf("%v %+v", err, proof)
	}
	if _, err := Open(path, Options{}); !errors.Is(err, ErrInUse) {
		t.Errorf("another can have it: %v", err)
	}
	if left := openUnder(t, filepath.Dir(path)); len(left) != 2 {
		t.Errorf("open: %v", left)
	}
}

// A journal that can't be copied whole stays in its place, and is served on.
func TestACopyThatIsNotWholeTakesNoPlace(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal")
	s := opened(t, path, Options{NoSync: true})
	bulky(t, s, 0, 10)
	aside, err := emptyAside(path, s.keys, Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	fresh, err := s.openFresh(aside)
	if err == nil {
		err = s.view(func(tx *vetted) error { return copyAll(tx, fresh) })
	}
	if err == nil { // what comes meanwhile is no entry
		err = s.update(func(tx *vetted) error { return tx.Bucket(bucketLog).Put(number(11), []byte("none")) })
	}
	if err != nil {
		t.Fatal(err)
	}
	before := s.db
	if err := s.swap(fresh, aside, Head{Seq: 10}); !errors.Is(err, ErrAltered) || s.db != before {
		t.Errorf("err = %v", err)
	}
	if _, found, err := s.Trade(onetrans.TransRecharge, "9"); err != nil || !found {
		t.Errorf("it is not served on: %v", err)
	}
}

// Where there is no room for a copy the journal stays as it is.
func TestACopyThatCanNotBeMadeIsAnError(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "folder")
	s := opened(t, filepath.Join(folder, "journal"), Options{NoSync: true})
	bulky(t, s, 0, 1)
	if err := os.Rename(folder, folder+".away"); err != nil {
		t.Fatal(err)
	}
	if err := s.compact(); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("err = %v", err)
	}
	if fresh, err := s.openFresh(filepath.Join(folder, "fresh")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%v, %v", fresh, err)
	}
	if err := os.Rename(folder+".away", folder); err != nil {
		t.Fatal(err)
	}
	if _, found, err := s.Trade(onetrans.TransRecharge, "0"); err != nil || !found {
		t.Errorf("it is not served on: %v", err)
	}
}

// full is a disk that has room for so many bytes.
type full struct{ room int }

func (f *full) Write(b []byte) (int, error) {
	if f.room -= len(b); f.room < 0 {
		return 0, errFull
	}
	return len(b), nil
}

var errFull = errors.New("no room")

// A copy that there is no room for is an error, wherever the room ends; whole it has
// two beginnings of one state, of which the first is the newer.
func TestACopyIsWrittenWholeOrNot(t *testing.T) {
	path := spoiled(t, Options{})
	s := openAt(t, path)
	err := s.view(func(tx *vetted) error {
		whole := len(tx.data)
		for _, room := range []int{0, 1, testPage, 2*testPage - 1, 2 * testPage, whole / 2, whole - 1} {
			if err := tx.writeTo(&full{room}); !errors.Is(err, errFull) {
				t.Errorf("%d bytes of %d: %v", room, whole, err)
			}
		}
		return tx.writeTo(&full{whole})
	})
	if err != nil {
		t.Error(err)
	}
	backup := path + ".backup"
	if _, err := s.Backup(backup); err != nil {
		t.Fatal(err)
	}
	f, err := openOnce(backup, true, true)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	err = f.View(func(tx *vetted) error {
		first, ok := tx.metaOf(0)
		second, also := tx.metaOf(1)
		if !ok || !also || second.txid != first.txid-1 || second.root != first.root || second.freelist != first.freelist || second.pages != first.pages {
			t.Errorf("%+v, %+v", first, second)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}
