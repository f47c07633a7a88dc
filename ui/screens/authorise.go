package screens

import (
	"onetrans/assets/icons"
	"onetrans/flows/view"
	"onetrans/ui/layout"
	"onetrans/ui/theme"
	"onetrans/ui/widgets"
)

// Authorise shows the code with which a phone lets the hospital use the
// electronic health card.
func Authorise(k Kit, v view.Authorise) layout.Box {
	m := k.Metrics
	title := k.Bold(k.Say("authorise.title"), theme.Title, k.Palette.Ink)
	lead := k.Text(k.Say("authorise.lead"), theme.Body, k.Palette.Ink2)
	waiting := layout.Row{Gap: m.Px(36), Cells: []layout.Cell{
		{Box: k.Ring(v.Left, v.Total, k.ringSize())},
		{Box: k.Text(k.Say("authorise.waiting"), theme.Body, k.Palette.Ink), Share: 1},
	}}
	var news layout.Box
	if v.Offline {
		news = k.Warning(icons.Offline, k.Say("authorise.offline.title"), k.Say("authorise.offline.text"))
	}
	if k.portrait() {
		return layout.Stack(m.Gap(4),
			widgets.Centred(title), widgets.Centred(lead), layout.Space{},
			layout.Centre{Box: k.authCode(v, m.Px(560))}, waiting, layout.Grow{Weight: 1}, news,
		)
	}
	code := layout.Stack(0, layout.Grow{Weight: 1}, layout.Centre{Box: k.authCode(v, k.codeSize(560))}, layout.Grow{Weight: 1})
	right := layout.Stack(m.Gap(4), layout.Grow{Weight: 1}, title, lead, waiting, news, layout.Grow{Weight: 1})
	return layout.Row{Gap: m.Px(72), Cells: []layout.Cell{{Box: code, Share: 2, Fill: true}, {Box: right, Share: 3, Fill: true}}}
}

func (k Kit) authCode(v view.Authorise, about float32) layout.Box {
	code := k.QR(v.QRCode, about)
	if v.QRCode == "" || code == nil {
		return k.Warning(icons.Warning, "", k.Say("authorise.no_code"))
	}
	card := k.Card(code)
	card.PadX, card.PadY = k.Metrics.Px(16), k.Metrics.Px(16)
	return card
}
