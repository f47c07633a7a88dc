package store

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// A process that was killed just after it had made the journal leaves the note that
// it is being made. A journal that is lost later is lost all the same.
func TestALostJournalIsMissedThoughItsMakerWasKilled(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal")
	s := opened(t, path, Options{})
	if err := errors.Join(s.Close(), os.WriteFile(begunPath(path), nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	if s = opened(t, path, Options{}); s.Close() != nil {
		t.Fatal("it does not close")
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if s, err := Open(path, Options{}); !errors.Is(err, ErrLost) {
		t.Errorf("a new one, silently: %v %v", s, err)
	}
}

// Where others may make files, as in a sticky folder, the note goes through no link.
func TestNoLinkIsFollowedWhereItIsNotedThatAJournalIsMade(t *testing.T) {
	folder := t.TempDir()
	path, precious := filepath.Join(folder, "journal"), filepath.Join(folder, "precious")
	if err := errors.Join(os.WriteFile(precious, []byte("x"), 0o600), os.Symlink(precious, begunPath(path))); err != nil {
		t.Fatal(err)
	}
	if s, err := Open(path, Options{}); err == nil {
		s.Close()
		t.Error("it was made")
	}
	if data, err := os.ReadFile(precious); err != nil || string(data) != "x" {
		t.Errorf("what the link leads to is now %q, %v", data, err)
	}
}

// Once a journal is made it is not noted any more that it is being made, whoever made
// it and whether it is served or not.
func TestTheNoteOfAJournalThatIsMadeGoesWithItsMaking(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal")
	for range 2 { // the second finds it there
		if err := begin(path, Options{}); err != nil {
			t.Fatal(err)
		}
		if _, err := os.Lstat(begunPath(path)); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("the note is there: %v", err)
		}
	}
}
