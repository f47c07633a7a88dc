//go:build bench

// Package bench measures the program against floors of the same run.
package bench

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"onetrans/app/checks/rig"
)

const (
	width, height = 1080, 1920
	rounds        = 7
	// settled is how long after its first frame a program's memory is read.
	settled = 2 * time.Second
)

// start is one start of a program.
type start struct {
	frame    time.Duration // until its first painted frame
	resident float64       // MiB, once settled
}

// The kiosk's start and memory, against an empty fullscreen Fyne window.
func BenchmarkStart(b *testing.B) {
	empty := filepath.Join(b.TempDir(), "emptywindow")
	build := exec.Command("go", "build", "-tags", "x11", "-trimpath", "-o", empty, "./emptywindow")
	if out, err := build.CombinedOutput(); err != nil {
		b.Fatalf("%v: %s", err, out)
	}
	var ours, floor []start
	for range rounds { // in turn, so that a slow minute hits both
		floor = append(floor, measure(b, empty))
		ours = append(ours, measure(b, "../../../bin/onetrans", "kiosk"))
	}
	frame := func(s start) float64 { return s.frame.Seconds() * 1000 }
	resident := func(s start) float64 { return s.resident }
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(median(ours, frame), "ms-to-frame")
	b.ReportMetric(median(floor, frame), "ms-empty-window")
	b.ReportMetric(median(ours, frame)/median(floor, frame), "×frame(aim≤1.3)")
	b.ReportMetric(median(ours, resident), "MiB")
	b.ReportMetric(median(floor, resident), "MiB-empty-window")
	b.ReportMetric(median(ours, resident)/median(floor, resident), "×memory(aim≤1.5)")
}

func median(starts []start, of func(start) float64) float64 {
	var values []float64
	for _, s := range starts {
		values = append(values, of(s))
	}
	slices.Sort(values)
	return values[len(values)/2]
}

// measure starts a program on a display of its own.
func measure(b *testing.B, program string, args ...string) start {
	b.Helper()
	display := rig.StartDisplay(b, width, height)
	command := exec.Command(program, args...)
	command.Env = append(display.Environ(), "XDG_DATA_HOME="+b.TempDir())
	begin := time.Now()
	if err := command.Start(); err != nil {
		b.Fatal(err)
	}
	defer func() { _ = command.Process.Kill(); _ = command.Wait() }()
	for {
		painted, err := display.Painted(width/2, height-20)
		if err != nil {
			b.Fatal(err)
		}
		if painted {
			break
		}
		if time.Since(begin) > time.Minute {
			b.Fatalf("%s paints nothing", program)
		}
		time.Sleep(time.Millisecond)
	}
	frame := time.Since(begin)
	time.Sleep(settled)
	return start{frame, residentMiB(b, command.Process.Pid)}
}

func residentMiB(b *testing.B, pid int) float64 {
	b.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		b.Fatal(err)
	}
	for line := range strings.Lines(string(status)) {
		if fields := strings.Fields(line); len(fields) > 1 && fields[0] == "VmRSS:" {
			kib, err := strconv.ParseFloat(fields[1], 64)
			if err != nil {
				b.Fatal(err)
			}
			return kib / 1024
		}
	}
	b.Fatal("no VmRSS")
	return 0
}
