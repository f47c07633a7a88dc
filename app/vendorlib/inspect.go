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
// [Missing], [Unreadable], [Foreign], [NoExport].
func Inspect(path string) (Library, error) {
	wrong := func(why Obstacle) (Library, error) { return Library{}, &LoadError{Why: why, File: path} }
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return wrong(Missing)
	case err != nil || !info.Mode().IsRegular() || info.Size() > maxLibrary:
		return wrong(Unreadable)
	}
	file, err := os.ReadFile(path)
	if err != nil {
		return wrong(Unreadable)
	}
	read := inspectELF
	if runtime.GOOS == "windows" {
		read = inspectPE
	}
	l, ok := read(file)
	switch {
	case !ok:
		return wrong(Foreign)
	case !slices.ContainsFunc(l.Exports, l.callable):
		return Library{}, &LoadError{Why: NoExport, File: path, Bits: l.Bits}
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
	l.Bits, l.Exports = Exported(f)
	return l, f.Machine == pe.IMAGE_FILE_MACHINE_I386 || f.Machine == pe.IMAGE_FILE_MACHINE_AMD64
}

// maxExports bounds how many names are read.
const maxExports = 1 << 14

// Exported are a DLL's bits, 32 or 64, and the names of its functions. 0: it is none.
func Exported(f *pe.File) (bits int, names []string) {
	var directories []pe.DataDirectory
	switch h := f.OptionalHeader.(type) {
	case *pe.OptionalHeader32:
		bits, directories = 32, h.DataDirectory[:]
	case *pe.OptionalHeader64:
		bits, directories = 64, h.DataDirectory[:]
	default:
		return 0, nil
	}
	i := image{file: f}
	table := i.at(directories[pe.IMAGE_DIRECTORY_ENTRY_EXPORT].VirtualAddress, 40)
	if table == nil {
		return bits, nil
	}
	count := min(binary.LittleEndian.Uint32(table[24:]), maxExports)
	list := i.at(binary.LittleEndian.Uint32(table[32:]), 4*count)
	for ; count > 0 && list != nil; count-- {
		name := i.at(binary.LittleEndian.Uint32(list), 1)
		if end := bytes.IndexByte(name, 0); end > 0 {
			names = append(names, string(name[:end]))
		}
		list = list[4:]
	}
	return bits, names
}

// image is a DLL as it is in memory once it is loaded, with the section that was read last.
type image struct {
	file    *pe.File
	section *pe.Section
	data    []byte
}

// at is what is at an address, up to the end of its section; nil when that is less than
// size.
func (i *image) at(address, size uint32) []byte {
	for _, s := range i.file.Sections {
		if address < s.VirtualAddress || address-s.VirtualAddress >= s.VirtualSize {
			continue
		}
		if i.section != s {
			i.section = s
			i.data, _ = s.Data() // what can't be read is not there
		}
		offset := address - s.VirtualAddress
		if uint64(offset)+uint64(size) > uint64(len(i.data)) {
			return nil
		}
		return i.data[offset:]
	}
	return nil
}

// HelperFor is the helper for a library, beside this program: one of 32 bits has its own.
// Its error is a [*LoadError]: [NoHelper], [WrongBits].
func HelperFor(program string, l Library) (string, error) {
	name := "onetrans-vendor"
	if l.Bits == 32 && !strings.HasSuffix(runtime.GOARCH, "86") {
		name += "32"
	}
	if l.Bits == 64 && runtime.GOARCH == "386" {
		return "", &LoadError{Why: WrongBits, File: program, Bits: l.Bits}
	}
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	path := filepath.Join(filepath.Dir(program), name)
	if info, err := os.Stat(path); err != nil || !info.Mode().IsRegular() {
		return "", &LoadError{Why: NoHelper, File: path, Bits: l.Bits}
	}
	return path, nil
}
