//go:build bench

// Package bench measures the program against floors of the same run.
package bench

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"

	"onetrans/app/checks/rig"
	"onetrans/flows/message/onetrans"
)

const (
	executable    = "../../../bin/onetrans"
	width, height = 1080, 1920
	rounds        = 7
	// settled is how long after its first frame a program's memory is read.
	settled = 2 * time.Second
)

// start is one start of a program.
type start struct {
	frame  float64 // ms until its first painted frame
	memory float64 // MiB, of all its processes, once settled
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
		ours = append(ours, measure(b, executable, "kiosk"))
	}
	frame := func(s start) float64 { return s.frame }
	memory := func(s start) float64 { return s.memory }
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(median(ours, frame), "ms-to-frame")
	b.ReportMetric(median(floor, frame), "ms-empty-window")
	b.ReportMetric(median(ours, frame)/median(floor, frame), "×frame(aim≤1.3)")
	b.ReportMetric(median(ours, memory), "MiB")
	b.ReportMetric(median(floor, memory), "MiB-empty-window")
	b.ReportMetric(median(ours, memory)/median(floor, memory), "×memory(aim≤1.4)")
}

// What an owner holds that has shown no page, and how long a page takes of an agent, whose
// window waits: from the start of the call's own process until it is on the screen.
func BenchmarkAgent(b *testing.B) {
	display, config := rig.StartDisplay(b, width, height), configure(b, newWireWatch(b).url)
	agent := run(b, display, "agent", "--config", config)
	await(b, "the agent serves", served(config))
	time.Sleep(settled)
	idle := rig.MemoryOf(b, agent.Process.Pid).Resident
	var pages []float64
	for i := range rounds + 1 {
		begin := time.Now()
		call := run(b, display, "--trans_type", onetrans.TransRecharge, "--in", orderOf(b, fmt.Sprintf("PAGE%d", i)), "--config", config)
		painted(b, display)
		if i > 0 { // the first is measured with others of its kind
			pages = append(pages, time.Since(begin).Seconds()*1000)
		}
		_ = call.Process.Kill()
		_ = call.Wait()
		await(b, "the screen is free", func() bool { return !isPainted(b, display) })
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(idle, "MiB-without-a-page(aim≤30)")
	b.ReportMetric(median(pages, itself), "ms-to-a-page(aim≤100)")
}

// How long the first page of an agent takes, which nobody has called yet, against that of a
// call that has to start everything.
func BenchmarkFirstPage(b *testing.B) {
	url := newWireWatch(b).url
	var warm, cold []float64
	for i := range rounds {
		for _, to := range []*[]float64{&warm, &cold} { // in turn
			display, config := rig.StartDisplay(b, width, height), configure(b, url)
			if to == &warm {
				agent := run(b, display, "agent", "--config", config)
				await(b, "the agent serves", served(config))
				await(b, "it has a window", func() bool { return len(rig.Children(b, agent.Process.Pid)) > 0 })
				time.Sleep(settled)
			}
			in := orderOf(b, fmt.Sprintf("FIRST%d%p", i, to))
			begin := time.Now()
			call := run(b, display, "--trans_type", onetrans.TransRecharge, "--in", in, "--config", config)
			painted(b, display)
			*to = append(*to, time.Since(begin).Seconds()*1000)
			rig.Stop(call)
		}
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(median(warm, itself), "ms-to-the-first-page(aim≤150)")
	b.ReportMetric(slices.Max(warm), "ms-slowest")
	b.ReportMetric(median(cold, itself), "ms-cold")
	b.ReportMetric(median(warm, itself)/median(cold, itself), "×cold")
}

// How long a kiosk's screen is empty when what draws it is killed.
func BenchmarkWindowReplaced(b *testing.B) {
	var gaps []float64
	for range rounds { // of which each process has the first of its own
		display := rig.StartDisplay(b, width, height)
		kiosk := run(b, display, "kiosk", "--config", configure(b, newWireWatch(b).url))
		painted(b, display)
		time.Sleep(settled)
		for _, window := range rig.Children(b, kiosk.Process.Pid) {
			if err := syscall.Kill(window, syscall.SIGKILL); err != nil {
				b.Fatal(err)
			}
		}
		begin := time.Now()
		await(b, "the window is gone", func() bool { return !isPainted(b, display) })
		painted(b, display)
		gaps = append(gaps, time.Since(begin).Seconds())
		rig.Stop(kiosk)
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(median(gaps, itself), "s-to-the-same-page(aim≤2)")
}

func itself(value float64) float64 { return value }

func median[T any](each []T, of func(T) float64) float64 {
	var values []float64
	for _, one := range each {
		values = append(values, of(one))
	}
	slices.Sort(values)
	return values[len(values)/2]
}

// run starts the program on a display.
func run(b *testing.B, display *rig.Display, args ...string) *exec.Cmd {
	b.Helper()
	command := exec.Command(executable, args...)
	command.Env = display.Environ()
	rig.Start(b, command)
	return command
}

// measure starts a program on a display of its own.
func measure(b *testing.B, program string, args ...string) start {
	b.Helper()
	display := rig.StartDisplay(b, width, height)
	command := exec.Command(program, args...)
	command.Env = append(display.Environ(), "XDG_DATA_HOME="+b.TempDir())
	begin := time.Now()
	rig.Start(b, command)
	defer rig.Stop(command)
	painted(b, display)
	frame := time.Since(begin).Seconds() * 1000
	time.Sleep(settled)
	memory := rig.MemoryOf(b, command.Process.Pid).Share
	for _, child := range rig.Children(b, command.Process.Pid) {
		memory += rig.MemoryOf(b, child).Share
	}
	return start{frame, memory}
}

// painted waits until there is a page on the screen.
func painted(b *testing.B, display *rig.Display) {
	b.Helper()
	for begin := time.Now(); !isPainted(b, display); time.Sleep(time.Millisecond) {
		if time.Since(begin) > time.Minute {
			b.Fatal("nothing is painted")
		}
	}
}

func isPainted(b *testing.B, display *rig.Display) bool {
	b.Helper()
	painted, err := display.Painted(width/2, height/2) // where a PC's window lies, too
	if err != nil {
		b.Fatal(err)
	}
	return painted
}

// served says whether an owner serves a configured terminal.
func served(config string) func() bool {
	return func() bool {
		_, err := os.Stat(filepath.Join(filepath.Dir(config), "s"))
		return err == nil
	}
}
