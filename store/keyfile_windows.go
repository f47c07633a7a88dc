package store

import (
	"errors"
	"io/fs"
	"unsafe"

	"golang.org/x/sys/windows"
)

// protect seals a key for this user of this machine (DPAPI).
func protect(key []byte) ([]byte, error) { return dpapi(key, windows.CryptProtectData) }

func unprotect(data []byte) ([]byte, error) {
	return dpapi(data, func(in *windows.DataBlob, _ *uint16, entropy *windows.DataBlob, reserved uintptr,
		prompt *windows.CryptProtectPromptStruct, flags uint32, out *windows.DataBlob,
	) error {
		return windows.CryptUnprotectData(in, nil, entropy, reserved, prompt, flags, out)
	})
}

type dpapiCall func(in *windows.DataBlob, name *uint16, entropy *windows.DataBlob, reserved uintptr,
	prompt *windows.CryptProtectPromptStruct, flags uint32, out *windows.DataBlob) error

func dpapi(data []byte, call dpapiCall) ([]byte, error) {
	if len(data) == 0 {
		return nil, errors.New("it is empty")
	}
	in := windows.DataBlob{Size: uint32(len(data)), Data: &data[0]}
	var out windows.DataBlob
	if err := call(&in, nil, nil, 0, nil, windows.CRYPTPROTECT_UI_FORBIDDEN, &out); err != nil {
		return nil, err
	}
	defer windows.LocalFree(windows.Handle(unsafe.Pointer(out.Data)))
	return append([]byte(nil), unsafe.Slice(out.Data, out.Size)...), nil
}

// ownOnly has nothing to look at: the protection is in the file.
func ownOnly(fs.FileInfo) bool { return true }
