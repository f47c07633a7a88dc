package ui

import (
	"reflect"

	"onetrans/flows/view"
)

// sameKind says whether a page may be turned into another in place: the same
// screen in the same look, with the same question or none over it.
func sameKind(a, b view.Page) bool {
	if reflect.TypeOf(a.Content) != reflect.TypeOf(b.Content) || a.Look != b.Look || a.Single != b.Single || askOf(a) != askOf(b) {
		return false
	}
	switch before := a.Content.(type) {
	case view.Trouble:
		return before.Kind == b.Content.(view.Trouble).Kind
	case view.Busy:
		return before.Kind == b.Content.(view.Busy).Kind
	case view.Present:
		return before.Way == b.Content.(view.Present).Way
	}
	return true
}

func askOf(p view.Page) view.AskKind {
	if p.Ask == nil {
		return ""
	}
	return p.Ask.Kind
}

// still is a page without what changes by itself as time goes by.
func still(p view.Page) view.Page {
	p.Countdown = view.Countdown{}
	switch c := p.Content.(type) {
	case view.Cashier:
		c.Left = 0
		p.Content = c
	case view.Authorise:
		c.Left = 0
		p.Content = c
	case view.Doubt:
		c.Waited = 0
		p.Content = c
	}
	if p.Ask != nil {
		ask := *p.Ask
		ask.Left = 0
		p.Ask = &ask
	}
	return p
}

// movesMoney names the buttons that are dead after the first tap until the page changes.
func movesMoney(action view.Action) bool {
	switch action {
	case view.Pay, view.PayAnyway, view.CheckPaid, view.ReallyLeave, view.KeepWaiting, view.Retry:
		return true
	}
	return false
}
