package store

import (
	"bytes"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"onetrans/flows/core/txn"
)

// slotsOf are the sequences in a head's two slots; 0 in one that has none.
func slotsOf(t *testing.T, journal string) (sequences [2]uint64) {
	t.Helper()
	data, err := os.ReadFile(HeadPath(journal))
	if err != nil || len(data) > headSize {
		t.Fatal(len(data), err)
	}
	for i := range sequences {
		if from := i * slotSize; from < len(data) {
			h, _, _ := parseSlot(data[from:min(from+slotSize, len(data))])
			sequences[i] = h.Seq
		}
	}
	return sequences
}

// A power cut while a slot is written must leave the other, which is one step older.
func TestAHeadIsWrittenToItsTwoSlotsInTurn(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal")
	s := openAt(t, path)
	for step, want := range [][2]uint64{{0, 1}, {2, 1}, {2, 3}, {4, 3}} {
		write(t, s, string(rune('a'+step)), txn.Pending)
		if got := slotsOf(t, path); got != want {
			t.Errorf("after %d entries: %v, want %v", step+1, got, want)
		}
	}
	write(t, s, "e", txn.Pending)
	if err := s.renewHead(); err != nil {
		t.Fatal(err)
	}
	if got := slotsOf(t, path); got != [2]uint64{0, 5} {
		t.Errorf("made anew: %v", got)
	}
	write(t, s, "f", txn.Pending)
	if got := slotsOf(t, path); got != [2]uint64{6, 5} {
		t.Errorf("after it was made anew: %v", got)
	}
}

func TestAHeadIsNeverTakenBack(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal")
	s := openAt(t, path)
	write(t, s, "a", txn.Pending)
	older, err := s.Head()
	if err != nil {
		t.Fatal(err)
	}
	write(t, s, "b", txn.Pending)
	write(t, s, "c", txn.Pending)
	s.advance(older) // its commit was overtaken
	if got := slotsOf(t, path); got != [2]uint64{2, 3} {
		t.Errorf("%v", got)
	}
}

func TestAHeadThatWasLostIsMadeAnewAndALostOneIsLoggedOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal")
	var log bytes.Buffer
	s, err := Open(path, Options{Log: slog.New(slog.NewTextHandler(&log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	write(t, s, "a", txn.Pending)
	if err := os.Remove(HeadPath(path)); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(HeadPath(path), 0o700); err != nil { // nothing can be written there
		t.Fatal(err)
	}
	said := func() int { return strings.Count(log.String(), "head cannot be written") }
	for _, no := range []string{"b", "c"} {
		write(t, s, no, txn.Pending) // the step stands
		if said() != 1 {
			t.Errorf("after %s: %s", no, log.String())
		}
	}
	if err := os.Remove(HeadPath(path)); err != nil {
		t.Fatal(err)
	}
	if err := s.renewHead(); err != nil {
		t.Fatal(err)
	}
	if head, err := readHead(HeadPath(path), s.keys); err != nil || head.Seq != 3 {
		t.Errorf("%v %v", head, err)
	}
	write(t, s, "d", txn.Pending)
	if head, err := readHead(HeadPath(path), s.keys); err != nil || head.Seq != 4 || said() != 1 {
		t.Errorf("%v %v %s", head, err, log.String())
	}
}

func TestHowShortAHeadMayBe(t *testing.T) {
	digits := strings.Repeat("0f", linkSize+1)
	for text, bytes := range map[string]int{
		"12:" + digits[:8]:           4,
		"12-" + digits[:8]:           4,
		" 12:" + digits[:2*linkSize]: linkSize,
		"12:" + digits[:6]:           0,
		"12:" + digits:               0,
		"12:" + digits[:9]:           0, // half a byte
		"12:0f0f0f0g":                0,
		"12":                         0,
		"-12:0f0f0f0f":               0,
		"x:0f0f0f0f":                 0,
	} {
		h, err := ParseHead(text)
		if (err == nil) != (bytes > 0) || len(h.Value) != bytes || bytes > 0 && h.Seq != 12 {
			t.Errorf("%q is %v, %v", text, h, err)
		}
	}
}

// A slip has a head, and behind it, where it is not of the oldest, the proof of what
// it says.
func TestASlipIsReadAsItIsPrinted(t *testing.T) {
	digits := strings.Repeat("0F", shortValue)
	proof := strings.Repeat("a5", slipSize)
	for text, want := range map[string]int{
		"12-" + digits:                          0,
		"12:" + digits:                          0,
		"12-" + digits + "-" + proof:            slipSize,
		" 12:" + digits + ":" + proof + "\n":    slipSize,
		"12-" + digits + "-" + proof[2:]:        -1,
		"12-" + digits + "-" + proof + "00":     -1,
		"12-" + digits + "-" + "zz" + proof[2:]: -1,
		"12-" + digits + "-" + proof + "-00":    -1,
		"x-" + digits + "-" + proof:             -1,
		"":                                      -1,
	} {
		head, got, err := ParseSlip(text)
		if (err == nil) != (want >= 0) || err == nil && (len(got) != want || head.Seq != 12 || len(head.Value) != shortValue) || err != nil && !errors.Is(err, ErrHead) {
			t.Errorf("%q: %v %x %v", text, head, got, err)
		}
	}
	s := &Store{keys: derive(make([]byte, KeySize))}
	if bytes.Equal(s.Slip(12, "a", "b"), s.Slip(12, "a", "c")) || bytes.Equal(s.Slip(12, "a"), s.Slip(13, "a")) || len(s.Slip(12)) != slipSize {
		t.Error("two slips have one proof")
	}
}
