package front

import "golang.org/x/sys/windows"

var (
	user32              = windows.NewLazySystemDLL("user32.dll")
	isWindow            = user32.NewProc("IsWindow")
	setWindowPos        = user32.NewProc("SetWindowPos")
	setForegroundWindow = user32.NewProc("SetForegroundWindow")
	getForegroundWindow = user32.NewProc("GetForegroundWindow")
)

// See winuser.h.
const (
	hwndTopmost, hwndNotTopmost = ^uintptr(0), ^uintptr(1)
	swpNoMoveNoSize             = 0x0003
)

// Over brings a window in front of all others. back gives the focus to its caller's window,
// where that is one, if this one has it still. A window that may not take the focus, as its
// caller has not allowed it, is seen all the same.
func Over(window, caller uintptr) (back func()) {
	for _, after := range []uintptr{hwndTopmost, hwndNotTopmost} {
		_, _, _ = setWindowPos.Call(window, after, 0, 0, 0, 0, swpNoMoveNoSize)
	}
	_, _, _ = setForegroundWindow.Call(window)
	return func() {
		has, _, _ := getForegroundWindow.Call()
		there, _, _ := isWindow.Call(caller)
		if has == window && there != 0 {
			_, _, _ = setForegroundWindow.Call(caller)
		}
	}
}
