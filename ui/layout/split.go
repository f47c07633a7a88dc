package layout

import (
	"strings"
	"unicode"
)

// unit is never broken across lines.
type unit struct {
	text string
	bold bool
	// a space comes before it unless it begins a line; newline begins one
	space, newline bool
	// glued units must follow on the same line.
	glued bool
}

const (
	closing = "，。、；：？！）》」』”’％…·,.;:?!)%"
	opening = "（《「『“‘("
	marker  = "**"
	tie     = '\u00a0' // a space that must not break
	joiner  = '\u2060' // a zero-width character that must not break
)

// split splits a text into units: single Chinese characters with the punctuation
// that may not begin or end a line, and Latin words and numbers.
func split(text string, bold, marked bool) []unit {
	parts := []string{text}
	if marked {
		parts = strings.Split(text, marker)
	}
	var s splitter
	strong := false
	for _, part := range parts {
		s.bold = bold || strong
		for _, r := range part {
			s.add(r)
		}
		s.flush()
		strong = !strong
	}
	return s.units
}

type splitter struct {
	units          []unit
	word           []rune
	bold           bool
	space, newline bool
	glue           bool
}

func (s *splitter) add(r rune) {
	switch {
	case r == '\n':
		s.flush()
		s.newline = true
	case r == joiner:
		s.flush()
		s.glue = true
	case r == ' ':
		s.flush()
		s.space, s.glue = true, false
	case strings.ContainsRune(closing, r):
		s.close(r)
	case strings.ContainsRune(opening, r):
		if len(s.word) > 0 && !wide(s.word[len(s.word)-1]) && r == '(' {
			s.word = append(s.word, r)
			return
		}
		s.flush()
		s.word = append(s.word, r)
	case wide(r):
		if !s.opens() && !s.tied() {
			s.flush()
		}
		s.word = append(s.word, r)
		s.flush()
	default:
		if r == tie && len(s.word) == 0 && len(s.units) > 0 && !s.space && !s.newline {
			s.glue = true
		}
		s.word = append(s.word, r)
	}
}

// close adds to a unit what may not begin a line; within a number it is part of the
// number.
func (s *splitter) close(r rune) {
	if n := len(s.units); len(s.word) == 0 && n > 0 && !s.space && !s.newline {
		if s.units[n-1].bold == s.bold {
			s.units[n-1].text += string(r)
			return
		}
		s.glue = true
	}
	s.word = append(s.word, r)
	if wide(r) {
		s.flush()
	}
}

func (s *splitter) opens() bool {
	for _, r := range s.word {
		if !strings.ContainsRune(opening, r) {
			return false
		}
	}
	return len(s.word) > 0
}

// tied reports whether the word ends in a space that must not break, as in '3 号窗口'.
func (s *splitter) tied() bool {
	return len(s.word) > 0 && s.word[len(s.word)-1] == tie
}

func (s *splitter) flush() {
	if len(s.word) == 0 {
		return
	}
	s.units = append(s.units, unit{string(s.word), s.bold, s.space, s.newline, s.glue && !s.newline})
	s.word, s.space, s.newline, s.glue = nil, false, false, false
}

// wide reports whether a line may be broken before and after the rune.
func wide(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul) ||
		(r >= 0x3000 && r <= 0x303F) || (r >= 0xFF00 && r <= 0xFFEF)
}

// mostWhole is how many characters fit on a line, however narrow it is.
const mostWhole = 5

// Whole is a name that is not broken across lines, unless it is long.
func Whole(name string) string {
	runes := []rune(name)
	if len(runes) > mostWhole {
		return name
	}
	var out strings.Builder
	for i, r := range runes {
		if i > 0 && (wide(r) || wide(runes[i-1])) {
			out.WriteRune(joiner)
		}
		out.WriteRune(r)
	}
	return out.String()
}
