package main

import (
	"os"

	"golang.org/x/sys/unix"
)

// noCoreDumps keeps this process's memory, and the secrets in it, out of files: by
// the limit, and for collectors of dumps, which the limit does not bind, by what
// the kernel asks first. Where neither can be had the process runs on.
func noCoreDumps() {
	_ = unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{})
	_ = unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0)
}

// hideInput keeps what is typed into a terminal from being shown, until shown is
// called; false where it is no terminal.
func hideInput(terminal *os.File) (shown func(), hidden bool) {
	fd := int(terminal.Fd())
	before, err := unix.IoctlGetTermios(fd, unix.TCGETS)
	if err != nil {
		return func() {}, false
	}
	quiet := *before
	quiet.Lflag &^= unix.ECHO
	if unix.IoctlSetTermios(fd, unix.TCSETS, &quiet) != nil {
		return func() {}, false
	}
	return func() { _ = unix.IoctlSetTermios(fd, unix.TCSETS, before) }, true
}
