package main

import (
	"bytes"
	"io"
	"os"
	"runtime/debug"
	"sync"
	"syscall"

	"golang.org/x/sys/windows"

	"onetrans/app/command"
)

// endingSignals are those that tell the process to end: Ctrl-C, and the window's,
// the session's or the machine's end.
func endingSignals() []os.Signal { return []os.Signal{os.Interrupt, syscall.SIGTERM} }

// survivePipes and surviveFullDisks have nothing to do: Windows sends no signal.
func survivePipes() {}

func surviveFullDisks() {}

// noCoreDumps has nothing to do: dumps are off unless somebody turns them on.
func noCoreDumps() {}

// giveBack returns to the system what only the start needed.
func giveBack() { debug.FreeOSMemory() }

// diskFree is how many bytes this user may still write in a folder.
func diskFree(folder string) (free uint64, err error) {
	path, err := windows.UTF16PtrFromString(folder)
	if err == nil {
		err = windows.GetDiskFreeSpaceEx(path, &free, nil, nil)
	}
	return free, err
}

// hideInput keeps what is typed into a console from being shown, until shown is
// called; false where it is no console.
func hideInput(console *os.File) (shown func(), hidden bool) {
	handle := windows.Handle(console.Fd())
	var before uint32
	if windows.GetConsoleMode(handle, &before) != nil || windows.SetConsoleMode(handle, before&^windows.ENABLE_ECHO_INPUT) != nil {
		return func() {}, false
	}
	return func() { _ = windows.SetConsoleMode(handle, before) }, true
}

// prepare keeps what lies in the current folder from being loaded as a library, and
// connects the standard streams to the caller's console, where they lead nowhere: the
// program has none of its own, so that none flashes up. failed shows a person who
// has started a kiosk from the desktop why it has not begun.
func prepare() (stderr io.Writer, failed func(args []string)) {
	_ = windows.SetDllDirectory("")
	if connect() {
		return os.Stderr, func([]string) {}
	}
	said := &lastWords{}
	return said, func(args []string) {
		if len(args) > 0 && args[0] == "kiosk" {
			command.ShowBox(said.String())
		}
	}
}

// connect connects what leads nowhere to the caller's console; false if there is nobody
// to read what is wrong.
func connect() bool {
	attached := false
	for _, stream := range []struct {
		id   uint32
		file **os.File
		name string
	}{
		{windows.STD_INPUT_HANDLE, &os.Stdin, "CONIN$"},
		{windows.STD_OUTPUT_HANDLE, &os.Stdout, "CONOUT$"},
		{windows.STD_ERROR_HANDLE, &os.Stderr, "CONOUT$"},
	} {
		if leads(stream.id) {
			continue
		}
		if attached = attached || attachConsole(); !attached {
			continue
		}
		console, err := os.OpenFile(stream.name, os.O_RDWR, 0)
		if err != nil {
			continue
		}
		*stream.file = console
		_ = windows.SetStdHandle(stream.id, windows.Handle(console.Fd()))
	}
	return leads(windows.STD_ERROR_HANDLE)
}

// leads says whether a standard stream leads anywhere.
func leads(id uint32) bool {
	handle, err := windows.GetStdHandle(id)
	if err != nil || handle == 0 || handle == windows.InvalidHandle {
		return false
	}
	kind, err := windows.GetFileType(handle)
	return err == nil && kind != windows.FILE_TYPE_UNKNOWN
}

// attachConsole makes the caller's console this process's, if it has one.
func attachConsole() bool {
	const parent = ^uintptr(0) // ATTACH_PARENT_PROCESS
	done, _, _ := windows.NewLazySystemDLL("kernel32.dll").NewProc("AttachConsole").Call(parent)
	return done != 0
}

// lastWords keeps what was written last.
type lastWords struct {
	mu   sync.Mutex
	text []byte
}

func (w *lastWords) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.text = bytes.Clone(p)
	return len(p), nil
}

func (w *lastWords) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return string(w.text)
}
