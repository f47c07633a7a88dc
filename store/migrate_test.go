package store

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"

	"onetrans/flows/core/txn"
	"onetrans/flows/message/onetrans"
)

// fixture unpacks a journal that an earlier version of the program wrote.
func fixture(t *testing.T, name string) string {
	t.Helper()
	packed, err := os.Open(filepath.Join("testdata", name+".gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer packed.Close()
	reader, err := gzip.NewReader(packed)
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(reader)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "journal")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestOlderJournalsAreMigrated(t *testing.T) {
	tests := []struct {
		name            string
		trades, entries uint64
		open            []string
	}{
		{"schema1.db", 3, 8 + 3, []string{"2"}},
		{"schema2.db", 4, 9 + 4, []string{"2", "1"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			path := fixture(t, test.name)
			for range 2 { // migrated, then as it is now
				s, err := Open(path, Options{Terminal: "T"})
				if err != nil {
					t.Fatal(err)
				}
				proof, err := s.Verify(t.Context())
				if err != nil || len(proof.Faults) > 0 || proof.Trades != test.trades || proof.Entries != test.entries {
					t.Errorf("%v: %+v", err, proof)
				}
				open, err := s.Open()
				if err != nil || len(open) != len(test.open) {
					t.Fatalf("%d open, %v", len(open), err)
				}
				for i, no := range test.open {
					if open[i].Order.No != no || open[i].Order.Secrets.AppKey != "SECRET-key" {
						t.Errorf("open: %s", open[i].Order.No)
					}
				}
				events, err := s.History(onetrans.TransRecharge, "1")
				if err != nil || len(events) != 4 || events[2].Event != "told succ" || events[3].Event != eventMigrated {
					t.Errorf("history: %v %v", events, err)
				}
				if err := s.Close(); err != nil {
					t.Fatal(err)
				}
			}
			before := Before(path)
			if len(before) != 1 {
				t.Fatalf("what it was is not kept: %v", before)
			}
			kept, errKept := os.ReadFile(before[0])
			was, errWas := os.ReadFile(fixture(t, test.name))
			if err := errors.Join(errKept, errWas); err != nil || !bytes.Equal(kept[2*4096:], was[2*4096:len(kept)]) {
				t.Error("what is kept is not what it was", err)
			}
			data, err := os.ReadFile(path)
			if err != nil || bytes.Contains(data, []byte("SECRET")) || bytes.Contains(data, []byte("欧阳")) {
				t.Error("what was in the clear still is", err)
			}
			if files, err := filepath.Glob(filepath.Join(filepath.Dir(path), ".journal-*")); err != nil || len(files) > 0 {
				t.Error("left aside:", files, err)
			}
		})
	}
}

// What can't be taken over whole is left as it is.
func TestABrokenOlderJournalIsLeftAlone(t *testing.T) {
	path := fixture(t, "schema2.db")
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	broken := bytes.ReplaceAll(before, []byte(`"content":"hash"`), []byte(`"content";"hash"`))
	if err := os.WriteFile(path, broken, 0o600); err != nil {
		t.Fatal(err)
	}
	if s, err := Open(path, Options{}); err == nil {
		s.Close()
		t.Fatal("it was opened")
	}
	if after, err := os.ReadFile(path); err != nil || !bytes.Equal(after, broken) {
		t.Error("it was changed", err)
	}
}

// A journal of schema 3 keeps its key, its chain, its head and its place in the
// world; what it was stays beside it, and what its old pages had of credentials
// does not.
func TestASealedJournalIsMigrated(t *testing.T) {
	path := fixture(t, "schema3.db")
	copyFile(t, filepath.Join("testdata", "schema3.key"), KeyPath(path))
	copyFile(t, filepath.Join("testdata", "schema3.head"), HeadPath(path))
	s, err := Open(path, Options{Terminal: "T1"})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	open, err := s.Open()
	if err != nil || len(open) == 0 || open[0].Order.Secrets == (txn.Secrets{}) {
		t.Errorf("open: %d, %v", len(open), err)
	}
	proof, err := s.Verify(t.Context())
	if err != nil || len(proof.Faults) > 0 || len(proof.Before) != 1 {
		t.Errorf("%v: %+v", err, proof)
	}
	kept, err := Inspect(proof.Before[0], Options{Terminal: "T1", Key: mustKey(t, path), Copy: true})
	if !errors.Is(err, ErrSchema) {
		t.Errorf("it is kept as another schema: %v, %v", kept, err)
	}
	var trades [][]byte
	err = s.List(Filter{}, func(r Record) bool {
		trades = append(trades, key(r.Trade.Order.Kind(), r.Trade.Order.No))
		return true
	})
	if found := readBack(t, s, path, trades); err != nil || len(found) != len(open) {
		t.Errorf("%d credentials can be read, %d trades are open; %v", len(found), len(open), err)
	}
}

// An older program can't know of today's schema, but a newer journal says which
// program it needs.
func TestANewerJournalSaysWhichProgramItNeeds(t *testing.T) {
	for said, want := range map[string]string{"onetrans 9.1": "it needs onetrans 9.1", "": "it needs a newer version", "x\x1b[2J": "it needs a newer version"} {
		path := spoiled(t, Options{})
		change(t, path, func(tx *vetted) error {
			meta := tx.Bucket(bucketMeta)
			return errors.Join(meta.Put(keySchema, []byte("9")), meta.Put(keyNeeds, []byte(said)))
		})
		if _, err := Open(path, Options{}); !errors.Is(err, ErrSchema) || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", said, err)
		}
	}
}

// sealed3 makes a journal of schema 3 of a closed one: it differs in its credentials.
func sealed3(t *testing.T, path string) {
	t.Helper()
	s, err := open(path, Options{}, true)
	if err != nil {
		t.Fatal(err)
	}
	err = s.update(func(tx *vetted) error {
		b := tx.Bucket(bucketSecrets)
		old := map[string][]byte{}
		err := b.ForEach(func(k, _ []byte) error {
			secrets, err := s.secrets(tx, k)
			if err != nil {
				return err
			}
			plain, err := json.Marshal(storedSecrets(secrets))
			old[string(k)] = append(make([]byte, tagSize), s.keys.sealed(plain, append([]byte("secrets "), k...))...)
			return err
		})
		for k, v := range old {
			err = errors.Join(err, b.Put([]byte(k), v))
		}
		meta := tx.Bucket(bucketMeta)
		return errors.Join(err, meta.Put(keySchema, []byte(schemaSealed)), meta.Delete(keyPlace), meta.Delete(keyNeeds))
	})
	if err := errors.Join(err, s.Close(), os.Remove(SecretsPath(path))); err != nil {
		t.Fatal(err)
	}
}

// A journal keeps by which name it was begun, and who has taken it on, when it is
// migrated; and it is bound to where it is from then on.
func TestAMigratedJournalIsWhoseItWas(t *testing.T) {
	path := spoiled(t, Options{Terminal: "T0"})
	adoptAndGoOn(t, path, Options{Terminal: "T1"})
	sealed3(t, path)
	s := opened(t, path, Options{Terminal: "T1"})
	proof, err := s.Verify(t.Context())
	if err != nil || len(proof.Faults) > 0 || proof.Terminal != "T1" || proof.Entries != 11 {
		t.Errorf("%v %+v", err, proof)
	}
	if open, err := s.Open(); err != nil || len(open) != 1 || open[0].Order.Secrets != trade("", "").Order.Secrets {
		t.Errorf("%v %+v", err, open)
	}
	s.Close()
	if left := openUnder(t, filepath.Dir(path)); len(left) > 0 {
		t.Errorf("%v stay open", left)
	}
	elsewhere := filepath.Join(t.TempDir(), "journal")
	for _, part := range []string{"", ".key", ".head"} {
		copyFile(t, path+part, elsewhere+part)
	}
	if _, err := Open(elsewhere, Options{Terminal: "T1"}); !errors.Is(err, ErrMoved) {
		t.Errorf("a copy elsewhere: %v", err)
	}
}

// migrating is a migration under way, from an open journal to a fresh one that has
// nothing yet.
func migrating(t *testing.T, path string) (m migration, from *file) {
	t.Helper()
	key, err := makeKey(KeyPath(path), true)
	if err != nil {
		t.Fatal(err)
	}
	if from, err = openOnce(path, true, true); err != nil {
		t.Fatal(err)
	}
	k := derive(key)
	aside, err := emptyAside(path, k, Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	db, err := openAside(aside)
	if err != nil {
		t.Fatal(err)
	}
	m = migration{Store: &Store{db: db, path: path, keys: k, log: Options{}.logger()}, ends: map[string]placed{}}
	if m.slots, err = openSlots(path, true); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(m.Close(), from.Close()); err != nil {
			t.Error(err)
		}
	})
	return m, from
}

