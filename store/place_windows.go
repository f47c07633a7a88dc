package store

import (
	"errors"
	"os"

	bolt "go.etcd.io/bbolt"
)

// putInPlace renames aside to path. Windows does not rename over an open file.
func putInPlace(aside, path string, older *bolt.DB) error {
	return errors.Join(older.Close(), os.Rename(aside, path))
}
