package main

import (
	"bytes"
	"context"
	"os"
	"os/signal"
	"runtime"
	"time"
)

// endings are the signals that tell the process to end.
type endings struct {
	signals []os.Signal
	came    chan os.Signal
}

type endingsKey struct{}

// untilSignal is a context that ends when the process is told to.
func untilSignal(ctx context.Context) context.Context {
	e := &endings{signals: endingSignals(), came: make(chan os.Signal, 1)}
	signal.Notify(e.came, e.signals...)
	ctx, end := context.WithCancel(context.WithValue(ctx, endingsKey{}, e))
	go func() {
		<-e.came
		end()
	}()
	return ctx
}

// takeSignalsBack undoes that the window library takes the signals as well, and
// quits by itself: whoever then draws panics, and a call's answer is lost. It is
// for when a window has just begun to run.
func takeSignalsBack(ctx context.Context) {
	e, ok := ctx.Value(endingsKey{}).(*endings)
	if !ok {
		return
	}
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for range 400 { // the library takes them on a goroutine of its own, at its leisure
		if libraryWaits() {
			break
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
	signal.Reset(e.signals...)
	signal.Notify(e.came, e.signals...)
}

// libraryWaits says whether the library's goroutine waits for a signal, and so
// has taken them.
func libraryWaits() bool {
	stacks := make([]byte, 1<<20)
	stacks = stacks[:runtime.Stack(stacks, true)]
	for _, stack := range bytes.Split(stacks, []byte("\n\n")) {
		header, frames, _ := bytes.Cut(stack, []byte("\n"))
		if bytes.Contains(header, []byte("chan receive")) && bytes.Contains(frames, []byte(".catchTerm(")) {
			return true
		}
	}
	return false
}