// What did not come over whole is noticed before it takes the older journal's place.
func TestAMigrationComparesWhatCameOver(t *testing.T) {
	t.Run("credentials", func(t *testing.T) {
		path := spoiled(t, Options{})
		sealed3(t, path)
		m, from := migrating(t, path)
		err := from.View(func(tx *vetted) error {
			if err := m.all(tx); err != nil {
				return err
			}
			if err := m.compareSealed(tx); err == nil || !strings.Contains(err.Error(), "did not come over whole") {
				t.Errorf("there are none: %v", err)
			}
			return errors.Join(m.reseal(tx), m.compareSealed(tx))
		})
		if err != nil {
			t.Error(err)
		}
	})
	t.Run("trades", func(t *testing.T) {
		m, from := migrating(t, fixture(t, "schema2.db"))
		err := from.View(func(tx *vetted) error {
			if err := m.compare(tx); err == nil || !strings.Contains(err.Error(), "did not come over whole") {
				t.Errorf("there are none: %v", err)
			}
			if err := errors.Join(m.entries(tx), m.trades(tx), m.compare(tx)); err != nil {
				return err
			}
			open, err := m.Open()
			if err != nil || len(open) == 0 {
				return err
			}
			changed := open[0]
			changed.Progress.Sends++
			if err := m.Write(entry(changed.Order.No, "told"), changed); err != nil {
				return err
			}
			if err := m.compare(tx); err == nil || !strings.Contains(err.Error(), "did not come over whole") {
				t.Errorf("one is another: %v", err)
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	})
}

// An open trade that had no credentials has none when it was migrated.
func TestATradeWithoutCredentialsIsMigratedWithoutThem(t *testing.T) {
	path := spoiled(t, Options{})
	sealed3(t, path)
	change(t, path, func(tx *vetted) error { return tx.Bucket(bucketSecrets).Delete(key(onetrans.TransRecharge, "2")) })
	s := opened(t, path, Options{})
	if open, err := s.Open(); err != nil || len(open) != 1 || open[0].Order.Secrets != (txn.Secrets{}) {
		t.Errorf("%v %+v", err, open)
	}
}

// What is kept of an older journal is a copy of it, or nothing is.
func TestACopyIsComparedWithWhatItWasMadeOf(t *testing.T) {
	path := spoiled(t, Options{})
	f, err := openOnce(path, true, true)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for name, c := range map[string]struct {
		spoil func(tx *vetted) error
		ok    bool
	}{
		"the same":      {func(*vetted) error { return nil }, true},
		"another value": {flip(3, -1), false},
		"a key less":    {func(tx *vetted) error { return tx.Bucket(bucketLog).Delete(number(9)) }, false},
		"a key more":    {func(tx *vetted) error { return tx.Bucket(bucketLog).Put(number(10), nil) }, false},
		"another key": {func(tx *vetted) error {
			log := tx.Bucket(bucketLog)
			return errors.Join(log.Put(number(10), bytes.Clone(log.Get(number(9)))), log.Delete(number(9)))
		}, false},
		"a bucket less": {func(tx *vetted) error { return tx.DeleteBucket(bucketDesk) }, false},
	} {
		copied := filepath.Join(t.TempDir(), "copy")
		if err := f.copyTo(copied); err != nil {
			t.Fatal(err)
		}
		change(t, copied, c.spoil)
		if err := f.compareWith(copied); (err == nil) != c.ok || err != nil && !errors.Is(err, ErrDamaged) {
			t.Errorf("%s: %v", name, err)
		}
		if left := openUnder(t, filepath.Dir(copied)); len(left) > 0 {
			t.Errorf("%s: %v stay open", name, left)
		}
	}
	if err := f.compareWith(path + ".none"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no copy: %v", err)
	}
	if err := f.copyTo(path); !errors.Is(err, ErrExists) {
		t.Errorf("over another: %v", err)
	}
}

// However long an older journal is, all of it is migrated.
func TestALongOlderJournalIsMigratedWhole(t *testing.T) {
	const more = perCommit + 2
	path := fixture(t, "schema2.db")
	change(t, path, func(tx *vetted) error {
		log, trades := tx.Bucket(bucketLog), tx.Bucket(bucketTrades)
		at, _ := log.Cursor().Last()
		seq := binary.BigEndian.Uint64(at)
		var errs []error
		for i := range uint64(more) {
			tr := trade(fmt.Sprint("long-", i), txn.Refused)
			tr.Order.Secrets = txn.Secrets{}
			tr.Order.CardNo = []string{"", "D9"}[i%2]
			was, errTrade := json.Marshal(storedTrade{storeOrder(tr.Order), storeProgress(tr.Progress)})
			e := entry(tr.Order.No, "sent")
			e.Kind = onetrans.TransRecharge
			happened, errEntry := json.Marshal(storedEntry(e))
			errs = append(errs, errTrade, errEntry, trades.Put(key(e.Kind, e.No), was), log.Put(number(seq+1+i), happened))
		}
		return errors.Join(errs...)
	})
	s := opened(t, path, Options{Terminal: "T", NoSync: true})
	proof, err := s.Verify(t.Context())
	if err != nil || len(proof.Faults) > 0 || proof.Trades != 4+more || proof.Entries != 9+4+2*more {
		t.Errorf("%v: %d trades, %d entries, %v", err, proof.Trades, proof.Entries, proof.Faults)
	}
	found := 0
	if err := s.List(Filter{CardNo: "D9"}, func(Record) bool { found++; return true }); err != nil || found != more/2 {
		t.Errorf("%d are found by their card, %v", found, err)
	}
}
