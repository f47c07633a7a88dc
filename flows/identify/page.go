package identify

import (
	"onetrans/flows/message/mask"
	"onetrans/flows/message/money"
	"onetrans/flows/message/onetrans"
	"onetrans/flows/view"
)

// Content is the content of the screen.
func (m Model) Content() view.Content {
	switch m.state {
	case Presenting:
		return view.Present{Way: m.way, Place: m.places[m.way], Before: m.beforeHere()}
	case Theirs:
		return view.Busy{Kind: view.BusyElsewhere}
	case Looking:
		return view.Busy{Kind: view.BusyLookup, Long: m.long}
	case Checking:
		return m.check()
	case Troubled:
		return view.Trouble{Kind: m.trouble, Retry: retryable(m.trouble), CardIn: m.cardIn}
	}
	return view.PickWay{Ways: m.ways, Before: m.beforeHere()}
}

// beforeHere is which card has to be presented again, if that is the way, or one of
// them.
func (m Model) beforeHere() view.BeforeKind {
	switch {
	case m.before && m.way != view.WayIdentityCard && m.way != view.WayCode:
		return view.BeforeCard
	case m.beforeLaid && m.way != view.WaySocialSecurityCard && m.way != view.WayCode:
		return view.BeforeIdentity
	}
	return ""
}

// Back reports whether the screen has a way back.
func (m Model) Back() bool {
	switch m.state {
	case Choosing:
		return !m.bare
	case Presenting:
		return !m.scan
	}
	return m.state == Checking
}

// StepNo is the index of the present step: choosing, then checking.
func (m Model) StepNo() int {
	if m.state == Checking || m.state == Over {
		return 1
	}
	return 0
}

func (m Model) check() view.Person {
	p := view.Person{
		Name:      mask.Name(m.person.Name),
		Sex:       m.person.Sex,
		Age:       m.person.Age,
		Insurance: m.person.Insurance,
		IDNo:      mask.IDNo(m.person.IDNo),
		CardNo:    mask.CardNo(m.person.CardNo),
		Account:   m.account,
		CardIn:    m.cardIn,
		Laid:      m.way == view.WayIdentityCard,
		News:      newsLines(m.person.News),
	}
	if a, ok := m.person.Account(m.accountType); ok && a.Told {
		p.Balance = money.Grouped(a.Balance)
	}
	return p
}

// newsLines is one line for each kind of news, however many there are.
func newsLines(news []News) (lines []view.NewsLine) {
	for _, kind := range []view.NewsKind{view.NewsPaid, view.NewsSettled, view.NewsGivenBack} {
		var sum onetrans.Fen
		some := false
		for _, n := range news {
			if n.Kind == kind {
				sum, some = sum+n.Amount, true
			}
		}
		if some {
			lines = append(lines, view.NewsLine{Kind: kind, Amount: money.Grouped(sum)})
		}
	}
	return lines
}

// retryable reports whether trying the same again may help.
func retryable(kind view.TroubleKind) bool {
	switch kind {
	case view.TroubleNotRegistered, view.TroubleNoAccount, view.TroubleNoCard, view.TroubleCardLocked, view.TroubleIdentityNumber, view.TroubleInternal:
		return false
	}
	return true
}
