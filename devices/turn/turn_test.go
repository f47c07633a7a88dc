package turn

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

func TestAnAnswerThatNobodyWantsIsStillInTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		turn := New()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		begin := time.Now()
		_, err := Do(ctx, turn, func() (int, error) { time.Sleep(5 * time.Second); return 1, nil })
		if !errors.Is(err, context.DeadlineExceeded) || time.Since(begin) != time.Second {
			t.Errorf("%v after %v", err, time.Since(begin))
		}
		if n, err := Do(t.Context(), turn, func() (int, error) { return 2, nil }); n != 2 || err != nil || time.Since(begin) != 5*time.Second {
			t.Errorf("%d, %v after %v", n, err, time.Since(begin))
		}
	})
}

func TestWhoGoesDoesNotAsk(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := Do(ctx, New(), func() (int, error) { t.Error("asked"); return 0, nil })
	if !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if err := Sleep(ctx, time.Hour); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
