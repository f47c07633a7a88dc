package trust_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/windows"

	"onetrans/store/trust"
)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// allow gives a path a list that others are in.
func allow(t *testing.T, path, others string) {
	t.Helper()
	user, err := windows.GetCurrentProcessToken().GetTokenUser()
	must(t, err)
	descriptor, err := windows.SecurityDescriptorFromString("D:P(A;;FA;;;" + user.User.Sid.String() + ")" + others)
	must(t, err)
	list, _, err := descriptor.DACL()
	must(t, err)
	must(t, windows.SetNamedSecurityInfo(path, windows.SE_FILE_OBJECT,
		windows.DACL_SECURITY_INFORMATION|windows.PROTECTED_DACL_SECURITY_INFORMATION, nil, nil, list, nil))
}

func TestOnlyThisUserAndTheSystemsMayWriteThereAndInItsFolder(t *testing.T) {
	above := filepath.Join(t.TempDir(), "医院 自助")
	folder := filepath.Join(above, "数据")
	must(t, os.MkdirAll(folder, 0o755))
	file := filepath.Join(folder, "file")
	must(t, os.WriteFile(file, nil, 0o600))
	const reads, writes = "(A;;FRFX;;;WD)", "(A;;FA;;;WD)"
	for _, path := range []string{above, folder, file} {
		allow(t, path, reads)
	}
	for _, path := range []string{file, folder, filepath.Join(folder, "missing", "more"), `C:\windows\system32\kernel32.dll`} {
		if err := trust.Path(path); err != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
	for _, path := range []string{folder, file} {
		allow(t, path, writes)
		err := trust.Path(file)
		if fault, ok := errors.AsType[*trust.Fault](err); !ok || fault.Path != path || fault.Kind != trust.OthersWrite ||
			!strings.HasPrefix(fault.Mend, `icacls "`+path+`" /inheritance:r /grant:r *S-1-5-18:`) {
			t.Errorf("%s that everybody writes: %v", path, err)
		}
		allow(t, path, reads)
	}
}

// Whoever signs in may add a folder to a volume's root, and moves nothing away there.
func TestAFolderThatOthersMayMoveAwayCountsWhereTheyMayPutAnother(t *testing.T) {
	for _, c := range []struct {
		above, folder string
		want          bool
	}{
		{"(A;;FRFX;;;WD)", "(A;;FRFXSD;;;WD)", true},
		{"(A;;FRFX;;;WD)", "(A;;FRFX;;;WD)", true},
		{"(A;;FRFWFX;;;WD)", "(A;;FRFWFXSD;;;WD)", false},
	} {
		above := filepath.Join(t.TempDir(), "above")
		must(t, os.Mkdir(above, 0o755))
		allow(t, above, c.above)
		folder := filepath.Join(above, "folder")
		must(t, os.Mkdir(folder, 0o755))
		allow(t, folder, c.folder)
		file := filepath.Join(folder, "file")
		must(t, os.WriteFile(file, nil, 0o600))
		allow(t, file, "")
		if err := trust.Path(file); (err == nil) != c.want {
			t.Errorf("%s above %s: %v", c.above, c.folder, err)
		}
	}
}
