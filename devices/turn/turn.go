// Package turn lets one at a time ask a device something, without waiting for
// an answer that nobody wants any more.
package turn

import (
	"context"
	"time"
)

// Turn is held while a device is being asked.
type Turn chan struct{}

// New returns a turn that nobody holds.
func New() Turn { return make(Turn, 1) }

// Take runs ask while nobody else asks anything. It returns as soon as ctx
// ends: a call into a device can hang for as long as that pleases, and then
// ends by itself, in the background and still in turn.
func Take[T any](ctx context.Context, turn Turn, ask func() (T, error)) (T, error) {
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

// Sleep waits for d, or until ctx ends; then its error is ctx's.
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
