//go:build linux

package idcard

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"onetrans/devices"
	"onetrans/devices/virtualidcard"
)

// A serial port as the system has them, with the double at its other end.
func TestARealSerialPort(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ttyIdentity")
	r := New(Options{Port: path})
	defer r.Close(t.Context())
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	fails := func(want error) {
		t.Helper()
		if _, err := r.Read(ctx); !errors.Is(err, want) {
			t.Fatalf("%v, want %v", err, want)
		}
	}
	fails(devices.ErrNoReader)

	double := &virtualidcard.Reader{}
	plug := func() *virtualidcard.Port {
		t.Helper()
		port, err := virtualidcard.Plug(path, double)
		if err != nil {
			t.Fatal(err)
		}
		return port
	}
	port := plug()
	time.AfterFunc(300*time.Millisecond, func() { double.Lay(written(t, holder())) })
	for range 3 {
		if card, err := r.Read(ctx); err != nil || card != holder() {
			t.Fatalf("%+v, %v", card, err)
		}
	}
	time.AfterFunc(300*time.Millisecond, double.Lift)
	if err := r.WaitRemoved(ctx); err != nil {
		t.Fatal(err)
	}

	port.Unplug()
	fails(devices.ErrNoReader)
	port = plug()
	defer port.Unplug()
	double.Lay(written(t, holder()))
	if card, err := r.Read(ctx); err != nil || card != holder() {
		t.Errorf("%+v, %v", card, err)
	}
}
