package store

import (
	"encoding/binary"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"onetrans/flows/txn"
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
		proof.Faults = append(proof.Faults, Fault{What: fmt.Sprint("fault ", i)})
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
