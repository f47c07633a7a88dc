package screens

import (
	"strconv"

	"onetrans/assets/icons"
	"onetrans/flows/view"
	"onetrans/ui/layout"
	"onetrans/ui/theme"
	"onetrans/ui/widgets"
)

// Review shows what the insurance pays and what is left to pay, before anything is
// settled.
func Review(k Kit, v view.Review) layout.Box {
	m := k.Metrics
	cash, pay := "review.cash", "review.pay"
	if v.Free {
		cash, pay = "review.cash_free", "review.settle"
	}
	sum := k.Card(layout.Stack(m.Gap(1),
		widgets.Centred(k.Text(k.Say(cash), theme.Body, k.Palette.Ink2)),
		widgets.Centred(k.Money(k.yuan(v.Cash))),
	))
	rows := k.Rows(
		widgets.Row{Label: k.Say("confirm.person"), Value: v.Name},
		widgets.Row{Label: k.Say("review.bills"), Value: k.Say("review.count", "bills", strconv.Itoa(v.Bills))},
		widgets.Row{Label: k.Say("review.total"), Value: k.yuan(v.Total)},
		widgets.Row{Label: k.Say("review.fund"), Value: k.yuan(v.Fund)},
		widgets.Row{Label: k.Say("review.account"), Value: k.yuan(v.Account)},
	)
	head := []layout.Box{k.Bold(k.Say("review.title"), theme.Title, k.Palette.Ink), sum}
	body := []layout.Box{rows}
	hint := k.Hint(icons.NoPhone, k.Say("confirm.no_phone"))
	switch {
	case v.Free:
	case k.portrait():
		body = append(body, hint)
	default:
		head = append(head, hint)
	}
	return k.lay(plan{
		head: head,
		body: body,
		foot: k.actions(k.Other(k.Say("review.back"), tap(view.Back), true), k.Main(k.Say(pay), tap(view.Pay), true)),
	})
}
