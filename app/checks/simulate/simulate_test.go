package simulate

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

var (
	seeds  = flag.Int("seeds", 200/slower, "how many days to simulate")
	seed   = flag.Uint64("seed", 0, "replay this one day, with everything that happens in it")
	first  = flag.Uint64("first", 1, "the first seed")
	worker = flag.Bool("worker", false, "print the figures for the process that shares the days out")
)

// TestMain lets one goroutine run at a time: then a day is made of its seed
// alone, also where several are ready at one instant.
func TestMain(m *testing.M) {
	runtime.GOMAXPROCS(1)
	m.Run()
}

// plenty is the memory that a day's garbage may take.
const plenty = 512 << 20

// playIn plays a day in a bubble of its own. Nothing is collected meanwhile: the
// collector's goroutines change who is next of those that are ready at one instant.
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
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(plenty))
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
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
	switch {
	case *seed != 0:
		if err := playIn(t, *seed, planted{}, &counts{}, aloud()); err != nil {
			t.Errorf("seed %d:\n%v", *seed, err)
		}
	case *worker:
		json.NewEncoder(os.Stdout).Encode(playAll(t, *first, *seeds))
	case *seeds > share:
		shareOut(t)
	default:
		begin := time.Now()
		fmt.Println(playAll(t, *first, *seeds).over(time.Since(begin)))
	}
}

// mostFailures are enough to look into.
const mostFailures = 10

// playAll plays n days.
func playAll(t *testing.T, first uint64, n int) figures {
	defer debug.SetGCPercent(debug.SetGCPercent(800)) // days are short, and much is thrown away
	count, failed := &counts{}, 0
	for seed := first; seed < first+uint64(n) && failed < mostFailures; seed++ {
		if err := playIn(t, seed, planted{}, count, quiet); err != nil {
			failed++
			t.Errorf("seed %d; replay it with make simulate SEED=%[1]d\n%[2]v", seed, err)
		}
	}
	return count.figures()
}

// The same seed is the same day, to the last message.
func TestADayCanBeReplayed(t *testing.T) {
	for seed := range uint64(20 / slower) {
		once := diary(t, *first+seed)
		if again := diary(t, *first+seed); again != once {
			t.Errorf("seed %d is another day each time", *first+seed)
		}
	}
}

// diary is all that happened on a day, in its order.
func diary(t *testing.T, seed uint64) string {
	var mu sync.Mutex
	var lines []string
	_ = playIn(t, seed, planted{}, &counts{}, func(format string, args ...any) {
		mu.Lock()
		defer mu.Unlock()
		lines = append(lines, clock()+" "+fmt.Sprintf(format, args...))
	})
	return strings.Join(lines, "\n")
}
