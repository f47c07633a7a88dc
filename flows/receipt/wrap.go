package receipt

import (
	"strings"
	"unicode"

	"onetrans/devices"
)

// wrap breaks a text into lines at most this many columns wide: between words and
// between Chinese characters, never before a closing mark. A word longer than a
// line is broken where the line ends. Only spaces at a break are dropped.
func wrap(text string, columns int) []string {
	var lines []string
	line, width := "", 0
	for _, part := range parts(text, columns) {
		w := devices.Columns(part)
		if width+w > columns && line != "" {
			lines = append(lines, strings.TrimRight(line, " "))
			line, width = "", 0
		}
		if line == "" {
			part = strings.TrimLeft(part, " ")
			w = devices.Columns(part)
		}
		line, width = line+part, width+w
	}
	if line = strings.TrimRight(line, " "); line != "" {
		lines = append(lines, line)
	}
	return lines
}

// parts are what may stand on lines of their own, none wider than columns.
func parts(text string, columns int) []string {
	var all []string
	last, width := "", 0
	var before rune
	for _, r := range text {
		w := devices.ColumnsOf(r)
		if last != "" && (mayBreak(before, r) || width+w > columns) {
			all = append(all, last)
			last, width = "", 0
		}
		last, width, before = last+string(r), width+w, r
	}
	return append(all, last)
}

// mayBreak reports whether a line may end between two characters.
func mayBreak(a, b rune) bool {
	switch {
	case devices.ColumnsOf(b) == 0, closing(b), opening(a):
		return false
	case a == ' ' || b == ' ':
		return true
	}
	return devices.ColumnsOf(a) == 2 || devices.ColumnsOf(b) == 2
}

func closing(r rune) bool {
	return unicode.In(r, unicode.Pe, unicode.Pf) || strings.ContainsRune("，。、；：！？…·,.;:!?%", r)
}

func opening(r rune) bool { return unicode.In(r, unicode.Ps, unicode.Pi) }
