//go:build unix

package trust

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// maxLinks is how many links may lie on the way; as many as Linux follows.
const maxLinks = 40

var errLinks = errors.New("too many links lie on the way")

// Path says whether this user may trust what is at path: it, each folder and
// each link on the way belong to this user or to the system's administrator, and
// nobody else may write in them. In a sticky folder others may write, but
// replace nothing; below a folder that nobody else may enter nobody else comes.
//
// The error is a [*Fault], or the file system's. Where there is nothing, the way
// to it counts alone.
func Path(path string) error {
	path, err := filepath.Abs(path)
	if err != nil {
		return err
	}
	w := way{at: "/", rest: parts(path), me: uint32(os.Geteuid())}
	info, err := os.Lstat(w.at)
	if err != nil {
		return err
	}
	if err := w.step(w.at, info); err != nil {
		return err
	}
	for len(w.rest) > 0 {
		if err := w.next(); errors.Is(err, fs.ErrNotExist) {
			return nil
		} else if err != nil {
			return err
		}
	}
	return nil
}

func parts(path string) []string {
	return strings.FieldsFunc(path, func(r rune) bool { return r == '/' })
}

// way is the way to a file, as the system goes it.
type way struct {
	at   string   // how far it was judged; no link
	rest []string // what follows
	me   uint32
	// systems: only the system's administrator may write anywhere on the way.
	systems bool
	shut    bool // nobody else may enter a folder on the way to here
	links   int
}

// next judges the next name of the way.
func (w *way) next() error {
	name := w.rest[0]
	w.rest = w.rest[1:]
	switch name {
	case ".":
		return nil
	case "..":
		w.at, w.shut = filepath.Dir(w.at), false
		return nil
	}
	path := filepath.Join(w.at, name)
	info, err := os.Lstat(path)
	if err != nil {
		return err
	}
	if info.Mode().Type() == fs.ModeSymlink {
		return w.follow(path, info)
	}
	return w.step(path, info)
}

// follow goes on where a link leads.
func (w *way) follow(path string, info fs.FileInfo) error {
	if err := w.owned(path, info, "chown -h"); err != nil {
		return err
	}
	target, err := os.Readlink(path)
	if w.links++; err == nil && w.links > maxLinks {
		err = errLinks
	}
	if err != nil {
		return err
	}
	w.rest = append(parts(target), w.rest...)
	if filepath.IsAbs(target) {
		w.at, w.shut = "/", false
	}
	return nil
}

// step judges what is no link.
func (w *way) step(path string, info fs.FileInfo) error {
	if err := w.owned(path, info, "chown"); err != nil {
		return err
	}
	mode := info.Mode()
	apart := mode.IsDir() && !w.systems && (w.shut || mode&fs.ModeSticky != 0)
	if mode.Perm()&0o022 != 0 && !apart {
		return &Fault{Path: path, Kind: OthersWrite, Mend: "chmod go-w " + quoted(path)}
	}
	w.at, w.shut = path, w.shut || mode.IsDir() && mode.Perm()&0o011 == 0
	return nil
}

func (w *way) owned(path string, info fs.FileInfo, mend string) error {
	stat, ok := info.Sys().(*syscall.Stat_t)
	if ok && (stat.Uid == w.me || stat.Uid == 0) {
		return nil
	}
	owner := ""
	if ok {
		owner = strconv.FormatUint(uint64(stat.Uid), 10)
	}
	return &Fault{path, OtherOwner, owner, fmt.Sprintf("%s %d %s", mend, w.me, quoted(path))}
}

// quoted is a path as a shell takes it.
func quoted(path string) string {
	if !strings.ContainsFunc(path, func(r rune) bool { return strings.ContainsRune(" \t\n'\"\\$`&|;()<>*?[]#~!{}", r) }) {
		return path
	}
	return "'" + strings.ReplaceAll(path, "'", `'\''`) + "'"
}

// OpenFile is [os.OpenFile] of a file that is about to be written. Where a link
// stands in its place, it is followed only if nobody but the system's
// administrator could have put it there, as those in /dev; else it fails.
func OpenFile(path string, flag int, mode fs.FileMode) (*os.File, error) {
	file, err := os.OpenFile(path, flag|syscall.O_NOFOLLOW, mode)
	if !errors.Is(err, syscall.ELOOP) {
		return file, err
	}
	file, err = openSystems(path, flag, mode)
	if errors.Is(err, ErrOthers) || errors.Is(err, errLinks) || errors.Is(err, syscall.ELOOP) {
		err = &Fault{Path: path, Kind: Link, Mend: "rm " + quoted(path)}
	}
	return file, err
}

// openSystems opens what a link of the system's leads to.
func openSystems(path string, flag int, mode fs.FileMode) (*os.File, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	w := way{at: "/", rest: parts(path), me: 0, systems: true}
	for err == nil && len(w.rest) > 0 {
		at := filepath.Join(append([]string{w.at}, w.rest...)...)
		if isOpenFile(at) { // nobody puts a name there
			return os.OpenFile(at, flag, mode)
		}
		if len(w.rest) == 1 {
			info, err := os.Lstat(at)
			if err != nil || info.Mode().Type() != fs.ModeSymlink {
				return os.OpenFile(at, flag|syscall.O_NOFOLLOW, mode)
			}
		}
		err = w.next()
	}
	if err == nil {
		err = syscall.EISDIR
	}
	return nil, err
}
