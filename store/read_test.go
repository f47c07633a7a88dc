package store

import (
	"bytes"
	"errors"
	"fmt"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"

	"onetrans/flows/core/txn"
	"onetrans/flows/message/onetrans"
)

// numbers are the trades' numbers, in their order.
func numbers(trades []txn.Trade) string {
	var all []string
	for _, tr := range trades {
		all = append(all, tr.Order.No)
	}
	return strings.Join(all, " ")
}

// A trade is found by each ref that it has or once had, whole, and by no other.
func TestATradeIsFoundByWhatItHasOrOnceHad(t *testing.T) {
	s := openAt(t, filepath.Join(t.TempDir(), "journal"))
	for _, step := range []struct{ no, trace string }{{"1", "T1"}, {"2", "T12"}, {"3", "T1"}, {"1", "T9"}} {
		tr := trade(step.no, txn.Pending)
		tr.Progress.TraceNo = step.trace
		if err := s.Write(entry(step.no, "sent"), tr); err != nil {
			t.Fatal(err)
		}
	}
	for ref, want := range map[string]string{"trace:T1": "1 3", "trace:T12": "2", "trace:T9": "1", "trace:T": "", "": ""} {
		if got, err := s.Related(ref); err != nil || numbers(got) != want {
			t.Errorf("%s: %s, %v", ref, numbers(got), err)
		}
	}
}

// What an index leads to is the trade that it says, or an error: it never passes
// for another trade, nor for none.
func TestAnIndexThatLeadsAstrayIsAltered(t *testing.T) {
	trades := func(no string, at []byte) func(tx *vetted) error {
		return func(tx *vetted) error { return tx.Bucket(bucketTrades).Put(key(onetrans.TransRecharge, no), at) }
	}
	byNumber := func(s *Store) error { _, _, err := s.Trade(onetrans.TransRecharge, "0"); return err }
	byRef := func(s *Store) error { _, err := s.Related("trace:T0"); return err }
	byDay := func(s *Store) error { return s.List(Filter{}, func(Record) bool { return true }) }
	listed := func(s *Store) error { return s.List(Filter{No: "0"}, func(Record) bool { return true }) }
	history := func(s *Store) error { _, err := s.History(onetrans.TransRecharge, "0"); return err }
	isOpen := func(s *Store) error { _, err := s.Open(); return err }
	for name, c := range map[string]struct {
		spoil func(tx *vetted) error
		read  []func(s *Store) error
	}{
		"to another trade's entry": {trades("0", number(6)), []func(*Store) error{byNumber, byRef, byDay, listed, history}},
		"to no entry":              {trades("0", number(99)), []func(*Store) error{byNumber, byRef, byDay, listed, history}},
		"to no number":             {trades("0", []byte("x")), []func(*Store) error{byNumber, byRef, byDay, listed, history}},
		"a trade is not listed": {
			func(tx *vetted) error { return tx.Bucket(bucketTrades).Delete(key(onetrans.TransRecharge, "0")) },
			[]func(*Store) error{byRef, byDay},
		},
		"a day's entry is gone": {
			func(tx *vetted) error { return tx.Bucket(bucketLog).Delete(number(1)) },
			[]func(*Store) error{byDay},
		},
		"a day that is too short": {
			func(tx *vetted) error { return tx.Bucket(bucketDays).Put([]byte("2026030"), nil) },
			[]func(*Store) error{byDay},
		},
		"one open trade for another": {
			func(tx *vetted) error {
				b := tx.Bucket(bucketOpen)
				return errors.Join(b.Delete(key(onetrans.TransRecharge, "2")), b.Put(key(onetrans.TransRecharge, "x"), nil))
			},
			[]func(*Store) error{isOpen},
		},
		"an open trade too many": {
			func(tx *vetted) error { return tx.Bucket(bucketOpen).Put(key(onetrans.TransRecharge, "0"), nil) },
			[]func(*Store) error{isOpen},
		},
	} {
		path := spoiled(t, Options{})
		change(t, path, c.spoil)
		s := inspect(t, path, Options{})
		for i, read := range c.read {
			if err := read(s); !errors.Is(err, ErrAltered) {
				t.Errorf("%s, %d: %v", name, i, err)
			}
		}
	}
}

// rewritten changes an entry's header, and leaves it without a seal.
func rewritten(t *testing.T, path string, seq uint64, change func(h *header)) func(tx *vetted) error {
	t.Helper()
	k := derive(mustKey(t, path))
	return func(tx *vetted) error {
		log := tx.Bucket(bucketLog)
		was := value(log.Get(number(seq)))
		raw, _, _ := was.parts()
		var h header
		if err := json.Unmarshal(raw, &h); err != nil {
			return err
		}
		change(&h)
		v, err := k.newValue(bytes.Clone(value(log.Get(number(seq-1))).link()), seq, h, nil)
		return errors.Join(err, log.Put(number(seq), v))
	}
}

