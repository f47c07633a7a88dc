package store

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"
	"pgregory.net/rapid"

	"onetrans/flows/core/txn"
	"onetrans/flows/flow"
	"onetrans/flows/message/onetrans"
)

// openAt opens a journal that is checked whole when the test ends.
func openAt(t testing.TB, path string) *Store {
	t.Helper()
	s, err := Open(path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(s.checked(), s.Close()); err != nil {
			t.Error(err)
		}
	})
	return s
}

// checked is bbolt's own check of every page; nil when the journal is closed already.
func (s *Store) checked() (found error) {
	err := s.db.DB.View(func(tx *bolt.Tx) error {
		for err := range tx.Check() {
			found = errors.Join(found, err)
		}
		return nil
	})
	if err != nil && s.db.Path() == "" {
		return nil
	}
	return errors.Join(found, err)
}

func trade(no string, at flow.State) txn.Trade {
	return txn.Trade{
		Order: txn.Order{
			No: no, Content: "hash", Amount: 20000, CardNo: "D1",
			Request: onetrans.Request{
				TransType: onetrans.T(onetrans.TransRecharge),
				Data:      []byte(`{"amount":"200.00","note":"欧阳小珺","unknown":[1,0.10]}`),
			},
			CreatedAt: time.Date(2026, 3, 4, 5, 6, 7, 8, time.UTC),
			Secrets:   txn.Secrets{AppKey: "SECRET-key", AuthCode: "SECRET-code"},
		},
		Progress: txn.Progress{State: at, Sends: 1, QRCode: "https://pay/1"},
	}
}

