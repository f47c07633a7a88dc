//go:build pcsc

// These tests need a running pcscd with vsmartcard's vpcd, and its first
// virtual reader for themselves.
package sscard

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"onetrans/devices"
	"onetrans/devices/virtualcard"
)

func TestRealServiceReadsEveryKindOfCard(t *testing.T) {
	r := running(t)
	long := strings.Repeat("汉", 14) + "𠅤尔"
	for name, test := range map[string]struct {
		holder devices.SocialSecurityCard
		quirks virtualcard.Quirks
	}{
		"as the standard says":  {holder(), virtualcard.Quirks{}},
		"rare characters":       {named("㛃䶮𠅤"), virtualcard.Quirks{}},
		"name continued":        {named(long), virtualcard.Quirks{}},
		"plain select":          {holder(), virtualcard.Quirks{PlainSelect: true}},
		"by index":              {named(long), virtualcard.Quirks{ByIndexOnly: true}},
		"on demand":             {holder(), virtualcard.Quirks{OnDemand: true}},
		"first command garbled": {holder(), virtualcard.Quirks{Garbled: 1}},
	} {
		t.Run(name, func(t *testing.T) {
			slot := insert(t, virtual(t, test.holder, test.quirks))
			mustRead(t, r, test.holder)
			mustRead(t, r, test.holder) // it is still in the slot
			slot.Remove()
			if err := r.WaitRemoved(within(t, longest)); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestRealServiceOtherCards(t *testing.T) {
	for name, test := range map[string]struct {
		quirks virtualcard.Quirks
		want   error
	}{
		"another kind":             {virtualcard.Quirks{NoApplication: true}, devices.ErrWrongCard},
		"wants its PIN":            {virtualcard.Quirks{WantsPIN: true}, devices.ErrCardLocked},
		"every command garbled":    {virtualcard.Quirks{Garbled: 1 << 20}, devices.ErrUnreadable},
		"pulled at the first":      {virtualcard.Quirks{PullAfter: 1}, devices.ErrCardRemoved},
		"pulled while it is read":  {virtualcard.Quirks{PullAfter: 7}, devices.ErrCardRemoved},
		"pulled at its last field": {virtualcard.Quirks{PullAfter: 16}, devices.ErrCardRemoved},
	} {
		t.Run(name, func(t *testing.T) {
			r := running(t)
			slot := insert(t, virtual(t, holder(), test.quirks))
			mustFail(t, r, test.want)
			slot.Remove()
			if err := r.WaitRemoved(within(t, longest)); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestRealServiceCardGoesInWhileWaiting(t *testing.T) {
	r := running(t)
	waiting := make(chan error, 1)
	ctx := within(t, longest)
	go func() {
		got, err := r.Read(ctx)
		if err == nil && got != holder() {
			err = errors.New("another card")
		}
		waiting <- err
	}()
	insert(t, virtual(t, holder(), virtualcard.Quirks{}))
	if err := <-waiting; err != nil {
		t.Error(err)
	}
}

func TestRealServiceEndsWithTheContext(t *testing.T) {
	t.Run("no card", func(t *testing.T) {
		mustEnd(t, running(t), nil)
	})
	t.Run("a card that falls mute", func(t *testing.T) {
		r := running(t)
		slot := insert(t, virtual(t, holder(), virtualcard.Quirks{MuteAfter: 5}))
		mustEnd(t, r, slot)
		if slot.Commands() <= 5 {
			t.Errorf("the card was given %d commands only", slot.Commands())
		}
		slot.Remove() // lets pcscd go on
		if err := r.WaitRemoved(within(t, longest)); err != nil {
			t.Error(err)
		}
		insert(t, virtual(t, holder(), virtualcard.Quirks{}))
		mustRead(t, r, holder())
	})
}

// mustEnd reads with a context that is cancelled after a while, when slot's
// card has fallen mute, and expects Read to end with it.
func mustEnd(t *testing.T, r *Reader, slot *virtualcard.Slot) {
	t.Helper()
	ctx, cancel := context.WithCancel(within(t, longest))
	ended := make(chan error, 1)
	go func() {
		_, err := r.Read(ctx)
		ended <- err
	}()
	for start := time.Now(); time.Since(start) < longest; {
		<-time.After(100 * time.Millisecond)
		if slot == nil && time.Since(start) > time.Second || slot != nil && slot.Commands() > 5 {
			break
		}
	}
	cancelled := time.Now()
	cancel()
	err := <-ended
	took := time.Since(cancelled)
	if !errors.Is(err, context.Canceled) || took > 5*time.Second {
		t.Errorf("%v, %v after it was cancelled", err, took)
	}
	t.Logf("ended %v after it was cancelled", took)
}
