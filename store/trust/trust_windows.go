package trust

import (
	"io/fs"
	"os"
)

// Path has nothing to say: on Windows access lists, which a folder's children
// take over from it, say who may write, and the program's folders are made by an
// installer that sets them.
func Path(string) error { return nil }

// OpenFile is [os.OpenFile] of a file that is about to be written, unless a link
// stands in its place.
func OpenFile(path string, flag int, mode fs.FileMode) (*os.File, error) {
	if info, err := os.Lstat(path); err == nil && info.Mode().Type() == fs.ModeSymlink {
		return nil, &Fault{Path: path, Kind: Link, Mend: "del " + path}
	}
	return os.OpenFile(path, flag, mode)
}
