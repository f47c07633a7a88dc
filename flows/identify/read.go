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
	return m, []flow.Effect{Listen{AfterRemoval: m.stale}}
}

func onCard(m Model, e CardRead) (Model, []flow.Effect) {
	m.cardIn, m.stale = true, false
	m, look := m.looking(view.WaySocialSecurityCard, LookUp{Card: e.Card})
	return m, append(look, WatchCard{})
}

func onCode(m Model, e CodeScanned) (Model, []flow.Effect) {
	if m.scan {
		m.state = Over
		return m, []flow.Effect{StopListening{}, Scanned{Code: e.Code}}
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

// failedUnasked: nobody asked for the reader yet, so one that is missing is no
// trouble; a card in it that can't be read is.
func failedUnasked(m Model, e CardFailed) (Model, []flow.Effect) {
	if errors.Is(e.Err, devices.ErrNoReader) {
		return m, nil
	}
	return failed(m, e)
}

func failed(m Model, e CardFailed) (Model, []flow.Effect) {
	// Who was told to show a code need not hear of the card reader.
	if m.state == Presenting && m.way != view.WaySocialSecurityCard && errors.Is(e.Err, devices.ErrNoReader) {
		return m, nil
	}
	m.cardIn = errors.Is(e.Err, devices.ErrWrongCard) || errors.Is(e.Err, devices.ErrCardLocked) || errors.Is(e.Err, devices.ErrUnreadable)
	effects := []flow.Effect{StopListening{}}
	if m.stale = m.cardIn; m.cardIn {
		effects = append(effects, WatchCard{})
	}
	return m.troubled(troubleOf(e.Err)), effects
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
