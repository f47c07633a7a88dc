package screens

import (
	"onetrans/assets/icons"
	"onetrans/flows/view"
	"onetrans/ui/layout"
	"onetrans/ui/theme"
	"onetrans/ui/widgets"
)

// Trouble says what happened, where the money is and what to do next.
func Trouble(k Kit, v view.Trouble) layout.Box {
	m, colours := k.Metrics, k.Palette
	name := "trouble." + string(v.Kind)
	icon, refused := troubleIcon(v.Kind)
	ground, drawn := colours.WarnTint, colours.Warn
	if refused {
		ground, drawn = colours.BadTint, colours.Bad
	}
	facts := layout.Stack(m.Gap(3),
		k.fact(icons.Wallet, k.Say(name+".money"), true),
		layout.Rule{Width: m.Hair(), Color: colours.Hair},
		k.fact(icons.Help, k.Say(name+".next"), false),
	)
	if v.Reference != "" {
		facts.Boxes = append(facts.Boxes, layout.Rule{Width: m.Hair(), Color: colours.Hair})
		facts.Boxes = append(facts.Boxes, k.RowBoxes(widgets.Row{Label: k.Say("trouble.reference"), Value: grouped(v.Reference), Number: true})...)
	}
	p := plan{
		afloat: true,
		head: []layout.Box{
			k.state(icon, ground, drawn, k.Say(name+".title")),
			widgets.Centred(k.Text(k.Say(name+".text"), theme.Body, colours.Ink2)),
		},
		body: []layout.Box{k.Card(facts)},
		foot: k.Main(k.Say("trouble.home"), tap(view.GoHome), true),
	}
	if k.Single {
		p.foot = k.Main(k.Say("trouble.close"), tap(view.GoHome), true)
	}
	if v.Retry {
		p.foot = k.Main(k.Say("trouble.retry"), tap(view.Retry), true)
	}
	if v.CardIn {
		p.card = k.Hint(icons.Card, k.Say("trouble.take_card"))
	}
	if k.portrait() {
		p.head = append([]layout.Box{layout.Space{H: m.Gap(4)}}, p.head...)
	}
	return k.lay(p)
}

func (k Kit) fact(icon icons.Name, text string, strong bool) layout.Box {
	m := k.Metrics
	words := k.Text(text, theme.Body, k.Palette.Ink)
	words.Type.Bold = strong
	return layout.Row{Gap: m.Px(32), Cells: []layout.Cell{
		{Box: k.Icon(icon, m.Type(theme.Body)*1.4, k.Palette.Act)}, {Box: words, Share: 1},
	}}
}

// troubleIcon is the icon of a trouble, and whether it was a refusal rather than
// something to put right.
func troubleIcon(kind view.TroubleKind) (icon icons.Name, refused bool) {
	switch kind {
	case view.TroubleNoReader, view.TroubleNoCard, view.TroubleWrongCard, view.TroubleCardPulled, view.TroubleCardLocked, view.TroubleUnreadable:
		return icons.Card, false
	case view.TroubleNoPerson, view.TroubleNobodyRead, view.TroubleNotRegistered, view.TroubleNotIdentity, view.TroubleIdentityMoved,
		view.TroubleIdentityUnreadable, view.TroubleIdentityRefused, view.TroubleIdentityNumber:
		return icons.IDCard, false
	case view.TroubleNoBills, view.TroubleBillOpen, view.TroubleNoPreSettlement:
		return icons.Receipt, false
	case view.TroubleBillRefused:
		return icons.Refused, true
	case view.TroubleAuthRefused, view.TroubleAuthCancelled, view.TroubleAuthExpired:
		return icons.Heart, false
	case view.TroubleNoAccount:
		return icons.Wallet, false
	case view.TroubleOffline, view.TroubleNoOrder:
		return icons.Offline, false
	case view.TroubleRefused, view.TroubleFailed:
		return icons.Refused, true
	case view.TroubleClosed, view.TroubleBillClosed, view.TroubleBillCancelled:
		return icons.Cross, false
	}
	return icons.Warning, false
}
