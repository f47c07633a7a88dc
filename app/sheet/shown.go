package sheet

import (
	"bytes"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// Shown is a text in which everything is visible: characters that control a
// terminal, reverse the direction of writing or take no room are replaced by their
// code, such as \u202e. Spaces of any width, and the characters of a hospital's own
// fonts, stay.
func Shown(text string) string {
	if utf8.ValidString(text) && !strings.ContainsFunc(text, hidden) {
		return text
	}
	var out strings.Builder
	for len(text) > 0 {
		r, size := utf8.DecodeRuneInString(text)
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&out, `\x%02x`, text[0])
		case !hidden(r):
			out.WriteString(text[:size])
		case r < 0x80:
			fmt.Fprintf(&out, `\x%02x`, r)
		case r < 0x10000:
			fmt.Fprintf(&out, `\u%04x`, r)
		default:
			fmt.Fprintf(&out, `\U%08x`, r)
		}
		text = text[size:]
	}
	return out.String()
}

// ShownJSON is JSON with the same meaning, in which everything is visible.
func ShownJSON(text []byte) []byte {
	if !bytes.ContainsFunc(text, hiddenInJSON) {
		return text
	}
	var out []byte
	for _, r := range string(text) {
		if !hiddenInJSON(r) {
			out = utf8.AppendRune(out, r)
			continue
		}
		for _, unit := range utf16.AppendRune(nil, r) {
			out = fmt.Appendf(out, `\u%04x`, unit)
		}
	}
	return out
}

// hiddenInJSON excludes the controls, which JSON has only between its tokens.
func hiddenInJSON(r rune) bool { return r > 0x7f && hidden(r) }

// hidden reports whether a character is invisible: controls, marks of direction,
// line separators, and letters that are blank by design.
func hidden(r rune) bool {
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Other_Default_Ignorable_Code_Point) ||
		r == '\u2800' || r == '\u115f' || r == '\u1160'
}
