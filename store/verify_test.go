package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"
	"pgregory.net/rapid"

	"onetrans/flows/core/txn"
	"onetrans/flows/flow"
	"onetrans/flows/message/onetrans"
)

// spoiled is a journal with a few trades, closed.
func spoiled(t *testing.T, options Options) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "journal")
	s, err := Open(path, options)
	if err != nil {
		t.Fatal(err)
	}
	fill3(t, s, 0)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

// fill3 writes three trades of three steps; the last is open.
func fill3(t *testing.T, s *Store, from int) {
	t.Helper()
	for i := range 3 {
		for _, at := range []flow.State{txn.Created, txn.Pending, txn.Succ} {
			if i == 2 && at == txn.Succ {
				at = txn.Unknown
			}
			write(t, s, fmt.Sprint(from+i), at)
		}
	}
}

func write(t testing.TB, s *Store, no string, at flow.State) {
	t.Helper()
	tr := trade(no, at)
	tr.Progress.TraceNo = "T" + no
	if err := s.Write(entry(no, string(at)), tr); err != nil {
		t.Fatal(err)
	}
}

// change changes a closed journal's file behind the store's back.
func change(t *testing.T, path string, f func(tx *vetted) error) {
	t.Helper()
	db, err := bolt.Open(path, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(own(db).Update(f), db.Close()); err != nil {
		t.Fatal(err)
	}
}

func inspect(t *testing.T, path string, options Options) *Store {
	t.Helper()
	s, err := Inspect(path, options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// flip changes a bit of an entry.
func flip(seq uint64, at int) func(tx *vetted) error {
	return func(tx *vetted) error {
		v := slices.Clone(tx.Bucket(bucketLog).Get(number(seq)))
		v[(at+len(v))%len(v)] ^= 1
		return tx.Bucket(bucketLog).Put(number(seq), v)
	}
}

// contentOf are all that a journal has, a line a key.
func contentOf(s *Store) (lines []string, err error) {
	err = s.view(func(tx *vetted) error {
		lines = append(lines, fmt.Sprint(tx.Bucket(bucketLog).Sequence())) // the others' is never used
		for _, name := range buckets() {
			_ = tx.Bucket(name).ForEach(func(k, v []byte) error {
				if !bytes.Equal(name, bucketMeta) || judged(k) {
					lines = append(lines, fmt.Sprintf("%s %q %q", name, k, v))
				}
				return nil
			})
		}
		return nil
	})
	return lines, err
}

// judged says whether a copy is judged by a note: not by those about where the journal
// is served, nor by those for people, nor by what no program has written.
func judged(k []byte) bool {
	return slices.ContainsFunc([][]byte{keySchema, keyTerminal, keyCheck, keyAdopted, keyArchive}, func(other []byte) bool { return bytes.Equal(k, other) })
}

func TestWhatIsWrongIsNamed(t *testing.T) {
	tests := []struct {
		name string
		do   func(tx *vetted) error
		// says is in a fault that verify finds; start is what opening says.
		says  string
		start error
	}{
		{"a bit of an early entry's seal", flip(1, -1), "entry 1 was altered", ErrAltered},
		{"a bit of an early entry's link", flip(2, 0), "entry 2 was altered", ErrAltered},
		{"a bit of the last entry", flip(9, -1), "entry 9 was altered", ErrAltered},
		{"an entry replaced by another", func(tx *vetted) error {
			return tx.Bucket(bucketLog).Put(number(4), tx.Bucket(bucketLog).Get(number(5)))
		}, "entry 4 was altered", ErrAltered},
		{"an entry taken out", func(tx *vetted) error { return tx.Bucket(bucketLog).Delete(number(5)) }, "the entries 5 to 5 are missing", ErrAltered},
		{"the last entry taken out", func(tx *vetted) error { return tx.Bucket(bucketLog).Delete(number(9)) }, "its end was cut off", ErrAltered},
		{"the last entries taken out with care", func(tx *vetted) error {
			log := tx.Bucket(bucketLog)
			return errors.Join(log.Delete(number(9)), log.SetSequence(8))
		}, "it has 8 entries, and had 9", ErrRolledBack},
		{"a trade as it stood before", func(tx *vetted) error {
			return tx.Bucket(bucketTrades).Put(key(onetrans.TransRecharge, "0"), number(2))
		}, "trade 0 is listed as it stood at entry 2", nil},
		{"a trade that is not listed", func(tx *vetted) error {
			return tx.Bucket(bucketTrades).Delete(key(onetrans.TransRecharge, "0"))
		}, "trade 0 is not listed", nil},
		{"a trade that nobody made", func(tx *vetted) error {
			return tx.Bucket(bucketTrades).Put(key(onetrans.TransRecharge, "x"), number(3))
		}, "the index trades lists 4", nil},
		{"an open trade forgotten", func(tx *vetted) error {
			return tx.Bucket(bucketOpen).Delete(key(onetrans.TransRecharge, "2"))
		}, "trade 2 is not in the index open", nil},
		{"another terminal's", func(tx *vetted) error { return tx.Bucket(bucketMeta).Put(keyTerminal, []byte("T2")) }, `terminal "T2"`, ErrTerminal},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			options := Options{Terminal: "T1"}
			path := spoiled(t, options)
			change(t, path, test.do)
			s, err := Open(path, options)
			if !errors.Is(err, test.start) || err == nil && test.start != nil {
				t.Errorf("opening: %v, want %v", err, test.start)
			}
			if err == nil {
				s.Close()
			} else if !errors.Is(err, ErrRefused) || !strings.Contains(err.Error(), "journal adopt") {
				t.Errorf("it does not say what to do: %v", err)
			}
			reader := inspect(t, path, options)
			proof, err := reader.Verify(t.Context())
			if err != nil || proof.Whole() || !slices.ContainsFunc(proof.Faults, func(f Fault) bool { return strings.Contains(f.What.Error(), test.says) }) {
				t.Errorf("%v: %+v", err, proof.Faults)
			}
			reader.Close()
			adoptAndGoOn(t, path, options)
		})
	}
}

// adoptAndGoOn takes a journal on and serves on it.
func adoptAndGoOn(t *testing.T, path string, options Options) {
	t.Helper()
	if _, err := Adopt(t.Context(), path, options, "王五", "checked with the platform's statement"); err != nil {
		t.Fatal(err)
	}
	s, err := Open(path, options)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, err := s.Open(); err != nil {
		t.Error(err)
	}
	write(t, s, "new", txn.Succ)
	proof, err := s.Verify(t.Context())
	if err != nil || !proof.Whole() || proof.Terminal != options.Terminal {
		t.Errorf("%v: %+v", err, proof)
	}
	found := false
	err = s.Entries(func(_ uint64, e txn.Entry) bool {
		found = found || e.Event == eventAdopted && e.By == "王五" && strings.HasPrefix(e.Note, "checked")
		return true
	})
	if err != nil || !found {
		t.Error("the adoption is not in the journal", err)
	}
}

// A start checks the last entries' links, however long the journal is; verifying
// checks all of them.
func TestAStartChecksTheLastEntries(t *testing.T) {
	for back, want := range map[uint64]error{0: ErrAltered, tail - 1: ErrAltered, tail: nil} {
		path := filepath.Join(t.TempDir(), "journal")
		s := opened(t, path, Options{NoSync: true})
		for i := range uint64(tail + 3) {
			write(t, s, fmt.Sprint(i), txn.Refused)
		}
		s.Close()
		change(t, path, flip(tail+3-back, -1))
		s, err := Open(path, Options{})
		if err == nil {
			s.Close()
		}
		if !errors.Is(err, want) {
			t.Errorf("%d before the last: %v, want %v", back, err, want)
		}
		if proof, err := inspect(t, path, Options{}).Verify(t.Context()); err != nil || proof.Whole() {
			t.Errorf("%d before the last, verifying: %v", back, err)
		}
	}
}

// What is noted as the last adoption, before which nothing is judged again, is an
// adoption that the chain has.
func TestAnAdoptionIsOneOfTheChain(t *testing.T) {
	for name, spoil := range map[string]func(tx *vetted) error{
		"a trade's entry":       func(tx *vetted) error { return tx.Bucket(bucketMeta).Put(keyAdopted, number(9)) },
		"another note":          func(tx *vetted) error { return tx.Bucket(bucketMeta).Put(keyAdopted, number(11)) },
		"no entry":              func(tx *vetted) error { return tx.Bucket(bucketMeta).Put(keyAdopted, number(99)) },
		"one that was altered":  flip(10, -1),
		"one after a hole":      func(tx *vetted) error { return tx.Bucket(bucketLog).Delete(number(9)) },
		"one that is too short": func(tx *vetted) error { return tx.Bucket(bucketLog).Put(number(10), []byte("short")) },
	} {
		path := spoiled(t, Options{})
		adopted, err := Adopt(t.Context(), path, Options{}, "王五", "a word")
		if err != nil || adopted.Head.Seq != 9 {
			t.Fatal(err, adopted)
		}
		s := opened(t, path, Options{})
		if err := s.Note(entry("", "read")); err != nil {
			t.Fatal(err)
		}
		s.Close()
		change(t, path, spoil)
		if _, err := Open(path, Options{}); !errors.Is(err, ErrAltered) {
			t.Errorf("%s: %v", name, err)
		}
		if proof, err := inspect(t, path, Options{}).Verify(t.Context()); err != nil || proof.Whole() {
			t.Errorf("%s, verifying: %v", name, err)
		}
	}
}

// An open trade that is not listed any more must not be forgotten at the start.
func TestAForgottenTradeIsNoticedAtTheStart(t *testing.T) {
	path := spoiled(t, Options{})
	change(t, path, func(tx *vetted) error { return tx.Bucket(bucketOpen).Delete(key(onetrans.TransRecharge, "2")) })
	s := openAt(t, path)
	if _, err := s.Open(); !errors.Is(err, ErrAltered) {
		t.Errorf("err = %v", err)
	}
}

func TestRolledBackAndInterrupted(t *testing.T) {
	path := spoiled(t, Options{})
	older, olderHead := path+".older", path+".older-head"
	copyFile(t, path, older)
	copyFile(t, HeadPath(path), olderHead)
	s := openAt(t, path)
	fill3(t, s, 10)
	head, err := s.Head()
	if err != nil || s.Knows(head) != nil {
		t.Fatal(err)
	}
	s.Close()

	t.Run("ahead of its head it was interrupted", func(t *testing.T) {
		copyFile(t, olderHead, HeadPath(path))
		s, err := Open(path, Options{})
		if err != nil {
			t.Fatal(err)
		}
		write(t, s, "20", txn.Succ)
		s.Close()
	})
	t.Run("behind it, it was rolled back", func(t *testing.T) {
		copyFile(t, older, path)
		if _, err := Open(path, Options{}); !errors.Is(err, ErrRolledBack) {
			t.Errorf("err = %v", err)
		}
		if err := inspect(t, path, Options{}).Knows(head); !errors.Is(err, ErrRolledBack) {
			t.Errorf("a receipt's head: %v", err)
		}
	})
	t.Run("and written on since", func(t *testing.T) {
		adoptAndGoOn(t, path, Options{})
		s := openAt(t, path)
		fill3(t, s, 30)
		if err := s.Knows(head); !errors.Is(err, ErrRolledBack) {
			t.Errorf("a receipt's head: %v", err)
		}
	})
}

// A head that says nothing is as one that is missing: it is made whole before it
// is first needed, so that no power cut empties it.
func TestAHeadThatSaysNothingIsAsOneThatIsMissing(t *testing.T) {
	spoil := map[string]func(path string) error{
		"missing":    os.Remove,
		"empty":      func(path string) error { return os.Truncate(path, 0) },
		"zeroed":     func(path string) error { return os.WriteFile(path, make([]byte, headSize), 0o600) },
		"unreadable": func(path string) error { return os.WriteFile(path, []byte(strings.Repeat("x", headSize)), 0o600) },
		"a folder":   func(path string) error { return errors.Join(os.Remove(path), os.Mkdir(path, 0o700)) },
	}
	for name, spoil := range spoil {
		t.Run(name, func(t *testing.T) {
			path := spoiled(t, Options{})
			older := path + ".older"
			copyFile(t, path, older)
			s := openAt(t, path)
			fill3(t, s, 10)
			s.Close()
			copyFile(t, older, path)
			if err := spoil(HeadPath(path)); err != nil {
				t.Fatal(err)
			}
			if _, err := Open(path, Options{}); !errors.Is(err, ErrRefused) && name != "a folder" || !errors.Is(err, ErrUnusable) {
				t.Errorf("err = %v", err)
			}
			reader := inspect(t, path, Options{})
			if proof, err := reader.Verify(t.Context()); err != nil || proof.Whole() {
				t.Errorf("it is called whole: %v", err)
			}
			reader.Close()
			if name != "a folder" {
				adoptAndGoOn(t, path, Options{})
			}
		})
	}
}

// The head is written in two slots in turn: a power cut while one is written
// leaves the one before.
func TestASlotThatIsHalfWrittenLeavesTheOther(t *testing.T) {
	for n := range 4 {
		path := filepath.Join(t.TempDir(), "journal")
		s := openAt(t, path)
		for i := range 4 + n {
			write(t, s, fmt.Sprint(i), txn.Succ)
		}
		last, err := s.Head()
		if err != nil {
			t.Fatal(err)
		}
		file, err := os.ReadFile(HeadPath(path))
		if err != nil || len(file) != headSize {
			t.Fatal(len(file), err)
		}
		for at := range 2 {
			torn := slices.Clone(file)
			copy(torn[at*slotSize:][:slotSize/2], make([]byte, slotSize))
			got, err := parseHeadFile(torn, s.keys)
			if err != nil || got.Seq != last.Seq && got.Seq != last.Seq-1 {
				t.Errorf("%d entries, slot %d torn: %v, %v", last.Seq, at, got.Seq, err)
			}
		}
	}
}

// What is left of a journal that is gone is no reason to begin a new one, as if
// nothing had ever been.
func TestAJournalThatWasLostIsToldAndNeedsAWord(t *testing.T) {
	for name, options := range map[string]Options{"": {}, "configured": {Key: []byte(strings.Repeat("k", KeySize))}} {
		for what, left := range map[string][]string{"key and head": {".key", ".head"}, "key": {".key"}, "head": {".head"}} {
			if name != "" && what == "key" {
				continue
			}
			t.Run(name+" "+what, func(t *testing.T) {
				path := spoiled(t, options)
				for _, part := range []string{"", ".key", ".head"} {
					if !slices.Contains(left, part) {
						if err := os.Remove(path + part); err != nil && !errors.Is(err, fs.ErrNotExist) {
							t.Fatal(err)
						}
					}
				}
				if _, err := Open(path, options); !errors.Is(err, ErrLost) || !errors.Is(err, ErrRefused) || !strings.Contains(err.Error(), "journal adopt") {
					t.Errorf("err = %v", err)
				}
				if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
					t.Error("a journal was made", err)
				}
				adoptAndGoOn(t, path, options)
				s := opened(t, path, options)
				noted := false
				err := s.Entries(func(_ uint64, e txn.Entry) bool {
					noted = noted || strings.Contains(e.Note, "journal was lost")
					return true
				})
				if err != nil || !noted {
					t.Error("that it was lost is not in the journal", err)
				}
			})
		}
	}
}

