package vendorlib

import (
	"cmp"
	"errors"
	"flag"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"onetrans/flows/message/onetrans"
	"onetrans/flows/message/platform"
)

var kills = flag.Int("helperkills", 20, "how often the helper is killed")

// helpers are the processes of a helper in no order: the one that has the library and the
// one above it.
func helpers(t testing.TB, helper string) (pids []int) {
	t.Helper()
	want, err := filepath.EvalSymlinks(helper)
	must(t, err)
	found, err := filepath.Glob("/proc/[0-9]*/exe")
	must(t, err)
	for _, exe := range found {
		if program, err := os.Readlink(exe); err == nil && program == want {
			pid, err := strconv.Atoi(filepath.Base(filepath.Dir(exe)))
			must(t, err)
			pids = append(pids, pid)
		}
	}
	rand.Shuffle(len(pids), func(i, j int) { pids[i], pids[j] = pids[j], pids[i] })
	return pids
}

// inFolder are the processes whose directory is the library's: whatever it has started, and
// the one that has it.
func (w world) inFolder() (pids []string) {
	w.t.Helper()
	found, err := filepath.Glob("/proc/[0-9]*/cwd")
	must(w.t, err)
	for _, cwd := range found {
		if folder, err := os.Readlink(cwd); err == nil && folder == filepath.Dir(w.DLL) {
			pids = append(pids, filepath.Base(filepath.Dir(cwd)))
		}
	}
	return pids
}

// Killed by force or stopped, one or all of them, in any order: what the library has
// started in a session of its own ends, too. The end of the owner is that of the pipe.
func TestNothingIsLeftWhoeverOfAHelperAndItsOwnerIsKilled(t *testing.T) {
	const above, within, owner = 0, 1, 2
	for name, order := range map[string][]int{
		"above": {above}, "within": {within}, "owner": {owner},
		"above, within": {above, within}, "within, above": {within, above},
		"owner, above": {owner, above}, "above, owner": {above, owner},
		"owner, within, above": {owner, within, above}, "above, within, owner": {above, within, owner},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			pids := w.withDaemon()
			for _, who := range order {
				if who == owner {
					must(t, w.helper.in.Close())
				} else {
					_ = syscall.Kill(pids[who], syscall.SIGKILL) // which has ended where the one before was killed
				}
			}
			w.endsEverywhere()
		})
	}
	t.Run("above is stopped", func(t *testing.T) {
		w := newWorld(t)
		w.withDaemon()
		must(t, w.helper.command.Process.Signal(syscall.SIGSTOP))
		w.Close()
		w.endsEverywhere()
	})
}

// Where the kernel may not end them, the group is what is left to end them by: a supervisor that
// is stopped ends nobody.
func TestWithoutTracingTheLogSaysSoAndTheGroupEnds(t *testing.T) {
	w := newWorld(t)
	w.untraced()
	w.Behave("child")
	_, err := w.Call(t.Context(), charge(t, "1"))
	must(t, err)
	for range 30 {
		if len(w.inFolder()) == 2 && len(helpers(t, w.Helper)) == 2 {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	if got := w.inFolder(); len(got) != 2 {
		t.Fatalf("there are %v", got)
	}
	must(t, w.helper.command.Process.Signal(syscall.SIGSTOP))
	w.Close()
	w.endsEverywhere()
	if n := strings.Count(w.log.String(), "may outlive it"); n != 1 {
		t.Errorf("the log tells it %d times: %s", n, w.log)
	}
}

func TestWithoutTracingASupervisorEndsWhatTheLibraryHasStarted(t *testing.T) {
	for _, owner := range []bool{true, false} {
		w := newWorld(t)
		w.untraced()
		pids := w.withDaemon()
		if owner {
			must(t, w.helper.in.Close())
		} else {
			must(t, syscall.Kill(pids[1], syscall.SIGKILL))
		}
		w.endsEverywhere()
	}
}

// untraced starts the helper on a thread that may trace nobody, which it inherits.
func (w world) untraced() {
	w.t.Helper()
	failed := make(chan error, 1)
	go func() {
		runtime.LockOSThread() // for good: the thread ends with this
		failed <- cmp.Or(forbid(unix.SYS_PTRACE), w.ready())
	}()
	must(w.t, <-failed)
	if !w.helper.loose {
		w.t.Error("it says that it is held")
	}
}

// forbid has the kernel refuse a call to this thread, and those that come of it.
func forbid(call uint32) error {
	const (
		load   = unix.BPF_LD | unix.BPF_W | unix.BPF_ABS
		differ = unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K
		give   = unix.BPF_RET | unix.BPF_K
	)
	filter := []unix.SockFilter{
		{Code: load},
		{Code: differ, K: call, Jf: 1},
		{Code: give, K: unix.SECCOMP_RET_ERRNO | uint32(unix.EPERM)},
		{Code: give, K: unix.SECCOMP_RET_ALLOW},
	}
	program := unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]}
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return err
	}
	return unix.Prctl(unix.PR_SET_SECCOMP, unix.SECCOMP_MODE_FILTER, uintptr(unsafe.Pointer(&program)), 0, 0)
}

