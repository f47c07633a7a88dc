//go:build unix

package main

import (
	"errors"
	"net"
	"os"
	"os/signal"
	"strings"
	"syscall"
)

var errNoDisplay = errors.New("no display: set DISPLAY to a running X server, or use 'make run', which starts a virtual one")

// checkDisplay says whether a window can be opened: the window library panics when not.
func checkDisplay() error {
	display := os.Getenv("DISPLAY")
	if display == "" {
		return errNoDisplay
	}
	number, local := strings.CutPrefix(display, ":")
	if !local {
		return nil // another host's display: it will be seen
	}
	number, _, _ = strings.Cut(number, ".")
	for _, path := range []string{"/tmp/.X11-unix/X" + number, "@/tmp/.X11-unix/X" + number} {
		if conn, err := net.Dial("unix", path); err == nil {
			return conn.Close()
		}
	}
	return errNoDisplay
}

// surviveFullDisks makes a file-size limit an error of the write that meets
// it, as a full disk is: the signal would end the program.
func surviveFullDisks() { signal.Ignore(syscall.SIGXFSZ) }
