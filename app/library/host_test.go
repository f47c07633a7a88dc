package library_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// finds has a host whose calls all go well see what it is to see.
func finds(t *testing.T, what string, times int) {
	t.Helper()
	install(t, fineOwner(t)).finds(t, what, times)
}

func TestTheHostIsAsItWasAfterEachOfTenThousandCalls(t *testing.T) {
	t.Parallel()
	finds(t, "untouched", 10000)
}

// cutting answers with as many bytes as the request asks for.
func cutting(c handed) string {
	var request struct {
		Data struct {
			Cut int `json:"cut"`
		} `json:"data"`
	}
	_ = json.Unmarshal(c.In, &request)
	return answers(padded(request.Data.Cut))
}

func TestAnswersOfEveryLengthFitOrAreSaidNotTo(t *testing.T) {
	t.Parallel()
	i := install(t, newOwner(t, answering(4, cutting)))
	i.finds(t, "lengths", 8193)
}

func TestPointersThatLeadNowhereAreAnAnswerOrAReturn(t *testing.T) {
	t.Parallel()
	finds(t, "pointers", 20)
}

func TestAThousandLoadsByEightThreadsLeaveNothing(t *testing.T) {
	t.Parallel()
	finds(t, "loads", 1000)
}

// slowly answers after a while.
func slowly(after time.Duration) func(handed) string {
	return func(handed) string { time.Sleep(after); return answers(fine) }
}

func TestOneOfSixteenRunsAndTheOthersHearThatItDoes(t *testing.T) {
	t.Parallel()
	i := install(t, nil)
	busy := i.library + ".busy" // which the host makes
	o := newOwner(t, answering(4, func(handed) string {
		for end := time.Now().Add(time.Minute); os.Remove(busy) != nil && time.Now().Before(end); {
			time.Sleep(5 * time.Millisecond)
		}
		return answers(fine)
	}))
	i.says(t, o.address)
	t.Log(i.finds(t, "sixteen", 3))
	if n := len(o.taken()); n != 3 {
		t.Errorf("%d calls were handed over", n)
	}
}

// settle gives a host under Wine the time to wait for its answer: Wine itself keeps the
// connection of a process that ends as it begins to wait.
func settle() {
	if *place != "linux" {
		time.Sleep(time.Second)
	}
}

func TestAHostEndsInTheMiddleOfACall(t *testing.T) {
	t.Parallel()
	for how := 1; how <= 2; how++ {
		hungUp := make(chan struct{}, 1)
		stdin, taken := io.Pipe()
		i := install(t, newOwner(t, func(o *owner, g guest) {
			if _, ok := o.take(g, 4); ok {
				settle()
				taken.Close()
				_, _ = g.in.ReadByte()
				hungUp <- struct{}{}
			}
		}))
		ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
		defer cancel()
		command := i.host(ctx, t, "ends", how)
		command.Stdin = stdin
		if out, err := command.Output(); failed(err) {
			t.Errorf("way %d: %v: %s", how, err, out)
		}
		select {
		case <-hungUp:
		case <-time.After(20 * time.Second):
			t.Errorf("way %d: its owner was not told", how)
		}
	}
}

func TestACallThatWasLeftIsNoCallThatRuns(t *testing.T) {
	t.Parallel()
	only(t, "linux", "signals, which leave it, are missing here")
	var calls atomic.Int32
	slow := func(handed) string {
		if calls.Add(1)%2 == 1 {
			time.Sleep(3 * time.Second)
		}
		return answers(fine)
	}
	i := install(t, newOwner(t, answering(4, slow)))
	i.finds(t, "jumps", 1)
	i = install(t, newOwner(t, answering(4, slowly(500*time.Millisecond))))
	i.finds(t, "forks", 3)
	i.finds(t, "loses", 2)
}

// An answer that an earlier call has left in the buffer is never this one's.
func TestAHostWithoutADescriptorLeftHasAnAnswer(t *testing.T) {
	t.Parallel()
	only(t, "linux", "a limit of descriptors is missing here")
	finds(t, "starves", 3)
}

