//go:build pcscd

// These tests start and kill pcscd themselves: they need root, vsmartcard's
// vpcd, and that no pcscd is running.
package sscard

import (
	"errors"
	"os/exec"
	"testing"
	"time"

	"onetrans/devices"
	"onetrans/devices/virtualcard"
)

// daemon is a pcscd that the test starts and kills.
type daemon struct{ command *exec.Cmd }

func startDaemon(t *testing.T) *daemon {
	t.Helper()
	d := &daemon{exec.Command("pcscd", "-f")}
	if err := d.command.Start(); err != nil {
		t.Fatalf("start pcscd (as root): %v", err)
	}
	t.Cleanup(d.kill)
	ctx := within(t, longest)
	probe := New(Options{})
	defer probe.Close(t.Context())
	for {
		_, err := probe.Status(ctx)
		if err == nil {
			return d
		}
		if ctx.Err() != nil {
			t.Fatalf("pcscd doesn't come up: %v", err)
		}
		<-time.After(50 * time.Millisecond)
	}
}

// kill ends the daemon as a crash would.
func (d *daemon) kill() {
	_ = d.command.Process.Kill()
	_ = d.command.Wait()
}

func TestServiceIsNotRunning(t *testing.T) {
	r := New(Options{})
	mustFail(t, r, devices.ErrNoReader)
	if err := r.WaitRemoved(within(t, longest)); !errors.Is(err, devices.ErrNoReader) {
		t.Errorf("WaitRemoved: %v", err)
	}
	startDaemon(t)
	running(t)
	insert(t, virtual(t, holder(), virtualcard.Quirks{}))
	mustRead(t, r, holder()) // the same reader as before
}

func TestServiceDies(t *testing.T) {
	first := startDaemon(t)
	r := running(t)
	slot := insert(t, virtual(t, holder(), virtualcard.Quirks{}))
	mustRead(t, r, holder())

	first.kill()
	mustFail(t, r, devices.ErrNoReader)

	startDaemon(t)
	mustRead(t, r, holder()) // the card never left the slot
	slot.Remove()
	if err := r.WaitRemoved(within(t, longest)); err != nil {
		t.Error(err)
	}
}

func TestServiceRestartsWhileACardIsWaitedFor(t *testing.T) {
	first := startDaemon(t)
	r := running(t)
	waiting := make(chan error, 1)
	ctx := within(t, longest)
	go func() {
		_, err := r.Read(ctx)
		waiting <- err
	}()
	<-time.After(time.Second)
	first.kill()
	startDaemon(t)
	insert(t, virtual(t, holder(), virtualcard.Quirks{}))
	if err := <-waiting; err != nil {
		t.Error(err)
	}
}

func TestServiceDiesWhileACardIsRead(t *testing.T) {
	first := startDaemon(t)
	r := running(t)
	slot := insert(t, virtual(t, holder(), virtualcard.Quirks{MuteAfter: 5}))
	ended := make(chan error, 1)
	ctx := within(t, longest)
	go func() {
		_, err := r.Read(ctx)
		ended <- err
	}()
	for ctx.Err() == nil && slot.Commands() <= 5 {
		<-time.After(50 * time.Millisecond)
	}
	first.kill()
	select {
	case err := <-ended:
		if !errors.Is(err, devices.ErrNoReader) {
			t.Errorf("Read: %v", err)
		}
	case <-ctx.Done():
		t.Error("Read hangs")
	}
	slot.Remove()
	startDaemon(t)
	insert(t, virtual(t, holder(), virtualcard.Quirks{}))
	mustRead(t, r, holder())
}