// withDaemon makes a call after which a daemon of the library's runs, and gives the helper's
// two processes: the one above first.
func (w world) withDaemon() []int {
	w.t.Helper()
	w.Behave("daemon")
	_, err := w.Call(w.t.Context(), charge(w.t, "1"))
	must(w.t, err)
	for range 30 {
		pids := helpers(w.t, w.Helper) // the daemon is one of them until it is a program of its own
		if len(pids) == 2 && len(w.inFolder()) == 2 {
			if pids[0] != w.helper.command.Process.Pid {
				slices.Reverse(pids)
			}
			return pids
		}
		time.Sleep(100 * time.Millisecond)
	}
	w.t.Fatalf("there are %v, of %v", w.inFolder(), helpers(w.t, w.Helper))
	return nil
}

// endsEverywhere waits until nothing is left of the library.
func (w world) endsEverywhere() {
	w.t.Helper()
	for range 30 {
		if len(w.inFolder()) == 0 {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	w.t.Errorf("left behind: %v", w.inFolder())
	for _, left := range w.inFolder() {
		pid, _ := strconv.Atoi(left)
		_ = syscall.Kill(pid, syscall.SIGKILL)
	}
}

// A pipe may have room for less than a message: what stands still before it has read it has
// begun nothing, and the next one is called in time.
func TestAHelperThatReadsNothingIsReplacedInTime(t *testing.T) {
	w := newWorld(t, func(o *Options) { o.Limit = time.Second })
	w.resultOf("1")
	const setSize = 1031 // F_SETPIPE_SZ
	room, _, fault := syscall.Syscall(syscall.SYS_FCNTL, w.helper.in.Fd(), setSize, 4096)
	if fault != 0 || room != 4096 {
		t.Skipf("the pipe has room for %d: %v", room, fault)
	}
	for _, pid := range helpers(t, w.Helper) {
		must(t, syscall.Kill(pid, syscall.SIGSTOP))
	}
	long := charge(t, "1")
	long.OpterName = onetrans.T(strings.Repeat("长", 3000))
	came := make(chan error, 1)
	go func() {
		_, err := w.Call(t.Context(), long)
		came <- err
	}()
	select {
	case err := <-came:
		must(t, err)
	case <-time.After(10 * time.Second):
		for _, pid := range helpers(t, w.Helper) {
			_ = syscall.Kill(pid, syscall.SIGKILL)
		}
		t.Fatal("it waits for ever")
	}
	if n := len(w.Requests()); n != 2 {
		t.Errorf("%d messages", n)
	}
}

// stands is how a charge stands. A helper whose other half was killed may yet fall.
func (w world) stands(no string) string {
	w.t.Helper()
	var err error
	for range 3 {
		var answer onetrans.Answer
		if answer, err = w.Call(w.t.Context(), query(w.t, no)); err == nil {
			var out onetrans.QueryOut
			must(w.t, onetrans.UnmarshalData(answer.Data, &out))
			return out.Result.String()
		}
	}
	w.t.Fatal(err)
	return ""
}

// Either of its two processes, at any moment: what is told as sent is there, what is told
// as not sent is not, and the bank has each order once.
func TestAHelperIsKilledAtAnyMomentAndNothingIsLost(t *testing.T) {
	w := newWorld(t)
	told := map[string]int{}
	for i := range *kills {
		no := "K" + strconv.Itoa(i)
		pids := helpers(t, w.Helper)
		var killing sync.WaitGroup
		killing.Go(func() {
			time.Sleep(rand.N(8 * time.Millisecond))
			for _, pid := range pids[:min(1, len(pids))] {
				_ = syscall.Kill(pid, syscall.SIGKILL)
			}
		})
		answer, err := w.Call(t.Context(), charge(t, no))
		killing.Wait()
		stands := w.stands(no)
		switch {
		case err == nil && (answer.Code.String() != "000000" || stands != "init"):
			t.Errorf("%s: told %s, and it is %s", no, answer.Code, stands)
		case errors.Is(err, platform.ErrNotSent) && stands != "notfound":
			t.Errorf("%s: told as not sent, and it is %s", no, stands)
		case err != nil && !errors.Is(err, platform.ErrNotSent) && !errors.Is(err, platform.ErrNoAnswer):
			t.Errorf("%s: %v", no, err)
		}
		told[string(faultOf(err))]++
	}
	t.Logf("what became of %d calls, by the fault: %v", *kills, told)
	w.Close()
	for range 20 {
		if len(helpers(t, w.Helper)) == 0 {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Errorf("left behind: %v", helpers(t, w.Helper))
}
