package store

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"onetrans/flows/core/txn"
	"onetrans/flows/message/onetrans"
)

// An entry says itself how long its header is, and may be lying.
func TestAnEntryWhoseHeaderIsLongerThanItselfIsNone(t *testing.T) {
	entry := func(said uint32, body int) value {
		v := binary.BigEndian.AppendUint32(make(value, linkSize), said)
		return append(v, make([]byte, body)...)
	}
	for _, c := range []struct {
		v          value
		ok         bool
		head, seal int
	}{
		{entry(0, 0), true, 0, 0},
		{entry(3, 3), true, 3, 0},
		{entry(3, 5), true, 3, 2},
		{entry(1, 0), false, 0, 0},
		{entry(4, 3), false, 0, 0},
		{entry(1<<31, 3), false, 0, 0},
		{entry(0, 0)[:linkSize+3], false, 0, 0},
		{nil, false, 0, 0},
	} {
		if head, seal, ok := c.v.parts(); ok != c.ok || len(head) != c.head || len(seal) != c.seal {
			t.Errorf("%d bytes: %d, %d, %v", len(c.v), len(head), len(seal), ok)
		}
	}
}

// What is from another program's hand is shown where it is short and printable.
func TestWhichProgramIsNeededIsSaidInItsOwnWordsWhereTheyAreFit(t *testing.T) {
	for said, want := range map[string]string{
		"onetrans 9":                    "onetrans 9",
		strings.Repeat("9", maxNeeds):   strings.Repeat("9", maxNeeds),
		strings.Repeat("9", maxNeeds+1): "a newer version",
		"":                              "a newer version",
		"9\n":                           "a newer version",
	} {
		if got := neededBy([]byte(said)); got != want {
			t.Errorf("%q: %q", said, got)
		}
	}
}

// An adoption's note names the first five faults, and says how many more there were.
func TestAnAdoptionSaysWhatWasWrong(t *testing.T) {
	var proof Proof
	for i := range 7 {
		proof.Faults = append(proof.Faults, Fault{What: fmt.Errorf("fault %d", i)})
	}
	if got := adoptedNote(proof, "why"); got != "why; fault 0; fault 1; fault 2; fault 3; fault 4; and 2 more" {
		t.Error(got)
	}
	proof.Faults = proof.Faults[:5]
	if got := adoptedNote(proof, "why"); got != "why; fault 0; fault 1; fault 2; fault 3; fault 4" {
		t.Error(got)
	}
}

