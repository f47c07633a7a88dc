package window

import (
	"fyne.io/fyne/v2/driver"
	"golang.org/x/sys/windows"
)

// showsErrors says whether the window library shows a message of its own where it can't draw.
const showsErrors = true

// handleOf is the system's number of a window; 0: none could be made.
func handleOf(context any) uintptr {
	c, _ := context.(driver.WindowsWindowContext)
	return c.HWND
}

// die ends this process at once. The usual way waits for locks that a thread may hold
// which hangs in the window library, or in a driver.
func die() { _ = windows.TerminateProcess(windows.CurrentProcess(), 1) }
