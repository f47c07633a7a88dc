package sscard

import (
	"context"
	"time"
)

// inTurn runs ask while nobody else asks the service anything. It returns as
// soon as ctx ends: a call into the service can hang for as long as a mute
// card pleases, and then ends by itself, in the background and still in turn.
func inTurn[T any](ctx context.Context, r *Reader, ask func() (T, error)) (T, error) {
	type outcome struct {
		value T
		err   error
	}
	var none T
	if ctx.Err() != nil {
		return none, ctx.Err()
	}
	select {
	case r.turn <- struct{}{}:
	case <-ctx.Done():
		return none, ctx.Err()
	}
	answered := make(chan outcome, 1)
	go func() {
		defer func() { <-r.turn }()
		value, err := ask()
		answered <- outcome{value, err}
	}()
	select {
	case o := <-answered:
		return o.value, o.err
	case <-ctx.Done():
		return none, ctx.Err()
	}
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
