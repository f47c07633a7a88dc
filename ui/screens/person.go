package screens

import (
	"strconv"
	"strings"

	"onetrans/assets/icons"
	"onetrans/flows/view"
	"onetrans/ui/layout"
	"onetrans/ui/theme"
	"onetrans/ui/widgets"
)

// Person asks the person to check who was identified; it may be somebody else.
func Person(k Kit, v view.Person) layout.Box {
	m := k.Metrics
	who := layout.Row{Gap: m.Px(40), Cells: []layout.Cell{
		{Box: k.Sign(icons.IDCard, m.Px(150), k.Palette.Tint, k.Palette.Act)},
		{Share: 1, Box: layout.Stack(m.Gap(0.5),
			k.AtMost(k.Bold(v.Name, theme.Title, k.Palette.Ink), 2, theme.Body),
			k.Text(k.about(v), theme.Body, k.Palette.Ink2),
		)},
	}}
	boxes := []layout.Box{layout.Pad{Box: who, Bottom: m.Gap(3)}, layout.Rule{Width: m.Hair(), Color: k.Palette.Hair}}
	boxes = append(boxes, k.RowBoxes(
		widgets.Row{Label: k.Say("person.id"), Value: v.IDNo, Number: true},
		widgets.Row{Label: k.Say("person.card"), Value: v.CardNo, Number: true},
		widgets.Row{Label: k.Say("service." + string(v.Account) + ".balance"), Value: k.yuan(v.Balance), Figure: true},
	)...)
	p := plan{
		head: []layout.Box{k.Bold(k.Say("person.title"), theme.Title, k.Palette.Ink)},
		body: []layout.Box{k.Card(layout.Stack(0, boxes...))},
		foot: k.actions(k.Other(k.Say("person.wrong"), tap(view.Wrong), true), k.Main(k.Say("person.correct"), tap(view.Correct), true)),
	}
	var hints []layout.Box
	if len(v.News) > 0 {
		hints = append(hints, k.Hint(icons.Info, k.sinceThen(v.News)))
	}
	switch {
	case v.CardIn:
		hints = append(hints, k.Hint(icons.Card, k.Say("person.card_in")))
	case v.Laid:
		hints = append(hints, k.Hint(icons.IDCard, k.Say("person.laid")))
	}
	if k.portrait() {
		p.body = append(p.body, hints...)
	} else {
		p.head = append(p.head, hints...)
	}
	return k.lay(p)
}

// sinceThen is what ended after they had left, a line a kind.
func (k Kit) sinceThen(lines []view.NewsLine) string {
	text := []string{k.Say("person.news.since")}
	for _, line := range lines {
		text = append(text, k.Say("person.news."+string(line.Kind), "amount", k.yuan(line.Amount)))
	}
	return strings.Join(text, "\n")
}

// dot stands between facts and never begins a line.
const dot = "\u00a0· "

// about is sex, age and insurance, as far as they are known; in large text the
// insurance has a line of its own.
func (k Kit) about(v view.Person) string {
	var parts []string
	if v.Sex != "" {
		parts = append(parts, k.Say("sex."+string(v.Sex)))
	}
	if v.Age >= 0 {
		parts = append(parts, k.Say("person.age", "age", strconv.Itoa(v.Age)))
	}
	about := strings.Join(parts, dot)
	switch {
	case v.Insurance == "":
		return about
	case k.large():
		return about + "\n" + v.Insurance
	}
	return about + dot + v.Insurance
}
