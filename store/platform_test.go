package store

import (
	"errors"
	"path/filepath"
	"testing"

	"onetrans/flows/core/txn"
)

func TestAJournalBelongsToItsKindOfPlatform(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal.db")
	as := func(platform string) (*Store, error) { return Open(path, Options{Platform: platform, NoSync: true}) }
	opens := func(platform string, want error) {
		t.Helper()
		s, err := as(platform)
		if !errors.Is(err, want) {
			t.Fatalf("for %q: %v", platform, err)
		}
		if err == nil {
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
		} else if !errors.Is(err, ErrUnusable) || errors.Is(err, ErrRefused) {
			t.Errorf("for %q, of no family, or a person may take it on: %v", platform, err)
		}
	}
	opens("sandbox", nil)
	opens("wire", nil) // nothing was written yet
	s, err := as("wire")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Write(txn.Entry{Event: "begun"}, trade("P1", txn.Unknown)); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	opens("sandbox", ErrPlatform)
	opens("wire", nil)
	opens("", nil)
}
