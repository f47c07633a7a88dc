package screens

import (
	"onetrans/assets/icons"
	"onetrans/flows/view"
	"onetrans/ui/layout"
	"onetrans/ui/theme"
	"onetrans/ui/widgets"
)

// PayCode asks for the payment code on the phone: which one, how much it pays, and
// where the scanner is. A code that cannot pay is reported at once.
func PayCode(k Kit, v view.PayCode) layout.Box {
	m := k.Metrics
	wallet := k.wallet(v.Wallet)
	head := []layout.Box{k.Bold(k.Say("pay_code.title", "wallet", wallet), theme.Title, k.Palette.Ink)}
	if v.Place != "" {
		head = append(head, k.Text(k.Say("present.code.place", "place", v.Place), theme.Body, k.Palette.Ink2))
	}
	payee := k.AtMost(k.Text(k.Say("cashier.payee", "payee", v.Payee), theme.Body, k.Palette.Ink2), 2, theme.Caption)
	amount := k.Money(k.Say("money.sign", "amount", v.Amount))
	what := k.AtMost(k.Text(k.Say("service."+string(v.Account)+".pay")+dot+layout.Whole(v.Name), theme.Body, k.Palette.Ink2), 2, theme.Caption)
	if k.portrait() {
		card := k.Card(layout.Centre{Box: k.Picture(icons.HoldCode, m.Px(640)*m.Tight.Space)})
		card.Middle = true
		money := layout.Stack(m.Gap(1), widgets.Centred(payee), widgets.Centred(amount), widgets.Centred(what))
		return layout.Stack(m.Gap(4), append(head, money, layout.Grow{Weight: 1, Box: card}, k.payCodeNews(v, wallet))...)
	}
	card := k.Card(layout.Centre{Box: k.Picture(icons.HoldCode, min(m.Px(640), float32(m.Panel.WidthPx)*0.3))})
	card.Middle = true
	return k.lay(plan{
		head: append(head, layout.Space{H: m.Gap(1)}, layout.Stack(m.Gap(1), payee, amount, what), layout.Grow{Weight: 1}),
		body: []layout.Box{layout.Grow{Weight: 1, Box: card}, k.payCodeNews(v, wallet)},
	})
}

// payCodeNews says how to show the code, or what is wrong with the one that was scanned.
func (k Kit) payCodeNews(v view.PayCode, wallet string) layout.Box {
	if v.Problem == "" {
		return k.Hint(icons.Phone, k.Say("pay_code.how", "wallet", wallet))
	}
	name := "pay_code." + string(v.Problem)
	return k.Warning(icons.Warning, k.Say(name+".title", "wallet", wallet), k.Say(name+".text", "wallet", wallet))
}
