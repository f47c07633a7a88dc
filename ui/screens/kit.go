// Package screens has one file per page: a pure function from the content of the
// page to the boxes that draw it.
package screens

import (
	"slices"
	"strings"

	"onetrans/assets/icons"
	"onetrans/assets/texts"
	"onetrans/flows/view"
	"onetrans/ui/layout"
	"onetrans/ui/widgets"
)

// Kit is what pages are made with.
type Kit struct {
	widgets.Paint
	Words    texts.Language
	Book     texts.Book
	Hospital string
	// Place is where to find help, Counter where to pay at a counter; in the
	// present language if the configuration does not say.
	Place, Counter string
	// Single means that the page serves a call of HIS, and leads nowhere else.
	Single bool
	// Slip is the state of the page's receipt.
	Slip view.Slip
}

// Say is a text of the present language, with {place} and {counter} filled in.
func (k Kit) Say(key string, values ...string) string {
	place, counter := k.Place, k.Counter
	if place == "" {
		place = k.Words.Say("place.help")
	}
	if counter == "" {
		counter = k.Words.Say("place.counter")
	}
	return k.Words.Say(key, append(values, "place", place, "counter", counter)...)
}

func (k Kit) yuan(amount string) string {
	if amount == "" {
		return ""
	}
	return k.Say("money.yuan", "amount", amount)
}

func (k Kit) portrait() bool { return k.Metrics.Panel.Portrait() }

func (k Kit) large() bool { return k.Metrics.Large }

// Content draws the content of a page; nil for a content without a page.
func Content(k Kit, content view.Content) layout.Box {
	switch c := content.(type) {
	case view.Attract:
		return Attract(k, c)
	case view.OutOfService:
		return OutOfService(k, c)
	case view.Home:
		return Home(k, c)
	case view.PickWay:
		return PickWay(k, c)
	case view.Present:
		return Present(k, c)
	case view.Busy:
		return Busy(k, c)
	case view.Person:
		return Person(k, c)
	case view.Amount:
		return Amount(k, c)
	case view.Confirm:
		return Confirm(k, c)
	case view.PayCode:
		return PayCode(k, c)
	case view.Cashier:
		return Cashier(k, c)
	case view.Result:
		return Result(k, c)
	case view.Doubt:
		return Doubt(k, c)
	case view.Trouble:
		return Trouble(k, c)
	case view.Bills:
		return Bills(k, c)
	case view.Review:
		return Review(k, c)
	case view.Settling:
		return Settling(k, c)
	case view.Settled:
		return Settled(k, c)
	case view.Refunding:
		return Refunding(k, c)
	case view.Authorise:
		return Authorise(k, c)
	case view.TakeCard:
		return TakeCard(k, c)
	}
	return nil
}

// plan is the layout of most pages: on an upright panel head, body and foot below
// each other; on a wide one the head on the left, body and foot on the right.
type plan struct {
	head, body []layout.Box
	card       layout.Box // asks to take the card; nil: there is none
	foot       layout.Box
	// afloat keeps a short head and body in the middle of their columns.
	afloat bool
}

func (k Kit) lay(p plan) layout.Box {
	gap := k.Metrics.Gap(5)
	rest := layout.Grow{Weight: 1}
	var card []layout.Box
	if p.card != nil {
		card = []layout.Box{p.card}
	}
	if k.portrait() {
		boxes := slices.Concat(p.head, p.body, card)
		return layout.Stack(gap, append(boxes, rest, p.foot)...)
	}
	left := layout.Stack(gap, slices.Concat(p.head, card)...)
	if p.afloat {
		left.Boxes = append(append([]layout.Box{rest}, left.Boxes...), rest)
	}
	body := append([]layout.Box{}, p.body...)
	if p.afloat {
		body = append([]layout.Box{rest}, body...)
	}
	right := layout.Stack(gap, append(body, rest, p.foot)...)
	return layout.Row{Gap: k.Metrics.Px(72), Cells: []layout.Cell{
		{Box: left, Share: 5, Fill: true}, {Box: right, Share: 6, Fill: true},
	}}
}

// actions puts the next step to the right of the other button, wider; on an upright
// panel in large text above it.
func (k Kit) actions(other, main layout.Box) layout.Box {
	gap := max(k.Metrics.Gap(4), k.Metrics.TapGap())
	if k.large() && k.portrait() {
		return layout.Stack(gap, main, other)
	}
	return layout.Row{Gap: gap, Cells: []layout.Cell{
		{Box: other, Share: 2, Fill: true}, {Box: main, Share: 3, Fill: true},
	}}
}

// grouped groups a long number by four, so that it can be read out.
func grouped(number string) string {
	if strings.ContainsAny(number, " -") {
		return number
	}
	var out strings.Builder
	for i, r := range []rune(number) {
		if i > 0 && i%4 == 0 {
			out.WriteByte(' ')
		}
		out.WriteRune(r)
	}
	return out.String()
}

// wallet is the name of a wallet, by its key or by the platform's channel code
// (WX_QR, ALI_BAR, UNION_QR); empty if it is unknown.
func (k Kit) wallet(code string) string {
	if k.Words.Has("wallet." + code) {
		return k.Say("wallet." + code)
	}
	if key := view.WalletOf(code); key != "" {
		return k.Say("wallet." + key)
	}
	return ""
}

// ServiceIcons are the icons of the services on the first page.
func ServiceIcons() map[view.ServiceKind]icons.Name {
	return map[view.ServiceKind]icons.Name{
		view.ServiceInpatientDeposit:  icons.Bed,
		view.ServiceOutpatientDeposit: icons.Wallet,
		view.ServiceOutpatientPayment: icons.Receipt,
	}
}

func serviceIcon(kind view.ServiceKind) icons.Name { return ServiceIcons()[kind] }

func tap(action view.Action) view.Tap { return view.Tap{Action: action} }
