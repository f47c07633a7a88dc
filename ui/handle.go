package ui

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"onetrans/flows/view"
	"onetrans/ui/widgets"
)

func fill(colour color.Color) fyne.CanvasObject { return canvas.NewRectangle(colour) }

// Handle is a button on the screen, as a person would find it.
type Handle struct {
	Tap      view.Tap
	Tappable fyne.Tappable
	Position fyne.Position // in the window, in pixels
	Size     fyne.Size
	Enabled  bool
}

// Buttons lists what can be tapped now; while a question stands, only its answers.
func (k *Kiosk) Buttons() []Handle { return handles(k.root.Objects) }

func handles(objects []fyne.CanvasObject) (all []Handle) {
	for _, object := range objects {
		switch o := object.(type) {
		case *widgets.Veil:
			all = nil // what it covers can't be reached
		case *widgets.Button:
			all = append(all, Handle{o.Tap(), o, o.Position(), o.Size(), o.Enabled()})
		}
	}
	return all
}

// Find is the button with an action and a value.
func (k *Kiosk) Find(action view.Action, value string) (Handle, bool) {
	for _, handle := range k.Buttons() {
		if handle.Tap == (view.Tap{Action: action, Value: value}) {
			return handle, true
		}
	}
	return Handle{}, false
}
