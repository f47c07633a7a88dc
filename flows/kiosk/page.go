package kiosk

import (
	"onetrans/flows/identify"
	"onetrans/flows/view"
)

// stepNames are the translation keys of the step bar.
func (m Model) stepNames() []string {
	switch {
	case m.call != nil && m.state == Settling:
		return []string{"bills", "review", "pay"}
	case m.call != nil: // one step is no sequence
		return nil
	case m.service.Kind == view.ServiceOutpatientPayment:
		return []string{"choose", "check", "bills", "review", "pay"}
	}
	return []string{"choose", "check", "amount", "confirm", "pay"}
}

// steps is the step bar with the step of that number; nil where there is none.
// A call of HIS begins where a person's identification would have ended.
func (m Model) steps(now int) *view.Steps {
	names := m.stepNames()
	if names == nil {
		return nil
	}
	if m.call != nil {
		now -= 2
	}
	return &view.Steps{Names: names, Now: now}
}

// Page is what stands on the screen.
func (m Model) Page() view.Page {
	p := view.Page{Look: m.look, Countdown: m.countdown(), Slip: m.slip(), Single: m.call != nil, Caller: m.caller}
	if f, ok := m.payer(); ok {
		p.Content, p.Ask, p.Back, p.Home = f.Content(), f.Ask(), f.Back(), f.Home()
		if f.InSequence() {
			p.Steps = m.steps(2 + f.StepNo())
		}
	}
	switch m.state {
	case Attracting:
		p.Content = view.Attract{}
	case AtHome:
		p.Content = m.home()
	case Identifying:
		p.Content = m.identify.Content()
		p.Back, p.Home = m.identify.Back(), m.identify.At() != identify.Theirs // whose page is left there
		if _, trouble := p.Content.(view.Trouble); !trouble {
			p.Steps = m.steps(m.identify.StepNo())
		}
	case Authorising:
		p.Content = m.authorise.Content()
		p.Back, p.Home = m.authorise.Back(), true
		if _, trouble := p.Content.(view.Trouble); !trouble {
			p.Steps = m.steps(0)
		}
	case Troubled:
		p.Content, p.Home = view.Trouble{Kind: m.trouble}, true
	case Taking:
		p.Content = view.TakeCard{Identity: !m.left.card}
	}
	p.Home = p.Home && !m.answered // on a call's page that cancels, and HIS was told already
	if m.asking {
		limit, _ := m.limit()
		p.Ask = &view.Ask{Kind: view.AskStillThere, Left: view.WholeSeconds(limit + view.AskPatience - m.now.Sub(m.touched))}
	}
	return p
}

func (m Model) home() view.Home {
	var h view.Home
	for i, s := range m.options.Services {
		h.Services = append(h.Services, view.Service{Kind: s.Kind, Main: i == 0})
	}
	return h
}

// countdown is the time left on a screen that ends by itself.
func (m Model) countdown() view.Countdown {
	limit, _ := m.limit()
	if limit == 0 {
		return view.Countdown{}
	}
	return view.Countdown{Left: view.WholeSeconds(limit - m.now.Sub(m.touched)), Total: view.WholeSeconds(limit)}
}