// Who was interrupted while a first journal was made lost nothing.
func TestAJournalThatWasBegunAndNotMadeIsMade(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal")
	if err := os.WriteFile(begunPath(path), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := makeKey(KeyPath(path), false); err != nil {
		t.Fatal(err)
	}
	openAt(t, path)
	if _, err := os.Stat(begunPath(path)); !errors.Is(err, fs.ErrNotExist) {
		t.Error("the note stays", err)
	}
}

func opened(t testing.TB, path string, options Options) *Store {
	t.Helper()
	s, err := Open(path, options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func TestKeys(t *testing.T) {
	key := []byte(strings.Repeat("k", KeySize))
	path := spoiled(t, Options{Key: key})
	if _, err := os.Stat(KeyPath(path)); !errors.Is(err, fs.ErrNotExist) {
		t.Error("a key's file was made although there is a key")
	}
	tests := map[string]struct {
		options Options
		prepare func() error
	}{
		"none":      {Options{}, func() error { return nil }},
		"another":   {Options{Key: []byte(strings.Repeat("x", KeySize))}, func() error { return nil }},
		"too short": {Options{Key: key[1:]}, func() error { return nil }},
		"no key":    {Options{}, func() error { return os.WriteFile(KeyPath(path), []byte("x"), 0o600) }},
		"empty":     {Options{}, func() error { return os.WriteFile(KeyPath(path), nil, 0o600) }},
		"open to all": {Options{}, func() error {
			return errors.Join(os.WriteFile(KeyPath(path), fmt.Appendf(nil, "%x\n", key), 0o600), os.Chmod(KeyPath(path), 0o644))
		}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			defer os.Remove(KeyPath(path))
			if err := test.prepare(); err != nil {
				t.Fatal(err)
			}
			if _, err := Open(path, test.options); !errors.Is(err, ErrKey) || strings.Contains(fmt.Sprint(err), string(key)) {
				t.Errorf("err = %v", err)
			}
		})
	}
	s, err := Open(path, Options{Key: key})
	if err != nil {
		t.Fatal(err)
	}
	s.Close()
}

// Whatever bits of the log are flipped, verify says so.
func TestNoFlippedBitIsMissed(t *testing.T) {
	path := spoiled(t, Options{})
	rotten := filepath.Join(t.TempDir(), "journal")
	copyFile(t, KeyPath(path), KeyPath(rotten))
	copyFile(t, HeadPath(path), HeadPath(rotten))
	rapid.Check(t, func(rt *rapid.T) {
		copyFile(t, path, rotten)
		seq := rapid.Uint64Range(1, 9).Draw(rt, "entry")
		change(t, rotten, flip(seq, rapid.IntRange(0, 5000).Draw(rt, "bit")))
		s, err := Inspect(rotten, Options{})
		if err != nil {
			rt.Fatal(err)
		}
		defer s.Close()
		if proof, err := s.Verify(t.Context()); err != nil || proof.Whole() {
			rt.Errorf("%v: %+v", err, proof)
		}
	})
}

func TestPrune(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal")
	s := openAt(t, path)
	fill3(t, s, 0)
	// 3 and 4 are paid; 3 has a refund that is open, 4 one that is done.
	for _, no := range []string{"3", "4"} {
		write(t, s, no, txn.Created)
		write(t, s, no, txn.Succ)
	}
	refund := func(no, original string, at flow.State) {
		r := trade(no, at)
		r.Order.Request.TransType, r.Order.Original = onetrans.T(onetrans.TransRefund), original
		if err := s.Write(entry(no, string(at)), r); err != nil {
			t.Fatal(err)
		}
	}
	refund("R3", "no:3", txn.Pending)
	refund("R4", "trace:T4", txn.Succ)
	waiting := trade("5", txn.Succ)
	waiting.Progress.Alarm = "a person must look"
	if err := s.Write(entry("5", "told"), waiting); err != nil {
		t.Fatal(err)
	}
	before, err := s.Head()
	if err != nil {
		t.Fatal(err)
	}
	after := entry("", "").At.Add(time.Hour)
	if p, err := s.Prune(t.Context(), entry("", "").At, filepath.Join(t.TempDir(), "none")); err != nil || p != (Pruned{}) {
		t.Errorf("nothing is old enough: %+v %v", p, err)
	}
	archive := filepath.Join(filepath.Dir(path), "archive.db")
	p, err := s.Prune(t.Context(), after, archive)
	if err != nil || p.Trades != 4 || p.Entries != 3+3+2+1 {
		t.Fatalf("%+v %v", p, err)
	}
	left := map[string]bool{}
	if err := s.List(Filter{}, func(r Record) bool { left[r.Trade.Order.No] = true; return true }); err != nil {
		t.Fatal(err)
	}
	if len(left) != 4 || !left["2"] || !left["3"] || !left["R3"] || !left["5"] {
		t.Errorf("left: %v", left)
	}
	if _, _, err := s.Trade(onetrans.TransRecharge, "4"); !errors.Is(err, txn.ErrArchived) {
		t.Errorf("an archived number: %v", err)
	}
	if found, err := s.Related("trace:T4"); err != nil || len(found) > 0 {
		t.Errorf("an archived trade is found: %v %v", found, err)
	}
	if _, err := s.Prune(t.Context(), after, archive); err != nil {
		t.Errorf("nothing more to do: %v", err)
	}
	if got, err := s.PrunedBefore(); err != nil || !got.Equal(after) {
		t.Errorf("pruned before %v, want %v; %v", got, after, err)
	}
	write(t, s, "6", txn.Succ)
	if _, err := s.Prune(t.Context(), after, archive); !errors.Is(err, ErrExists) {
		t.Errorf("over an archive: %v", err)
	}
	if err := s.Knows(before); err != nil {
		t.Errorf("the head before: %v", err)
	}

	readArchive := inspect(t, archive, Options{Key: mustKey(t, path)})
	for _, archives := range [][]*Store{nil, {readArchive}} {
		proof, err := s.Verify(t.Context(), archives...)
		if err != nil || !proof.Whole() || proof.Archived != 9 {
			t.Errorf("%v: %+v", err, proof)
		}
	}
	got, found, err := readArchive.Trade(onetrans.TransRecharge, "4")
	if err != nil || !found || got.Progress.TraceNo != "T4" {
		t.Errorf("in the archive: %v %v %+v", err, found, got)
	}
	if events, err := readArchive.History(onetrans.TransRecharge, "1"); err != nil || len(events) != 3 {
		t.Errorf("in the archive: %v %v", events, err)
	}
	readArchive.Close()
	if _, err := Open(archive, Options{Key: mustKey(t, path)}); !errors.Is(err, ErrRefused) {
		t.Errorf("serving on an archive: %v", err)
	}

	// The archive is spoiled, then what the journal says of it.
	change(t, archive, flip(4, -1))
	spoilt := inspect(t, archive, Options{Key: mustKey(t, path)})
	if proof, err := s.Verify(t.Context(), spoilt); err != nil || proof.Whole() {
		t.Errorf("a spoilt archive: %v %+v", err, proof)
	}
	s.Close()
	change(t, path, func(tx *vetted) error {
		k, v := tx.Bucket(bucketGaps).Cursor().First()
		v = []byte(strings.Replace(string(v), "archive.db", "another.db", 1))
		return tx.Bucket(bucketGaps).Put(slices.Clone(k), v)
	})
	if proof, err := inspect(t, path, Options{}).Verify(t.Context()); err != nil || proof.Whole() {
		t.Errorf("a forged gap: %v %+v", err, proof)
	}
}

func mustKey(t *testing.T, path string) []byte {
	t.Helper()
	key, err := readKey(KeyPath(path))
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// Random journals, pruned at random again and again, stay whole with what was
// archived.
func TestPruningAgainstAModel(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		folder, err := os.MkdirTemp(t.TempDir(), "")
		if err != nil {
			rt.Fatal(err)
		}
		path := filepath.Join(folder, "journal")
		s, err := Open(path, Options{NoSync: true})
		if err != nil {
			rt.Fatal(err)
		}
		now := entry("", "").At
		states, archived := map[string]flow.State{}, 0
		var archives []*Store
		for i := range rapid.IntRange(1, 60).Draw(rt, "steps") {
			now = now.Add(time.Minute)
			if i%20 == 19 {
				archive := filepath.Join(folder, fmt.Sprintf("archive-%d", i))
				p, err := s.Prune(t.Context(), now.Add(-time.Duration(rapid.IntRange(0, 20).Draw(rt, "age"))*time.Minute), archive)
				if err != nil {
					rt.Fatal(err)
				}
				if archived += p.Trades; p.Archive != "" {
					a, err := Inspect(archive, Options{Key: mustKey(t, path)})
					if err != nil {
						rt.Fatal(err)
					}
					archives = append(archives, a)
				}
				continue
			}
			no := fmt.Sprint(rapid.IntRange(0, 15).Draw(rt, "no"))
			if _, _, err := s.Trade(onetrans.TransRecharge, no); errors.Is(err, txn.ErrArchived) {
				continue
			}
			at := rapid.SampledFrom([]flow.State{txn.Created, txn.Pending, txn.Succ, txn.Refused}).Draw(rt, "at")
			e := entry(no, string(at))
			e.At = now
			if err := s.Write(e, trade(no, at)); err != nil {
				rt.Fatal(err)
			}
			states[no] = at
		}
		proof, err := s.Verify(t.Context(), archives...)
		if err != nil || len(proof.Faults) > 0 || proof.Trades != uint64(len(states)-archived) {
			rt.Fatalf("%v: %+v", err, proof)
		}
		for _, a := range archives {
			if err := a.Close(); err != nil {
				rt.Fatal(err)
			}
		}
		if err := errors.Join(s.checked(), s.Close()); err != nil {
			rt.Fatal(err)
		}
		if s, err = Open(path, Options{NoSync: true}); err != nil {
			rt.Fatal(err)
		}
		s.Close()
	})
}

func TestBackup(t *testing.T) {
	path := spoiled(t, Options{})
	s := openAt(t, path)
	backup := path + ".backup"
	head, err := s.Backup(backup)
	if err != nil || head.Seq != 9 {
		t.Fatal(head, err)
	}
	if _, err := s.Backup(backup); !errors.Is(err, ErrExists) {
		t.Errorf("over another: %v", err)
	}
	fill3(t, s, 10)
	s.Close()
	proof, err := inspect(t, backup, Options{Key: mustKey(t, path), Copy: true}).Verify(t.Context())
	if err != nil || proof.Entries != 9 || len(proof.Faults) != 0 {
		t.Errorf("%v %+v", err, proof)
	}
	copyFile(t, backup, path)
	if _, err := Open(path, Options{}); !errors.Is(err, ErrRolledBack) {
		t.Errorf("put back: %v", err)
	}
	adoptAndGoOn(t, path, Options{})
}

func FuzzParseHead(f *testing.F) {
	f.Add("12:0f3a00ff")
	f.Add("0:")
	f.Add("18446744073709551616:00000000")
	f.Fuzz(func(t *testing.T, s string) {
		h, err := ParseHead(s)
		if err != nil {
			return
		}
		if again, err := ParseHead(h.String()); err != nil || again.String() != h.String() {
			t.Errorf("%v became %v, %v", h, again, err)
		}
	})
}

// What is beside a journal is taken for its head only where this key wrote it.
func FuzzHeadFile(f *testing.F) {
	k := derive(make([]byte, KeySize))
	whole := append(slot(Head{2, make([]byte, linkSize)}, k), slot(Head{3, make([]byte, linkSize)}, k)...)
	f.Add(whole)
	f.Add(whole[:slotSize+7])
	f.Add(make([]byte, headSize))
	f.Add([]byte{})
	f.Add([]byte("x"))
	f.Fuzz(func(t *testing.T, data []byte) {
		h, err := parseHeadFile(data, k)
		if err == nil && h.Value != nil && h.Seq != 2 && h.Seq != 3 {
			t.Errorf("%v was never written", h)
		}
	})
}

// An entry's bytes are parsed without harm, whatever they are.
func FuzzEntry(f *testing.F) {
	k := derive(make([]byte, KeySize))
	v, err := k.newValue(make([]byte, linkSize), 1, header{storedEntry: storedEntry(entry("1", "sent")), Born: 1, Order: 1}, []byte(`{"progress":{}}`))
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte(v))
	f.Add([]byte(v[:40]))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, data []byte) {
		_, errHeader := value(data).header(1)
		_, errContent := k.content(data, 1)
		if errContent == nil && errHeader != nil {
			t.Error("a seal fits an entry that is none")
		}
	})
}

