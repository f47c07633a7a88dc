package identify

import (
	"errors"
	"slices"
	"time"

	"onetrans/devices"
	"onetrans/flows/flow"
	"onetrans/flows/view"
)

func chooseWay(m Model, tap view.Tap) (Model, []flow.Effect) {
	way := view.WayKind(tap.Value)
	if !slices.Contains(m.ways, way) {
		return m, nil
	}
	m.state, m.way = Presenting, way
	if way == view.WayHealthCard { // the phone reads, nothing here does
		m.state = Authorising
		return m, []flow.Effect{StopListening{}, Authorise{}}
	}
	// Listening anew finds a reader that was away when the screen came up.
	return m, []flow.Effect{m.listen()}
}

func (m Model) listen() Listen { return Listen{AfterRemoval: m.stale, AfterLifting: m.staleLaid} }

func onCard(m Model, e CardRead) (Model, []flow.Effect) {
	m.cardIn, m.stale, m.before = true, false, false
	m, look := m.looking(view.WaySocialSecurityCard, LookUp{Card: e.Card})
	return m, append(look, WatchCard{})
}

// cardBefore ignores a card that was there before anybody was asked for one; the
// card that is inserted after it has left is the person's.
func cardBefore(m Model, e CardBefore) (Model, []flow.Effect) {
	m.cardIn, m.stale, m.before = e.In, e.In, e.In
	return m, nil
}

func identityBefore(m Model, e IdentityBefore) (Model, []flow.Effect) {
	m.laid, m.staleLaid, m.beforeLaid = e.Laid, e.Laid, e.Laid
	return m, nil
}

func onIdentity(m Model, e IdentityRead) (Model, []flow.Effect) {
	m.laid, m.staleLaid, m.beforeLaid = true, false, false
	m, look := m.looking(view.WayIdentityCard, LookUp{Identity: e.Card})
	return m, append(look, WatchIdentity{})
}

// lifted keeps the person: an identity card is taken back at once.
func lifted(m Model, _ IdentityLifted) (Model, []flow.Effect) {
	m.laid, m.staleLaid, m.beforeLaid = false, false, false
	return m, nil
}

func onCode(m Model, e CodeScanned) (Model, []flow.Effect) {
	if m.scan {
		m.state = Over
		return m, []flow.Effect{StopListening{}, Scanned(e)}
	}
	return m.looking(view.WayCode, LookUp{Code: e.Code})
}

func (m Model) looking(way view.WayKind, l LookUp) (Model, []flow.Effect) {
	m.state, m.way = Looking, way
	m.since, m.long = time.Time{}, false
	m.lookUp++
	l.No = m.lookUp
	return m, []flow.Effect{StopListening{}, l}
}

func failed(m Model, e CardFailed) (Model, []flow.Effect) {
	if m.unconcerned(view.WaySocialSecurityCard, e.Err) {
		return m, nil
	}
	m.cardIn = errors.Is(e.Err, devices.ErrWrongCard) || errors.Is(e.Err, devices.ErrCardLocked) || errors.Is(e.Err, devices.ErrUnreadable)
	effects := []flow.Effect{StopListening{}}
	if m.stale = m.cardIn; m.cardIn {
		effects = append(effects, WatchCard{})
	}
	return m.troubled(troubleOf(e.Err)), effects
}

// unconcerned reports whether a reader's error does not matter: a missing reader
// does not, unless the person has chosen it; an unreadable card does.
func (m Model) unconcerned(way view.WayKind, err error) bool {
	return m.way != way && errors.Is(err, devices.ErrNoReader)
}

func identityFailed(m Model, e IdentityFailed) (Model, []flow.Effect) {
	if m.unconcerned(view.WayIdentityCard, e.Err) {
		return m, nil
	}
	m.laid = errors.Is(e.Err, devices.ErrWrongCard) || errors.Is(e.Err, devices.ErrWrongNumber) ||
		errors.Is(e.Err, devices.ErrNotAuthentic) || errors.Is(e.Err, devices.ErrUnreadable)
	effects := []flow.Effect{StopListening{}}
	if m.staleLaid = m.laid; m.laid {
		effects = append(effects, WatchIdentity{})
	}
	return m.troubled(identityTrouble(e.Err)), effects
}

func identityTrouble(err error) view.TroubleKind {
	switch {
	case errors.Is(err, devices.ErrNoReader):
		return view.TroubleNoReader
	case errors.Is(err, devices.ErrWrongCard):
		return view.TroubleNotIdentity
	case errors.Is(err, devices.ErrCardRemoved):
		return view.TroubleIdentityMoved
	case errors.Is(err, devices.ErrNotAuthentic):
		return view.TroubleIdentityRefused
	case errors.Is(err, devices.ErrWrongNumber):
		return view.TroubleIdentityNumber
	}
	return view.TroubleIdentityUnreadable
}

func troubleOf(err error) view.TroubleKind {
	switch {
	case errors.Is(err, devices.ErrNoReader):
		return view.TroubleNoReader
	case errors.Is(err, devices.ErrWrongCard):
		return view.TroubleWrongCard
	case errors.Is(err, devices.ErrCardRemoved):
		return view.TroubleCardPulled
	case errors.Is(err, devices.ErrCardLocked):
		return view.TroubleCardLocked
	}
	return view.TroubleUnreadable
}
