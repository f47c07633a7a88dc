// Package turn is a lock on a device that stops waiting when its context ends, even
// while a call into the device hangs.
package turn

import (
	"context"
	"time"
)

// Turn is held while a device is being used. A send acquires it, a receive releases
// it.
type Turn chan struct{}

// New returns a turn that nobody holds.
func New() Turn { return make(Turn, 1) }

// Do runs ask while nobody else holds the turn. It returns as soon as ctx ends: a
// call into a device that hangs goes on in the background and keeps the turn until
// it returns.
func Do[T any](ctx context.Context, turn Turn, ask func() (T, error)) (T, error) {
	type outcome struct {
		value T
		err   error
	}
	var none T
	if ctx.Err() != nil {
		return none, ctx.Err()
	}
	select {
	case turn <- struct{}{}:
	case <-ctx.Done():
		return none, ctx.Err()
	}
	answered := make(chan outcome, 1)
	go func() {
		defer func() { <-turn }()
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

// Sleep waits for d, or until ctx ends and returns its error.
func Sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