// A host's thread may have a small stack: on Windows none is smaller than 64 KiB.
func TestAThreadMayHaveASmallStack(t *testing.T) {
	t.Parallel()
	for _, settings := range []string{"", "longest_s = 60\nlog = calls.log\n"} {
		i := install(t, fineOwner(t))
		i.write(t, "OneTrans2.conf", settings)
		kib := map[string]int{"linux": 20, "windows64": 60, "windows32": 60}[*place]
		i.finds(t, "narrow", kib)
		t.Log(i.finds(t, "dives", kib))
	}
}

// Where the host is the first process of a container, whoever is left without a parent
// becomes its child.
func TestAHostThatReapsForOthersHasNoChildOfTheLibrarys(t *testing.T) {
	t.Parallel()
	only(t, "linux", "processes that come to another parent are missing here")
	for name, script := range map[string][]string{"it says what it has to": {"say {}"}, "it says nothing": nil} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			i := install(t, nil)
			i.script(t, script...)
			i.finds(t, "reaps", 5)
		})
	}
	t.Run("it never ends", func(t *testing.T) {
		t.Parallel()
		i := install(t, nil)
		i.script(t, "sleep 60000")
		i.finds(t, "reaps", 1)
	})
}

// A file that may not grow any more, or a pipe that nobody reads, would end the host.
func TestALogThatMayNotBeWrittenIsNoneAndTheHostLives(t *testing.T) {
	t.Parallel()
	only(t, "linux", "a limit that ends a process is missing here")
	i := install(t, fineOwner(t))
	i.write(t, "OneTrans2.conf", "log = calls.log\n")
	i.finds(t, "limited", 3)
	if got := i.read(t, "calls.log"); got != "" {
		t.Errorf("it was written: %q", got)
	}
	i.finds(t, "untouched", 3)
	if got := strings.Count(i.read(t, "calls.log"), "\n"); got != 4 {
		t.Errorf("%d lines", got)
	}
}

func TestWhatLiesBehindASmallBufferIsTheHosts(t *testing.T) {
	t.Parallel()
	only(t, "linux", "nothing is written there to see whether it can be")
	finds(t, "shares", 2000)
}

func TestAWindowOfTheHostIsPaintedWhileItWaits(t *testing.T) {
	t.Parallel()
	only(t, "windows", "windows whose thread must paint them are missing here")
	i := install(t, newOwner(t, answering(4, slowly(time.Second))))
	i.finds(t, "windows", 1)
	i.write(t, "OneTrans2.conf", "paint = no\r\n")
	i.finds(t, "windows", 0)
}

func TestAStackMayBeCrooked(t *testing.T) {
	t.Parallel()
	only(t, "windows32", "stacks that are not aligned are missing here")
	finds(t, "crooked", 100)
}

// Where a host has hung its own on children that end, or waits for any, the
// program is no child of its.
func TestTheProgramIsNoChildOfTheHostsAndHasNothingOfIts(t *testing.T) {
	t.Parallel()
	i := install(t, fineOwner(t))
	i.finds(t, "untouched", 2)
	if called := strings.TrimSpace(i.read(t, "called")); called != "agent --background" {
		t.Errorf("called %q", called)
	}
	if how := strings.TrimSpace(i.read(t, "how")); *place == "linux" && how != "folder="+i.folder+" session=1 fd=0 fd=1 fd=2" {
		t.Errorf("it had %s", how)
	}
}

func TestAHostThatIsKilledIsNotTheOwnersTrouble(t *testing.T) {
	t.Parallel()
	gone := make(chan struct{}, 1)
	ctx, kill := context.WithTimeout(t.Context(), time.Minute)
	defer kill()
	i := install(t, newOwner(t, func(o *owner, g guest) {
		if _, ok := o.take(g, 4); ok {
			settle()
			kill()
			_, _ = g.in.ReadByte()
			gone <- struct{}{}
		}
	}))
	var status *exec.ExitError
	if err := i.host(ctx, t, "untouched", 1).Run(); !errors.As(err, &status) && ctx.Err() == nil {
		t.Error(err)
	}
	select {
	case <-gone:
	case <-time.After(20 * time.Second):
		t.Error("he still waits")
	}
}
