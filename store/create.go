package store

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	bolt "go.etcd.io/bbolt"
)

// asidePattern names what is not in its place yet.
const asidePattern = ".journal-*"

// create makes an empty journal aside and links it to its name, so that a power
// cut leaves either none or a whole one. Of two processes that do this at once
// one is first: a link never replaces the journal that stands already. Its key
// and its head are there before it.
func create(path string, options Options) error {
	key, err := findKey(path, options)
	if errors.Is(err, fs.ErrNotExist) {
		key, err = makeKey(KeyPath(path), options.NoSync)
	}
	if err != nil {
		return err
	}
	k := derive(key)
	if err := beginHead(path, Head{0, k.begin(options.Terminal)}, k, options.NoSync); err != nil {
		return err
	}
	aside, err := emptyAside(path, k, options)
	if err != nil {
		return err
	}
	defer os.Remove(aside)
	if err := os.Link(aside, path); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return syncFolder(filepath.Dir(path))
}

// emptyAside makes an empty journal in path's folder and returns its name.
func emptyAside(path string, k keys, options Options) (string, error) {
	aside, err := os.CreateTemp(filepath.Dir(path), asidePattern)
	if err != nil {
		return "", err
	}
	if err := aside.Close(); err != nil {
		return "", err
	}
	if err := lay(aside.Name(), k, options.Terminal, options.NoSync); err != nil {
		return "", errors.Join(err, os.Remove(aside.Name()))
	}
	return aside.Name(), nil
}

// lay makes the buckets of an empty journal, synced when it returns unless
// nobody wants that.
func lay(path string, k keys, terminal string, noSync bool) error {
	db, err := bolt.Open(path, 0o600, &bolt.Options{Timeout: lockTimeout, NoSync: noSync})
	if err != nil {
		return err
	}
	err = db.Update(func(tx *bolt.Tx) error {
		for _, name := range buckets() {
			if _, err := tx.CreateBucket(name); err != nil {
				return err
			}
		}
		meta := tx.Bucket(bucketMeta)
		return errors.Join(
			meta.Put(keySchema, []byte(schema)),
			meta.Put(keyTerminal, []byte(terminal)),
			meta.Put(keyCheck, k.check),
		)
	})
	return errors.Join(err, db.Close())
}
