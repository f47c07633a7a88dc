package txn

import (
	"context"
	"time"
)

// How often the platform is asked: at once, then ever less often.
const (
	firstPause = 500 * time.Millisecond
	lastPause  = 3 * time.Second
	// idlePause is for a trade that nobody waits for any more.
	idlePause = 30 * time.Second
	// longPause is for one that has been open for an hour: a refund by bank
	// transfer takes days.
	longPause = 5 * time.Minute
)

type backoff struct{ next, most time.Duration }

func newBackoff() *backoff { return &backoff{next: firstPause, most: lastPause} }

// wait pauses, longer each time; it ends early with ctx's error.
func (b *backoff) wait(ctx context.Context) error {
	timer := time.NewTimer(min(b.next, b.most))
	defer timer.Stop()
	b.next = min(b.next*3/2, b.most)
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

func (b *backoff) restart() { b.next = firstPause }
