package screens

import (
	"onetrans/assets/icons"
	"onetrans/flows/view"
	"onetrans/ui/layout"
	"onetrans/ui/theme"
	"onetrans/ui/widgets"
)

// Settled says that the bills are settled, and who paid what.
func Settled(k Kit, v view.Settled) layout.Box {
	m, colours := k.Metrics, k.Palette
	p := plan{
		afloat: true,
		head: []layout.Box{
			k.state(icons.Done, colours.DoneTint, colours.Done, k.Say("settled.title")),
			layout.Stack(0,
				widgets.Centred(k.Text(k.Say("settled.cash"), theme.Body, colours.Ink2)),
				widgets.Centred(k.Money(k.yuan(v.Cash)))),
		},
		body: []layout.Box{k.Rows(
			widgets.Row{Label: k.Say("review.total"), Value: k.yuan(v.Total)},
			widgets.Row{Label: k.Say("review.fund"), Value: k.yuan(v.Fund)},
			widgets.Row{Label: k.Say("review.account"), Value: k.yuan(v.Account)},
			widgets.Row{Label: k.Say("result.time"), Value: when(v.At), Number: true},
			widgets.Row{Label: k.Say("result.reference"), Value: grouped(v.Reference), Number: true},
		)},
		foot: k.ending(),
	}
	p = k.noSlip(p)
	if v.CardIn {
		p.card = k.Hint(icons.Card, k.Say("result.take_card"))
	}
	if k.portrait() {
		p.head = append([]layout.Box{layout.Space{H: m.Gap(2)}}, p.head...)
	}
	return k.lay(p)
}

// Refunding says that the settlement was refused after the payment, and how far its
// refund is; it shows the number to ask about it.
func Refunding(k Kit, v view.Refunding) layout.Box {
	m, colours := k.Metrics, k.Palette
	end, next := "", ""
	switch {
	case v.Refunded:
		end = "_refunded"
	case v.AtDesk:
		end, next = "_desk", "_desk"
	}
	text := k.Text(k.Say("refunding.text"+end), theme.Body, colours.Ink2)
	text.Marked = true
	p := plan{
		afloat: true,
		head: []layout.Box{
			k.state(icons.Refund, colours.DoubtTint, colours.Doubt, k.Say("refunding.title"+end)),
			widgets.Centred(text),
		},
		body: []layout.Box{
			k.Rows(
				widgets.Row{Label: k.Say("refunding.amount"), Value: k.yuan(v.Amount), Figure: true},
				widgets.Row{Label: k.Say("refunding.reference"), Value: grouped(v.Reference), Number: true},
			),
		},
		foot: k.ending(),
	}
	p = k.warn(p, k.Say("refunding.next.title"), k.Say("refunding.next.text"+next))
	if v.CardIn {
		p.card = k.Hint(icons.Card, k.Say("result.take_card"))
	}
	if k.portrait() {
		p.head = append([]layout.Box{layout.Space{H: m.Gap(2)}}, p.head...)
	}
	return k.lay(p)
}
