package swap

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
)

func TestALibraryThatIsInUseIsNotSwapped(t *testing.T) {
	h := newHospital(t, vendors("386"))
	file, err := os.Open(filepath.Join(h.his, "OneTrans2.dll"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	loaded, err := syscall.Mmap(int(file.Fd()), 0, 1024, syscall.PROT_READ, syscall.MAP_PRIVATE)
	if err != nil {
		t.Fatal(err)
	}
	refused := func(err error) {
		t.Helper()
		fault, ok := errors.AsType[*Error](err)
		if !ok || fault.Fault != InUseBy || fault.Who != strconv.Itoa(os.Getpid()) {
			t.Errorf("%v", err)
		}
	}
	_, err = h.open().ToOurs(h.candidates())
	refused(err)
	h.has(map[string][]byte{"OneTrans2.dll": vendors("386")})
	if err := syscall.Munmap(loaded); err != nil {
		t.Fatal(err)
	}
	if done, err := h.open().ToOurs(h.candidates()); err != nil || !done {
		t.Error(done, err)
	}
}
