//go:build !linux && !windows

package main

import (
	"os"
	"runtime/debug"
)

// noCoreDumps has nothing to do: dumps are off unless somebody turns them on.
func noCoreDumps() {}

// hideInput hides nothing: what is typed is shown.
func hideInput(*os.File) (shown func(), hidden bool) { return func() {}, false }

// giveBack returns to the system what only the start needed.
func giveBack() { debug.FreeOSMemory() }
