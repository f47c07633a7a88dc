package screen

import (
	"os/exec"
	"sync"
	"syscall"
	"unsafe"

	"golang.org/x/sys/windows"
)

// Display has nothing to say: Windows has a desktop.
func Display() error { return nil }

// sameProgram is what the name leads to: what runs can't be replaced, only moved away.
func sameProgram(name string) string { return name }

// alone gives a window a process group of its own, so that Ctrl-C is not meant for it, and
// has it end with this process.
func alone(c *exec.Cmd) {
	takeAlong()
	c.SysProcAttr = &syscall.SysProcAttr{CreationFlags: windows.CREATE_NEW_PROCESS_GROUP}
}

// takeAlong has the system end whatever this process starts from now on with this process:
// they are in a job, of which it alone has the handle. A window that was put into one after
// its start would stay if this process were killed between the two. Where there can be no
// job the end of the window's input has to do. A process that has a job of its own may leave
// this one: Windows 7 knows none within another.
var takeAlong = sync.OnceFunc(func() {
	job, err := windows.CreateJobObject(nil, nil)
	if err != nil {
		return
	}
	limits := windows.JOBOBJECT_EXTENDED_LIMIT_INFORMATION{
		BasicLimitInformation: windows.JOBOBJECT_BASIC_LIMIT_INFORMATION{LimitFlags: windows.JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE | windows.JOB_OBJECT_LIMIT_BREAKAWAY_OK},
	}
	_, err = windows.SetInformationJobObject(job, windows.JobObjectExtendedLimitInformation, uintptr(unsafe.Pointer(&limits)), uint32(unsafe.Sizeof(limits)))
	if err == nil {
		err = windows.AssignProcessToJobObject(job, windows.CurrentProcess())
	}
	if err != nil {
		_ = windows.CloseHandle(job)
	}
})

func lockThread() {}
