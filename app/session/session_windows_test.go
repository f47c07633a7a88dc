package session

import (
	"testing"
	"time"
	"unsafe"

	"golang.org/x/sys/windows"
)

func TestTheEndOfTheSessionIsHeardAndWaitsForWhatIsUnderWay(t *testing.T) {
	ctx, ended := Until(t.Context())
	defer ended()
	name, err := windows.UTF16PtrFromString("onetrans session")
	if err != nil {
		t.Fatal(err)
	}
	at, _, _ := user32.NewProc("FindWindowW").Call(uintptr(unsafe.Pointer(name)), 0)
	if at == 0 {
		t.Skip("there is no desktop")
	}
	send := user32.NewProc("SendMessageW")
	if may, _, _ := send.Call(at, wmQueryEndSession, 0, 0); may != 1 || ctx.Err() != nil {
		t.Errorf("asked: %d, %v", may, ctx.Err())
	}
	if _, _, _ = send.Call(at, wmEndSession, 0, 0); ctx.Err() != nil {
		t.Error("the session goes on, and it ended")
	}
	const takes = 300 * time.Millisecond
	begin := time.Now()
	go func() {
		<-ctx.Done()
		time.Sleep(takes)
		ended()
	}()
	if _, _, _ = send.Call(at, wmEndSession, 1, 0); ctx.Err() == nil || time.Since(begin) < takes {
		t.Errorf("%v after %v", ctx.Err(), time.Since(begin))
	}
}
