package swap

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/windows"
)

// A library that a process has loaded can't be opened to be written; any of the
// system's own stands for one.
func TestALibraryThatIsInUseIsNotSwapped(t *testing.T) {
	system, err := windows.GetSystemDirectory()
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(filepath.Join(system, "version.dll"))
	if err != nil {
		t.Skip(err)
	}
	path := filepath.Join(folder(t), "OneTrans2.dll")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	f := &Folder{active: path, between: func(string) error { return nil }}
	if err := f.free(); err != nil {
		t.Errorf("nobody has it, and %v", err)
	}
	loaded, err := windows.LoadLibrary(path)
	if err != nil {
		t.Fatal(err)
	}
	if fault, ok := errors.AsType[*Error](f.free()); !ok || fault.Fault != InUse {
		t.Errorf("it is loaded, and %v", fault)
	}
	if err := windows.FreeLibrary(loaded); err != nil {
		t.Fatal(err)
	}
	if err := f.free(); err != nil {
		t.Errorf("it is loaded no more, and %v", err)
	}
}
