package store

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"onetrans/flows/onetrans"
	"onetrans/flows/txn"
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
