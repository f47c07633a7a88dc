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

func TestWhatBelongsToAnotherUserIsNotBelieved(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can give files away")
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
		t.Error("a circle was believed")
	}
}
