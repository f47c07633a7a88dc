// Package swap puts this program's library in the place of the vendor's, in the folder
// of the hospital's information system, and the vendor's back again.
//
// The file that HIS loads is always one of both, whole: it is replaced by one renaming,
// after the other is on the disk. The vendor's is kept beside it under another name.
// Whatever a power cut or a failure leaves half done, the next swap mends; looking changes
// nothing.
package swap

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Which is whose library.
type Which string

// Whose library a file is.
const (
	Ours   Which = "ours"
	Vendor Which = "vendor"
	Nobody Which = "" // there is none
)

// Error is why nothing was swapped.
type Error struct {
	Fault Fault
	Path  string
	Who   string // the process that uses it, where that is what is wrong and is known
	Err   error  // may be nil
}

// Fault is what is wrong.
type Fault string

// The faults.
const (
	None     Fault = "none"      // no library in the folder
	Alien    Fault = "alien"     // a file that is neither's
	Two      Fault = "two"       // the vendor's is there twice, and not the same
	NoOurs   Fault = "no_ours"   // none of ours of the right bits
	NoOther  Fault = "no_vendor" // it is not kept here
	InUse    Fault = "in_use"
	InUseBy  Fault = "in_use_by" // a process that is known
	Swapping Fault = "swapping"  // another swap is at work in the folder
	Failed   Fault = "failed"
)

