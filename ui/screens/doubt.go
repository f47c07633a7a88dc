package screens

import (
	"image/color"
	"strconv"

	"onetrans/assets/icons"
	"onetrans/flows/view"
	"onetrans/ui/layout"
	"onetrans/ui/theme"
	"onetrans/ui/widgets"
)

type colour = color.NRGBA

// Doubt tells the truth about money whose outcome is unknown, in a colour of its
// own: it is neither done nor failed.
func Doubt(k Kit, v view.Doubt) layout.Box {
	m, colours := k.Metrics, k.Palette
	name := "doubt." + string(v.Kind)
	text := k.Text(k.Say(name+".text", "seconds", strconv.Itoa(v.Waited)), theme.Body, colours.Ink2)
	text.Marked = true
	p := plan{
		afloat: true,
		head: []layout.Box{
			k.state(icons.Clock, colours.DoubtTint, colours.Doubt, k.Say(name+".title")),
			widgets.Centred(text),
		},
		body: []layout.Box{
			k.Rows(
				widgets.Row{Label: k.Say("doubt.amount"), Value: k.yuan(v.Amount), Figure: true},
				widgets.Row{Label: k.Say("doubt.reference"), Value: grouped(v.Reference), Number: true},
			),
		},
		foot: k.doubtFoot(),
	}
	p = k.warn(p, k.Say("doubt.again.title"), k.Say("doubt.again.text"))
	if v.CardIn {
		p.body = append(p.body, k.Hint(icons.Card, k.Say("result.take_card")))
	}
	if k.portrait() {
		p.head = append([]layout.Box{layout.Space{H: m.Gap(2)}}, p.head...)
	}
	return k.lay(p)
}
