package ui

import "fyne.io/fyne/v2"

// Listen takes the keyboard of a window's canvas: a scanner may play keyboard.
func (k *Kiosk) Listen(c fyne.Canvas) {
	c.SetOnTypedRune(k.typed)
	c.SetOnTypedKey(k.pressed)
}

func (k *Kiosk) typed(r rune) {
	if k.options.OnRune != nil {
		k.options.OnRune(r)
	}
}

func (k *Kiosk) pressed(event *fyne.KeyEvent) {
	switch event.Name {
	case fyne.KeyReturn, fyne.KeyEnter:
		k.typed('\n')
	case fyne.KeyTab:
		k.typed('\t')
	}
}
