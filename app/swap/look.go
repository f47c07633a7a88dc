package swap

import (
	"bytes"
	"debug/elf"
	"debug/pe"
	"encoding/binary"
	"os"
	"slices"
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
	switch header := file.OptionalHeader.(type) {
	case *pe.OptionalHeader32:
		return "386", exportsIn(file, header.DataDirectory[:])
	case *pe.OptionalHeader64:
		return "amd64", exportsIn(file, header.DataDirectory[:])
	}
	return "", nil
}

// maxExports is how many functions of a library are looked at.
const maxExports = 4096

// exportsIn are the names in the export directory of a file for Windows.
func exportsIn(file *pe.File, directories []pe.DataDirectory) (names []string) {
	if len(directories) <= pe.IMAGE_DIRECTORY_ENTRY_EXPORT {
		return nil
	}
	directory := at(file, directories[pe.IMAGE_DIRECTORY_ENTRY_EXPORT].VirtualAddress, 40)
	if directory == nil {
		return nil
	}
	count := min(binary.LittleEndian.Uint32(directory[24:]), maxExports)
	table := at(file, binary.LittleEndian.Uint32(directory[32:]), 4*count)
	for ; len(table) >= 4; table = table[4:] {
		name := at(file, binary.LittleEndian.Uint32(table), 1)
		if end := bytes.IndexByte(name, 0); end >= 0 {
			names = append(names, string(name[:end]))
		}
	}
	return names
}

// at is what a file for Windows has at an address, at least so many bytes; nil where it
// has fewer.
func at(file *pe.File, address, least uint32) []byte {
	for _, s := range file.Sections {
		if address < s.VirtualAddress || address-s.VirtualAddress >= s.Size {
			continue
		}
		data, err := s.Data()
		if from := address - s.VirtualAddress; err == nil && uint64(from)+uint64(least) <= uint64(len(data)) {
			return data[from:]
		}
	}
	return nil
}
