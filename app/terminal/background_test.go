package terminal

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"onetrans/app/terminal/call"
)

// Sockets stand still in virtual time, but that nobody is at an address is seen there.
func TestAnAgentIsWaitedForAsLongAsThereIsTime(t *testing.T) {
	address := filepath.Join(t.TempDir(), "s")
	failed := errors.New("failed")
	for name, c := range map[string]struct {
		ready  Ready
		err    error
		want   error
		starts int
		waits  time.Duration
	}{
		"that is started":              {ready: Ready{Address: address}, starts: 1},
		"that says why not":            {ready: Ready{Out: []byte("{}")}, starts: 1},
		"that can't be started":        {err: failed, want: failed, starts: 1},
		"whose journal another has":    {ready: Ready{Out: []byte("{}"), InUse: true}, starts: 8, waits: 3900 * time.Millisecond},
		"that says nothing until then": {err: call.ErrNotServed, want: call.ErrNotServed, starts: 1, waits: 3900 * time.Millisecond},
	} {
		synctest.Test(t, func(t *testing.T) {
			ctx, stop := context.WithTimeout(t.Context(), 3900*time.Millisecond)
			defer stop()
			begin, starts := time.Now(), 0
			got, err := Background(ctx, address, func(ctx context.Context) (Ready, error) {
				starts++
				if c.err == call.ErrNotServed || starts == c.starts && c.ready.InUse { // which has no time left for a word
					<-ctx.Done()
					return Ready{}, call.ErrNotServed
				}
				return c.ready, c.err
			})
			if !errors.Is(err, c.want) || string(got.Out) != string(c.ready.Out) || got.Address != c.ready.Address {
				t.Errorf("%s: %+v, %v", name, got, err)
			}
			if waited := time.Since(begin); starts != c.starts || waited.Round(100*time.Millisecond) != c.waits {
				t.Errorf("%s: %d starts in %v", name, starts, waited)
			}
		})
	}
}