func copyFile(t testing.TB, from, to string) {
	t.Helper()
	data, err := os.ReadFile(from)
	if err == nil {
		err = os.WriteFile(to, data, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func entry(no, event string) txn.Entry {
	return txn.Entry{At: time.Date(2026, 3, 4, 5, 6, 7, 8, time.UTC), No: no, Event: event, State: "s", Note: "n"}
}

func TestWhatIsWrittenIsThere(t *testing.T) {
	path := filepath.Join(t.TempDir(), "folder", "journal")
	s := openAt(t, path)
	want := trade("1", txn.Pending)
	if err := s.Write(entry("1", "sent"), want); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = openAt(t, path)
	got, found, err := s.Trade(onetrans.TransRecharge, "1")
	if err != nil || !found || !reflect.DeepEqual(got, want) {
		t.Errorf("%v %v\n%+v, want\n%+v", err, found, got, want)
	}
	if _, found, err := s.Trade(onetrans.TransRefund, "1"); found || err != nil {
		t.Error("another kind's number is another trade", err)
	}
	for name, mode := range map[string]os.FileMode{path: 0o600, filepath.Dir(path): 0o700} {
		if info, err := os.Stat(name); err != nil || info.Mode().Perm() != mode {
			t.Errorf("%s: %v %v", name, info.Mode(), err)
		}
	}
}

func TestCredentialsGoWhenATradeIsFinal(t *testing.T) {
	for _, final := range []flow.State{txn.Succ, txn.Fail, txn.Closed, txn.NotFound, txn.Refused, txn.NotSent} {
		s := openAt(t, filepath.Join(t.TempDir(), "journal"))
		for _, at := range []flow.State{txn.Created, final} {
			if err := s.Write(entry("1", string(at)), trade("1", at)); err != nil {
				t.Fatal(err)
			}
		}
		got, _, err := s.Trade(onetrans.TransRecharge, "1")
		if err != nil || got.Order.Secrets != (txn.Secrets{}) {
			t.Errorf("%s: %v, kept: %v", final, err, got.Order.Secrets != txn.Secrets{})
		}
		if open, err := s.Open(); err != nil || len(open) != 0 {
			t.Errorf("%s: %d open, %v", final, len(open), err)
		}
	}
}

// Neither the journal nor what is beside it holds anything personal or secret
// in the clear, not even while it is needed.
func TestNothingPersonalIsInTheClear(t *testing.T) {
	folder := t.TempDir()
	s := openAt(t, filepath.Join(folder, "journal"))
	tr := trade("1", txn.Created)
	tr.Order.CardNo = "D-PERSONAL"
	for _, at := range []flow.State{txn.Created, txn.Pending, txn.Succ} {
		tr.Progress.State = at
		if err := s.Write(entry("1", "sent"), tr); err != nil {
			t.Fatal(err)
		}
		files, err := filepath.Glob(filepath.Join(folder, "*"))
		if err != nil || len(files) != 4 {
			t.Fatal(files, err)
		}
		for _, name := range files {
			data, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			for _, word := range []string{"SECRET", "PERSONAL", "欧阳", "https://pay", "200.00"} {
				if strings.Contains(string(data), word) {
					t.Errorf("%s holds %s", filepath.Base(name), word)
				}
			}
		}
	}
}

// Random writes and restarts, against maps.
func TestAgainstAModel(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		folder, err := os.MkdirTemp(t.TempDir(), "")
		if err != nil {
			rt.Fatal(err)
		}
		path := filepath.Join(folder, "journal")
		reopen := func() *Store {
			s, err := Open(path, Options{NoSync: true})
			if err != nil {
				rt.Fatal(err)
			}
			return s
		}
		s := reopen()
		trades, entries := map[string]txn.Trade{}, []txn.Entry{}
		rt.Repeat(map[string]func(*rapid.T){
			"write": func(rt *rapid.T) {
				no := rapid.StringMatching(`[0-9]{1,2}`).Draw(rt, "no")
				at := rapid.SampledFrom([]flow.State{txn.Created, txn.Unknown, txn.Pending, txn.Succ, txn.Refused}).Draw(rt, "at")
				tr, e := trade(no, at), entry(no, rapid.String().Draw(rt, "event"))
				tr.Order.CardNo = rapid.SampledFrom([]string{"", "D1", "D2"}).Draw(rt, "card")
				tr.Progress.Desk = rapid.SampledFrom([]txn.Reason{"", txn.ReasonClosed}).Draw(rt, "desk")
				tr.Progress.TraceNo = rapid.SampledFrom([]string{"", "T1", "T2"}).Draw(rt, "trace")
				e.Kind, e.State = onetrans.TransRecharge, string(at)
				tr.Progress.QRCode = rapid.StringN(0, 20, 2000).Draw(rt, "qrcode")
				if err := s.Write(e, tr); err != nil {
					rt.Fatal(err)
				}
				if tr.Final() {
					tr.Order.Secrets = txn.Secrets{}
				}
				trades[no], entries = tr, append(entries, e)
				if got, found, err := s.Trade(onetrans.TransRecharge, no); err != nil || !found || !reflect.DeepEqual(got, tr) {
					rt.Fatalf("%s: %v %v %+v", no, err, found, got)
				}
			},
			"reopen": func(rt *rapid.T) {
				if err := s.Close(); err != nil {
					rt.Fatal(err)
				}
				s = reopen()
				compare(rt, s, trades, entries)
			},
		})
		compare(rt, s, trades, entries)
		if err := errors.Join(s.checked(), s.Close()); err != nil {
			rt.Fatal(err)
		}
	})
}

// compare compares the whole journal with what was written.
func compare(rt *rapid.T, s *Store, trades map[string]txn.Trade, entries []txn.Entry) {
	var open []string
	for _, no := range slices.Sorted(maps.Keys(trades)) {
		got, found, err := s.Trade(onetrans.TransRecharge, no)
		if err != nil || !found || !reflect.DeepEqual(got, trades[no]) {
			rt.Fatalf("%s: %v %v %+v", no, err, found, got)
		}
		if !got.Final() {
			open = append(open, no)
		}
	}
	got, err := s.Open()
	if err != nil || len(got) != len(open) {
		rt.Fatalf("%d are open, not %d: %v", len(got), len(open), err)
	}
	for i, tr := range got {
		if tr.Order.No != open[i] || tr.Order.Secrets.AppKey == "" {
			rt.Fatalf("open: %s, not %s", tr.Order.No, open[i])
		}
	}
	next := uint64(0)
	err = s.Entries(func(seq uint64, e txn.Entry) bool {
		if next++; seq != next || !reflect.DeepEqual(e, entries[seq-1]) {
			rt.Fatalf("entry %d: %+v", seq, e)
		}
		return true
	})
	if err != nil || next != uint64(len(entries)) {
		rt.Fatalf("%d entries of %d: %v", next, len(entries), err)
	}
	agree(rt, s, trades)
	proof, err := s.Verify(rt.Context())
	if err != nil || len(proof.Faults) > 0 || proof.Trades != uint64(len(trades)) {
		rt.Fatalf("%v: %+v", err, proof)
	}
}

// agree says whether lists are what filters of all trades give.
func agree(rt *rapid.T, s *Store, trades map[string]txn.Trade) {
	filters := []Filter{
		{},
		{CardNo: "D1"},
		{CardNo: "D3"},
		{Desk: true},
		{Open: true},
		{States: []string{string(txn.Succ), string(txn.Pending)}},
		{From: "20260304", To: "20260304", CardNo: "D2"},
		{From: "20260305"},
		{To: "20260303"},
		{No: "7"},
		{Open: true, Desk: true, States: []string{string(txn.Created)}},
	}
	for _, f := range filters {
		want := 0
		for _, t := range trades {
			if f.takes(Record{Trade: t}) {
				want++
			}
		}
		listed := map[string]bool{}
		err := s.List(f, func(r Record) bool {
			if listed[r.Trade.Order.No] = true; r.Trade.Order.Secrets != (txn.Secrets{}) {
				rt.Fatal("a list has credentials")
			}
			return true
		})
		if err != nil || len(listed) != want {
			rt.Fatalf("%+v: %d of %d: %v", f, len(listed), want, err)
		}
	}
}

func TestAnotherSchemaIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal")
	s := openAt(t, path)
	err := s.update(func(tx *vetted) error { return tx.Bucket(bucketMeta).Put(keySchema, []byte("9")) })
	if err := errors.Join(err, s.Close()); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(path, Options{}); !errors.Is(err, ErrSchema) {
		t.Errorf("err = %v", err)
	}
	// The refused file is given free again.
	if _, err := Open(path, Options{}); errors.Is(err, ErrInUse) {
		t.Errorf("err = %v", err)
	}
}

