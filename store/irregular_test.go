//go:build unix

package store

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// A pipe would be waited for, for ever, and a folder is none of the files either.
func TestWhatIsNoFileBesideAJournalIsAnErrorAtOnce(t *testing.T) {
	for name, plant := range map[string]func(string) error{
		"a pipe":            func(path string) error { return syscall.Mkfifo(path, 0o600) },
		"a folder":          func(path string) error { return os.Mkdir(path, 0o700) },
		"a link to nothing": func(path string) error { return os.Symlink(filepath.Base(path), path) },
	} {
		for _, beside := range []string{".head", ".key", ".secrets"} {
			path := filepath.Join(t.TempDir(), "j")
			s, err := Open(path, Options{})
			if err == nil {
				err = s.Close()
			}
			if err = errors.Join(err, os.Remove(path+beside), plant(path+beside)); err != nil {
				t.Fatal(err)
			}
			tried := map[string]func() (*Store, error){
				"serving": func() (*Store, error) { return Open(path, Options{}) },
				"reading": func() (*Store, error) { return Inspect(path, Options{}) },
			}
			for what, open := range tried {
				err := atOnce(t, func() error {
					s, err := open()
					if err != nil {
						return err
					}
					proof, err := s.Verify(t.Context())
					if err == nil && !proof.Whole() {
						err = errNotWhole
					}
					return errors.Join(err, s.Close())
				})
				if err == nil {
					t.Errorf("%s, %s with %s: taken", what, beside, name)
				}
			}
		}
	}
}

var errNotWhole = errors.New("not whole")

// atOnce is what comes of something that must not wait for anything.
func atOnce(t *testing.T, do func() error) error {
	t.Helper()
	done := make(chan error, 1)
	go func() { done <- do() }()
	select {
	case err := <-done:
		return err
	case <-time.After(5 * time.Second):
		t.Error("it is waited for")
		return errors.New("it hangs")
	}
}
