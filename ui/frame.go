package ui

import (
	"strconv"
	"strings"

	"onetrans/assets/icons"
	"onetrans/flows/view"
	"onetrans/ui/layout"
	"onetrans/ui/screens"
	"onetrans/ui/theme"
	"onetrans/ui/widgets"
)

// frame is what all pages share: hospital and clock above, the step bar, and
// below, always in the same place, the ways out, help, and the time left.
type frame struct {
	kit     screens.Kit
	options Options
	page    view.Page
}

// draw draws the frame and returns the place for the content.
func (f frame) draw(sheet *layout.Sheet, whole layout.Rect) layout.Rect {
	m := f.kit.Metrics
	head, foot := m.Px(110), max(m.Px(150), m.Panel.Pixels(theme.KeyMM)+m.Px(32))
	if m.Panel.Portrait() {
		head, foot = m.Px(150), max(m.Px(186), foot)
	}
	if m.Large {
		head, foot = max(head, m.Px(132)), max(foot, m.Px(186))
	}
	sheet.Put(fill(f.kit.Palette.Ground), whole)
	f.header(sheet, layout.Rect{W: whole.W, H: head})
	f.footer(sheet, layout.Rect{Y: whole.H - foot, W: whole.W, H: foot})
	place := layout.Rect{Y: head, W: whole.W, H: whole.H - head - foot}.InsetXY(m.Margin(), 0)
	caller := f.caller()
	called := len(caller) > 0
	if called {
		band := f.band(caller, place.W)
		h := band.Measure(whole.W).Height
		band.Draw(sheet, layout.Rect{Y: place.Y, W: whole.W, H: h})
		place.Y += h
		place.H -= h
	}
	if f.page.Steps != nil {
		bar, top := f.steps(*f.page.Steps), m.Px(28)
		if called && m.Large { // which leave no room for words
			bar, top = f.bars(*f.page.Steps), m.Px(14)
		}
		h := bar.Measure(place.W).Height
		bar.Draw(sheet, layout.Rect{X: place.X, Y: place.Y + top, W: place.W, H: h})
		place.Y += top + h
		place.H -= top + h
	}
	return place.InsetXY(0, m.Px(36))
}

func (f frame) header(sheet *layout.Sheet, at layout.Rect) {
	k, m := f.kit, f.kit.Metrics
	ground := k.Palette.Act
	if f.options.Demo {
		ground = k.Palette.Warn
	}
	sheet.Put(fill(ground), at)
	side := m.Px(76)
	sign := layout.Card{
		Box: k.Icon(icons.Hospital, side*0.66, ground), Fill: k.Palette.Surface,
		Radius: side / 4, PadX: side * 0.17, PadY: side * 0.17,
	}
	name := k.AtMost(k.Bold(f.options.Hospital, theme.Label, k.Palette.OnAct), 2, theme.Caption)
	name.Type.Leading = 1.1 // there is room for two lines, and no more
	now := f.options.Now()
	clock := widgets.Trailing(k.Text(now.Format("15:04"), theme.Label, k.Palette.OnAct))
	clock.Type.Leading = 1.1
	below := k.Text(k.Say("frame.date",
		"month", k.Say("month."+strconv.Itoa(int(now.Month()))),
		"day", strconv.Itoa(now.Day()),
		"weekday", k.Say("weekday."+strconv.Itoa(int(now.Weekday())))), theme.Caption, k.Palette.OnAct)
	if f.options.Demo { // whoever plays knows what day it is
		below = k.Bold(k.Say("frame.demo"), theme.Caption, k.Palette.OnAct)
	}
	below.Type.Leading = 1.2
	row := layout.Row{Gap: m.Px(28), Cells: []layout.Cell{
		{Box: layout.AtLeast{Box: sign, W: side, H: side}}, {Box: name, Share: 1}, {Box: layout.Stack(0, clock, widgets.Trailing(below))},
	}}
	row.Draw(sheet, at.InsetXY(m.Margin(), 0))
}

// band is a line across the page, below the header; where one has no room for
// all parts, each has its own, if two have.
func (f frame) band(parts []string, width float32) layout.Box {
	k, m := f.kit, f.kit.Metrics
	set := func(between string) *layout.Text {
		return k.Text(strings.Join(parts, between), theme.Caption, k.Palette.TintInk)
	}
	between := "\u3000"
	if set(between).Measure(width).Height >= set("\n").Measure(width).Height {
		between = "\n"
	}
	return layout.Card{
		Box:  k.AtMost(set(between), 2, theme.Caption),
		Fill: k.Palette.Tint, PadX: m.Margin(), PadY: m.Px(12),
	}
}

// caller says for whom, and from where, a call of HIS is.
func (f frame) caller() (parts []string) {
	k, c := f.kit, f.page.Caller
	name := layout.Whole(c.Name)
	switch {
	case c.Name != "" && c.Card != "":
		parts = append(parts, k.Say("caller.person", "name", name, "card", c.Card))
	case c.Name != "":
		parts = append(parts, k.Say("caller.name", "name", name))
	case c.Card != "":
		parts = append(parts, k.Say("caller.card", "card", c.Card))
	}
	if c.From != "" {
		parts = append(parts, k.Say("caller.from", "from", c.From))
	}
	return parts
}

