package vendorlib

import (
	"errors"
	"os/exec"
	"slices"
	"syscall"
	"unsafe"

	"golang.org/x/sys/windows"
)

// searched is empty: the helper names the folder itself.
const searched = ""

// noHold is why the system does not hold what a library starts.
const noHold = "a job around its process, which forbids it one of its own"

// begin starts a helper in a process group of its own, so that Ctrl-C is not meant for it,
// and outside the job around this process where that lets it go: it has one of its own,
// and Windows 7 knows no job within another.
func begin(c *exec.Cmd) (*exec.Cmd, error) {
	free := &exec.Cmd{Path: c.Path, Args: c.Args, Env: c.Env, Stdin: c.Stdin, Stdout: c.Stdout}
	free.SysProcAttr = &syscall.SysProcAttr{CreationFlags: windows.CREATE_NEW_PROCESS_GROUP | windows.CREATE_BREAKAWAY_FROM_JOB}
	err := free.Start()
	if !errors.Is(err, windows.ERROR_ACCESS_DENIED) {
		return free, err
	}
	c.SysProcAttr = &syscall.SysProcAttr{CreationFlags: windows.CREATE_NEW_PROCESS_GROUP}
	return c, c.Start()
}

// group is a helper with what it has started.
type group struct{ helper relative }

func gather(c *exec.Cmd) group {
	pid := uint32(c.Process.Pid)
	handle, born, _, err := look(pid)
	if err != nil {
		return group{}
	}
	return group{relative{pid, born, handle}}
}

// kill ends a helper, which starts nobody any more then, and those that came of it, the deepest
// first, until nobody new is found: its job has ended with it, but it may have had none.
func (g group) kill(c *exec.Cmd) {
	_ = c.Process.Kill()
	if g.helper.handle == 0 {
		return
	}
	family := []relative{g.helper}
	for known := 0; known < len(family); {
		known = len(family)
		family = descend(family, snapshot(), open)
		for _, r := range slices.Backward(family[1:]) {
			_ = windows.TerminateProcess(r.handle, 1)
		}
	}
	for _, r := range family[1:] {
		windows.CloseHandle(r.handle)
	}
}

func (g group) close() {
	if g.helper.handle != 0 {
		windows.CloseHandle(g.helper.handle)
	}
}

// relative is a process with a handle, as long as which is open nobody else gets its number.
type relative struct {
	pid    uint32
	born   int64 // in ns
	handle windows.Handle
}

// look opens a process, and tells when it was started, and by whom.
func look(pid uint32) (handle windows.Handle, born int64, parent uint32, err error) {
	const rights = windows.PROCESS_TERMINATE | windows.PROCESS_QUERY_LIMITED_INFORMATION | windows.SYNCHRONIZE
	if handle, err = windows.OpenProcess(rights, false, pid); err != nil {
		return 0, 0, 0, err
	}
	var created, unused windows.Filetime
	var basic windows.PROCESS_BASIC_INFORMATION
	err = windows.GetProcessTimes(handle, &created, &unused, &unused, &unused)
	if err == nil {
		err = windows.NtQueryInformationProcess(handle, windows.ProcessBasicInformation, unsafe.Pointer(&basic), uint32(unsafe.Sizeof(basic)), nil)
	}
	if err != nil {
		windows.CloseHandle(handle)
		return 0, 0, 0, err
	}
	return handle, created.Nanoseconds(), uint32(basic.InheritedFromUniqueProcessId), nil
}

// open opens a process, if it still has the parent that it was seen with: else its number is
// somebody else's by now.
func open(pid, parent uint32) (relative, bool) {
	handle, born, now, err := look(pid)
	if err == nil && now != parent {
		windows.CloseHandle(handle)
	}
	return relative{pid, born, handle}, err == nil && now == parent
}

// snapshot are the processes that there are: the parent of each.
func snapshot() map[uint32]uint32 {
	parents := map[uint32]uint32{}
	all, err := windows.CreateToolhelp32Snapshot(windows.TH32CS_SNAPPROCESS, 0)
	if err != nil {
		return parents
	}
	defer windows.CloseHandle(all)
	entry := windows.ProcessEntry32{Size: uint32(unsafe.Sizeof(windows.ProcessEntry32{}))}
	for err := windows.Process32First(all, &entry); err == nil; err = windows.Process32Next(all, &entry) {
		parents[entry.ProcessID] = entry.ParentProcessID
	}
	return parents
}

// descend adds to a family, in which parents stand before children, those that came of it. One
// that is older than who has its parent's number was started by somebody who had that before.
func descend(family []relative, parents map[uint32]uint32, open func(pid, parent uint32) (relative, bool)) []relative {
	for i := 0; i < len(family); i++ {
		for pid, parent := range parents {
			if parent != family[i].pid || slices.ContainsFunc(family, func(r relative) bool { return r.pid == pid }) {
				continue
			}
			child, ok := open(pid, parent)
			if ok && child.born >= family[i].born {
				family = append(family, child)
			} else if ok {
				windows.CloseHandle(child.handle)
			}
		}
	}
	return family
}
