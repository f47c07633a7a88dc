package swap

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"path/filepath"
	"strings"

	"golang.org/x/sys/windows"
)

// inUse says whether some process has a file loaded or open: it can't be opened to be
// written then. Which one, nobody says.
func inUse(path string) (used bool, process string, err error) {
	name, err := windows.UTF16PtrFromString(path)
	if err != nil {
		return false, "", err
	}
	handle, err := windows.CreateFile(name, windows.GENERIC_READ|windows.GENERIC_WRITE, 0, nil, windows.OPEN_EXISTING, windows.FILE_ATTRIBUTE_NORMAL, 0)
	switch {
	case errors.Is(err, windows.ERROR_SHARING_VIOLATION), errors.Is(err, windows.ERROR_USER_MAPPED_FILE):
		return true, "", nil
	case err != nil:
		return false, "", err
	}
	return false, "", windows.CloseHandle(handle)
}

// syncFolder does nothing: a renaming is durable there when it returns, as far as it can be.
func syncFolder(string) error { return nil }

// lock keeps other swaps out of a folder until it is let go of, or this process ends: by
// an object of the system's that is there as long as somebody holds it.
func lock(folder string) (letGo func(), err error) {
	whole, err := filepath.Abs(folder)
	if err != nil {
		return nil, failed(folder, err)
	}
	of := sha256.Sum256([]byte(strings.ToLower(whole)))
	name, err := windows.UTF16PtrFromString(`Global\onetrans-swap-` + hex.EncodeToString(of[:]))
	if err != nil {
		return nil, failed(folder, err)
	}
	held, err := windows.CreateMutex(nil, false, name)
	switch {
	case errors.Is(err, windows.ERROR_ALREADY_EXISTS):
		return nil, errors.Join(&Error{Fault: Swapping, Path: folder}, windows.CloseHandle(held))
	case errors.Is(err, windows.ERROR_ACCESS_DENIED): // another user's
		return nil, &Error{Fault: Swapping, Path: folder}
	case err != nil:
		return nil, failed(folder, err)
	}
	return func() { _ = windows.CloseHandle(held) }, nil
}
