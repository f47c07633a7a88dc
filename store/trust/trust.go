// Package trust says which files and folders a program that holds people's money
// may trust, and opens files that it writes without following a link.
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
	Path  string
	Kind  Kind
	Owner string // the user whose it is, where that is what is wrong; may be empty
	Mend  string // the command that puts it right
}

// Kind is what is wrong with a place.
type Kind string

// The kinds of fault.
const (
	OthersWrite Kind = "others_write"
	OtherOwner  Kind = "other_owner"
	Link        Kind = "link" // where something is to be written
)

// kinds are the kinds' words for who reads logs.
func kinds() map[Kind]string {
	return map[Kind]string{
		OthersWrite: "may be written by others",
		OtherOwner:  "belongs to another user",
		Link:        "is a link, and is not followed",
	}
}

// Error says which, what and how to mend it, in one line.
func (f *Fault) Error() string {
	what := kinds()[f.Kind]
	if f.Owner != "" {
		what += ", " + f.Owner
	}
	return f.Path + " " + what + ": " + f.Mend
}

// Words are the key of the fault's words for persons, and what fills them in.
func (f *Fault) Words() (key string, values []string, behind error) {
	return "trust." + string(f.Kind), []string{"path", f.Path, "owner", f.Owner, "mend", f.Mend}, nil
}

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
