package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// ErrExists: there is a file already where one was to be made.
var ErrExists = errors.New("there is such a file already")

// Backup writes the journal as it stands to a new file, while it is being
// written on, and who writes does not wait. Damage is not copied: ErrDamaged. The
// file is made aside and is whole and durable when it has its name. Neither key nor
// head go with it: brought back to its place it is older than the head there, and is
// served when a person has taken it on.
func (s *Store) Backup(path string) (Head, error) {
	var head Head
	err := makeAside(path, func(aside *os.File) error {
		return s.whole(func(tx *vetted) (err error) {
			if head, err = s.end(tx); err != nil {
				return err
			}
			return tx.writeTo(aside)
		})
	}, func(aside string) error {
		db, err := openFile(aside, Options{}, true)
		if err != nil {
			return err
		}
		return errors.Join(db.pages.walk(true), db.Close())
	})
	if err != nil {
		return head, advised(fmt.Errorf("making the backup %s: %w", path, err))
	}
	return head, nil
}

// whole does something with a file each page of which was just checked.
func (s *Store) whole(do func(*vetted) error) (err error) {
	for range triesToRead {
		err = s.view(func(tx *vetted) error {
			if err := tx.walk(true); err != nil {
				return err
			}
			tx.trust = true
			return do(tx)
		})
		if !errors.Is(err, errMoved) {
			break
		}
	}
	return err
}

// makeAside makes a new file: write fills it, check may refuse it, and then it
// is linked to its name, which it takes from no other.
func makeAside(path string, write func(*os.File) error, check func(aside string) error) error {
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		return errors.Join(ErrExists, err)
	}
	aside, err := os.CreateTemp(filepath.Dir(path), asidePattern)
	if err != nil {
		return err
	}
	defer os.Remove(aside.Name())
	err = write(aside)
	if err = errors.Join(err, aside.Sync(), aside.Close()); err != nil {
		return err
	}
	if err := check(aside.Name()); err != nil {
		return err
	}
	return linkNew(aside.Name(), path)
}

// linkNew gives a file its name, which it takes from no other.
func linkNew(aside, path string) error {
	err := os.Link(aside, path)
	if errors.Is(err, fs.ErrExist) {
		return ErrExists
	}
	if err != nil {
		// Memory sticks have no links; nobody else makes files there.
		if err := os.Rename(aside, path); err != nil {
			return err
		}
	}
	return syncFolder(filepath.Dir(path))
}
