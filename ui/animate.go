package ui

import (
	"time"

	"fyne.io/fyne/v2"

	"onetrans/ui/widgets"
)

// turnTime is one turn of the ring of a page that waits.
const turnTime = 1600 * time.Millisecond

// animate turns the ring while a page waits; in large text nothing moves.
func (k *Kiosk) animate() {
	var spinner *widgets.Spinner
	for _, object := range k.root.Objects {
		if s, ok := object.(*widgets.Spinner); ok {
			spinner = s
		}
	}
	if spinner == nil || !k.options.Animate || k.page.Look.Large {
		k.stop()
		return
	}
	if k.turn != nil && k.turning == spinner {
		return
	}
	k.stop()
	k.turning = spinner
	k.turn = fyne.NewAnimation(turnTime, func(part float32) { spinner.Turn(part) })
	k.turn.Curve = fyne.AnimationLinear
	k.turn.RepeatCount = fyne.AnimationRepeatForever
	k.turn.Start()
}

func (k *Kiosk) stop() {
	if k.turn != nil {
		k.turn.Stop()
		k.turn, k.turning = nil, nil
	}
}
