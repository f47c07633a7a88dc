package onetrans

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxErrMsg is how many characters err_msg has at most (table 3-2).
const MaxErrMsg = 200

// Words are what an answer says to people (err_msg), as they may be kept and
// shown: one line of valid text, of [MaxErrMsg] characters at most, without
// what a terminal obeys or nobody sees. They may name a person.
func (a Answer) Words() string {
	text := strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r), unicode.IsControl(r), unicode.In(r, unicode.Zl, unicode.Zp):
			return ' '
		case r == utf8.RuneError, unicode.In(r, unicode.Cf, unicode.Co, unicode.Cs, unicode.Variation_Selector):
			return -1
		}
		return r
	}, a.ErrMsg.String())
	return Clip(strings.Join(strings.Fields(text), " "), MaxErrMsg)
}

// Clip is the beginning of a text, so many characters at most; that it was cut
// is shown.
func Clip(text string, most int) string {
	if utf8.RuneCountInString(text) <= most {
		return text
	}
	return strings.TrimSpace(string([]rune(text)[:most-1])) + "…"
}
