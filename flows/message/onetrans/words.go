package onetrans

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxErrMsg is the maximum length of err_msg in characters (table 3-2).
const MaxErrMsg = 200

// Words are an answer's err_msg in a form that may be stored and shown: one line of
// valid text, at most [MaxErrMsg] characters, without control and invisible
// characters. It may name a person.
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

// Clip is the beginning of a text, at most this many characters; an ellipsis shows
// that it was cut.
func Clip(text string, most int) string {
	if utf8.RuneCountInString(text) <= most {
		return text
	}
	return strings.TrimSpace(string([]rune(text)[:most-1])) + "…"
}
