package session

import (
	"context"
	"runtime"
	"sync"
	"time"
	"unsafe"

	"golang.org/x/sys/windows"
)

// Messages of a window; see winuser.h.
const (
	wmClose           = 0x0010
	wmQueryEndSession = 0x0011
	wmEndSession      = 0x0016
)

// leave is how long the process may still take once the session ends: the system waits
// five seconds, and ends it then.
const leave = 4 * time.Second

var (
	user32           = windows.NewLazySystemDLL("user32.dll")
	registerClass    = user32.NewProc("RegisterClassExW")
	createWindow     = user32.NewProc("CreateWindowExW")
	destroyWindow    = user32.NewProc("DestroyWindow")
	defaultProcedure = user32.NewProc("DefWindowProcW")
	getMessage       = user32.NewProc("GetMessageW")
	dispatchMessage  = user32.NewProc("DispatchMessageW")
	postMessage      = user32.NewProc("PostMessageW")
)

// windowClass is WNDCLASSEXW, message is MSG.
type (
	windowClass struct {
		size, style                        uint32
		procedure                          uintptr
		classExtra, windowExtra            int32
		instance, icon, cursor, background uintptr
		menu, name                         *uint16
		smallIcon                          uintptr
	}
	message struct {
		window        uintptr
		kind          uint32
		first, second uintptr
		time          uint32
		x, y          int32
		_             uint32
	}
)

// Until is a context that ends when the user logs off or the machine is turned off: a
// window that is never seen is told so. The system waits for ended, but not for long.
func Until(ctx context.Context) (until context.Context, ended func()) {
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	window := make(chan uintptr, 1)
	go listen(window, cancel, done)
	at := <-window
	return ctx, sync.OnceFunc(func() {
		cancel()
		close(done)
		if at != 0 {
			_, _, _ = postMessage.Call(at, wmClose, 0, 0)
		}
	})
}

// listen hears for a window, until that is closed, whether the session ends.
func listen(window chan<- uintptr, end func(), done <-chan struct{}) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	procedure := windows.NewCallback(func(at, kind, first, second uintptr) uintptr {
		switch {
		case uint32(kind) == wmQueryEndSession:
			return 1
		case uint32(kind) == wmEndSession && first != 0:
			end()
			select {
			case <-done:
			case <-time.After(leave):
			}
			return 0
		}
		result, _, _ := defaultProcedure.Call(at, kind, first, second)
		return result
	})
	name, _ := windows.UTF16PtrFromString("onetrans session")
	class := windowClass{procedure: procedure, name: name}
	class.size = uint32(unsafe.Sizeof(class))
	_, _, _ = registerClass.Call(uintptr(unsafe.Pointer(&class))) // which may be there already
	at, _, _ := createWindow.Call(0, uintptr(unsafe.Pointer(name)), uintptr(unsafe.Pointer(name)), 0, 0, 0, 0, 0, 0, 0, 0, 0)
	window <- at
	if at == 0 {
		return // without a desktop there is no session to end
	}
	var m message
	for {
		if got, _, _ := getMessage.Call(uintptr(unsafe.Pointer(&m)), 0, 0, 0); int32(got) <= 0 {
			return
		}
		if m.kind == wmClose {
			_, _, _ = destroyWindow.Call(at)
			return
		}
		_, _, _ = dispatchMessage.Call(uintptr(unsafe.Pointer(&m)))
	}
}
