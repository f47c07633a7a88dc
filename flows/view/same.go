package view

import "reflect"

// SameKind says whether a page may be turned into another in place: the same
// screen in the same look, with the same question or none over it. What was
// tapped on the one may then be taken for a tap on the other.
func SameKind(a, b Page) bool {
	if reflect.TypeOf(a.Content) != reflect.TypeOf(b.Content) || a.Look != b.Look || a.Single != b.Single || askOf(a) != askOf(b) {
		return false
	}
	switch before := a.Content.(type) {
	case Trouble:
		return before.Kind == b.Content.(Trouble).Kind
	case Busy:
		return before.Kind == b.Content.(Busy).Kind
	case Present:
		return before.Way == b.Content.(Present).Way
	}
	return true
}

func askOf(p Page) AskKind {
	if p.Ask == nil {
		return ""
	}
	return p.Ask.Kind
}
