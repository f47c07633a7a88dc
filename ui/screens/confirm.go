package screens

import (
	"onetrans/assets/icons"
	"onetrans/flows/view"
	"onetrans/ui/layout"
	"onetrans/ui/theme"
	"onetrans/ui/widgets"
)

// Confirm repeats what will be paid, and sends people without a smartphone to
// the counter before they meet the code.
func Confirm(k Kit, v view.Confirm) layout.Box {
	m := k.Metrics
	service := "service." + string(v.Account)
	sum := k.Card(layout.Stack(m.Gap(1),
		widgets.Centred(k.Text(k.Say(service+".pay"), theme.Body, k.Palette.Ink2)),
		widgets.Centred(k.Money(k.yuan(v.Amount))),
	))
	rows := k.Rows(
		widgets.Row{Label: k.Say("confirm.person"), Value: v.Name},
		widgets.Row{Label: k.Say("confirm.to"), Value: k.Say(service + ".account")},
		widgets.Row{Label: k.Say("confirm.balance"), Value: k.yuan(v.Balance)},
	)
	return k.lay(plan{
		head: []layout.Box{k.Bold(k.Say("confirm.title"), theme.Title, k.Palette.Ink), sum},
		body: []layout.Box{rows, k.Hint(icons.NoPhone, k.Say("confirm.no_phone"))},
		foot: k.actions(k.Other(k.Say("confirm.back"), tap(view.Back), true), k.Main(k.Say("confirm.pay"), tap(view.Pay), true)),
	})
}
