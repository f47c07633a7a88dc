package store

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// looking is a context that looks around whenever it is asked whether it has ended.
type looking struct {
	context.Context
	look func()
}

func (l looking) Err() error {
	l.look()
	return l.Context.Err()
}

// What somebody writes into a journal that is being rebuilt would be lost with it.
func TestNobodyOpensAJournalThatIsBeingRebuilt(t *testing.T) {
	path := lived(t, Options{})
	looked := 0
	ctx := looking{t.Context(), func() {
		if looked++; looked > 5 { // each look waits for the lock
			return
		}
		f, err := openOnce(path, true, false)
		if !errors.Is(err, ErrInUse) {
			t.Errorf("it is free: %v", err)
		}
		if err == nil {
			f.Close()
		}
	}}
	if _, err := Rebuild(ctx, path, Options{}, ""); err != nil || looked < 3 {
		t.Errorf("%v; looked %d times", err, looked)
	}
}

// nested is a page of buckets, each of which says that it holds the next page.
func nested() []byte {
	const size, from = 4096, 4096 - inBucket - 1
	page := make([]byte, size)
	binary.NativeEndian.PutUint16(page[10:], 2)
	for i := range 2 {
		e := page[pageHeader+i*elementSize:]
		binary.NativeEndian.PutUint32(e, bucketElement)
		binary.NativeEndian.PutUint32(e[4:], uint32(from-pageHeader-i*elementSize))
		binary.NativeEndian.PutUint32(e[8:], 1)
		binary.NativeEndian.PutUint32(e[12:], inBucket+size)
	}
	return page
}

// However buckets say that they hold each other, each page is looked at once.
func TestARebuildingEndsHoweverPagesHoldEachOther(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal")
	key := strings.Repeat("ab", KeySize)
	if err := errors.Join(os.WriteFile(path, bytes.Repeat(nested(), 200), 0o600), os.WriteFile(KeyPath(path), []byte(key), 0o600)); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() {
		_, err := Rebuild(context.Background(), path, Options{}, "")
		done <- err
	}()
	select {
	case err := <-done:
		if !errors.Is(err, ErrNothing) {
			t.Error(err)
		}
	case <-time.After(20 * time.Second):
		t.Fatal("it does not end")
	}
}
