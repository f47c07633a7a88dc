package screens

import (
	"onetrans/assets/icons"
	"onetrans/flows/view"
	"onetrans/ui/layout"
	"onetrans/ui/theme"
	"onetrans/ui/widgets"
)

// TakeCard asks to take the card.
func TakeCard(k Kit, v view.TakeCard) layout.Box {
	m := k.Metrics
	name, picture := "take_card", icons.TakeCard
	if v.Identity {
		name, picture = "take_identity", icons.LiftCard
	}
	card := k.Card(layout.Centre{Box: k.Picture(picture, m.Px(720)*m.Tight.Space)})
	title := k.Bold(k.Say(name+".title"), theme.Title, k.Palette.Ink)
	lead := k.Text(k.Say(name+".lead"), theme.Body, k.Palette.Ink2)
	if k.portrait() {
		return layout.Stack(m.Gap(6), layout.Grow{Weight: 1},
			card, widgets.Centred(title), widgets.Centred(lead), layout.Grow{Weight: 2})
	}
	card.Middle = true
	return k.lay(plan{afloat: true, head: []layout.Box{title, lead}, body: []layout.Box{layout.Grow{Weight: 1, Box: card}}})
}
