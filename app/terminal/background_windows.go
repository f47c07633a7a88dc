package terminal

import (
	"errors"
	"os/exec"
	"syscall"

	"golang.org/x/sys/windows"
)

// startAlone starts a process without a console, in the system's folder, outside the
// job of who started this one, where that job lets it go. Of handles it gets its
// standard streams alone.
func startAlone(command func() *exec.Cmd) (c *exec.Cmd, err error) {
	folder, err := windows.GetSystemDirectory()
	if err != nil {
		return nil, err
	}
	const detached = windows.DETACHED_PROCESS | windows.CREATE_NEW_PROCESS_GROUP
	for _, flags := range []uint32{detached | windows.CREATE_BREAKAWAY_FROM_JOB, detached} {
		c = command()
		c.Dir = folder
		c.SysProcAttr = &syscall.SysProcAttr{CreationFlags: flags, HideWindow: true}
		if err = c.Start(); !errors.Is(err, windows.ERROR_ACCESS_DENIED) {
			break
		}
	}
	return c, err
}
