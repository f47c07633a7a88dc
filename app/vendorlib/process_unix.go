//go:build unix

package vendorlib

import (
	"os/exec"
	"syscall"
)

// searched is the variable in which the system is told where libraries are.
const searched = "LD_LIBRARY_PATH"

// noHold is why the system does not hold what a library starts.
const noHold = "tracing, which is forbidden to its process"

// begin starts a helper in a process group of its own.
func begin(c *exec.Cmd) (*exec.Cmd, error) {
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	return c, c.Start()
}

// group is a helper with what it has started: a process group.
type group struct{}

func gather(*exec.Cmd) group { return group{} }

// kill ends whatever is left of it.
func (group) kill(c *exec.Cmd) { _ = syscall.Kill(-c.Process.Pid, syscall.SIGKILL) }

func (group) close() {}
