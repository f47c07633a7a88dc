package store

import (
	"errors"
	"os"
	"path/filepath"

	bolt "go.etcd.io/bbolt"
)

// create makes an empty journal aside and links it to its name, so that a power
// cut leaves either none or a whole one. Of two processes that do this at once
// one is first: a link never replaces the journal that stands already.
func create(path string) error {
	aside, err := os.CreateTemp(filepath.Dir(path), ".journal-*")
	if err != nil {
		return err
	}
	defer os.Remove(aside.Name())
	if err := aside.Close(); err != nil {
		return err
	}
	if err := lay(aside.Name()); err != nil {
		return err
	}
	if err := os.Link(aside.Name(), path); err != nil && !errors.Is(err, os.ErrExist) {
		return err
	}
	return syncFolder(filepath.Dir(path))
}

// lay makes the buckets of an empty journal, synced when it returns.
func lay(path string) error {
	db, err := bolt.Open(path, 0o600, &bolt.Options{Timeout: lockTimeout})
	if err != nil {
		return err
	}
	err = db.Update(func(tx *bolt.Tx) error {
		for _, name := range buckets() {
			if _, err := tx.CreateBucket(name); err != nil {
				return err
			}
		}
		return tx.Bucket(bucketMeta).Put(keySchema, []byte(schema))
	})
	return errors.Join(err, db.Close())
}
