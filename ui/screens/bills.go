package screens

import (
	"strconv"

	"onetrans/assets/icons"
	"onetrans/flows/view"
	"onetrans/ui/layout"
	"onetrans/ui/theme"
	"onetrans/ui/widgets"
)

// Bills lists the bills to pay. A long list has pages instead of scrolling; every
// page of it has its rows in the same places.
func Bills(k Kit, v view.Bills) layout.Box {
	m := k.Metrics
	title := "bills.title"
	if k.large() {
		title = "bills.title_large"
	}
	gap := max(m.Gap(2), m.TapGap())
	list := layout.Stack(gap)
	for _, row := range v.Rows {
		list.Boxes = append(list.Boxes, k.bill(row))
	}
	for range view.BillsAPage - len(v.Rows) {
		if v.Pages > 1 {
			list.Boxes = append(list.Boxes, layout.Space{H: k.billHeight()})
		}
	}
	all := "bills.all"
	if v.Chosen == v.All {
		all = "bills.none"
	}
	p := plan{
		head: []layout.Box{k.Bold(k.Say(title), theme.Title, k.Palette.Ink), k.chosen(v)},
		body: []layout.Box{list},
		foot: k.actions(k.Other(k.Say(all), tap(view.AllBills), true), k.Main(k.Say("bills.go"), tap(view.Next), v.Chosen > 0)),
	}
	switch pager := k.pager(v); {
	case pager == nil:
	case k.portrait():
		p.body = append(p.body, pager)
	default: // a wide panel has its height for the bills
		p.head = append(p.head, layout.Grow{Weight: 1}, pager)
	}
	return k.lay(p)
}

// chosen says how many bills are ticked, and their sum.
func (k Kit) chosen(v view.Bills) layout.Box {
	said := k.Say("bills.sum", "chosen", strconv.Itoa(v.Chosen), "all", strconv.Itoa(v.All))
	return k.Card(layout.Row{Gap: k.Metrics.Px(24), Cells: []layout.Cell{
		{Box: layout.Stack(0,
			k.AtMost(k.Text(v.Name, theme.Body, k.Palette.Ink2), 1, theme.Caption),
			k.AtMost(k.Text(said, theme.Body, k.Palette.Ink2), 2, theme.Caption),
		), Share: 2},
		{Box: widgets.Trailing(k.OneLine(k.Bold(k.yuan(v.Amount), theme.Figure, k.Palette.Ink), theme.Caption)), Share: 3},
	}})
}

func (k Kit) billHeight() float32 {
	if k.portrait() {
		return k.Metrics.Key(190 * k.Metrics.Tight.Space)
	}
	return k.Metrics.Key(130 * k.Metrics.Tight.Space)
}

// wide panels have less height than rows with two lines want.
func (k Kit) wide() bool { return k.Metrics.Panel.WidthPx*2 > k.Metrics.Panel.HeightPx*3 }

func (k Kit) bill(row view.BillRow) layout.Box {
	hint := row.Date
	if row.Doctor != "" && !k.large() {
		hint = k.Say("bills.doctor", "doctor", row.Doctor) + dot + row.Date
	}
	return layout.AtLeast{H: k.billHeight(), Box: k.Tick(widgets.Tick{
		Title: row.Dept, Hint: hint, Value: k.yuan(row.Amount), On: row.Chosen, Short: k.wide() && !k.large(), Aside: k.large(),
		Tap: view.Tap{Action: view.ToggleBill, Value: strconv.Itoa(row.Index)},
	})}
}

// pager turns the list; nil where it is one page.
func (k Kit) pager(v view.Bills) layout.Box {
	if v.Pages < 2 {
		return nil
	}
	where := k.Say("bills.page", "now", strconv.Itoa(v.Page+1), "pages", strconv.Itoa(v.Pages))
	return layout.Row{Gap: k.Metrics.TapGap(), Cells: []layout.Cell{
		{Box: k.Turn(k.Say("bills.prev"), icons.Up, tap(view.PrevPage), v.Page > 0), Share: 3, Fill: true},
		{Box: k.OneLine(widgets.Centred(k.Bold(where, theme.Label, k.Palette.Ink)), theme.Caption), Share: 2},
		{Box: k.Turn(k.Say("bills.next"), icons.Down, tap(view.NextPage), v.Page < v.Pages-1), Share: 3, Fill: true},
	}}
}
