package simulate

import (
	"flag"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

var (
	seeds = flag.Int("seeds", 200/slower, "how many days to simulate")
	seed  = flag.Uint64("seed", 0, "replay this one day, with everything that happens in it")
	first = flag.Uint64("first", 1, "the first seed")
)

// playIn plays a day in a bubble of its own.
func playIn(t *testing.T, seed uint64, mistake planted, count *counts, trace func(string, ...any)) (wrong error) {
	dir, err := os.MkdirTemp(ram(), "onetrans-day-")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	defer func() {
		if p := recover(); p != nil {
			panic(fmt.Sprintf("seed %d: %v", seed, p))
		}
	}()
	synctest.Test(t, func(t *testing.T) { wrong = play(seed, dir, mistake, count, trace) })
	count.days.Add(1)
	return wrong
}

// ram is a folder in memory, where there is one.
func ram() string {
	if info, err := os.Stat("/dev/shm"); err == nil && info.IsDir() {
		return "/dev/shm"
	}
	return ""
}

func quiet(string, ...any) {}

// aloud prints what happens, with its time.
func aloud() func(string, ...any) {
	return func(format string, args ...any) {
		fmt.Printf("%s  %s\n", clock(), fmt.Sprintf(format, args...))
	}
}

func TestDaysOfTrouble(t *testing.T) {
	count := &counts{}
	if *seed != 0 {
		if err := playIn(t, *seed, planted{}, count, aloud()); err != nil {
			t.Errorf("seed %d:\n%v", *seed, err)
		}
		return
	}
	defer debug.SetGCPercent(debug.SetGCPercent(800)) // days are short, and much is thrown away
	begin := time.Now()
	var next, failed atomic.Uint64
	t.Run("days", func(t *testing.T) {
		for worker := range runtime.GOMAXPROCS(0) {
			t.Run(fmt.Sprint(worker), func(t *testing.T) {
				t.Parallel()
				for failed.Load() < 10 {
					n := next.Add(1) - 1
					if n >= uint64(*seeds) {
						return
					}
					if err := playIn(t, *first+n, planted{}, count, quiet); err != nil {
						failed.Add(1)
						t.Errorf("seed %d; replay it with go test ./app/simulate -run TestDaysOfTrouble -seed %[1]d\n%[2]v", *first+n, err)
					}
				}
			})
		}
	})
	took := time.Since(begin)
	fmt.Printf("%d days, %d trades, %d messages, %d kills, %d failed disk operations, %d trades left to a person; %v, %v a day on each core\n",
		count.days.Load(), count.trades.Load(), count.messages.Load(), count.kills.Load(), count.diskFaults.Load(), count.desk.Load(),
		took.Round(time.Millisecond), (took * time.Duration(runtime.GOMAXPROCS(0)) / time.Duration(max(count.days.Load(), 1))).Round(time.Microsecond))
}

// The same seed is the same day, but for the few where the scheduler decides
// which goroutine speaks first at one instant.
func TestADayCanBeReplayed(t *testing.T) {
	const days, mayDiffer = 20 / slower, 3
	differ := 0
	for seed := range uint64(days) {
		if diary(t, *first+seed) != diary(t, *first+seed) {
			differ++
		}
	}
	t.Logf("%d of %d days differ from their replay", differ, days)
	if differ > mayDiffer {
		t.Errorf("%d of %d days differ from their replay", differ, days)
	}
}

// diary is all that happened on a day; what happened at one instant has no order.
func diary(t *testing.T, seed uint64) string {
	var mu sync.Mutex
	var lines []string
	_ = playIn(t, seed, planted{}, &counts{}, func(format string, args ...any) {
		mu.Lock()
		defer mu.Unlock()
		lines = append(lines, clock()+" "+fmt.Sprintf(format, args...))
	})
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}
