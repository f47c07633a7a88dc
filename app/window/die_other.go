//go:build !windows

package window

import "os"

// die ends this process at once.
func die() { os.Exit(1) }
