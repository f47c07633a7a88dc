package main

import (
	"context"
	"os/signal"
)

// untilSignal is a context that ends when the process is told to.
func untilSignal(ctx context.Context) context.Context {
	ctx, _ = signal.NotifyContext(ctx, endingSignals()...)
	return ctx
}
