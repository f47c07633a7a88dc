package screen

import (
	"os/exec"
	"runtime"
	"syscall"
)

// sameProgram is the executable of whoever opens it, whatever has become of its file:
// a window of another version would not understand what it is told.
const sameProgram = "/proc/self/exe"

// alone gives a window a process group of its own, so that what is typed at this
// process's terminal is not meant for it, and has it end with this process.
func alone(c *exec.Cmd) {
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}

// lockThread keeps the thread that starts windows: the system takes its end for
// that of the process.
func lockThread() { runtime.LockOSThread() }
