package front

import (
	"sync"
	"time"

	"golang.org/x/sys/windows"
)

var (
	user32              = windows.NewLazySystemDLL("user32.dll")
	isWindow            = user32.NewProc("IsWindow")
	getWindow           = user32.NewProc("GetWindow")
	getWindowLong       = user32.NewProc("GetWindowLongW")
	setWindowPos        = user32.NewProc("SetWindowPos")
	setForegroundWindow = user32.NewProc("SetForegroundWindow")
	getForegroundWindow = user32.NewProc("GetForegroundWindow")
)

// See winuser.h.
const (
	hwndTopmost, hwndNotTopmost       = ^uintptr(0), ^uintptr(1)
	swpNoMove, swpNoSize, swpNoActive = 0x0001, 0x0002, 0x0010
	gwHwndPrev                        = 3
	gwlExStyle                        = ^uintptr(19) // -20
	wsExTopmost                       = 0x0008
)

const (
	// lookTime is how often it is seen that the caller's window has not come to lie above.
	lookTime = 100 * time.Millisecond
	// backTime is how long a caller may take for the focus: it may hang.
	backTime = 300 * time.Millisecond
	// mostAbove bounds the walk through windows, which others move meanwhile.
	mostAbove = 1000
)

// Over brings a window in front of all others, and keeps it in front of its caller's, where
// that is one, until back, which gives that one the focus if this one has it still. A window
// that may not take the focus, as its caller has not allowed it, is seen all the same.
//
// The caller's does not become the window's owner, by which the system would keep the order
// itself: it would join the input of both, and who calls is waiting, often without looking
// at what comes. The page would then take no touch (learn.microsoft.com, AttachThreadInput).
// Nothing here sends the caller's window anything that it has to answer.
func Over(window, caller uintptr) (back func()) {
	raise(window, caller, 0)
	_, _, _ = setForegroundWindow.Call(window)
	if !exists(caller) {
		return func() {}
	}
	shown := make(chan struct{})
	go func() {
		for ticker := time.NewTicker(lookTime); ; {
			select {
			case <-ticker.C:
				if isAbove(caller, window) {
					raise(window, caller, swpNoActive)
				}
			case <-shown:
				ticker.Stop()
				return
			}
		}
	}()
	return sync.OnceFunc(func() {
		close(shown)
		if has, _, _ := getForegroundWindow.Call(); has == window && exists(caller) {
			focus(caller)
		}
	})
}

// raise puts a window above all, but for those that always are: above these too, and for as
// long as it is shown, where its caller's is one of them.
func raise(window, caller, flags uintptr) {
	order := []uintptr{hwndTopmost, hwndNotTopmost}
	if style, _, _ := getWindowLong.Call(caller, gwlExStyle); style&wsExTopmost != 0 {
		order = order[:1]
	}
	for _, after := range order {
		_, _, _ = setWindowPos.Call(window, after, 0, 0, 0, 0, swpNoMove|swpNoSize|flags)
	}
}

// isAbove says whether a window lies above another.
func isAbove(window, other uintptr) bool {
	for range mostAbove {
		if other, _, _ = getWindow.Call(other, gwHwndPrev); other == 0 || other == window {
			return other == window
		}
	}
	return false
}

func exists(window uintptr) bool {
	there, _, _ := isWindow.Call(window)
	return there != 0
}

// focus gives another process's window the focus, but does not wait for one that hangs.
func focus(window uintptr) {
	given := make(chan struct{})
	go func() {
		_, _, _ = setForegroundWindow.Call(window)
		close(given)
	}()
	select {
	case <-given:
	case <-time.After(backTime):
	}
}
