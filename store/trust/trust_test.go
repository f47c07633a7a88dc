//go:build unix

package trust_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"onetrans/store/trust"
)

// place makes a file below folders that nobody else may write in.
func place(t *testing.T) (folder, file string) {
	t.Helper()
	folder = filepath.Join(t.TempDir(), "a", "b")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	for at := folder; at != filepath.Dir(os.TempDir()) && at != os.TempDir(); at = filepath.Dir(at) {
		must(t, os.Chmod(at, 0o755))
	}
	file = filepath.Join(folder, "file")
	must(t, os.WriteFile(file, nil, 0o600))
	return folder, file
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestOnlyThisUserAndTheSystemsMayWriteOnTheWay(t *testing.T) {
	folder, file := place(t)
	above := filepath.Dir(folder)
	link := filepath.Join(folder, "link")
	must(t, os.Symlink("../b/./file", link))
	for _, path := range []string{file, folder, link, filepath.Join(folder, "missing"), "/etc/passwd"} {
		if err := trust.Path(path); errors.Is(err, trust.ErrOthers) {
			t.Errorf("%s: %v", path, err)
		}
	}
	for _, c := range []struct {
		path string
		mode os.FileMode
	}{
		{file, 0o620}, {file, 0o602}, {file, 0o666}, {folder, 0o775}, {folder, 0o757}, {above, 0o777},
	} {
		was, err := os.Stat(c.path)
		must(t, err)
		must(t, os.Chmod(c.path, c.mode))
		for _, asked := range []string{file, link} {
			err = trust.Path(asked)
			want := c.path + " may be written by others: chmod go-w " + c.path
			if !errors.Is(err, trust.ErrOthers) || err.Error() != want {
				t.Errorf("%s at %o: %v, want %s", c.path, c.mode, err, want)
			}
		}
		must(t, os.Chmod(c.path, was.Mode().Perm()))
	}
}

func TestStickyFoldersAndWhatIsBelowAShutOneAreApart(t *testing.T) {
	folder, file := place(t)
	must(t, os.Chmod(folder, 0o777|os.ModeSticky))
	if err := trust.Path(file); err != nil {
		t.Errorf("in a sticky folder: %v", err)
	}
	must(t, os.Chmod(folder, 0o777))
	must(t, os.Chmod(filepath.Dir(folder), 0o700))
	if err := trust.Path(file); err != nil {
		t.Errorf("below a folder that nobody else may enter: %v", err)
	}
	must(t, os.Chmod(file, 0o666)) // it may have another name elsewhere
	if err := trust.Path(file); !errors.Is(err, trust.ErrOthers) {
		t.Errorf("a file that others may write: %v", err)
	}
}

func TestWhatBelongsToAnotherUserIsNotTrusted(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("root is missing: only it can give files away")
	}
	folder, file := place(t)
	link := filepath.Join(t.TempDir(), "link")
	must(t, os.Symlink(file, link))
	for _, path := range []string{file, folder, link} {
		must(t, os.Lchown(path, 4711, -1))
		err := trust.Path(link)
		if !errors.Is(err, trust.ErrOthers) || !strings.Contains(err.Error(), "another user, 4711: chown ") || !strings.HasSuffix(err.Error(), " 0 "+path) {
			t.Errorf("%s: %v", path, err)
		}
		must(t, os.Lchown(path, 0, -1))
	}
}

