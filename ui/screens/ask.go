package screens

import (
	"onetrans/assets/icons"
	"onetrans/flows/view"
	"onetrans/ui/layout"
	"onetrans/ui/theme"
	"onetrans/ui/widgets"
)

// Ask is a question over a page: the careful answer is the filled button.
func Ask(k Kit, v view.Ask) layout.Box {
	m, name := k.Metrics, "ask."+string(v.Kind)
	goOn, stop := answers(v.Kind)
	words, no := name+".text", name+".stop"
	if k.Single && stop.Action == view.GoHome { // a call's page has no start to return to
		words, no = name+".text_called", "frame.cancel"
	}
	text := k.Text(k.Say(words), theme.Body, k.Palette.Ink2)
	text.Marked = true
	boxes := []layout.Box{
		k.askSign(v),
		widgets.Centred(k.Bold(k.Say(name+".title"), theme.Title, k.Palette.Ink)),
		widgets.Centred(text),
	}
	if v.Charge.Amount != "" {
		boxes = append(boxes, layout.Stack(0, k.RowBoxes(
			widgets.Row{Label: k.Say("ask.pay_again.amount"), Value: k.yuan(v.Charge.Amount), Figure: true},
			widgets.Row{Label: k.Say("ask.pay_again.time"), Value: when(v.Charge.At), Number: true},
			widgets.Row{Label: k.Say("ask.pay_again.reference"), Value: grouped(v.Charge.Reference), Number: true},
		)...))
	}
	width := m.Px(940)
	main, other := k.Main(k.Say(name+".go"), goOn, true), k.Other(k.Say(no), stop, true)
	buttons := layout.Box(layout.Stack(max(m.Gap(4), m.TapGap()), main, other))
	if !k.portrait() {
		width = m.Px(1200)
		buttons = k.actions(other, main)
	}
	boxes = append(boxes, layout.Space{H: m.Gap(1)}, buttons)
	card := layout.Card{
		Box: layout.Stack(m.Gap(4), boxes...), Fill: k.Palette.Surface, Radius: m.Radius(), PadX: m.Px(64), PadY: m.Gap(7),
	}
	return layout.Pile{k.Veil(), dialog{card, width, m.Px(32)}}
}

func answers(kind view.AskKind) (goOn, stop view.Tap) {
	switch kind {
	case view.AskLeavePay:
		return tap(view.KeepPaying), tap(view.ReallyLeave)
	case view.AskPayAgain:
		return tap(view.Back), tap(view.PayAnyway)
	}
	return tap(view.Continue), tap(view.GoHome)
}

func (k Kit) askSign(v view.Ask) layout.Box {
	m := k.Metrics
	if v.Left > 0 {
		return layout.Centre{Box: k.Ring(v.Left, max(v.Left, askSeconds), m.Px(180))}
	}
	if v.Kind == view.AskPayAgain {
		return k.Sign(icons.Clock, m.Px(160), k.Palette.DoubtTint, k.Palette.Doubt)
	}
	return k.Sign(icons.Help, m.Px(160), k.Palette.Tint, k.Palette.Act)
}

// askSeconds is the minimum time of a question (WCAG 2.2.1); the ring is full then.
const askSeconds = 20
