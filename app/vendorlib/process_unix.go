//go:build unix

package vendorlib

import (
	"os/exec"
	"syscall"
)

// searched is the variable in which the system is told where libraries are.
const searched = "LD_LIBRARY_PATH"

// alone gives a helper a process group of its own.
func alone(c *exec.Cmd) { c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

// force ends whatever is left of a helper's group.
func force(c *exec.Cmd) { _ = syscall.Kill(-c.Process.Pid, syscall.SIGKILL) }
