package screens

import (
	"time"

	"onetrans/assets/icons"
	"onetrans/flows/view"
	"onetrans/ui/layout"
	"onetrans/ui/theme"
	"onetrans/ui/widgets"
)

const timeLayout = "2006-01-02 15:04"

// Result says that the payment succeeded, and whether the hospital has booked it.
func Result(k Kit, v view.Result) layout.Box {
	m, colours := k.Metrics, k.Palette
	title, money := "result.title", "money.plus"
	icon, ground, drawn := icons.Done, colours.DoneTint, colours.Done
	if v.NotBooked {
		title, money = "result.title_not_booked", "money.yuan"
		icon, ground, drawn = icons.Receipt, colours.WarnTint, colours.Warn
	}
	channel := k.wallet(v.Channel)
	if v.NotBooked && k.large() {
		channel = "" // what to do now needs the room
	}
	p := plan{
		afloat: true,
		head: []layout.Box{
			k.state(icon, ground, drawn, k.Say(title)),
			widgets.Centred(k.Money(k.Say(money, "amount", v.Amount))),
		},
		body: []layout.Box{k.Rows(
			widgets.Row{Label: k.Say("service." + string(v.Account) + ".balance"), Value: k.yuan(v.Balance), Figure: true},
			widgets.Row{Label: k.Say("result.channel"), Value: channel},
			widgets.Row{Label: k.Say("result.time"), Value: when(v.At), Number: true},
			widgets.Row{Label: k.Say("result.reference"), Value: grouped(v.Reference), Number: true},
		)},
		foot: k.ending(),
	}
	if v.NotBooked {
		p = k.warn(p, k.Say("result.not_booked.title"), k.Say("result.not_booked.text"))
	} else {
		p = k.noSlip(p)
	}
	if v.CardIn {
		p.card = k.Hint(icons.Card, k.Say("result.take_card"))
	}
	if k.portrait() {
		p.head = append([]layout.Box{layout.Space{H: m.Gap(2)}}, p.head...)
	}
	return k.lay(p)
}

// state is a state's sign with its word below, in its colour.
func (k Kit) state(icon icons.Name, ground, drawn colour, word string) layout.Box {
	m := k.Metrics
	size := m.Px(220) * m.Tight.Space
	if k.large() {
		size *= 0.75
	}
	size = max(size, m.Px(128))
	return layout.Stack(m.Gap(3),
		k.Sign(icon, size, ground, drawn),
		widgets.Centred(k.Bold(word, theme.Title, drawn)),
	)
}

func when(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.Format(timeLayout)
}