// steps shows how far the person has come; in large text in words instead of with every name.
func (f frame) steps(s view.Steps) layout.Box {
	k, m := f.kit, f.kit.Metrics
	bars := f.bars(s)
	if m.Large && s.Now >= 0 && s.Now < len(s.Names) {
		position := k.Bold(k.Say("step.position", "now", strconv.Itoa(s.Now+1), "all", strconv.Itoa(len(s.Names)),
			"name", k.Say("step."+s.Names[s.Now])), theme.Caption, k.Palette.TintInk)
		return layout.Stack(m.Px(8), bars, position)
	}
	names := layout.Row{Gap: m.Px(16)}
	for i, name := range s.Names {
		word := k.Text(k.Say("step."+name), theme.Caption, k.Palette.Ink2)
		if i <= s.Now {
			word = k.Bold(k.Say("step."+name), theme.Caption, k.Palette.TintInk)
		}
		names.Cells = append(names.Cells, layout.Cell{Box: k.OneLine(word, theme.Caption), Share: 1})
	}
	return layout.Stack(m.Px(12), bars, names)
}

// bars has a bar for each step, which is filled once it has come.
func (f frame) bars(s view.Steps) layout.Box {
	k, m := f.kit, f.kit.Metrics
	bars := layout.Row{Gap: m.Px(16)}
	for i := range s.Names {
		colour := k.Palette.Track
		if i <= s.Now {
			colour = k.Palette.Act
		}
		bar := layout.Card{Box: layout.Space{H: m.Px(12)}, Fill: colour, Radius: m.Px(6)}
		bars.Cells = append(bars.Cells, layout.Cell{Box: bar, Share: 1, Fill: true})
	}
	return bars
}

func (f frame) footer(sheet *layout.Sheet, at layout.Rect) {
	k, m := f.kit, f.kit.Metrics
	sheet.Put(fill(k.Palette.Surface), at)
	sheet.Put(fill(k.Palette.Hair), layout.Rect{X: at.X, Y: at.Y, W: at.W, H: m.Hair()})
	row := layout.Row{Gap: max(m.Px(16), m.Panel.Pixels(theme.GapMM))}
	for _, box := range f.tools() {
		row.Cells = append(row.Cells, layout.Cell{Box: box})
	}
	row.Cells = append(row.Cells, layout.Cell{Box: f.help(), Share: 1})
	if c := f.page.Countdown; c.Running() {
		row.Cells = append(row.Cells, layout.Cell{Box: k.Ring(c.Left, c.Total, m.Px(112))})
	}
	row.Draw(sheet, at.InsetXY(m.Margin(), 0))
}

// tools are the buttons of the frame.
func (f frame) tools() []layout.Box {
	k := f.kit
	switch f.page.Content.(type) {
	case view.Home:
		return f.switches()
	case view.Cashier:
		return []layout.Box{k.Tool(k.Say("frame.leave_pay"), "", view.Tap{Action: view.LeavePay})}
	}
	var tools []layout.Box
	if f.page.Back {
		tools = append(tools, k.Tool(k.Say("frame.back"), icons.Back, view.Tap{Action: view.Back}))
	}
	if trouble, ok := f.page.Content.(view.Trouble); ok && f.page.Single && !trouble.Retry {
		return tools // its one button closes it
	}
	if f.page.Home && f.page.Single {
		return append(tools, k.Tool(k.Say("frame.cancel"), icons.Cross, view.Tap{Action: view.GoHome}))
	}
	if f.page.Home {
		tools = append(tools, k.Tool(k.Say("frame.home"), icons.Home, view.Tap{Action: view.GoHome}))
	}
	return tools
}

// switches change the look for the person who stands there; each says what it will do.
func (f frame) switches() []layout.Box {
	k, look := f.kit, f.page.Look
	large, contrast := "home.large_on", "home.contrast_on"
	if look.Large {
		large = "home.large_off"
	}
	if look.Contrast {
		contrast = "home.contrast_off"
	}
	tools := []layout.Box{
		k.Tool(k.Say(large), icons.TextSize, view.Tap{Action: view.SetLarge}),
		k.IconTool(k.Say(contrast), icons.Contrast, view.Tap{Action: view.SetContrast}),
	}
	if next := f.nextLanguage(); next != "" {
		tools = append(tools, k.Tool(k.Book.In(next).Say("language.short"), "", view.Tap{Action: view.SetLanguage, Value: next}))
	}
	return tools
}

// nextLanguage is the one that the button changes to; empty when there is only one.
func (f frame) nextLanguage() string {
	names := f.kit.Book.Names()
	for i, name := range names {
		if name == f.kit.Words.Name && len(names) > 1 {
			return names[(i+1)%len(names)]
		}
	}
	return ""
}

func (f frame) help() layout.Box {
	k := f.kit
	column := layout.Stack(0)
	if place := f.options.HelpPlace; place != "" {
		text := k.AtMost(k.Text(k.Say("frame.help"), theme.Caption, k.Palette.Ink2), 2, theme.Caption)
		text.Type.Leading = 1.2
		column.Boxes = append(column.Boxes, widgets.Trailing(text))
	}
	if phone := f.options.HelpPhone; phone != "" {
		text := k.OneLine(k.Bold(phone, theme.Body, k.Palette.Ink), theme.Caption)
		text.Type.Leading = 1.2
		column.Boxes = append(column.Boxes, widgets.Trailing(text))
	}
	return column
}
