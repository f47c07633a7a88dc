package store

import (
	"errors"
	"os"
)

// putInPlace renames aside to path. Windows does not rename over an open file.
func putInPlace(aside, path string, older *file) error {
	return errors.Join(older.letGo(), os.Rename(aside, path))
}

// roomFor is how long a file is made at least, in bytes, so that it can grow while
// somebody reads all of it: on Windows a file is as long as it is mapped.
func roomFor(int64) int { return 32 << 20 }

// exchange puts fresh, which is at aside, in the place of old at path, and gives the
// file that is to be used. Windows does not rename open files: for a moment nobody
// has the terminal.
func exchange(aside, path string, old, fresh *file) (*file, error) {
	noSync := old.NoSync
	if err := errors.Join(fresh.Close(), old.Close(), os.Rename(aside, path)); err != nil {
		return nil, err
	}
	now, err := openOnce(path, noSync, false)
	if err == nil {
		now.pages.noteAll()
	}
	return now, err
}
