package swap

import (
	"bytes"
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"onetrans/assets/texts"
)

// windowsLibrary is a file for Windows that exports these functions, and says which
// release it is: the least that a loader would take.
func windowsLibrary(bits string, release byte, exports ...string) []byte {
	const address, headers = 0x1000, 0x200
	machine, optional := uint16(0x8664), 240
	if bits == "386" {
		machine, optional = 0x14c, 224
	}
	section := make([]byte, 0x400)
	le := binary.LittleEndian
	le.PutUint32(section[24:], uint32(len(exports)))
	le.PutUint32(section[32:], address+40)
	text := 40 + 4*len(exports)
	for i, name := range exports {
		le.PutUint32(section[40+4*i:], uint32(address+text))
		text += copy(section[text:], name+"\x00")
	}
	section[len(section)-1] = release
	file := make([]byte, headers)
	copy(file, "MZ")
	le.PutUint32(file[0x3c:], 0x40)
	copy(file[0x40:], "PE\x00\x00")
	le.PutUint16(file[0x44:], machine)
	le.PutUint16(file[0x46:], 1)
	le.PutUint16(file[0x54:], uint16(optional))
	le.PutUint16(file[0x56:], 0x2000)
	header := file[0x58:]
	le.PutUint16(header, map[string]uint16{"386": 0x10b, "amd64": 0x20b}[bits])
	directories := optional - 16*8
	le.PutUint32(header[directories-4:], 16)
	le.PutUint32(header[directories:], address)
	le.PutUint32(header[directories+4:], uint32(text))
	row := header[optional:]
	copy(row, ".edata")
	le.PutUint32(row[8:], uint32(len(section)))
	le.PutUint32(row[12:], address)
	le.PutUint32(row[16:], uint32(len(section)))
	le.PutUint32(row[20:], headers)
	return append(file, section...)
}

func vendors(bits string) []byte { return windowsLibrary(bits, 1, "OneTrans") }
func ours(bits string, release byte) []byte {
	return windowsLibrary(bits, release, "OneTrans", "OneTransEx")
}

