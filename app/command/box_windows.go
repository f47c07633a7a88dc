package command

import "golang.org/x/sys/windows"

// ShowBox shows a person a text in a box of the system's, which needs no OpenGL, and
// returns when they have closed it.
func ShowBox(text string) {
	said, err := windows.UTF16PtrFromString(text)
	if err != nil {
		return
	}
	title, _ := windows.UTF16PtrFromString(program) // a constant without NUL
	const onTop = windows.MB_ICONERROR | windows.MB_SETFOREGROUND | windows.MB_TOPMOST
	_, _ = windows.MessageBox(0, said, title, onTop)
}
