package main

import (
	"os"
	"syscall"
)

// checkDisplay has nothing to check: Windows has a desktop.
func checkDisplay() error { return nil }

// endingSignals are those that tell the process to end: Ctrl-C, and the window's,
// the session's or the machine's end.
func endingSignals() []os.Signal { return []os.Signal{os.Interrupt, syscall.SIGTERM} }

// survivePipes and surviveFullDisks have nothing to do: Windows sends no signal.
func survivePipes() {}

func surviveFullDisks() {}
