package socket

import (
	"os"
	"path/filepath"
	"testing"
	"unsafe"

	"golang.org/x/sys/windows"
)

func TestADeadOwnersFileIsTakenOver(t *testing.T) {
	for name, left := range map[string]string{
		"a dead owner's": `{"port":1,"secret":"MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="}`, "of a power cut": "\x00\x00\x00", "empty": "",
	} {
		address := filepath.Join(t.TempDir(), "终端.sock")
		if err := os.WriteFile(address, []byte(left), 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := Listen(address, Handlers{Call: echo}, quiet())
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}

// Whoever reads the file may make calls.
func TestTheOwnersFileIsForThisUserAloneAndTheSystem(t *testing.T) {
	address := filepath.Join(t.TempDir(), "s")
	s, err := Listen(address, Handlers{Call: echo}, quiet())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	descriptor, err := windows.GetNamedSecurityInfo(address, windows.SE_FILE_OBJECT, windows.DACL_SECURITY_INFORMATION)
	if err != nil {
		t.Fatal(err)
	}
	list, _, err := descriptor.DACL()
	if err != nil || list == nil {
		t.Fatal("everybody may read it: ", err)
	}
	user, err := windows.GetCurrentProcessToken().GetTokenUser()
	if err != nil {
		t.Fatal(err)
	}
	system, _ := windows.CreateWellKnownSid(windows.WinLocalSystemSid)
	for i := range uint32(list.AceCount) {
		var entry *windows.ACCESS_ALLOWED_ACE
		if err := windows.GetAce(list, i, &entry); err != nil {
			t.Fatal(err)
		}
		if who := sidOf(entry); !who.Equals(user.User.Sid) && !who.Equals(system) && entry.Mask != 0 {
			t.Errorf("%s may do %x with it", who, entry.Mask)
		}
	}
}

func sidOf(entry *windows.ACCESS_ALLOWED_ACE) *windows.SID {
	return (*windows.SID)(unsafe.Pointer(&entry.SidStart))
}