// What persons say may be about persons: it is sealed, and read again.
func TestThePersonsWordIsSealed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal")
	s := openAt(t, path)
	write(t, s, "1", txn.Unknown)
	e := entry("1", "decided by hand")
	e.By, e.Note = "PERSON-王五", "PERSON-欧阳"
	if err := s.Write(e, trade("1", txn.Succ)); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil || strings.Contains(string(data), "PERSON") {
		t.Error("it is in the clear", err)
	}
	events, err := s.History(onetrans.TransRecharge, "1")
	if err != nil || len(events) != 2 || events[1].By != e.By || events[1].Note != e.Note {
		t.Errorf("%v %+v", err, events)
	}
}

// A journal that was copied, or moved, is served elsewhere by a person's word only:
// two terminals under one name would take money for each other.
func TestAJournalBelongsToItsMachineAndPlace(t *testing.T) {
	path := spoiled(t, Options{})
	elsewhere := filepath.Join(t.TempDir(), "journal")
	for _, part := range []string{"", ".key", ".head", ".secrets"} {
		copyFile(t, path+part, elsewhere+part)
	}
	_, err := Open(elsewhere, Options{})
	if !errors.Is(err, ErrMoved) || !errors.Is(err, ErrUnusable) || !strings.Contains(err.Error(), "must not be served there") {
		t.Errorf("in a second folder: %v", err)
	}
	reader := inspect(t, elsewhere, Options{})
	if proof, err := reader.Verify(t.Context()); err != nil || proof.Whole() {
		t.Errorf("verify calls it whole: %v", err)
	}
	reader.Close()
	openAt(t, path).Close()
	adoptAndGoOn(t, elsewhere, Options{})
	back := path + ".moved"
	if err := os.Rename(path, back); err != nil {
		t.Fatal(err)
	}
	copyFile(t, elsewhere, path)
	copyFile(t, HeadPath(elsewhere), HeadPath(path))
	if _, err := Open(path, Options{}); !errors.Is(err, ErrMoved) {
		t.Errorf("brought back: %v", err)
	}
}

