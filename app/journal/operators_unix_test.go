//go:build unix

package journal

import (
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

func TestWhatIsNoFileIsNotWaitedForInPlaceOfTheOperators(t *testing.T) {
	o := OperatorsOf(filepath.Join(t.TempDir(), "j"))
	if err := syscall.Mkfifo(o.path, 0o600); err != nil {
		t.Fatal(err)
	}
	proved := make(chan error, 1)
	go func() { proved <- o.Prove(t.Context(), "王五", "correct horse") }()
	select {
	case err := <-proved:
		if err == nil {
			t.Error("everybody is trusted")
		}
	case <-time.After(5 * time.Second):
		t.Error("it is waited for")
	}
}
