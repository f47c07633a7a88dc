//go:build unix

package store

import (
	"errors"
	"os"
	"path/filepath"

	bolt "go.etcd.io/bbolt"
)

// putInPlace renames aside to path while the older journal there is locked, so
// that nobody writes into it any more: who waits for it finds another file.
func putInPlace(aside, path string, older *bolt.DB) error {
	return errors.Join(os.Rename(aside, path), syncFolder(filepath.Dir(path)), older.Close())
}