func TestWhatIsNoJournal(t *testing.T) {
	whole := filepath.Join(t.TempDir(), "journal")
	s := openAt(t, whole)
	for i := range 200 {
		if err := s.Write(entry("1", "sent"), trade(fmt.Sprint(i), txn.Pending)); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	file, err := os.ReadFile(whole)
	if err != nil {
		t.Fatal(err)
	}
	file = bytes.TrimRight(file, "\x00") // it is longer than what is in it
	tests := map[string][]byte{
		"empty":         {},
		"a letter":      []byte("x"),
		"a text":        []byte(strings.Repeat("no journal at all\n", 4000)),
		"zeros":         make([]byte, 1<<16),
		"half a page":   file[:2048],
		"a page":        file[:4096],
		"four pages":    file[:4*4096],
		"half of it":    file[:len(file)/2],
		"a third of it": file[:len(file)/3],
	}
	for name, content := range tests {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "journal")
			if err := os.WriteFile(path, content, 0o600); err != nil {
				t.Fatal(err)
			}
			s, err := Open(path, Options{})
			if err == nil {
				s.Close()
			}
			if !errors.Is(err, ErrDamaged) {
				t.Errorf("err = %v, want ErrDamaged", err)
			}
			if after, err := os.ReadFile(path); err != nil || string(after) != string(content) {
				t.Error("it was changed", err)
			}
		})
	}
}

// A database in which nobody has made a journal is none, however short it is.
func TestADatabaseWithoutAJournalIsNone(t *testing.T) {
	path := spoiled(t, Options{})
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	db, err := bolt.Open(path, 0o600, nil)
	if err == nil {
		err = errors.Join(db.Close(), os.Truncate(path, shortest))
	}
	if err != nil {
		t.Fatal(err)
	}
	if s, err := Open(path, Options{}); !errors.Is(err, ErrSchema) || errors.Is(err, ErrDamaged) {
		t.Errorf("%v, %v", s, err)
	}
}

// An archive is read with the journal's key, and nothing else is.
func TestWhatIsNotTheJournalsOwnIsNoArchiveOfIt(t *testing.T) {
	path, other := spoiled(t, Options{}), spoiled(t, Options{})
	s := openAt(t, path)
	none := filepath.Join(t.TempDir(), "none")
	empty := filepath.Join(t.TempDir(), "empty")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]error{other: ErrKey, none: os.ErrNotExist, empty: ErrDamaged} {
		if a, err := s.Archive(name); !errors.Is(err, want) || a != nil {
			t.Errorf("%s: %v, %v", name, a, err)
		}
	}
	backup := path + ".backup"
	if _, err := s.Backup(backup); err != nil {
		t.Fatal(err)
	}
	a, err := s.Archive(backup)
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Close(); err != nil {
		t.Error(err)
	}
}

