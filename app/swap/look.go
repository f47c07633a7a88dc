package swap

import (
	"debug/elf"
	"debug/pe"
	"os"
	"slices"

	"onetrans/app/vendorlib"
)

// library is what a file says that it is.
type library struct {
	whose Which
	bits  string
}

// ourExport is a function that our library has and the vendor's has not; theirExport is
// the interface's, which both have.
const (
	ourExport   = "OneTransEx"
	theirExport = "OneTrans"
)

// look says whose library a file is. Its error is [*Error]: what is neither's is never
// touched.
func look(path string) (library, error) {
	if info, err := os.Lstat(path); err != nil || !info.Mode().IsRegular() || info.Size() > maxLibrary {
		return library{}, &Error{Fault: Alien, Path: path, Err: err}
	}
	bits, exports := exportsOf(path)
	switch {
	case bits == "" || !slices.Contains(exports, theirExport):
		return library{}, &Error{Fault: Alien, Path: path}
	case slices.Contains(exports, ourExport):
		return library{Ours, bits}, nil
	}
	return library{Vendor, bits}, nil
}

// exportsOf are the functions that a library exports, and for which processor it is,
// as Go names it; empty for anything else.
func exportsOf(path string) (bits string, exports []string) {
	if file, err := elf.Open(path); err == nil {
		defer file.Close()
		symbols, _ := file.DynamicSymbols() // without any it is neither's
		for _, s := range symbols {
			if s.Section != elf.SHN_UNDEF {
				exports = append(exports, s.Name)
			}
		}
		return map[elf.Machine]string{
			elf.EM_386: "386", elf.EM_X86_64: "amd64", elf.EM_AARCH64: "arm64", elf.EM_LOONGARCH: "loong64",
		}[file.Machine], exports
	}
	file, err := pe.Open(path)
	if err != nil {
		return "", nil
	}
	defer file.Close()
	processors := map[int]string{32: "386", 64: "amd64"}
	wide, exports := vendorlib.Exported(file)
	return processors[wide], exports
}
