package vendorlib

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/sys/windows"
)

// A number is given again when nobody has it any more: who is older than the one that has its
// parent's number is not that one's child, nor is who has been replaced since it was seen.
func TestAProcessIsFollowedToThoseThatItStartedAndNobodyElse(t *testing.T) {
	born := map[uint32]int64{10: 100, 11: 110, 12: 120, 13: 130, 14: 90, 15: 95, 16: 140, 20: 150, 21: 160}
	parents := map[uint32]uint32{
		0: 0, 4: 0, 10: 4,
		13: 12, 12: 11, 11: 10, // in a row
		14: 10, 15: 14, // older than 10, and what it started
		16: 13, // gone when it is opened
		20: 21, 21: 20,
	}
	open := func(pid, parent uint32) (relative, bool) {
		return relative{pid: pid, born: born[pid]}, pid != 16 && parents[pid] == parent
	}
	var got []uint32
	for _, r := range descend([]relative{{pid: 10, born: 100}}, parents, open) {
		got = append(got, r.pid)
	}
	if want := []uint32{10, 11, 12, 13}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	family := []relative{{pid: 10, born: 100}, {pid: 11, born: 110}}
	if got := descend(family, map[uint32]uint32{12: 11}, open); len(got) != 3 || got[2].pid != 12 {
		t.Errorf("of one that has ended: %v", got)
	}
}

// around is a job around this process.
var around = sync.OnceValues(func() (windows.Handle, error) {
	job, err := windows.CreateJobObject(nil, nil)
	if err == nil {
		err = windows.AssignProcessToJobObject(job, windows.CurrentProcess())
	}
	return job, err
})

// inJob has this process in a job with such limits, until the test ends.
func inJob(t *testing.T, flags uint32) {
	t.Helper()
	job, err := around()
	must(t, err)
	limit := func(flags uint32) {
		var limits windows.JOBOBJECT_EXTENDED_LIMIT_INFORMATION
		limits.BasicLimitInformation.LimitFlags = flags
		_, err := windows.SetInformationJobObject(job, windows.JobObjectExtendedLimitInformation, uintptr(unsafe.Pointer(&limits)), uint32(unsafe.Sizeof(limits)))
		must(t, err)
	}
	limit(flags)
	t.Cleanup(func() { limit(windows.JOB_OBJECT_LIMIT_BREAKAWAY_OK | windows.JOB_OBJECT_LIMIT_SILENT_BREAKAWAY_OK) })
}

// windows7 has a helper that Windows lets into no job while it is in another.
func windows7(o *Options) {
	o.Helper = filepath.Join(filepath.Dir(o.Helper), "onetrans-vendor-windows7.exe")
}

// withKin makes a call that leaves a child with a child of its own, and gives both.
func (w world) withKin() []relative {
	w.t.Helper()
	w.Behave("daemon")
	_, err := w.Call(w.t.Context(), charge(w.t, "1"))
	must(w.t, err)
	for range 50 {
		family := descend([]relative{w.helper.group.helper}, snapshot(), open)
		if len(family) >= 3 {
			return family[1:]
		}
		time.Sleep(100 * time.Millisecond)
	}
	w.t.Fatal("the library has started nobody")
	return nil
}

func (w world) allEnd(kin []relative) {
	w.t.Helper()
	for _, r := range kin {
		if event, err := windows.WaitForSingleObject(r.handle, 5000); err != nil || event != windows.WAIT_OBJECT_0 {
			w.t.Errorf("%d was left behind", r.pid)
			_ = windows.TerminateProcess(r.handle, 1)
		}
	}
}

var suspend = windows.NewLazySystemDLL("ntdll.dll").NewProc("NtSuspendProcess")

// However it ends, and also where it can't be in a job that would end them: told to, by its
// owner's end, by force, by a crash, by the library's own hand, or while it stands still.
func TestWhatALibraryStartsEndsWithItsHelper(t *testing.T) {
	ends := map[string]func(world){
		"told to":        func(w world) { w.Close() },
		"its owner ends": func(w world) { must(w.t, w.helper.in.Close()) },
		"by force": func(w world) {
			must(w.t, w.helper.command.Process.Kill())
			w.resultOf("1")
		},
		"it stands still": func(w world) {
			handle, err := windows.OpenProcess(windows.PROCESS_SUSPEND_RESUME, false, w.helper.group.helper.pid)
			must(w.t, err)
			defer windows.CloseHandle(handle)
			if status, _, _ := suspend.Call(uintptr(handle)); status != 0 {
				w.t.Fatalf("it does not stand still: %x", status)
			}
			w.Close()
		},
	}
	for _, how := range []string{"crash", "exit", "end"} {
		ends[how] = func(w world) {
			w.Behave(how)
			_, _ = w.Call(w.t.Context(), charge(w.t, "2"))
		}
	}
	for name, flags := range map[string]uint32{"it may leave the job": windows.JOB_OBJECT_LIMIT_BREAKAWAY_OK, "it may not": 0} {
		for how, end := range ends {
			t.Run(fmt.Sprintf("%s, %s", name, how), func(t *testing.T) {
				inJob(t, flags)
				w := newWorld(t, windows7)
				kin := w.withKin()
				if w.helper.loose != (flags == 0) {
					t.Errorf("loose: %v", w.helper.loose)
				}
				end(w)
				w.allEnd(kin)
				if n := strings.Count(w.log.String(), "may outlive it"); (n == 1) != (flags == 0) || n > 1 {
					t.Errorf("the log tells it %d times", n)
				}
			})
		}
	}
}

// The one in between has gone long before the helper does.
func TestALooseHelperRemembersWhomAChildHasLeft(t *testing.T) {
	inJob(t, 0)
	w := newWorld(t, windows7)
	kin := w.withKin()
	must(t, windows.TerminateProcess(kin[0].handle, 1))
	w.resultOf("1")
	w.Close()
	w.allEnd(kin)
}
