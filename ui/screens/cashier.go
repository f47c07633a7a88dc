package screens

import (
	"strings"

	"onetrans/assets/icons"
	"onetrans/flows/view"
	"onetrans/ui/layout"
	"onetrans/ui/theme"
	"onetrans/ui/widgets"
)

// Cashier shows the code to pay: payee and amount above it, the time left and the
// wallets beside it.
func Cashier(k Kit, v view.Cashier) layout.Box {
	m := k.Metrics
	payee := k.AtMost(k.Text(k.Say("cashier.payee", "payee", v.Payee), theme.Body, k.Palette.Ink2), 2, theme.Caption)
	amount := k.Money(k.Say("money.sign", "amount", v.Amount))
	about := k.Say("service."+string(v.Account)+".pay") + dot + layout.Whole(v.Name)
	if v.Balance != "" {
		about += dot + k.Say("confirm.balance") + " " + k.yuan(v.Balance)
	}
	what := k.AtMost(k.Text(about, theme.Body, k.Palette.Ink2), 2, theme.Caption)
	check := k.Other(k.checkLabel(v), tap(view.CheckPaid), !v.Checking)
	if k.portrait() {
		return layout.Stack(m.Gap(3),
			widgets.Centred(payee), widgets.Centred(amount), widgets.Centred(what), layout.Space{},
			layout.Centre{Box: k.code(v, m.Px(480))},
			layout.Centre{Box: k.scan(v)},
			layout.Grow{Weight: 1},
			k.news(v), check,
		)
	}
	code := layout.Stack(0, layout.Grow{Weight: 1}, layout.Centre{Box: k.code(v, k.codeSize(520))}, layout.Grow{Weight: 1})
	scan, news := k.scan(v), k.news(v)
	if news != nil { // there is no room for both, and a person who asks has scanned
		scan = layout.Row{Gap: m.Px(36), Cells: []layout.Cell{{Box: k.Ring(v.Left, v.Total, k.ringSize())}, {Box: news, Share: 1}}}
		news = nil
	}
	right := layout.Stack(m.Gap(2), payee, amount, what, layout.Space{H: m.Gap(1)}, scan, layout.Grow{Weight: 1}, news, check)
	return layout.Row{Gap: m.Px(72), Cells: []layout.Cell{{Box: code, Share: 2, Fill: true}, {Box: right, Share: 3, Fill: true}}}
}

func (k Kit) checkLabel(v view.Cashier) string {
	if v.Checking {
		return k.Say("cashier.checking")
	}
	return k.Say("cashier.check")
}

// codeSize is how large a code of this many design units may be beside its words.
func (k Kit) codeSize(units float32) float32 {
	m := k.Metrics
	room := (float32(m.Panel.WidthPx)-2*m.Margin()-m.Px(72))*2/5 - 2*m.Px(16)
	return min(m.Px(units), room)
}

// code is the payment code on its white card.
func (k Kit) code(v view.Cashier, about float32) layout.Box {
	code := k.QR(v.QRCode, about)
	if v.QRCode == "" || code == nil {
		return k.Warning(icons.Warning, "", k.Say("cashier.no_code"))
	}
	card := k.Card(code)
	card.PadX, card.PadY = k.Metrics.Px(16), k.Metrics.Px(16)
	return card
}

// scan is the time left, and the wallets that can pay the code.
func (k Kit) scan(v view.Cashier) layout.Box {
	m := k.Metrics
	var wallets []string
	for _, code := range v.Wallets {
		if name := k.wallet(code); name != "" {
			wallets = append(wallets, name)
		}
	}
	words := layout.Stack(0,
		k.AtMost(k.Bold(k.Say("cashier.scan"), theme.Button, k.Palette.Ink), 2, theme.Body),
		k.Text(strings.Join(wallets, dot), theme.Body, k.Palette.Ink2),
	)
	return layout.Row{Gap: m.Px(36), Cells: []layout.Cell{
		{Box: k.Ring(v.Left, v.Total, k.ringSize())}, {Box: words},
	}}
}

func (k Kit) ringSize() float32 { return k.Metrics.Type(theme.Label) * 2.9 }

// news is the result of checking; nil if there is none.
func (k Kit) news(v view.Cashier) layout.Box {
	switch {
	case v.Offline:
		return k.InDoubt(icons.Offline, k.Say("cashier.offline.title"), k.Say("cashier.offline.text"))
	case v.NotPaidYet:
		return k.Warning(icons.Info, k.Say("cashier.not_paid.title"), k.Say("cashier.not_paid.text"))
	}
	return nil
}
