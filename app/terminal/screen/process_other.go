//go:build !linux && !windows

package screen

import (
	"os/exec"
	"syscall"
)

// sameProgram is what the name leads to: there is no other way to it.
func sameProgram(name string) string { return name }

// alone gives a window a process group of its own, so that what is typed at this
// process's terminal is not meant for it. Its input's end tells it that this process
// has ended.
func alone(c *exec.Cmd) { c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

func lockThread() {}