// An adoption erases the credentials of what is over, and of nothing else.
func TestOnlyOpenTradesKeepTheirCredentials(t *testing.T) {
	s := openAt(t, filepath.Join(t.TempDir(), "journal"))
	write(t, s, "open", txn.Pending)
	left := func() (keys []string) {
		if err := s.view(func(tx *vetted) error {
			return tx.Bucket(bucketSecrets).ForEach(func(k, _ []byte) error {
				keys = append(keys, string(k))
				return nil
			})
		}); err != nil {
			t.Fatal(err)
		}
		return keys
	}
	want := left()
	if len(want) != 1 {
		t.Fatalf("%q", want)
	}
	if err := s.update(func(tx *vetted) error {
		if err := tx.Bucket(bucketSecrets).Put(key("hop.trade.recharge", "over"), []byte("sealed")); err != nil {
			return err
		}
		return s.dropSecrets(tx)
	}); err != nil {
		t.Fatal(err)
	}
	if got := left(); !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestDaysAreListedFromTheFirstToTheLast(t *testing.T) {
	s := openAt(t, filepath.Join(t.TempDir(), "journal"))
	for i, no := range []string{"3", "4", "5"} {
		tr := trade(no, txn.Pending)
		tr.Order.CreatedAt = time.Date(2026, 3, 3+i, 4, 0, 0, 0, time.UTC)
		if err := s.Write(entry(no, "sent"), tr); err != nil {
			t.Fatal(err)
		}
	}
	for name, narrower := range map[string]Filter{"day": {}, "card": {CardNo: "D1"}, "state": {States: []string{string(txn.Pending)}}, "open": {Open: true}} {
		for _, c := range []struct{ from, to, want string }{
			{"20260304", "20260304", "4"},
			{"20260304", "", "5 4"},
			{"", "20260304", "4 3"},
			{"20260303", "20260305", "5 4 3"},
			{"20260306", "", ""},
			{"", "20260302", ""},
		} {
			f := narrower
			f.From, f.To = c.from, c.to
			var got []string
			err := s.List(f, func(r Record) bool {
				got = append(got, r.Trade.Order.No)
				return true
			})
			if err != nil || strings.Join(got, " ") != c.want {
				t.Errorf("by %s, %s to %s: %v, %v, want %s", name, c.from, c.to, got, err, c.want)
			}
		}
	}
}

// An entry that seals nothing has no seal; what a seal holds is read again, also
// where it is nothing.
func TestWhatIsSealedIsReadAgain(t *testing.T) {
	k := derive(make([]byte, KeySize))
	v, err := k.newValue(make([]byte, linkSize), 1, header{storedEntry: storedEntry(entry("", "noted"))}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, seal, ok := v.parts(); !ok || len(seal) > 0 {
		t.Errorf("nothing is sealed in %d bytes, %v", len(seal), ok)
	}
	for _, plain := range []string{"", "x", "a longer one"} {
		sealed := k.sealed([]byte(plain), []byte("aside"))
		if got, err := k.unsealed(sealed, []byte("aside")); err != nil || string(got) != plain {
			t.Errorf("%q: %q, %v", plain, got, err)
		}
		for size := range sealed {
			if _, err := k.unsealed(sealed[:size], []byte("aside")); !errors.Is(err, ErrAltered) {
				t.Errorf("%q, the first %d bytes: %v", plain, size, err)
			}
		}
	}
}

// A note is about the journal itself, whatever trade its entry names, and whose word
// it is nobody reads without the key.
func TestANoteIsAboutTheJournalItself(t *testing.T) {
	path := spoiled(t, Options{})
	s := openAt(t, path)
	e := entry("0", "read")
	e.Kind, e.By, e.Note = onetrans.TransRecharge, "PERSON-王五", "PERSON-欧阳"
	if err := s.Note(e); err != nil {
		t.Fatal(err)
	}
	e.Kind, e.No = "", ""
	if got := entriesIn(t, s)[10]; got != e {
		t.Errorf("%+v", got)
	}
	if data, err := os.ReadFile(path); err != nil || bytes.Contains(data, []byte("PERSON")) {
		t.Error("it is in the clear", err)
	}
	if head, err := readHead(HeadPath(path), s.keys); err != nil || head.Seq != 10 {
		t.Errorf("the head is at %d, %v", head.Seq, err)
	}
	if events, err := s.History(onetrans.TransRecharge, "0"); err != nil || len(events) != 3 {
		t.Errorf("it is of a trade's history: %v, %v", events, err)
	}
	if open, err := s.Open(); err != nil || len(open) != 1 {
		t.Errorf("%d open, %v", len(open), err)
	}
	if proof, err := s.Verify(t.Context()); err != nil || len(proof.Faults) > 0 {
		t.Errorf("%v %v", err, proof.Faults)
	}
}

// Where no note can be made the head stays where it is.
func TestANoteThatIsNotMadeIsAnError(t *testing.T) {
	path := spoiled(t, Options{})
	change(t, path, flip(9, 40)) // its header
	s, err := open(path, Options{}, true)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Note(entry("", "read")); !errors.Is(err, ErrAltered) {
		t.Errorf("err = %v", err)
	}
	if head, err := readHead(HeadPath(path), s.keys); err != nil || head.Seq != 9 {
		t.Errorf("the head is at %d, %v", head.Seq, err)
	}
}

// An entry has its link at least; what is shorter is none, and what is not is
// another than it was.
func TestWhatHasNoRoomForALinkIsNoEntry(t *testing.T) {
	for size, want := range map[int]struct{ start, verify, from string }{
		linkSize - 1: {"the last entry is none", "something in the log is no entry", "entry 9 is gone"},
		linkSize:     {"entry 9 was altered", "entry 9 was altered", ""},
	} {
		path := spoiled(t, Options{})
		change(t, path, func(tx *vetted) error {
			log := tx.Bucket(bucketLog)
			return log.Put(number(9), slices.Clone(log.Get(number(9))[:size]))
		})
		s := inspect(t, path, Options{})
		err := s.view(func(tx *vetted) error {
			_, end := s.end(tx)
			link, at := s.linkAt(tx, 9)
			if end == nil {
				end = s.checkTail(tx)
			}
			if !errors.Is(end, ErrAltered) || !strings.HasSuffix(end.Error(), want.start) {
				t.Errorf("%d bytes, at the start: %v", size, end)
			}
			if (at == nil) != (want.from == "") || at == nil && len(link) != linkSize || at != nil && !strings.Contains(at.Error(), want.from) {
				t.Errorf("%d bytes, for the next: %d, %v", size, len(link), at)
			}
			return nil
		})
		proof, failed := s.Verify(t.Context())
		if err := errors.Join(err, failed); err != nil || !strings.Contains(fmt.Sprint(proof.Faults), want.verify) {
			t.Errorf("%d bytes, verifying: %v %v", size, err, proof.Faults)
		}
	}
}

// A minute is what clocks differ by; what is more is told, once an hour.
func TestHowFarAClockMayGoBack(t *testing.T) {
	for back, want := range map[time.Duration]int{-time.Hour: 0, 0: 0, clockBack: 0, clockBack + 1: 1, time.Hour: 1} {
		synctest.Test(t, func(t *testing.T) {
			var told strings.Builder
			s := &Store{log: slog.New(slog.NewTextHandler(&told, nil))}
			wrong := func(times int) {
				t.Helper()
				s.compareClock(time.Now().Add(back), time.Now())
				if got := strings.Count(told.String(), "clock has gone back"); got != times {
					t.Errorf("by %v: told %d times", back, got)
				}
			}
			wrong(want)
			time.Sleep(clockPause - 1)
			wrong(want)
			time.Sleep(time.Nanosecond)
			wrong(2 * want) // or it went back anew, which a terminal that runs for years must tell
		})
	}
}
