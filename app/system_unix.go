//go:build unix

package main

import (
	"io"
	"os"
	"os/signal"
	"syscall"

	"golang.org/x/sys/unix"
)

// endingSignals are those that tell the process to end. One that was ignored when
// it was started, as nohup does, stays ignored.
func endingSignals() (all []os.Signal) {
	for _, s := range []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGHUP} {
		if !signal.Ignored(s) {
			all = append(all, s)
		}
	}
	return all
}

// survivePipes makes a pipe that nobody reads any more an error of the write
// that meets it: the signal would end the program. What it starts inherits nothing.
func survivePipes() { signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE) }

// surviveFullDisks makes a file-size limit an error of the write that meets
// it, as a full disk is: the signal would end the program.
func surviveFullDisks() { signal.Ignore(syscall.SIGXFSZ) }

// diskFree is how many bytes this user may still write in a folder.
func diskFree(folder string) (uint64, error) {
	var s unix.Statfs_t
	if err := unix.Statfs(folder, &s); err != nil {
		return 0, err
	}
	return s.Bavail * uint64(s.Bsize), nil
}

// prepare says where what is wrong is said: on standard error, where it is heard.
func prepare() (stderr io.Writer, failed func(args []string)) {
	return os.Stderr, func([]string) {}
}