// A folder that is reached by a link is the same place.
func TestALinkToAJournalsFolderIsTheSamePlace(t *testing.T) {
	path := spoiled(t, Options{})
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(filepath.Dir(path), link); err != nil {
		t.Fatal(err)
	}
	opened(t, filepath.Join(link, filepath.Base(path)), Options{})
}

// What the journal's chain once ended with it knows: at its entries, and at the end of
// what was archived; of what lies within that, only the archive can say.
func TestAJournalKnowsItsOwnHeads(t *testing.T) {
	path := spoiled(t, Options{})
	s := openAt(t, path)
	var heads []Head
	if err := s.view(func(tx *vetted) error {
		for seq := range uint64(10) {
			link, err := s.linkAt(tx, seq)
			if err != nil {
				return err
			}
			heads = append(heads, Head{seq, slices.Clone(link)})
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	for _, head := range heads {
		if err := s.Knows(head); err != nil {
			t.Errorf("entry %d: %v", head.Seq, err)
		}
		head.Value = head.Value[:leastValue]
		if err := s.Knows(head); err != nil {
			t.Errorf("entry %d, cut short: %v", head.Seq, err)
		}
		head.Value = []byte("none")
		if err := s.Knows(head); !errors.Is(err, ErrRolledBack) {
			t.Errorf("another entry %d: %v", head.Seq, err)
		}
		head.Value = nil
		if err := s.Knows(head); !errors.Is(err, ErrRolledBack) {
			t.Errorf("entry %d, no value: %v", head.Seq, err)
		}
	}
	if err := s.Knows(Head{10, heads[9].Value}); !errors.Is(err, ErrRolledBack) {
		t.Errorf("an entry more: %v", err)
	}
	if _, err := s.Prune(t.Context(), entry("", "").At.Add(time.Hour), path+".archive"); err != nil {
		t.Fatal(err)
	}
	for seq, want := range []error{nil, txn.ErrArchived, txn.ErrArchived, txn.ErrArchived, txn.ErrArchived, txn.ErrArchived, nil, nil, nil, nil} {
		if err := s.Knows(heads[seq]); !errors.Is(err, want) {
			t.Errorf("entry %d, now archived: %v", seq, err)
		}
	}
	if err := s.update(func(tx *vetted) error { return tx.Bucket(bucketGaps).Put(number(1), []byte("{}")) }); err != nil {
		t.Fatal(err)
	}
	if err := s.Knows(heads[3]); !errors.Is(err, ErrAltered) {
		t.Errorf("a forged gap: %v", err)
	}
	if err := s.update(func(tx *vetted) error { return tx.Bucket(bucketGaps).Delete(number(1)) }); err != nil {
		t.Fatal(err)
	}
}

// faultsOf is what verifying a journal says that was changed so.
func faultsOf(t *testing.T, path string, do func(s *Store, tx *vetted) error) string {
	t.Helper()
	s, err := open(path, Options{}, true)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.update(func(tx *vetted) error { return do(s, tx) }); err != nil {
		t.Fatal(err)
	}
	proof, err := s.Verify(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprint(proof.Faults)
}

// Whatever the file has beside its log must be what the log says.
func TestWhatTheLogImpliesIsVerified(t *testing.T) {
	prune := func(s *Store) error {
		_, err := s.Prune(t.Context(), entry("", "").At.Add(time.Hour), s.path+".archive")
		return err
	}
	noted := func(s *Store, tx *vetted, h header) error {
		h.storedEntry = storedEntry(entry("", "read"))
		_, err := s.append(tx, func(uint64) (header, []byte, error) { return h, nil, nil })
		return err
	}
	for name, c := range map[string]struct {
		before func(s *Store) error
		do     func(s *Store, tx *vetted) error
		says   string
	}{
		"nothing": {nil, func(*Store, *vetted) error { return nil }, "[]"},
		"a ref is gone": {nil, func(_ *Store, tx *vetted) error {
			return tx.Bucket(bucketRefs).Delete(refKey("trace:T1", key(onetrans.TransRecharge, "1")))
		}, "trade 1 is not in the index refs"},
		"the order's entry is gone": {nil, func(_ *Store, tx *vetted) error {
			return tx.Bucket(bucketLog).Delete(number(1))
		}, "the order of trade 0, entry 1, is missing"},
		"credentials of what is over": {nil, func(s *Store, tx *vetted) error {
			k := key(onetrans.TransRecharge, "0")
			return tx.Bucket(bucketSecrets).Put(k, s.keys.newKept(k, 1, s.slots.key(1), []byte("{}")))
		}, "the credentials of trade 0 were not erased"},
		"credentials that were altered": {nil, func(_ *Store, tx *vetted) error {
			return tx.Bucket(bucketSecrets).Put(key(onetrans.TransRecharge, "2"), make([]byte, 99))
		}, "credentials of"},
		"more open trades than the log says": {nil, func(s *Store, tx *vetted) error {
			return noted(s, tx, header{Open: 7})
		}, "1 trades are open, the last entry says 7"},
		"a gap that ends with an entry": {nil, func(s *Store, tx *vetted) error {
			before, _ := s.linkAt(tx, 3)
			after, _ := s.linkAt(tx, 5)
			g := gap{From: 4, To: 5, Before: slices.Clone(before), After: slices.Clone(after), Archive: "a"}
			return errors.Join(tx.Bucket(bucketLog).Delete(number(4)), s.cut(tx, g))
		}, "the entries 4 to 4 are missing"},
		"a gap that begins later": {nil, func(s *Store, tx *vetted) error {
			before, _ := s.linkAt(tx, 4)
			after, _ := s.linkAt(tx, 5)
			g := gap{From: 5, To: 5, Before: slices.Clone(before), After: slices.Clone(after), Archive: "a"}
			log := tx.Bucket(bucketLog)
			return errors.Join(s.cut(tx, g), log.Delete(number(4)), log.Delete(number(5)))
		}, "the entries 4 to 5 are missing"},
		"a gap that follows nothing": {nil, func(s *Store, tx *vetted) error {
			after, _ := s.linkAt(tx, 4)
			g := gap{From: 4, To: 4, Before: make([]byte, linkSize), After: slices.Clone(after), Archive: "a"}
			return errors.Join(tx.Bucket(bucketLog).Delete(number(4)), s.cut(tx, g))
		}, "now in a, do not follow"},
		"archived": {prune, func(*Store, *vetted) error { return nil }, "[]"},
		"an archived number is gone": {prune, func(_ *Store, tx *vetted) error {
			return tx.Bucket(bucketPruned).Delete(key(onetrans.TransRecharge, "1"))
		}, "the numbers that were archived at entry 10 are not those"},
		"all archived numbers are gone": {prune, func(_ *Store, tx *vetted) error {
			err := tx.DeleteBucket(bucketPruned)
			if err == nil {
				_, err = tx.CreateBucket(bucketPruned)
			}
			return err
		}, "the numbers that were archived at entry 10 are not those"},
		"an archived number too many": {prune, func(_ *Store, tx *vetted) error {
			return tx.Bucket(bucketPruned).Put(key(onetrans.TransRecharge, "x"), number(10))
		}, "the numbers that were archived at entry 10 are not those"},
		"an archived number of no archive": {prune, func(_ *Store, tx *vetted) error {
			return tx.Bucket(bucketPruned).Put(key(onetrans.TransRecharge, "x"), number(9))
		}, "entry 9 says nothing of what was archived"},
		"an archived number that leads nowhere": {prune, func(_ *Store, tx *vetted) error {
			return tx.Bucket(bucketPruned).Put(key(onetrans.TransRecharge, "x"), number(99))
		}, "entry 99 says nothing of what was archived"},
		"an archived number that is none": {prune, func(_ *Store, tx *vetted) error {
			return tx.Bucket(bucketPruned).Put(key(onetrans.TransRecharge, "x"), []byte("x"))
		}, "the index pruned"},
		"archived by a version that noted no numbers": {nil, func(s *Store, tx *vetted) error {
			h := header{storedEntry: storedEntry{Event: eventPruned}, Open: 1}
			head, err := s.append(tx, func(uint64) (header, []byte, error) { return h, nil, nil })
			return errors.Join(err, tx.Bucket(bucketPruned).Put(key(onetrans.TransRecharge, "x"), number(head.Seq)))
		}, "[]"},
	} {
		path := spoiled(t, Options{})
		if c.before != nil {
			s := opened(t, path, Options{})
			if err := errors.Join(c.before(s), s.Close()); err != nil {
				t.Fatal(err)
			}
		}
		if got := faultsOf(t, path, c.do); !strings.Contains(got, c.says) {
			t.Errorf("%s: %s", name, got)
		}
	}
}

// A person takes on what stands before the adoption, not what it says itself.
func TestAnAdoptionExcusesNothingOfItsOwn(t *testing.T) {
	v := verifier{adopted: 7}
	for _, seq := range []uint64{0, 6, 7, 8} {
		v.fault(seq, gone(1))
	}
	for i, want := range []bool{false, true, false, false} {
		if f := v.proof.Faults[i]; f.Adopted != want {
			t.Errorf("entry %d: adopted %v", f.Seq, f.Adopted)
		}
	}
}

// So many faults are told as say something; that there were more is said.
func TestNotEveryFaultOfManyIsTold(t *testing.T) {
	for n, more := range map[int]bool{maxFaults - 1: false, maxFaults: false, maxFaults + 1: true, maxFaults + 2: true} {
		var v verifier
		for range n {
			v.fault(0, gone(1))
		}
		if len(v.proof.Faults) != min(n, maxFaults) || v.proof.More != more {
			t.Errorf("%d faults: %d are told, more: %v", n, len(v.proof.Faults), v.proof.More)
		}
	}
}

// An archive that another journal of this key made, such as one that was rolled back and
// gone on with, does not fill the gap.
func TestAnArchiveOfAnotherBranchFillsNoGap(t *testing.T) {
	options := Options{Key: []byte(strings.Repeat("k", KeySize))}
	path := spoiled(t, options)
	other := filepath.Join(t.TempDir(), "journal")
	copyFile(t, path, other)
	copyFile(t, HeadPath(path), HeadPath(other))
	var branches []*Store
	for i, path := range []string{path, other} {
		s, err := open(path, options, true)
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		tr := trade("10", txn.Refused)
		tr.Progress.Sends = i
		if err := s.Write(entry("10", "told"), tr); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Prune(t.Context(), entry("", "").At.Add(time.Hour), filepath.Join(filepath.Dir(path), "archive")); err != nil {
			t.Fatal(err)
		}
		branches = append(branches, s)
	}
	for i, want := range []string{"[]", "the archive archive does not lead on to entry 11"} {
		archive := inspect(t, filepath.Join(filepath.Dir(branches[i].path), "archive"), options)
		if proof, err := branches[0].Verify(t.Context(), archive); err != nil || !strings.Contains(fmt.Sprint(proof.Faults), want) {
			t.Errorf("%v: %v, want %s", err, proof.Faults, want)
		}
	}
}

// A verification that nobody waits for any more ends.
func TestAVerificationEndsWithItsContext(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal")
	s := openAt(t, path)
	write(t, s, "1", txn.Refused)
	ended, end := context.WithCancel(t.Context())
	end()
	if _, err := s.Verify(ended); !errors.Is(err, context.Canceled) {
		t.Errorf("err = %v", err)
	}
}

// A key's file has one key, and not much around it.
func TestHowAKeysFileIsRead(t *testing.T) {
	key := strings.Repeat("0F", KeySize)
	for name, c := range map[string]struct {
		content string
		ok      bool
	}{
		"a key":                {key, true},
		"with space around it": {" \n" + key + "\r\n", true},
		"the longest":          {key + strings.Repeat(" ", maxKeyFile-len(key)), true},
		"a longer one":         {key + strings.Repeat(" ", maxKeyFile-len(key)+1), false},
		"half a key":           {key[:KeySize], false},
		"two keys":             {key + key, false},
		"a half byte less":     {key[1:], false},
		"no digits":            {strings.Repeat("xy", KeySize), false},
	} {
		path := filepath.Join(t.TempDir(), "key")
		if err := os.WriteFile(path, []byte(c.content), 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := readKey(path)
		if (err == nil) != c.ok || err == nil && fmt.Sprintf("%X", got) != key || err != nil && !errors.Is(err, ErrKey) {
			t.Errorf("%s: %x, %v", name, got, err)
		}
	}
	if _, err := ParseKey("x"); err == nil || !strings.Contains(err.Error(), "64 hexadecimal digits") {
		t.Errorf("it does not say what a key is: %v", err)
	}
}

// However a journal is named, it is where it is.
func TestAJournalsPlaceIsTheSameByAnyName(t *testing.T) {
	k := derive(make([]byte, KeySize))
	folder := t.TempDir()
	t.Chdir(folder)
	place := k.place(filepath.Join(folder, "journal"))
	for _, name := range []string{"journal", "./journal", filepath.Join(folder, "..", filepath.Base(folder), "journal")} {
		if !bytes.Equal(k.place(name), place) {
			t.Errorf("%s is another place", name)
		}
	}
	if bytes.Equal(k.place("another"), place) {
		t.Error("another journal is at the same place")
	}
}

// A journal that is bound to no place is bound to the one where it is served first.
func TestAJournalOfNoPlaceIsBoundWhereItIsServed(t *testing.T) {
	path := spoiled(t, Options{})
	change(t, path, func(tx *vetted) error { return tx.Bucket(bucketMeta).Delete(keyPlace) })
	opened(t, path, Options{}).Close()
	elsewhere := filepath.Join(t.TempDir(), "journal")
	for _, part := range []string{"", ".key", ".head"} {
		copyFile(t, path+part, elsewhere+part)
	}
	if _, err := Open(elsewhere, Options{}); !errors.Is(err, ErrMoved) {
		t.Errorf("a copy elsewhere: %v", err)
	}
	opened(t, path, Options{}).Close()
}
