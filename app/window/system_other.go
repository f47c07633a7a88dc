//go:build !windows

package window

import (
	"os"

	"fyne.io/fyne/v2/driver"
)

// showsErrors says whether the window library shows a message of its own where it can't draw.
const showsErrors = false

// handleOf is the system's number of a window; 0: none could be made.
func handleOf(context any) uintptr {
	switch c := context.(type) {
	case driver.X11WindowContext:
		return c.WindowHandle
	case driver.WaylandWindowContext:
		return c.WaylandSurface
	}
	return 0
}

// die ends this process at once.
func die() { os.Exit(1) }