func TestNoLinkIsFollowedWhereSomethingIsWritten(t *testing.T) {
	folder, file := place(t)
	link := filepath.Join(folder, "a link")
	must(t, os.Symlink(file, link))
	_, err := trust.OpenFile(link, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if !errors.Is(err, trust.ErrOthers) || !strings.HasSuffix(err.Error(), fmt.Sprintf("rm '%s'", link)) {
		t.Errorf("a link was followed: %v", err)
	}
	opened, err := trust.OpenFile(file, os.O_WRONLY|os.O_CREATE, 0o600)
	must(t, err)
	must(t, opened.Close())
}

// What /dev/stdout and a printer's name of udev's lead to is opened; what somebody
// else could have put there, or this user in a folder that others share, is not.
func TestALinkThatOnlyTheSystemCouldHaveMadeIsFollowed(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("root is missing: only it makes the system's links")
	}
	folder, err := os.MkdirTemp("/", "trust-test-")
	must(t, err)
	t.Cleanup(func() { os.RemoveAll(folder) })
	must(t, os.Chmod(folder, 0o755))
	at := func(name string) string { return filepath.Join(folder, name) }
	must(t, os.Mkdir(at("usb"), 0o755))
	must(t, os.WriteFile(at("usb/lp0"), nil, 0o660))
	must(t, os.Symlink("usb/lp0", at("printer")))
	must(t, os.Symlink("printer", at("again")))
	must(t, os.Symlink("nothing", at("dangling")))
	must(t, os.Symlink("round", at("round")))
	opens := func(path string) error {
		file, err := trust.OpenFile(path, os.O_WRONLY, 0)
		if err == nil {
			must(t, file.Close())
		}
		return err
	}
	for _, name := range []string{"printer", "again"} {
		if err := opens(at(name)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := opens(at("dangling")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("to nothing: %v", err)
	}
	if err := opens(at("round")); !errors.Is(err, trust.ErrOthers) {
		t.Errorf("in a circle: %v", err)
	}
	for name, plant := range map[string]func() func(){
		"another user's": func() func() {
			must(t, os.Lchown(at("printer"), 4711, -1))
			return func() { must(t, os.Lchown(at("printer"), 0, -1)) }
		},
		"in another user's folder": func() func() {
			must(t, os.Chown(folder, 4711, -1))
			return func() { must(t, os.Chown(folder, 0, -1)) }
		},
		"in a folder that others write":   loosened(t, folder, 0o777),
		"in a folder that a group does":   loosened(t, folder, 0o775),
		"in a sticky folder":              loosened(t, folder, 0o777|os.ModeSticky),
		"into a folder that others write": loosened(t, at("usb"), 0o777),
	} {
		undo := plant()
		for _, link := range []string{"printer", "again"} {
			if err := opens(at(link)); !errors.Is(err, trust.ErrOthers) {
				t.Errorf("%s %s was followed: %v", name, link, err)
			}
		}
		undo()
	}
}

func loosened(t *testing.T, path string, mode os.FileMode) func() func() {
	return func() func() {
		must(t, os.Chmod(path, mode))
		return func() { must(t, os.Chmod(path, 0o755)) }
	}
}

func TestAFileThatThisProcessHasOpenIsWrittenByItsNameOfTheSystem(t *testing.T) {
	if _, err := os.Stat("/proc/self/fd"); err != nil {
		t.Skip("/proc is missing: this system has no such names")
	}
	r, w, err := os.Pipe()
	must(t, err)
	defer r.Close()
	for _, folder := range []string{"/dev/fd", "/proc/self/fd"} {
		file, err := trust.OpenFile(fmt.Sprintf("%s/%d", folder, w.Fd()), os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
		if err != nil {
			t.Fatal(err)
		}
		must(t, file.Close())
	}
	folder, file := place(t)
	must(t, os.Symlink(file, filepath.Join(folder, "planted")))
	t.Chdir(folder)
	for _, path := range []string{"/proc/self/cwd/planted", "/proc/self/root" + folder + "/planted"} {
		if _, err := trust.OpenFile(path, os.O_WRONLY, 0); !errors.Is(err, trust.ErrOthers) {
			t.Errorf("%s was followed: %v", path, err)
		}
	}
}

func TestARealPathHasNoLinksInItAlsoWhereNothingIsYet(t *testing.T) {
	folder, file := place(t)
	folder, file = trust.Real(folder), trust.Real(file)
	link := filepath.Join(filepath.Dir(folder), "link")
	must(t, os.Symlink(folder, link))
	for path, want := range map[string]string{
		filepath.Join(link, "file"): file,
		filepath.Join(link, "x/y"):  filepath.Join(folder, "x/y"),
		"/":                         "/",
		"no/where":                  "no/where",
	} {
		if got := trust.Real(path); got != want {
			t.Errorf("%s is %s, want %s", path, got, want)
		}
	}
}

func TestLinksInACircleEnd(t *testing.T) {
	link := filepath.Join(t.TempDir(), "round")
	must(t, os.Symlink("round", link))
	if err := trust.Path(link); err == nil {
		t.Error("a circle was trusted")
	}
}
