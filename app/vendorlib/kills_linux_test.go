package vendorlib

import (
	"errors"
	"flag"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"onetrans/flows/message/onetrans"
	"onetrans/flows/message/platform"
)

var kills = flag.Int("helperkills", 20, "how often the helper is killed")

// helpers are the processes of a helper in no order: the one that has the library and the
// one above it.
func helpers(t *testing.T, helper string) (pids []int) {
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
