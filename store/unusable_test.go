package store

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// Whatever keeps a journal from being opened is of one family, but that another
// process has it.
func TestWhatKeepsAJournalFromBeingOpenedIsOneFamily(t *testing.T) {
	folder := t.TempDir()
	file := filepath.Join(folder, "file")
	if err := os.WriteFile(file, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	paths := map[string]string{
		"its folder is a file":     filepath.Join(file, "journal.db"),
		"its folder's is a file":   filepath.Join(file, "a", "journal.db"),
		"it is a folder":           folder,
		"its name is too long":     filepath.Join(folder, strings.Repeat("x", 300)),
		"it is no journal":         file,
		"nothing can be made here": "/proc/self/journal.db",
	}
	if runtime.GOOS != "linux" {
		delete(paths, "nothing can be made here")
	}
	for name, path := range paths {
		if _, err := Open(path, Options{}); !errors.Is(err, ErrUnusable) || errors.Is(err, ErrInUse) {
			t.Errorf("%s: %v", name, err)
		}
	}

	path := filepath.Join(folder, "journal.db")
	s, err := Open(path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, err := Open(path, Options{}); !errors.Is(err, ErrInUse) || errors.Is(err, ErrUnusable) {
		t.Errorf("in use: %v", err)
	}
}
