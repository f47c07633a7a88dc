package main

import (
	"os"
	"syscall"

	"golang.org/x/sys/windows"
)

// endingSignals are those that tell the process to end: Ctrl-C, and the window's,
// the session's or the machine's end.
func endingSignals() []os.Signal { return []os.Signal{os.Interrupt, syscall.SIGTERM} }

// survivePipes and surviveFullDisks have nothing to do: Windows sends no signal.
func survivePipes() {}

func surviveFullDisks() {}

// diskFree is how many bytes this user may still write in a folder.
func diskFree(folder string) (free uint64, err error) {
	path, err := windows.UTF16PtrFromString(folder)
	if err == nil {
		err = windows.GetDiskFreeSpaceEx(path, &free, nil, nil)
	}
	return free, err
}
