package screens

import (
	"onetrans/assets/icons"
	"onetrans/flows/view"
	"onetrans/ui/layout"
	"onetrans/ui/theme"
	"onetrans/ui/widgets"
)

// Settling shows the steps of a settlement as they happen: a sign and a word
// for each, so that no state is a colour alone.
func Settling(k Kit, v view.Settling) layout.Box {
	m := k.Metrics
	title, lead := "settling.title", "settling.lead"
	if confirming(v) {
		title = "settling.title_confirm"
	}
	if v.Long {
		lead = "settling.long"
	}
	steps := layout.Stack(m.Gap(3))
	for _, s := range v.Steps {
		steps.Boxes = append(steps.Boxes, k.settleStep(s))
	}
	head := []layout.Box{
		k.Spinner(m.Px(180) * m.Tight.Space),
		widgets.Centred(k.Bold(k.Say(title), theme.Title, k.Palette.Ink)),
		widgets.Centred(k.Text(k.Say(lead), theme.Body, k.Palette.Ink2)),
	}
	if k.portrait() {
		head = append([]layout.Box{layout.Space{H: m.Gap(4)}}, head...)
	}
	body := []layout.Box{k.Card(steps)}
	if v.Paid {
		body = append(body, k.InDoubt(icons.Wallet, k.Say("settling.paid.title"), k.Say("settling.paid.text")))
	}
	return k.lay(plan{afloat: true, head: head, body: body, foot: layout.Space{}})
}

// confirming: the last step is the present one.
func confirming(v view.Settling) bool {
	return len(v.Steps) > 0 && v.Steps[len(v.Steps)-1].State == view.StepNow
}

func (k Kit) settleStep(s view.SettleStep) layout.Box {
	m, colours := k.Metrics, k.Palette
	ink := colours.Ink2
	var sign layout.Box
	side := m.Type(theme.Label) * 1.5
	disc := func(icon icons.Name, ground, drawn colour) layout.Box { return k.Sign(icon, side, ground, drawn) }
	switch s.State {
	case view.StepDone:
		ink, sign = colours.Ink, disc(icons.Check, colours.DoneTint, colours.Done)
	case view.StepNow:
		ink, sign = colours.TintInk, disc(icons.Clock, colours.Tint, colours.Act)
	case view.StepSkipped:
		sign = disc(icons.Next, colours.Ground, colours.Ink2)
	default:
		sign = layout.Centre{Box: layout.AtLeast{W: side, H: side, Box: layout.Card{
			Box: layout.Space{}, Fill: colours.Surface, Edge: colours.Hair, EdgeWidth: m.Edge(), Radius: side / 2,
		}}}
	}
	name := k.Text(k.Say("settling."+string(s.Kind)), theme.Label, ink)
	state := k.Text(k.Say("settling.state."+string(s.State)), theme.Body, ink)
	if s.State == view.StepNow {
		name.Type.Bold, state.Type.Bold = true, true
	}
	return layout.Row{Gap: m.Px(28), Cells: []layout.Cell{
		{Box: layout.AtLeast{Box: sign, W: side, H: side}},
		{Box: k.AtMost(name, 2, theme.Caption), Share: 3},
		{Box: widgets.Trailing(k.AtMost(state, 1, theme.Caption)), Share: 2},
	}}
}
