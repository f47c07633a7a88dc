// Command emptywindow is the floor that the kiosk's start and memory are
// measured against: a fullscreen Fyne window with nothing in it.
package main

import (
	"fyne.io/fyne/v2/app"
	"fyne.io/fyne/v2/widget"
)

func main() {
	window := app.NewWithID("cn.onetrans.emptywindow").NewWindow("empty")
	window.SetContent(widget.NewLabel(""))
	window.SetFullScreen(true)
	window.ShowAndRun()
}
