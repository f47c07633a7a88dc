//go:build pcsc || pcscd

package sscard

import (
	"context"
	"errors"
	"testing"
	"time"

	"onetrans/devices"
	"onetrans/devices/virtualcard"
)

// longest bounds every wait of these tests.
const longest = 20 * time.Second

// running fails the test unless the virtual reader is there and empty.
func running(t *testing.T) *Reader {
	t.Helper()
	r := New(Options{Reader: "Virtual PCD 00 00"})
	t.Cleanup(func() { _ = r.Close(context.Background()) })
	ctx := within(t, longest)
	if _, err := r.Status(ctx); err != nil {
		t.Fatalf("these tests need Debian's pcscd and vsmartcard-vpcd; start 'pcscd -f' as root: %v", err)
	}
	if err := r.WaitRemoved(ctx); err != nil {
		t.Fatalf("the virtual reader is not free: %v", err)
	}
	return r
}

func within(t *testing.T, d time.Duration) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), d)
	t.Cleanup(cancel)
	return ctx
}

func insert(t *testing.T, card virtualcard.Card) *virtualcard.Slot {
	t.Helper()
	slot, err := virtualcard.Insert(within(t, longest), "", card)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(slot.Remove)
	return slot
}

func mustRead(t *testing.T, r *Reader, want devices.SocialSecurityCard) {
	t.Helper()
	start := time.Now()
	got, err := r.Read(within(t, longest))
	if err != nil || got != want {
		t.Fatalf("Read: %+v, %v", got, err)
	}
	t.Logf("%q read in %v", got.Name, time.Since(start).Round(time.Millisecond))
}

func mustFail(t *testing.T, r *Reader, want error) {
	t.Helper()
	start := time.Now()
	got, err := r.Read(within(t, longest))
	if !errors.Is(err, want) || got != (devices.SocialSecurityCard{}) {
		t.Fatalf("Read: %+v, %v; want %v", got, err, want)
	}
	t.Logf("after %v: %v", time.Since(start).Round(time.Millisecond), err)
}
