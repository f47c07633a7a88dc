package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strings"

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

// giveBack returns to the system what only the start needed: what is free of the heap,
// and the executable's own pages as they are in the file (the typeface, which is read
// once, and what runs once). They come back by themselves where they are needed again.
func giveBack() {
	debug.FreeOSMemory()
	program, err := os.Readlink("/proc/self/exe")
	if err != nil {
		return
	}
	maps, err := os.Open("/proc/self/smaps")
	if err != nil {
		return
	}
	defer maps.Close()
	for _, pages := range unwritten(maps, program) {
		_, _, _ = unix.Syscall(unix.SYS_MADVISE, pages.start, pages.end-pages.start, unix.MADV_DONTNEED)
	}
}

// span is where something is in this process's memory.
type span struct{ start, end uintptr }

// unwritten are the parts of a file that are in memory as they are in the file, and
// may not be written to. What the loader has filled in may not be written to either,
// but is no longer the file's: it is anonymous, and would be lost.
func unwritten(smaps io.Reader, file string) (all []span) {
	var at *span
	for lines := bufio.NewScanner(smaps); lines.Scan(); {
		var start, end uintptr
		var may string
		line := lines.Text()
		if n, _ := fmt.Sscanf(line, "%x-%x %s", &start, &end, &may); n == 3 {
			at = nil
			if strings.HasSuffix(line, " "+file) && strings.HasPrefix(may, "r-") {
				at = &span{start, end}
			}
		}
		if fields := strings.Fields(line); at != nil && len(fields) == 3 && fields[0] == "Anonymous:" && fields[1] == "0" {
			all = append(all, *at)
		}
	}
	return all
}