// Pages that rot are an error, or what they were, and never the program's end.
func TestRottenPages(t *testing.T) {
	whole := filepath.Join(t.TempDir(), "journal")
	s := openAt(t, whole)
	for i := range 100 {
		if err := s.Write(entry("1", "sent"), trade(fmt.Sprint(i), txn.Pending)); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	file, err := os.ReadFile(whole)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "rotten")
	copyFile(t, KeyPath(whole), KeyPath(path))
	rapid.Check(t, func(rt *rapid.T) {
		rotten := slices.Clone(file)
		page := rapid.IntRange(0, len(file)/4096-1).Draw(rt, "page")
		at := page*4096 + rapid.OneOf(rapid.IntRange(8, 60), rapid.IntRange(0, 4095)).Draw(rt, "offset")
		for i := range rapid.IntRange(1, 16).Draw(rt, "length") {
			rotten[min(at+i, len(file)-1)] = rapid.Byte().Draw(rt, "byte")
		}
		// Another file each time: one whose bbolt broke off stays locked.
		os.Remove(path)
		copyFile(t, HeadPath(whole), HeadPath(path))
		if err := os.WriteFile(path, rotten, 0o600); err != nil {
			rt.Fatal(err)
		}
		s, err := Open(path, Options{NoSync: true})
		if err != nil {
			return
		}
		s.Open()
		s.Trade(onetrans.TransRecharge, "50")
		s.Entries(func(uint64, txn.Entry) bool { return true })
		s.Write(entry("1", "sent"), trade("new", txn.Pending))
		s.Write(entry("1", "done"), trade("50", txn.Succ))
		s.List(Filter{CardNo: "D1"}, func(Record) bool { return true })
		s.History(onetrans.TransRecharge, "50")
		s.Verify(t.Context())
		s.Close()
	})
}

// Trades are read and written at once by many, as the core's polling does.
func TestManyAtOnce(t *testing.T) {
	s := openAt(t, filepath.Join(t.TempDir(), "journal"))
	var work sync.WaitGroup
	for i := range 4 {
		work.Go(func() {
			no := fmt.Sprint(i)
			for _, at := range []flow.State{txn.Created, txn.Pending, txn.Unknown, txn.Succ} {
				want := trade(no, at)
				if err := s.Write(entry(no, string(at)), want); err != nil {
					t.Error(err)
				}
				for range 5 {
					got, found, err := s.Trade(onetrans.TransRecharge, no)
					if err != nil || !found || !reflect.DeepEqual(got.Progress, want.Progress) {
						t.Errorf("%v %v %+v", err, found, got.Progress)
					}
				}
				if _, err := s.Open(); err != nil {
					t.Error(err)
				}
			}
		})
	}
	work.Wait()
	if proof, err := s.Verify(t.Context()); err != nil || !proof.Whole() || proof.Entries != 16 {
		t.Errorf("%v %+v", err, proof)
	}
}

// A clock behind the last entry is told at the start, and once where it goes back
// while the terminal is served; it stops nobody.
func TestAClockThatHasGoneBackIsTold(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal")
	told := &strings.Builder{}
	options := Options{Log: slog.New(slog.NewTextHandler(told, nil))}
	s := opened(t, path, options)
	step := func(after time.Duration) {
		t.Helper()
		e := entry("1", "sent")
		e.At = time.Now().Add(after)
		if err := s.Write(e, trade("1", txn.Pending)); err != nil {
			t.Fatal(err)
		}
	}
	step(-time.Hour)
	step(-time.Hour - clockBack/2)
	if told.Len() > 0 {
		t.Error("half a minute is told:", told)
	}
	for range 3 {
		step(-3 * time.Hour)
		step(-time.Hour)
	}
	if strings.Count(told.String(), "clock has gone back") != 1 {
		t.Error("it is not told once:", told)
	}
	step(time.Hour)
	s.Close()
	told.Reset()
	opened(t, path, options)
	if !strings.Contains(told.String(), "clock has gone back") {
		t.Error("it is not told at the start")
	}
}
