// Package trust says which files and folders a program that holds people's money
// may believe, and opens files that it writes without following a link.
package trust

import (
	"errors"
	"io/fs"
	"path/filepath"
)

// ErrOthers is the family of what is wrong with a place that others may change.
// The text says which, and the command that mends it.
var ErrOthers = errors.New("others may change it")

// Fault is a file or a folder that others may change. It is of the family
// [ErrOthers].
type Fault struct {
	Path string
	What string // what is wrong with it
	Mend string // the command that puts it right
}

// Error says which, what and how to mend it, in one line.
func (f *Fault) Error() string { return f.Path + " " + f.What + ": " + f.Mend }

// Unwrap puts the error in its family.
func (f *Fault) Unwrap() error { return ErrOthers }

// Real is path without links in it, as far as there is something at it. What
// can't be resolved stays as it is.
func Real(path string) string {
	real, err := filepath.EvalSymlinks(path)
	if err == nil {
		return real
	}
	folder, name := filepath.Split(filepath.Clean(path))
	if !errors.Is(err, fs.ErrNotExist) || folder == "" || name == "" {
		return path
	}
	return filepath.Join(Real(filepath.Clean(folder)), name)
}
