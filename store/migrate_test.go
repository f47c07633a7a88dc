package store

import (
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"testing"

	"onetrans/flows/onetrans"
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
