package screens

import (
	"onetrans/assets/icons"
	"onetrans/flows/view"
	"onetrans/ui/layout"
	"onetrans/ui/theme"
	"onetrans/ui/widgets"
)

// OutOfService sends people elsewhere, and tells the staff what to do.
func OutOfService(k Kit, v view.OutOfService) layout.Box {
	m, colours := k.Metrics, k.Palette
	p := plan{
		afloat: true,
		head: []layout.Box{
			k.state(icons.Warning, colours.WarnTint, colours.Warn, k.Say("out_of_service.title")),
			widgets.Centred(k.Text(k.Say("out_of_service.text"), theme.Body, colours.Ink2)),
		},
		body: []layout.Box{k.Card(layout.Stack(m.Gap(3),
			k.fact(icons.Help, k.Say("out_of_service.next"), true),
			layout.Rule{Width: m.Hair(), Color: colours.Hair},
			k.fact(icons.Wallet, k.Say("out_of_service.paid"), false),
		))},
		foot: widgets.Centred(k.Text(k.Say("out_of_service.staff", "fault", k.Say("fault."+string(v.Fault))), theme.Caption, colours.Ink2)),
	}
	if k.portrait() {
		p.head = append([]layout.Box{layout.Space{H: m.Gap(4)}}, p.head...)
	}
	return k.lay(p)
}