// folder is one for a test. Wine 8 does not let Go remove it afterwards.
func folder(t testing.TB) string {
	t.Helper()
	path, err := os.MkdirTemp("", "swap-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(path) })
	return path
}

// hospital is a folder of HIS, and a folder of this program.
type hospital struct {
	t            *testing.T
	his, program string
}

func newHospital(t *testing.T, active []byte) hospital {
	t.Helper()
	h := hospital{t, folder(t), folder(t)}
	if active != nil {
		h.write(filepath.Join(h.his, "OneTrans2.dll"), active)
	}
	for _, bits := range []string{"386", "amd64"} {
		h.write(filepath.Join(h.program, bits+".dll"), ours(bits, 1))
	}
	return h
}

func (h hospital) write(path string, data []byte) {
	h.t.Helper()
	if err := os.WriteFile(path, data, 0o600); err != nil {
		h.t.Fatal(err)
	}
}

func (h hospital) candidates() []string {
	return []string{filepath.Join(h.program, "386.dll"), filepath.Join(h.program, "amd64.dll"), filepath.Join(h.program, "nowhere.dll")}
}

func (h hospital) open() *Folder {
	h.t.Helper()
	f, err := Open(h.his)
	if err != nil {
		h.t.Fatal(err)
	}
	return f
}

// has says what lies in HIS's folder.
func (h hospital) has(want map[string][]byte) {
	h.t.Helper()
	entries, err := os.ReadDir(h.his)
	if err != nil {
		h.t.Fatal(err)
	}
	for _, e := range entries {
		data, err := os.ReadFile(filepath.Join(h.his, e.Name()))
		if err != nil || !bytes.Equal(data, want[e.Name()]) {
			h.t.Errorf("%s is another, or should not be there: %v", e.Name(), err)
		}
	}
	if len(entries) != len(want) {
		h.t.Errorf("%d files, want %d", len(entries), len(want))
	}
}

func TestTheLibraryIsSwappedAndBackAndSaysWhichIsActive(t *testing.T) {
	for _, bits := range []string{"386", "amd64"} {
		h := newHospital(t, vendors(bits))
		if whose, of, err := h.open().Active(); whose != Vendor || of != bits || err != nil {
			t.Errorf("%s %s %v", whose, of, err)
		}
		for range 2 { // the second time nothing is left to do
			if _, err := h.open().ToOurs(h.candidates()); err != nil {
				t.Fatal(err)
			}
			h.has(map[string][]byte{"OneTrans2.dll": ours(bits, 1), "OneTrans2.vendor.dll": vendors(bits)})
		}
		if whose, of, err := h.open().Active(); whose != Ours || of != bits || err != nil {
			t.Errorf("%s %s %v", whose, of, err)
		}
		for range 2 {
			if _, err := h.open().ToVendor(); err != nil {
				t.Fatal(err)
			}
			h.has(map[string][]byte{"OneTrans2.dll": vendors(bits)})
		}
	}
}

func TestALaterReleaseOfOursTakesThePlaceOfTheFirst(t *testing.T) {
	h := newHospital(t, vendors("386"))
	if _, err := h.open().ToOurs(h.candidates()); err != nil {
		t.Fatal(err)
	}
	h.write(h.candidates()[0], ours("386", 2))
	if done, err := h.open().ToOurs(h.candidates()); err != nil || !done {
		t.Fatal(done, err)
	}
	h.has(map[string][]byte{"OneTrans2.dll": ours("386", 2), "OneTrans2.vendor.dll": vendors("386")})
}

// snapshots are what is on the disk after each step of a swap.
func (h hospital) snapshots(swap func(f *Folder) (bool, error)) (all []hospital) {
	h.t.Helper()
	f, err := open(h.his, func(step string) error {
		cut := hospital{h.t, folder(h.t), h.program}
		if err := os.CopyFS(cut.his, os.DirFS(h.his)); err != nil {
			h.t.Error(step, err)
		}
		all = append(all, cut)
		return nil
	})
	if err != nil {
		h.t.Fatal(err)
	}
	if _, err := swap(f); err != nil {
		h.t.Fatal(err)
	}
	return all
}

func TestAPowerCutBetweenTwoStepsLeavesOneOfBothAndIsMended(t *testing.T) {
	toOurs := func(h hospital) func(*Folder) (bool, error) {
		return func(f *Folder) (bool, error) { return f.ToOurs(h.candidates()) }
	}
	for _, first := range []bool{true, false} {
		h := newHospital(t, vendors("amd64"))
		cuts := h.snapshots(toOurs(h))
		if !first {
			cuts = h.snapshots((*Folder).ToVendor)
		}
		if len(cuts) == 0 {
			t.Fatal("no step was seen")
		}
		for i, cut := range cuts {
			active, err := os.ReadFile(filepath.Join(cut.his, "OneTrans2.dll"))
			if err != nil || !bytes.Equal(active, vendors("amd64")) && !bytes.Equal(active, ours("amd64", 1)) {
				t.Errorf("step %d: neither is active: %v", i, err)
			}
			if _, _, err := cut.open().Active(); err != nil {
				t.Errorf("step %d: %v", i, err)
			}
			if _, err := cut.open().ToOurs(h.candidates()); err != nil {
				t.Errorf("step %d: %v", i, err)
			}
			cut.has(map[string][]byte{"OneTrans2.dll": ours("amd64", 1), "OneTrans2.vendor.dll": vendors("amd64")})
			if _, err := cut.open().ToVendor(); err != nil {
				t.Errorf("step %d: %v", i, err)
			}
			cut.has(map[string][]byte{"OneTrans2.dll": vendors("amd64")})
		}
	}
}

func TestAStepThatFailsLeavesTheLibraryThatWasThere(t *testing.T) {
	for _, at := range []string{"copied", "kept"} {
		h := newHospital(t, vendors("386"))
		f, err := open(h.his, func(step string) error {
			if step == at {
				return errors.New("no space")
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.ToOurs(h.candidates()); err == nil {
			t.Errorf("%s: no error", at)
		}
		if whose, _, err := h.open().Active(); whose != Vendor || err != nil || h.open().PutBack() {
			t.Errorf("%s: %s, %v", at, whose, err)
		}
		if _, err := h.open().ToVendor(); err != nil {
			t.Errorf("%s: %v", at, err)
		}
		h.has(map[string][]byte{"OneTrans2.dll": vendors("386")})
	}
}

// What the vendor's updater puts back may be the same file or a later one.
func TestALibraryThatTheVendorsUpdaterPutBackIsToldAndLookingChangesNothing(t *testing.T) {
	for name, one := range map[string]struct {
		back  []byte
		fault Fault // of swapping to ours once more; empty: it is done
	}{"the same": {vendors("386"), ""}, "a later one": {windowsLibrary("386", 9, "OneTrans"), Two}} {
		t.Run(name, func(t *testing.T) {
			h := newHospital(t, vendors("386"))
			if h.open().PutBack() {
				t.Error("put back where nothing was swapped")
			}
			if _, err := h.open().ToOurs(h.candidates()); err != nil || h.open().PutBack() {
				t.Fatal("put back where ours is", err)
			}
			h.write(filepath.Join(h.his, "OneTrans2.dll"), one.back)
			before := map[string][]byte{"OneTrans2.dll": one.back, "OneTrans2.vendor.dll": vendors("386")}
			for range 2 {
				whose, _, err := h.open().Active()
				if err != nil || whose != Vendor || !h.open().PutBack() {
					t.Errorf("%s, put back %v, %v", whose, h.open().PutBack(), err)
				}
				h.has(before)
			}
			_, err := h.open().ToOurs(h.candidates())
			if one.fault == "" {
				if err != nil {
					t.Error(err)
				}
				h.has(map[string][]byte{"OneTrans2.dll": ours("386", 1), "OneTrans2.vendor.dll": vendors("386")})
				return
			}
			if fault, ok := errors.AsType[*Error](err); !ok || fault.Fault != one.fault {
				t.Error(err)
			}
			h.has(before)
		})
	}
}

// Two would take each other's half for one that was left.
func TestTwoSwapsAreNotMadeAtOnce(t *testing.T) {
	h := newHospital(t, vendors("386"))
	f, err := open(h.his, func(string) error {
		for _, second := range []func() (bool, error){h.open().ToVendor, func() (bool, error) { return h.open().ToOurs(h.candidates()) }} {
			done, err := second()
			if fault, ok := errors.AsType[*Error](err); done || !ok || fault.Fault != Swapping {
				t.Error(done, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if done, err := f.ToOurs(h.candidates()); err != nil || !done {
		t.Error(done, err)
	}
	h.has(map[string][]byte{"OneTrans2.dll": ours("386", 1), "OneTrans2.vendor.dll": vendors("386")})
}

// What a swap was about when it broke off is kept until somebody asks for the next.
func TestLookingAtAFolderChangesNothing(t *testing.T) {
	h := newHospital(t, vendors("386"))
	for i, cut := range h.snapshots(func(f *Folder) (bool, error) { return f.ToOurs(h.candidates()) }) {
		before := map[string][]byte{}
		entries, err := os.ReadDir(cut.his)
		for _, e := range entries {
			before[e.Name()], err = os.ReadFile(filepath.Join(cut.his, e.Name()))
		}
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := cut.open().Active(); err != nil {
			t.Errorf("step %d: %v", i, err)
		}
		cut.open().PutBack()
		cut.has(before)
	}
}

func TestAnUnknownFileIsNeverTouched(t *testing.T) {
	alien := windowsLibrary("386", 1, "Other")
	for name, one := range map[string]struct {
		files map[string][]byte
		fault Fault
	}{
		"no library":                 {map[string][]byte{}, None},
		"something else":             {map[string][]byte{"OneTrans2.dll": []byte("MZ and text")}, Alien},
		"another library":            {map[string][]byte{"OneTrans2.dll": alien}, Alien},
		"an empty file":              {map[string][]byte{"OneTrans2.dll": nil}, Alien},
		"another beside the vendors": {map[string][]byte{"OneTrans2.dll": vendors("386"), "OneTrans2.vendor.dll": alien}, Two},
		"two of the vendor's":        {map[string][]byte{"OneTrans2.dll": vendors("386"), "OneTrans2.vendor.dll": windowsLibrary("386", 9, "OneTrans")}, Two},
		"another kept beside ours":   {map[string][]byte{"OneTrans2.dll": ours("386", 1), "OneTrans2.vendor.dll": alien}, Alien},
		"nothing kept beside ours":   {map[string][]byte{"OneTrans2.dll": ours("386", 1)}, NoOther},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHospital(t, nil)
			for file, data := range one.files {
				h.write(filepath.Join(h.his, file), data)
			}
			f, err := Open(h.his)
			if err == nil {
				_, err = f.ToVendor()
			}
			if fault, ok := errors.AsType[*Error](err); !ok || fault.Fault != one.fault {
				t.Errorf("%v", err)
			}
			h.has(one.files)
		})
	}
}

func TestOnlyALibraryOfOursOfTheRightBitsIsPutInPlace(t *testing.T) {
	h := newHospital(t, vendors("amd64"))
	h.write(filepath.Join(h.program, "fake.dll"), windowsLibrary("amd64", 1, "OneTrans"))
	_, err := h.open().ToOurs([]string{h.candidates()[0], filepath.Join(h.program, "fake.dll")})
	if fault, ok := errors.AsType[*Error](err); !ok || fault.Fault != NoOurs || fault.Path != "amd64" {
		t.Error(err)
	}
	h.has(map[string][]byte{"OneTrans2.dll": vendors("amd64")})
}

func TestAVendorsLibraryThatSomebodyRenamedIsBroughtBack(t *testing.T) {
	h := newHospital(t, nil)
	h.write(filepath.Join(h.his, "OneTrans2.vendor.dll"), vendors("386"))
	if whose, _, err := h.open().Active(); whose != Nobody || err != nil {
		t.Error(whose, err)
	}
	if _, err := h.open().ToVendor(); err != nil {
		t.Fatal(err)
	}
	h.has(map[string][]byte{"OneTrans2.dll": vendors("386")})
}

func TestWhatKeepsALibraryFromBeingSwappedHasItsWordsInEachLanguage(t *testing.T) {
	book, err := texts.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, fault := range []Fault{None, Alien, Two, NoOurs, NoOther, InUse, InUseBy, Swapping, Failed} {
		key, _, _ := (&Error{Fault: fault}).Words()
		for _, name := range book.Names() {
			if !book.In(name).Has("commands.error." + key) {
				t.Errorf("%s has no %s", name, key)
			}
		}
	}
}

func FuzzAFileOfAnyContentIsLookedAtWithinBounds(f *testing.F) {
	f.Add(vendors("386"))
	f.Add(ours("amd64", 1))
	f.Add([]byte("\x7fELF"))
	path := filepath.Join(folder(f), "OneTrans2.dll")
	f.Fuzz(func(t *testing.T, data []byte) {
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		if l, err := look(path); err == nil && l.whose == Nobody {
			t.Errorf("%+v", l)
		}
	})
}

// Such characters are patterns elsewhere.
func TestAFolderOfAnyNameIsMended(t *testing.T) {
	h := newHospital(t, nil)
	h.his = filepath.Join(h.his, "HIS[2024-")
	if err := os.Mkdir(h.his, 0o700); err != nil {
		t.Fatal(err)
	}
	h.write(filepath.Join(h.his, "OneTrans2.dll"), vendors("386"))
	h.write(filepath.Join(h.his, aside+"1"), vendors("386"))
	if _, err := h.open().ToOurs(h.candidates()); err != nil {
		t.Fatal(err)
	}
	h.has(map[string][]byte{"OneTrans2.dll": ours("386", 1), "OneTrans2.vendor.dll": vendors("386")})
}
