package store

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"hash/fnv"
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

// begins writes a field of both of a file's beginnings, as somebody would who knows
// their checksum.
func begins(t *testing.T, path string, field int, value []byte) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for id := range 2 {
		b := data[id*4096+pageHeader:][:metaSize]
		copy(b[field:], value)
		sum := fnv.New64a()
		_, _ = sum.Write(b[:metaSize-8])
		binary.NativeEndian.PutUint64(b[metaSize-8:], sum.Sum64())
	}
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

// Whatever a file's beginnings say, it is damaged and there is a way back.
func TestAFileThatBeginsWithLiesIsDamagedAndRebuilt(t *testing.T) {
	u32 := binary.NativeEndian.AppendUint32
	for what, lie := range map[string]struct {
		field int
		value []byte
	}{
		"larger pages than there is": {8, u32(nil, 1<<31)},
		"larger pages":               {8, u32(nil, 8192)},
		"smaller pages":              {8, u32(nil, 5)},
		"no pages":                   {8, u32(nil, 0)},
	} {
		t.Run(what, func(t *testing.T) {
			path := lived(t, Options{})
			whole := opened(t, path, Options{})
			want := entriesIn(t, whole)
			whole.Close()
			begins(t, path, lie.field, lie.value)
			if s, err := Open(path, Options{}); !errors.Is(err, ErrDamaged) {
				t.Errorf("opened: %v %v", s, err)
			}
			fresh := filepath.Join(t.TempDir(), "fresh")
			if _, err := Rebuild(t.Context(), path, Options{}, fresh); err != nil {
				t.Fatal(err)
			}
			s, err := Inspect(fresh, Options{Key: mustKey(t, path), Copy: true})
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			if got := entriesIn(t, s); len(got) < len(want) {
				t.Errorf("%d entries of %d", len(got), len(want))
			}
		})
	}
}
