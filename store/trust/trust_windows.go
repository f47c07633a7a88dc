package trust

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unsafe"

	"golang.org/x/sys/windows"
)

// What somebody may do to a file that changes it, and to a folder that changes what is
// found at a name in it. To add to a folder replaces nothing there; to move it away
// does, where another may be put in its place.
const (
	takesOver     = windows.WRITE_DAC | windows.WRITE_OWNER | windows.GENERIC_ALL
	changesFile   = takesOver | windows.DELETE | windows.FILE_WRITE_DATA | windows.FILE_APPEND_DATA | windows.GENERIC_WRITE
	changesFolder = takesOver | fileDeleteChild
	putsFolder    = windows.FILE_APPEND_DATA | windows.GENERIC_WRITE | windows.GENERIC_ALL // FILE_ADD_SUBDIRECTORY

	fileDeleteChild = 0x40
)

// Path says whether this user may trust what is at path: it and the folder that it is in
// belong to this user, the system or its administrators, and their access lists let
// nobody else replace or change them. Folders hand their lists down, so that who may
// write further up may write here; where somebody has cut that off, only this is seen.
// What a list denies does not count.
//
// The error is a [*Fault], or the file system's. Where there is nothing, the nearest
// folder counts alone.
func Path(path string) error {
	path, err := filepath.Abs(path)
	if err != nil {
		return err
	}
	trusted, err := trustedHere()
	if err != nil {
		return err
	}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist) && filepath.Dir(path) != path:
		return Path(filepath.Dir(path))
	case err != nil:
		return err
	case info.IsDir():
		return trusted.folder(path)
	}
	if err := trusted.folder(filepath.Dir(path)); err != nil {
		return err
	}
	return trusted.judge(path, changesFile, "")
}

// folder judges a folder. To move it away counts where another may be put there.
func (s sids) folder(path string) error {
	counts := windows.ACCESS_MASK(changesFolder)
	if up := filepath.Dir(path); up != path {
		_, list, err := access(up)
		if err != nil {
			return err
		}
		if list == nil || s.allows(list, putsFolder) {
			counts |= windows.DELETE
		}
	}
	return s.judge(path, counts, "(OI)(CI)")
}

// sids are users and groups whom this user trusts.
type sids struct {
	me  *windows.SID
	all []*windows.SID
}

func trustedHere() (sids, error) {
	user, err := windows.GetCurrentProcessToken().GetTokenUser()
	if err != nil {
		return sids{}, err
	}
	s := sids{me: user.User.Sid, all: []*windows.SID{user.User.Sid}}
	for _, known := range []windows.WELL_KNOWN_SID_TYPE{
		windows.WinLocalSystemSid, windows.WinBuiltinAdministratorsSid,
		windows.WinCreatorOwnerSid, windows.WinCreatorOwnerRightsSid, // whoever the owner is
	} {
		sid, err := windows.CreateWellKnownSid(known)
		if err != nil {
			return sids{}, err
		}
		s.all = append(s.all, sid)
	}
	return s, nil
}

// installer is what Windows itself is installed by.
const installer = "S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464"

func (s sids) has(sid *windows.SID) bool {
	if slices.ContainsFunc(s.all, sid.Equals) {
		return true
	}
	text := sid.String()
	ends := func(number string) bool { return strings.HasSuffix(text, "-"+number) }
	// The administrator's own account, and a domain's and a forest's administrators.
	return text == installer || strings.HasPrefix(text, "S-1-5-21-") && (ends("500") || ends("512") || ends("519"))
}

// judge judges what others must not be allowed to do; inherited is how what is in it
// gets a list as well.
func (s sids) judge(path string, counts windows.ACCESS_MASK, inherited string) error {
	owner, list, err := access(path)
	switch {
	case err != nil:
		return err
	case owner != nil && !s.has(owner):
		return &Fault{path, OtherOwner, owner.String(), `icacls "` + path + `" /setowner *` + s.me.String()}
	case list == nil || s.allows(list, counts): // without a list everybody may do all
		mend := `icacls "` + path + `" /inheritance:r`
		for _, sid := range []string{"S-1-5-18", "S-1-5-32-544", s.me.String()} {
			mend += " /grant:r *" + sid + ":" + inherited + "F"
		}
		return &Fault{Path: path, Kind: OthersWrite, Mend: mend}
	}
	return nil
}

// access is whose a place is, and its access list; nil where it has none.
func access(path string) (owner *windows.SID, list *windows.ACL, err error) {
	descriptor, err := windows.GetNamedSecurityInfo(path, windows.SE_FILE_OBJECT, windows.OWNER_SECURITY_INFORMATION|windows.DACL_SECURITY_INFORMATION)
	if err == nil {
		owner, _, err = descriptor.Owner()
	}
	if err == nil {
		list, _, err = descriptor.DACL()
	}
	if errors.Is(err, windows.ERROR_OBJECT_NOT_FOUND) {
		return owner, nil, nil
	}
	if err != nil {
		return nil, nil, &fs.PathError{Op: "access list", Path: path, Err: err}
	}
	return owner, list, nil
}

// allows says whether a list lets others do what counts.
func (s sids) allows(list *windows.ACL, counts windows.ACCESS_MASK) bool {
	for i := range uint32(list.AceCount) {
		var entry *windows.ACCESS_ALLOWED_ACE
		if windows.GetAce(list, i, &entry) != nil {
			return true
		}
		if entry.Header.AceType != windows.ACCESS_ALLOWED_ACE_TYPE || entry.Header.AceFlags&windows.INHERIT_ONLY_ACE != 0 {
			continue
		}
		if entry.Mask&counts != 0 && !s.has((*windows.SID)(unsafe.Pointer(&entry.SidStart))) {
			return true
		}
	}
	return false
}

// OpenFile is [os.OpenFile] of a file that is about to be written, unless a link
// stands in its place.
func OpenFile(path string, flag int, mode fs.FileMode) (*os.File, error) {
	if info, err := os.Lstat(path); err == nil && info.Mode().Type() == fs.ModeSymlink {
		return nil, &Fault{Path: path, Kind: Link, Mend: `del "` + path + `"`}
	}
	return os.OpenFile(path, flag, mode)
}
