//go:build unix

package record

import (
	"syscall"
	"testing"
	"time"
)

// A pipe in the file's place has no writer to wait for.
func TestWhatIsNoFileIsNeitherReadNorWritten(t *testing.T) {
	f := fileIn(t, t.TempDir())
	if err := syscall.Mkfifo(f.path, 0o600); err != nil {
		t.Skip("a file system that has pipes is missing: ", err)
	}
	ended := make(chan [2]error, 1)
	go func() {
		_, err := f.Last(1)
		ended <- [2]error{err, f.Append(f.Masker.Call(heard(t)))}
	}()
	select {
	case errs := <-ended:
		if errs[0] == nil || errs[1] == nil {
			t.Error(errs)
		}
	case <-time.After(5 * time.Second):
		t.Fatal("it waits for a pipe")
	}
}
