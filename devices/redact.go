package devices

import (
	"fmt"
	"strings"
)

// redactMin is the shortest code of which anything is shown: four characters
// of a shorter one would be half of it or more.
const redactMin = 10

// Redact returns what of a scanned code, a card's code or a number may be
// logged: its first two and last two characters and its length, "13…89 (18)",
// and the length alone for fewer than ten characters. Characters that are not
// printable ASCII become '?', so that a hostile code cannot forge a log line.
func Redact(code string) string {
	chars := []rune(code)
	if len(chars) < redactMin {
		return fmt.Sprintf("… (%d)", len(chars))
	}
	end := len(chars) - 2
	return fmt.Sprintf("%s…%s (%d)", printable(chars[:2]), printable(chars[end:]), len(chars))
}

func printable(chars []rune) string {
	return strings.Map(func(r rune) rune {
		if r <= ' ' || r > '~' {
			return '?'
		}
		return r
	}, string(chars))
}
