package main

import (
	"context"
	"os"
	"os/signal"
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

// takeSignalsBack undoes that the window library has taken the signals, and quits
// by itself: a call's answer would be lost with it. It is for when a window runs.
func takeSignalsBack(ctx context.Context) {
	if e, ok := ctx.Value(endingsKey{}).(*endings); ok {
		signal.Reset(e.signals...)
		signal.Notify(e.came, e.signals...)
	}
}
