//go:build unix

package terminal

import (
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"syscall"
)

// maxInherited is how many descriptors are looked at where the system can't list them.
const maxInherited = 1024

// startAlone starts a process in a session of its own, in the root folder, with usual
// signals, whose files nobody else may read. Whoever started this process may have
// handed it anything; nothing of that is passed on.
func startAlone(command func() *exec.Cmd) (*exec.Cmd, error) {
	syscall.Umask(0o077)
	for _, fd := range inherited() {
		syscall.CloseOnExec(fd)
	}
	// One that was ignored would be there, too; one that is caught is as usual.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGHUP, syscall.SIGINT, syscall.SIGTERM, syscall.SIGPIPE)
	c := command()
	c.Dir = "/"
	c.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	return c, c.Start()
}

// inherited are the descriptors of this process, but for its standard streams.
func inherited() (all []int) {
	entries, err := os.ReadDir("/dev/fd")
	for _, entry := range entries {
		if fd, err := strconv.Atoi(entry.Name()); err == nil && fd > 2 {
			all = append(all, fd)
		}
	}
	if err != nil {
		for fd := 3; fd < maxInherited; fd++ {
			all = append(all, fd)
		}
	}
	return all
}
