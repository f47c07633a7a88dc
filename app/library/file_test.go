package library_test

import (
	"bytes"
	"debug/elf"
	"debug/pe"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

func TestTwoBuildsGiveTheSameBytes(t *testing.T) {
	t.Parallel()
	s := systemOf(t)
	first, err := os.ReadFile(theLibrary(t))
	if err != nil {
		t.Fatal(err)
	}
	again := filepath.Join(t.TempDir(), "elsewhere", s.file)
	run(t, "../../.ci/library", append(s.library, again)...)
	second, err := os.ReadFile(again)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(first, second) {
		t.Errorf("%d and %d bytes differ", len(first), len(second))
	}
}

const kib = 1 << 10

func TestTheSharedObjectIsSmallAndRunsOnOldSystems(t *testing.T) {
	t.Parallel()
	only(t, "linux", "a shared object is missing here")
	path := theLibrary(t)
	atMost(t, path, 100*kib)
	file, err := elf.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	libraries, err := file.ImportedLibraries()
	if err != nil || !slices.Equal(libraries, []string{"libc.so.6"}) {
		t.Errorf("it needs %q, %v", libraries, err)
	}
	symbols, err := file.DynamicSymbols()
	if err != nil {
		t.Fatal(err)
	}
	var exports []string
	for _, s := range symbols {
		if s.Section != elf.SHN_UNDEF {
			exports = append(exports, s.Name)
		} else if tooNew(s.Version) {
			t.Errorf("it needs %s of %s", s.Name, s.Version)
		}
	}
	slices.Sort(exports)
	if !slices.Equal(exports, []string{"OneTrans", "OneTransEx"}) {
		t.Errorf("it exports %q", exports)
	}
}

// tooNew reports whether a version of glibc is later than 2.17.
func tooNew(version string) bool {
	minor, ok := strings.CutPrefix(version, "GLIBC_2.")
	if !ok {
		return version != ""
	}
	n, err := strconv.Atoi(strings.Split(minor, ".")[0])
	return err != nil || n > 17
}

func atMost(t *testing.T, path string, size int64) {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if info.Size() > size {
		t.Errorf("%s has %d bytes, more than %d", path, info.Size(), size)
	}
	t.Logf("%d bytes", info.Size())
}

var (
	entryName = regexp.MustCompile(`(?m)^\s*\[\s*(\d+)\](?: \+base\[\s*\d+\])?\s+(?:[0-9a-f]+ )?([A-Za-z_@0-9]+)\s*$`)
	entryBase = regexp.MustCompile(`Ordinal Base\s+(\d+)`)
)

func TestTheDLLHasTheseNamesAndNeedsTheseLibraries(t *testing.T) {
	t.Parallel()
	only(t, "windows", "a DLL is missing here")
	path := theLibrary(t)
	atMost(t, path, 64*kib)
	file, err := pe.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	symbols, err := file.ImportedSymbols()
	if err != nil || len(symbols) == 0 {
		t.Fatal(symbols, err)
	}
	for _, s := range symbols {
		_, library, _ := strings.Cut(s, ":")
		if !slices.Contains([]string{"KERNEL32.dll", "USER32.dll", "ADVAPI32.dll", "WS2_32.dll"}, library) {
			t.Errorf("it needs %s", s)
		}
	}
	want := []string{"1 OneTrans", "3 OneTransEx"}
	if *place == "windows32" {
		want = []string{"1 OneTrans", "2 _OneTrans@8", "3 OneTransEx"}
	}
	if exports := exportsOf(t, path); !slices.Equal(exports, want) {
		t.Errorf("it exports %q", exports)
	}
}

// exportsOf are a DLL's exports, each with its ordinal before it.
func exportsOf(t *testing.T, path string) (all []string) {
	t.Helper()
	said := run(t, "x86_64-w64-mingw32-objdump", "-p", path)
	base := entryBase.FindSubmatch(said)
	_, table, ok := bytes.Cut(said, []byte("[Ordinal/Name Pointer] Table"))
	if base == nil || !ok {
		t.Fatalf("%s", said)
	}
	first, _ := strconv.Atoi(string(base[1]))
	table, _, _ = bytes.Cut(table, []byte("\n\n"))
	for _, entry := range entryName.FindAllSubmatch(table, -1) {
		n, _ := strconv.Atoi(string(entry[1]))
		all = append(all, strconv.Itoa(first+n)+" "+string(entry[2]))
	}
	slices.Sort(all)
	return all
}
