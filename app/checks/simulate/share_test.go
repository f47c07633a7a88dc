package simulate

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"sync"
	"testing"
	"time"
)

// share is how many days one process plays at most.
const share = 500

// shareOut plays all days in processes of their own, one for each processor.
func shareOut(t *testing.T) {
	begin := time.Now()
	shares := make(chan uint64)
	var mu sync.Mutex
	var sum figures
	var playing sync.WaitGroup
	for range runtime.NumCPU() {
		playing.Go(func() {
			for from := range shares {
				one := playElsewhere(t, *first+from, min(share, *seeds-int(from)))
				mu.Lock()
				sum = sum.plus(one)
				fmt.Println(sum.over(time.Since(begin)))
				mu.Unlock()
			}
		})
	}
	for from := 0; from < *seeds && !t.Failed(); from += share {
		shares <- uint64(from)
	}
	close(shares)
	playing.Wait()
}

// playElsewhere plays days in another process, which says what was wrong.
func playElsewhere(t *testing.T, first uint64, n int) (f figures) {
	cmd := exec.Command(os.Args[0], "-test.run=^TestDaysOfTrouble$", "-test.timeout=0", "-worker",
		"-first="+strconv.FormatUint(first, 10), "-seeds="+strconv.Itoa(n))
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	said, rest, _ := bytes.Cut(out, []byte("\n"))
	if err != nil || json.Unmarshal(said, &f) != nil {
		t.Errorf("days %d to %d: %v\n%s\n%s", first, first+uint64(n)-1, err, said, rest)
	}
	return f
}

// figures are what came of many days.
type figures struct {
	Days, Trades, Messages, Kills, DiskFaults, Desk int64
}

func (c *counts) figures() figures {
	return figures{c.days.Load(), c.trades.Load(), c.messages.Load(), c.kills.Load(), c.diskFaults.Load(), c.desk.Load()}
}

func (f figures) plus(g figures) figures {
	return figures{
		f.Days + g.Days, f.Trades + g.Trades, f.Messages + g.Messages,
		f.Kills + g.Kills, f.DiskFaults + g.DiskFaults, f.Desk + g.Desk,
	}
}

// over says them for people.
func (f figures) over(took time.Duration) string {
	return fmt.Sprintf("%d days in %v: %d trades, %d messages, %d kills, %d failed disk operations, %d trades decided by a person",
		f.Days, took.Round(time.Second), f.Trades, f.Messages, f.Kills, f.DiskFaults, f.Desk)
}
