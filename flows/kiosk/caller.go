package kiosk

import (
	"cmp"
	"strings"
	"unicode"

	"onetrans/flows/message/mask"
	"onetrans/flows/message/onetrans"
	"onetrans/flows/view"
)

// about says of whom a call is: the name is masked, and of the card's or
// admission number the end is enough to tell two people apart.
func about(c view.Caller, name, cardNo onetrans.Text) view.Caller {
	c.Name = mask.Name(plain(name.String()))
	digits := []rune(plain(cardNo.String()))
	c.Card = string(digits[max(0, len(digits)-cardTail):])
	return c
}

// fromOf is where in the hospital a call comes from, as far as it says.
func fromOf(r onetrans.Request) string {
	var parts []string
	for _, text := range []string{r.DeptName.String(), cmp.Or(r.OpterName.String(), r.Opter.String())} {
		if part := []rune(plain(text)); len(part) > 0 {
			parts = append(parts, string(part[:min(len(part), callerText)]))
		}
	}
	return strings.Join(parts, " ")
}

// cardTail is how many characters of a number tell two people apart, callerText
// how many of a caller's words are shown.
const (
	cardTail   = 4
	callerText = 20
)

// plain is what can be shown of a text that a caller made up.
func plain(text string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, text))
}
