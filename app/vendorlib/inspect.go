package vendorlib

import (
	"bytes"
	"debug/elf"
	"debug/pe"
	"encoding/binary"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

// maxLibrary bounds a library's file, in bytes.
const maxLibrary = 256 << 20

// Library is what the headers of a library's file say.
type Library struct {
	Bits int // 32 or 64
	// Exports are the names of its functions.
	Exports []string
}

// Inspect reads a library's headers, without loading it. Its errors are [*LoadError]s:
// missing, unreadable, foreign, export.
func Inspect(path string) (Library, error) {
	wrong := func(why string) (Library, error) { return Library{}, &LoadError{Why: why, File: path} }
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return wrong("missing")
	case err != nil || !info.Mode().IsRegular() || info.Size() > maxLibrary:
		return wrong("unreadable")
	}
	file, err := os.ReadFile(path)
	if err != nil {
		return wrong("unreadable")
	}
	read := inspectELF
	if runtime.GOOS == "windows" {
		read = inspectPE
	}
	l, ok := read(file)
	switch {
	case !ok:
		return wrong("foreign")
	case !slices.ContainsFunc(l.Exports, l.callable):
		return Library{}, &LoadError{Why: "export", File: path, Bits: l.Bits}
	}
	return l, nil
}

// callable says whether a name is that of the interface's function.
func (l Library) callable(export string) bool {
	return export == "OneTrans" || l.Bits == 32 && (export == "_OneTrans@8" || export == "OneTrans@8")
}

func inspectELF(file []byte) (l Library, ok bool) {
	f, err := elf.NewFile(bytes.NewReader(file))
	if err != nil || f.Type != elf.ET_DYN {
		return l, false
	}
	l.Bits = 64
	if f.Class == elf.ELFCLASS32 {
		l.Bits = 32
	}
	symbols, _ := f.DynamicSymbols()
	for _, s := range symbols {
		if s.Section != elf.SHN_UNDEF && elf.ST_TYPE(s.Info) == elf.STT_FUNC {
			l.Exports = append(l.Exports, s.Name)
		}
	}
	return l, f.Machine == machine(l.Bits)
}

// machine is the processor whose programs run here.
func machine(bits int) elf.Machine {
	if runtime.GOARCH == "arm64" {
		return elf.EM_AARCH64
	}
	if bits == 32 {
		return elf.EM_386
	}
	return elf.EM_X86_64
}

func inspectPE(file []byte) (l Library, ok bool) {
	f, err := pe.NewFile(bytes.NewReader(file))
	if err != nil || f.Characteristics&pe.IMAGE_FILE_DLL == 0 {
		return l, false
	}
	var directories []pe.DataDirectory
	switch h := f.OptionalHeader.(type) {
	case *pe.OptionalHeader32:
		l.Bits, directories = 32, h.DataDirectory[:]
	case *pe.OptionalHeader64:
		l.Bits, directories = 64, h.DataDirectory[:]
	default:
		return l, false
	}
	l.Exports = exportsOf(f, directories[pe.IMAGE_DIRECTORY_ENTRY_EXPORT].VirtualAddress)
	return l, f.Machine == pe.IMAGE_FILE_MACHINE_I386 || f.Machine == pe.IMAGE_FILE_MACHINE_AMD64
}

// maxExports bounds how many names are read.
const maxExports = 1 << 14

// exportsOf are the names in a DLL's export directory.
func exportsOf(f *pe.File, directory uint32) (names []string) {
	table := at(f, directory, 40)
	if table == nil {
		return nil
	}
	count, list := binary.LittleEndian.Uint32(table[24:]), binary.LittleEndian.Uint32(table[32:])
	for i := range min(count, maxExports) {
		address := at(f, list+4*i, 4)
		if address == nil {
			return names
		}
		name := at(f, binary.LittleEndian.Uint32(address), 1)
		if end := bytes.IndexByte(name, 0); end > 0 {
			names = append(names, string(name[:end]))
		}
	}
	return names
}

// at is what a DLL has at an address once it is loaded, up to the end of its section; nil
// when that is less than size.
func at(f *pe.File, address, size uint32) []byte {
	for _, s := range f.Sections {
		if address < s.VirtualAddress || address-s.VirtualAddress >= s.VirtualSize {
			continue
		}
		data, err := s.Data()
		offset := address - s.VirtualAddress
		if err != nil || uint64(offset)+uint64(size) > uint64(len(data)) {
			return nil
		}
		return data[offset:]
	}
	return nil
}

// HelperFor is the helper for a library, beside this program: one of 32 bits has its own.
// Its error is a [*LoadError]: helper, bits.
func HelperFor(program string, l Library) (string, error) {
	name := "onetrans-vendor"
	if l.Bits == 32 && !strings.HasSuffix(runtime.GOARCH, "86") {
		name += "32"
	}
	if l.Bits == 64 && runtime.GOARCH == "386" {
		return "", &LoadError{Why: "bits", File: program, Bits: l.Bits}
	}
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	path := filepath.Join(filepath.Dir(program), name)
	if info, err := os.Stat(path); err != nil || !info.Mode().IsRegular() {
		return "", &LoadError{Why: "helper", File: path, Bits: l.Bits}
	}
	return path, nil
}
