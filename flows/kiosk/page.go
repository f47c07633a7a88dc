package kiosk

import (
	"math"
	"time"

	"onetrans/flows/view"
)

// stepNames are the translation keys of the step bar of a recharge.
func stepNames() []string { return []string{"choose", "check", "amount", "confirm", "pay"} }

// Page is what stands on the screen.
func (m Model) Page() view.Page {
	p := view.Page{Look: m.look, Countdown: m.countdown()}
	switch m.state {
	case Attracting:
		p.Content = view.Attract{}
	case AtHome:
		p.Content = m.home()
	case Identifying:
		p.Content = m.identify.Content()
		p.Back, p.Home = m.identify.Back(), true
		if _, trouble := p.Content.(view.Trouble); !trouble {
			p.Steps = &view.Steps{Names: stepNames(), Now: m.identify.StepNo()}
		}
	case Recharging:
		p.Content = m.recharge.Content()
		p.Back, p.Home = m.recharge.Back(), m.recharge.Home()
		p.Ask = m.recharge.Ask()
		if m.recharge.InSequence() {
			p.Steps = &view.Steps{Names: stepNames(), Now: 2 + m.recharge.StepNo()}
		}
	case Troubled:
		p.Content, p.Home = view.Trouble{Kind: m.trouble}, true
	case Taking:
		p.Content = view.TakeCard{}
	}
	if m.asking {
		limit, _ := m.limit()
		p.Ask = &view.Ask{Kind: view.AskStillThere, Left: seconds(limit + askTime - m.now.Sub(m.touched))}
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
	return view.Countdown{Left: seconds(limit - m.now.Sub(m.touched)), Total: seconds(limit)}
}

func seconds(d time.Duration) int { return max(0, int(math.Ceil(d.Seconds()))) }
