package library_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func TestAnotherUsersOwnerGetsNothingFromTheLibrary(t *testing.T) {
	t.Parallel()
	only(t, "linux", "a folder's mode, which says who may write there, is missing here")
	o := fineOwner(t)
	folder := filepath.Dir(o.address)
	i := install(t, o)
	for name, c := range map[string]struct {
		mode  os.FileMode
		owner int
		code  string
	}{
		"others write in the folder": {0o777, 0, "600007"},
		"a group does":               {0o770, 0, "600007"},
		"a sticky folder":            {0o777 | os.ModeSticky, 0, "000000"},
		"another's folder":           {0o700, 4711, "600007"},
		"this user's alone":          {0o700, 0, "000000"},
	} {
		if c.owner != 0 && os.Geteuid() != 0 {
			continue // root is missing, which alone can give a folder away
		}
		must(t, os.Chown(folder, max(c.owner, os.Getuid()), -1))
		must(t, os.Chmod(folder, c.mode))
		before := len(o.taken())
		heard := i.calls(t, query)[0]
		if heard.code() != c.code || c.code != "000000" && len(o.taken()) != before {
			t.Errorf("%s: %s", name, heard.raw)
		}
	}
	must(t, os.Chown(folder, os.Getuid(), -1))
	must(t, os.Chmod(folder, 0o700))
	link := filepath.Join(shortFolder(t), "l")
	must(t, os.Symlink(folder, link))
	i.says(t, filepath.Join(link, "s"))
	if heard := i.calls(t, query)[0]; heard.code() != "000000" {
		t.Errorf("by a link of this user's: %s", heard.raw)
	}
	if os.Geteuid() == 0 {
		must(t, os.Lchown(link, 4711, -1))
		if heard := i.calls(t, query)[0]; heard.code() != "600007" {
			t.Errorf("by a link of another's: %s", heard.raw)
		}
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// Not beside others: all hosts see one registry.
func TestTheRegistryNamesTheConfigurationInEitherView(t *testing.T) {
	only(t, "windows", "a registry is missing here")
	i := install(t, fineOwner(t))
	registry := func(words ...string) {
		command := exec.Command(i.run[0], append(append(i.run[1:], "reg"), words...)...)
		command.Env = append(os.Environ(), "WINEDEBUG=-all")
		if out, err := command.Output(); err != nil {
			t.Fatalf("reg %v: %v: %s", words, err, out)
		}
	}
	for _, view := range []string{"/reg:32", "/reg:64"} {
		if *place == "windows32" && view == "/reg:64" {
			continue // a 32-bit Wine has one view
		}
		path := i.path(filepath.Join(i.folder, "the one.toml"))
		registry("add", `HKLM\Software\onetrans`, "/v", "config", "/d", path, "/f", view)
		heard := i.calls(t, query)[0]
		registry("delete", `HKLM\Software\onetrans`, "/f", view)
		called := strings.TrimSpace(i.read(t, "called"))
		if want := fmt.Sprintf("agent --background --config %s", path); heard.code() != "000000" || !strings.HasSuffix(called, want) {
			t.Errorf("%s: %q, want %q: %s", view, called, want, heard.raw)
		}
	}
}
