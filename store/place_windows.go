package store

import (
	"errors"
	"os"
)

// putInPlace renames aside to path. Windows does not rename over an open file.
func putInPlace(aside, path string, older *file) error {
	return errors.Join(older.Close(), os.Rename(aside, path))
}

// roomFor is how long a file is made at least, in bytes, so that it can grow while
// somebody reads all of it: on Windows a file is as long as it is mapped.
func roomFor(int64) int { return 32 << 20 }