// A trade's entries lead back to its first; one that leads to itself, or on, is
// altered and no endless way.
func TestATradesEntriesLeadBack(t *testing.T) {
	for _, prev := range []uint64{3, 4} {
		path := spoiled(t, Options{})
		change(t, path, rewritten(t, path, 3, func(h *header) { h.Prev = prev }))
		s := inspect(t, path, Options{})
		if events, err := s.History(onetrans.TransRecharge, "0"); !errors.Is(err, ErrAltered) {
			t.Errorf("entry 3 is said to come after entry %d: %v, %v", prev, events, err)
		}
		proof, err := s.Verify(t.Context())
		if err != nil || !strings.Contains(fmt.Sprint(proof.Faults), "entry 3 does not follow its trade's others") {
			t.Errorf("verifying: %v %v", err, proof.Faults)
		}
	}
}

// A list is read of the narrowest index that has all that the filter takes.
func TestAListCostsWhatTheNarrowestIndexHas(t *testing.T) {
	s := &Store{keys: derive(make([]byte, KeySize))}
	succ := []string{string(txn.Succ)}
	for _, c := range []struct {
		filter Filter
		want   []byte
	}{
		{Filter{}, bucketDays},
		{Filter{CardNo: "D1", Desk: true, Open: true}, bucketCards},
		{Filter{Desk: true, Open: true, States: succ}, bucketDesk},
		{Filter{Open: true}, bucketOpen},
		{Filter{Open: true, From: "20260304"}, bucketOpen},
		{Filter{Open: true, States: succ}, bucketStates},
		{Filter{States: succ}, bucketStates},
		{Filter{States: succ, From: "20260304"}, bucketDays},
		{Filter{States: succ, To: "20260304"}, bucketDays},
		{Filter{From: "20260304", To: "20260304"}, bucketDays},
	} {
		for _, scan := range s.scans(c.filter) {
			if !bytes.Equal(scan.bucket, c.want) {
				t.Errorf("%+v: the index %s", c.filter, scan.bucket)
			}
		}
	}
}

// Who lists lets the file go after a batch, and goes on where it was.
func TestAListIsReadInBatches(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal")
	s := opened(t, path, Options{NoSync: true})
	for i := range batch + 3 {
		tr := trade(fmt.Sprint(i), txn.Refused)
		tr.Order.CardNo = []string{"D1", "D2"}[i%2]
		if err := s.Write(entry(tr.Order.No, "told"), tr); err != nil {
			t.Fatal(err)
		}
	}
	for name, what := range map[string]scan{"days": s.scans(Filter{})[0], "a state": s.scans(Filter{States: []string{string(txn.Refused)}})[0]} {
		var sizes []int
		for before := []byte(nil); ; {
			err := s.view(func(tx *vetted) error {
				some, next, err := s.scan(tx, what, before, Filter{CardNo: "D2"})
				sizes, before = append(sizes, len(some)), next
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			if before == nil {
				break
			}
		}
		if !slices.Equal(sizes, []int{batch / 2, 1}) {
			t.Errorf("%s: %v", name, sizes)
		}
	}
	taken := 0
	if err := s.List(Filter{}, func(Record) bool { taken++; return taken < batch+1 }); err != nil || taken != batch+1 {
		t.Errorf("%d were taken, %v", taken, err)
	}
}

// Trades that are opened on all processors come in their order, each as it is alone,
// and the first that cannot be opened is the one that is told.
func TestManyTradesAreOpenedAsEachAlone(t *testing.T) {
	s := opened(t, filepath.Join(t.TempDir(), "journal"), Options{NoSync: true})
	for i := range 40 {
		tr := trade(fmt.Sprintf("%02d", i), txn.Pending)
		if err := s.Write(entry(tr.Order.No, "told"), tr); err != nil {
			t.Fatal(err)
		}
	}
	open, err := s.Open()
	if err != nil || len(open) != 40 {
		t.Fatal(len(open), err)
	}
	for i, tr := range open {
		alone, _, err := s.Trade(tr.Order.Kind(), tr.Order.No)
		if err != nil || tr.Order.No != fmt.Sprintf("%02d", i) || !reflect.DeepEqual(tr, alone) {
			t.Errorf("%d: %+v, alone %+v, %v", i, tr, alone, err)
		}
	}
	var all []located
	err = s.view(func(tx *vetted) error {
		return tx.Bucket(bucketOpen).ForEach(func(k, _ []byte) error {
			l, err := locate(tx, k, true)
			if n := len(all); n == 7 || n == 30 {
				l.entry = slices.Clone(l.entry)
				l.entry[len(l.entry)-1] ^= 1
			}
			all = append(all, l)
			return err
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.records(all); !errors.Is(err, ErrAltered) || !strings.Contains(err.Error(), `07"`) {
		t.Errorf("err = %v", err)
	}
}

// The last day, state or card of an index ends where the next begins, also where
// none can be next.
func TestWhatComesAfterAllWithAPrefix(t *testing.T) {
	for prefix, want := range map[string]string{"": "", "a": "b", "ab": "ac", "a\xff": "b", "a\xff\xff": "b", "\xff": "", "\xff\xff": "", "\x00": "\x01"} {
		if got := string(after([]byte(prefix))); got != want {
			t.Errorf("%q: %q, want %q", prefix, got, want)
		}
	}
}
