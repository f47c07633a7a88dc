package screen

import (
	"os"
	"os/exec"
	"runtime"
	"syscall"
)

// sameProgram is where this very executable is, also once an update has put another in
// its place: a window of another version would not understand what it is told. As long
// as it can it goes by its name, by which people know a process.
func sameProgram(name string) string {
	const itself = "/proc/self/exe"
	named, err := os.Stat(name)
	this, unknown := os.Stat(itself)
	if err == nil && unknown == nil && os.SameFile(named, this) {
		return name
	}
	return itself
}

// alone gives a window a process group of its own, so that what is typed at this
// process's terminal is not meant for it, and has it end with this process.
func alone(c *exec.Cmd) {
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}

// lockThread keeps the thread that starts windows: the system takes its end for
// that of the process.
func lockThread() { runtime.LockOSThread() }