// Error says it for the log.
func (e *Error) Error() string {
	text := "swapping the library: " + strings.ReplaceAll(string(e.Fault), "_", " ") + ": " + e.Path
	if e.Who != "" {
		text += ": process " + e.Who
	}
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Words are the key of its text for people, and what fills it in.
func (e *Error) Words() (key string, values []string, behind error) {
	return "swap_" + string(e.Fault), []string{"file", e.Path, "process", e.Who}, e.Err
}

// names are a library's names in HIS's folder: the one that is loaded, and the
// vendor's while ours is.
type names struct{ active, kept string }

// libraries are those that HIS may load, by system.
var libraries = []names{{"OneTrans2.dll", "OneTrans2.vendor.dll"}, {"libOneTrans2.so", "libOneTrans2.vendor.so"}}

// aside begins the name of what is being put in place.
const aside = ".onetrans-swap-"

// Folder is a folder of HIS with a library in it.
type Folder struct {
	active, kept string // paths

	// between is told each step that was taken; an error of it is a power cut. For tests.
	between func(step string) error
}

// Open finds the library in a folder of HIS. It changes nothing.
func Open(folder string) (*Folder, error) { return open(folder, func(string) error { return nil }) }

func open(folder string, between func(string) error) (*Folder, error) {
	for _, n := range libraries {
		f := &Folder{filepath.Join(folder, n.active), filepath.Join(folder, n.kept), between}
		if exists(f.active) || exists(f.kept) {
			return f, nil
		}
	}
	return nil, &Error{Fault: None, Path: folder}
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// swap takes the steps of one swap, once what another has left half done is mended. Two
// at once would take each other's half for that.
func (f *Folder) swap(steps func() (done bool, err error)) (done bool, err error) {
	letGo, err := lock(filepath.Dir(f.active))
	if err != nil {
		return false, err
	}
	defer letGo()
	if err := f.mend(); err != nil {
		return false, err
	}
	return steps()
}

// mend removes what a swap that broke off was about to put in place. Its error says that
// the vendor's is there twice, and not the same.
func (f *Folder) mend() error {
	folder := filepath.Dir(f.active)
	all, err := os.ReadDir(folder)
	if err != nil {
		return failed(folder, err)
	}
	for _, one := range all {
		if path := filepath.Join(folder, one.Name()); one.Type().IsRegular() && strings.HasPrefix(one.Name(), aside) {
			if err := os.Remove(path); err != nil {
				return failed(path, err)
			}
		}
	}
	if !f.PutBack() {
		return nil
	}
	if same, err := sameFile(f.active, f.kept); err != nil || !same {
		return errors.Join(err, &Error{Fault: Two, Path: f.kept})
	}
	return nil
}

// PutBack says that the vendor's is active although it is kept for when ours is: its
// updater has put it back, or a swap broke off that could not keep it as a link. One file
// of two names is a swap that broke off before it had put ours in place.
func (f *Folder) PutBack() bool {
	l, err := look(f.active)
	if err != nil || l.whose != Vendor {
		return false
	}
	active, err := os.Lstat(f.active)
	if err != nil {
		return false
	}
	kept, err := os.Lstat(f.kept)
	return err == nil && !os.SameFile(active, kept)
}

func failed(path string, err error) error {
	if err == nil {
		return nil
	}
	return &Error{Fault: Failed, Path: path, Err: err}
}

// Active says whose library HIS loads, and for which processor it is: "386", "amd64".
func (f *Folder) Active() (whose Which, bits string, err error) {
	if !exists(f.active) {
		return Nobody, "", nil
	}
	l, err := look(f.active)
	return l.whose, l.bits, err
}

// Path is the file that HIS loads.
func (f *Folder) Path() string { return f.active }

// ToOurs puts the one of these libraries in place that is ours and of the right bits. It
// does nothing where that very file is there already; done says whether it did anything.
func (f *Folder) ToOurs(candidates []string) (done bool, err error) {
	return f.swap(func() (bool, error) { return f.toOurs(candidates) })
}

func (f *Folder) toOurs(candidates []string) (done bool, err error) {
	before := f.active
	if !exists(before) {
		before = f.kept // somebody took the active one away
	}
	now, err := look(before)
	if err != nil {
		return false, err
	}
	ours, err := f.choose(candidates, now.bits)
	if err != nil {
		return false, err
	}
	if same, err := sameFile(f.active, ours); err == nil && same {
		return false, nil
	}
	if err := f.free(); err != nil {
		return false, err
	}
	return true, f.put(ours, now.whose)
}

// put lets a copy of ours take the active one's place, once the vendor's is kept.
func (f *Folder) put(ours string, now Which) error {
	fresh, err := f.copyOf(ours)
	if err != nil {
		return failed(f.active, err)
	}
	defer os.Remove(fresh)
	if err := f.between("copied"); err != nil {
		return err
	}
	if now == Vendor && exists(f.active) {
		if err := f.keep(); err != nil {
			return failed(f.kept, err)
		}
	}
	if err := f.between("kept"); err != nil {
		return err
	}
	if l, err := look(fresh); err != nil || l.whose != Ours {
		return errors.Join(err, &Error{Fault: NoOurs, Path: ours})
	}
	return f.replace(fresh)
}

// keep gives the vendor's its second name, without taking its first: as a link, or where
// there are none, as a copy. One that it has is the same ([Folder.mend]).
func (f *Folder) keep() error {
	if !exists(f.kept) && os.Link(f.active, f.kept) != nil {
		second, err := f.copyOf(f.active)
		if err != nil {
			return err
		}
		if err := os.Rename(second, f.kept); err != nil {
			return errors.Join(err, os.Remove(second))
		}
	}
	return syncFolder(filepath.Dir(f.kept))
}

// ToVendor gives the vendor's its name back. Where it has it, no second one is left.
func (f *Folder) ToVendor() (done bool, err error) { return f.swap(f.toVendor) }

func (f *Folder) toVendor() (done bool, err error) {
	whose, _, err := f.Active()
	switch {
	case err != nil:
		return false, err
	case whose == Vendor && exists(f.kept):
		return false, failed(f.kept, os.Remove(f.kept))
	case whose == Vendor:
		return false, nil
	case !exists(f.kept):
		return false, &Error{Fault: NoOther, Path: f.kept}
	}
	if l, err := look(f.kept); err != nil || l.whose != Vendor {
		return false, errors.Join(err, &Error{Fault: Alien, Path: f.kept})
	}
	if err := f.free(); err != nil {
		return false, err
	}
	return true, f.replace(f.kept)
}

// replace renames a file over the active one.
func (f *Folder) replace(by string) error {
	if err := os.Rename(by, f.active); err != nil {
		return failed(f.active, err)
	}
	if err := f.between("replaced"); err != nil {
		return err
	}
	return failed(f.active, syncFolder(filepath.Dir(f.active)))
}

// free says whether nobody has the active library loaded.
func (f *Folder) free() error {
	if !exists(f.active) {
		return nil
	}
	used, process, err := inUse(f.active)
	switch {
	case err != nil:
		return failed(f.active, err)
	case process != "":
		return &Error{Fault: InUseBy, Path: f.active, Who: process}
	case used:
		return &Error{Fault: InUse, Path: f.active}
	}
	return nil
}

// choose is the first of the candidates that is ours, of these bits.
func (f *Folder) choose(candidates []string, bits string) (string, error) {
	for _, path := range candidates {
		if l, err := look(path); err == nil && l.whose == Ours && l.bits == bits {
			return path, nil
		}
	}
	return "", &Error{Fault: NoOurs, Path: bits}
}

// maxLibrary is how many bytes a library may have.
const maxLibrary = 256 << 20

// copyOf is a copy beside the active library, on the disk.
func (f *Folder) copyOf(path string) (name string, err error) {
	from, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer from.Close()
	to, err := os.CreateTemp(filepath.Dir(f.active), aside+"*")
	if err != nil {
		return "", err
	}
	_, err = io.Copy(to, io.LimitReader(from, maxLibrary))
	if err == nil {
		err = to.Chmod(0o755)
	}
	if err = errors.Join(err, to.Sync(), to.Close()); err != nil {
		return "", errors.Join(err, os.Remove(to.Name()))
	}
	return to.Name(), nil
}

// sameFile says whether two files hold the same.
func sameFile(a, b string) (bool, error) {
	x, err := hashOf(a)
	if err != nil {
		return false, err
	}
	y, err := hashOf(b)
	return bytes.Equal(x, y), err
}

func hashOf(path string) ([]byte, error) {
	info, err := os.Lstat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, &fs.PathError{Op: "read", Path: path, Err: fs.ErrInvalid}
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	sum := sha256.New()
	_, err = io.Copy(sum, io.LimitReader(file, maxLibrary))
	return sum.Sum(nil), err
}
