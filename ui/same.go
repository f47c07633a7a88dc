package ui

import "onetrans/flows/view"

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
