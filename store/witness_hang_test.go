//go:build unix

package store

import (
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"onetrans/flows/core/txn"
)

// A volume that hangs, as a server that went away does, holds up nobody: neither who
// writes, nor who opens the journal.
func TestAWitnessThatHangsHoldsUpNobody(t *testing.T) {
	folder := t.TempDir()
	path, witness := filepath.Join(folder, "journal"), filepath.Join(folder, "witness")
	var told strings.Builder
	options := Options{Witness: witness, Log: slog.New(slog.NewTextHandler(&told, nil))}
	s := opened(t, path, options)
	if err := errors.Join(os.Remove(witness), syscall.Mkfifo(witness, 0o600)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { // lets go of who still waits
		for range 2 {
			if end, err := os.OpenFile(witness, os.O_RDWR|syscall.O_NONBLOCK, 0); err == nil {
				time.AfterFunc(time.Second, func() { end.Close() })
			}
		}
	})
	begin := time.Now()
	for _, no := range []string{"1", "2", "3"} {
		if err := s.Write(entry(no, "sent"), trade(no, txn.Created)); err != nil {
			t.Fatal(err)
		}
	}
	if took := time.Since(begin); took > 3*witnessWait {
		t.Errorf("three steps took %v", took)
	}
	if n := strings.Count(told.String(), "witness cannot be written"); n != 1 {
		t.Errorf("told %d times: %s", n, told.String())
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	begin = time.Now()
	if s, err := Open(path, options); !errors.Is(err, ErrRefused) {
		t.Errorf("it was opened without a word of its witness: %v %v", s, err)
	}
	if took := time.Since(begin); took > 3*witnessWait {
		t.Errorf("opening took %v", took)
	}
}
