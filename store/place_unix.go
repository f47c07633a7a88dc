//go:build unix

package store

import (
	"errors"
	"os"
	"path/filepath"
)

// putInPlace renames aside to path while the older journal there is locked, so
// that nobody writes into it any more: who waits for it finds another file.
func putInPlace(aside, path string, older *file) error {
	return errors.Join(os.Rename(aside, path), syncFolder(filepath.Dir(path)), older.letGo())
}

// roomFor is how much of the address space a file gets, in bytes, so that it can
// grow while somebody reads all of it: to map more bbolt waits for all readers,
// and every new one waits behind it.
func roomFor(size int64) int { return int(max(128<<20, 4*size)) }

// exchange puts fresh, which is at aside, in the place of old at path, and gives the
// file that is to be used. It is locked all the time: a file's lock goes with its
// name.
func exchange(aside, path string, old, fresh *file) (*file, error) {
	if err := os.Rename(aside, path); err != nil {
		return nil, err
	}
	return fresh, errors.Join(syncFolder(filepath.Dir(path)), old.Close())
}
