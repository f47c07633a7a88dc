//go:build unix

package store

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"onetrans/store/trust"
)

func TestAJournalThatOthersMayChangeIsNotServed(t *testing.T) {
	folder := t.TempDir()
	for _, way := range []string{folder, filepath.Dir(folder)} {
		if err := os.Chmod(way, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(folder, "journal.db")
	opens := func() error {
		s, err := Open(path, Options{NoSync: true})
		if err == nil {
			err = s.Close()
		}
		return err
	}
	if err := opens(); err != nil {
		t.Fatal(err)
	}
	for _, place := range []string{folder, path, HeadPath(path), KeyPath(path)} {
		was, err := os.Stat(place)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(place, was.Mode().Perm()|0o020); err != nil {
			t.Fatal(err)
		}
		err = opens()
		if !errors.Is(err, ErrUnusable) || !errors.Is(err, trust.ErrOthers) || !strings.Contains(err.Error(), "chmod go-w "+place) {
			t.Errorf("%s that others may write: %v", place, err)
		}
		if err := os.Chmod(place, was.Mode().Perm()); err != nil {
			t.Fatal(err)
		}
	}
}

func TestTheHeadIsNotWrittenThroughALink(t *testing.T) {
	folder := t.TempDir()
	path, precious := filepath.Join(folder, "journal.db"), filepath.Join(folder, "precious")
	s, err := Open(path, Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := os.WriteFile(precious, []byte("precious"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(HeadPath(path)); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(precious, HeadPath(path)); err != nil {
		t.Fatal(err)
	}
	if err := writeHead(HeadPath(path), Head{Seq: 7, Value: make([]byte, linkSize)}, s.keys); !errors.Is(err, trust.ErrOthers) {
		t.Errorf("a head that is a link: %v", err)
	}
	if data, err := os.ReadFile(precious); err != nil || string(data) != "precious" {
		t.Errorf("what the link names was overwritten: %q, %v", data, err)
	}
	other := filepath.Join(folder, "other.db")
	if err := os.Symlink(path, other); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(other, Options{NoSync: true}); !errors.Is(err, ErrInUse) {
		t.Errorf("by a link, the journal that is open is another: %v", err)
	}
}
