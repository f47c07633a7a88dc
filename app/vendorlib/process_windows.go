package vendorlib

import (
	"os/exec"
	"syscall"

	"golang.org/x/sys/windows"
)

// searched is empty: the helper names the folder itself.
const searched = ""

// alone gives a helper a process group of its own, so that Ctrl-C is not meant for it. It
// has a job of its own, which ends with it.
func alone(c *exec.Cmd) {
	c.SysProcAttr = &syscall.SysProcAttr{CreationFlags: windows.CREATE_NEW_PROCESS_GROUP, HideWindow: false}
}

func force(c *exec.Cmd) { _ = c.Process.Kill() }
