package screens

import (
	"onetrans/flows/view"
	"onetrans/ui/layout"
	"onetrans/ui/theme"
	"onetrans/ui/widgets"
)

// Busy says what is being waited for, in more detail when it takes long.
func Busy(k Kit, v view.Busy) layout.Box {
	m := k.Metrics
	name := "busy." + string(v.Kind)
	lead := name + ".lead"
	if v.Long {
		lead = name + ".long"
	}
	return layout.Stack(m.Gap(6),
		layout.Grow{Weight: 2},
		k.Spinner(m.Px(220)),
		widgets.Centred(k.Bold(k.Say(name+".title"), theme.Title, k.Palette.Ink)),
		widgets.Centred(k.Text(k.Say(lead), theme.Body, k.Palette.Ink2)),
		layout.Grow{Weight: 3},
	)
}
