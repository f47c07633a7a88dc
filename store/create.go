package store

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	bolt "go.etcd.io/bbolt"

	"onetrans/store/trust"
)

// asidePattern names what is not in its place yet.
const asidePattern = ".journal-*"

// begunPath is where it is noted that a journal is being made.
func begunPath(journal string) string { return journal + ".begun" }

// create makes an empty journal aside and links it to its name, so that a power
// cut leaves either none or a whole one. Of two processes that do this at once
// one is first: a link never replaces the journal that stands already. Its key
// and its head are there before it, and before these a note that they are being
// made: without that note they are what is left of a journal that was lost.
func create(path string, options Options) error {
	if err := Lost(path); err != nil {
		return err
	}
	return begin(path, options)
}

// Lost says whether a journal stood at a path and is gone: [ErrLost].
func Lost(path string) error {
	for _, name := range []string{KeyPath(path), HeadPath(path)} {
		// In this order, because another process may be making it.
		_, left := os.Lstat(name)
		_, begun := os.Lstat(begunPath(path))
		_, there := os.Stat(path)
		if left == nil && begun != nil && errors.Is(there, fs.ErrNotExist) {
			return flaw(ErrLost, "lost", "{file} is there, and the journal is gone", "file", name)
		}
	}
	return nil
}

// begin makes an empty journal, whatever was there before.
func begin(path string, options Options) error {
	folder := filepath.Dir(path)
	if err := errors.Join(noteBegun(path), syncFolder(folder)); err != nil {
		return err
	}
	key, err := findKey(path, options)
	if errors.Is(err, fs.ErrNotExist) {
		key, err = makeKey(KeyPath(path), options.NoSync)
	}
	if err != nil {
		return err
	}
	k := derive(key)
	aside, err := emptyAside(path, k, options)
	if err != nil {
		return err
	}
	defer os.Remove(aside)
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		if err := replaceHead(HeadPath(path), Head{0, k.begin(options.Terminal)}, k, options.NoSync); err != nil {
			return err
		}
	}
	if err := os.Link(aside, path); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return errors.Join(forgetBegun(path), syncFolder(folder))
}

// noteBegun notes that a journal is being made.
func noteBegun(journal string) error {
	note, err := trust.OpenFile(begunPath(journal), os.O_WRONLY|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	return note.Close()
}

// forgetBegun takes that note away, now that the journal is there. Who made it may
// have been killed before, and with the note a journal that is lost later would be
// taken for one that is being made.
func forgetBegun(journal string) error {
	if err := os.Remove(begunPath(journal)); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
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
	if err := lay(aside.Name(), k, options, k.place(path)); err != nil {
		return "", errors.Join(err, os.Remove(aside.Name()))
	}
	return aside.Name(), nil
}

// lay makes the buckets of an empty journal that belongs to a place, synced when
// it returns unless nobody wants that.
func lay(path string, k keys, options Options, place []byte) error {
	db, err := bolt.Open(path, 0o600, &bolt.Options{Timeout: lockTimeout, NoSync: options.NoSync})
	if err != nil {
		return err
	}
	err = own(db).Update(func(tx *vetted) error {
		for _, name := range buckets() {
			if _, err := tx.CreateBucket(name); err != nil {
				return err
			}
		}
		meta := tx.Bucket(bucketMeta)
		return errors.Join(
			meta.Put(keySchema, []byte(schema)),
			meta.Put(keyNeeds, []byte(needs)),
			meta.Put(keyTerminal, []byte(options.Terminal)),
			meta.Put(keyPlace, place),
			meta.Put(keyCheck, k.check),
		)
	})
	return errors.Join(err, db.Close())
}

// openAside opens a file that is not in its place yet; its syncs are its maker's.
func openAside(path string) (*file, error) {
	db, err := bolt.Open(path, 0o600, &bolt.Options{Timeout: lockTimeout, NoSync: true})
	if err != nil {
		return nil, err
	}
	return own(db), nil
}
