package reconcile

import (
	"errors"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"onetrans/flows/onetrans"
)

// maxNumber is how many characters a number may have; the specification's have 32.
const maxNumber = 64

var (
	errAmountCell = errors.New(`no amount in yuan, such as 1,234.50`)
	errTimeCell   = errors.New("no time with its day, such as 2026-11-25 10:00:00")
)

// plain is a cell without what spreadsheets and wallets put before digits so
// that they stay text.
func plain(cell string) string {
	return strings.TrimSpace(strings.TrimLeft(strings.TrimSpace(cell), "`'"))
}

// isNumber says whether a text can be a trade's or a terminal's number, or is empty.
func isNumber(s string) bool { return utf8.RuneCountInString(s) <= maxNumber && onetrans.Visible(s) }

// grouped is an amount with its thousands set apart.
var grouped = regexp.MustCompile(`^[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?$`)

// signed reads an amount, its sign kept.
func signed(cell string) (onetrans.Fen, error) {
	s, negative := strings.CutPrefix(cell, "-")
	if !negative {
		s = strings.TrimPrefix(s, "+")
	}
	for _, mark := range []string{"¥", "￥"} {
		s = strings.TrimPrefix(s, mark)
	}
	s = strings.TrimSpace(strings.TrimSuffix(s, "元"))
	if grouped.MatchString(s) {
		s = strings.ReplaceAll(s, ",", "")
	}
	fen, err := onetrans.ParseFen(s)
	switch {
	case err != nil:
		return 0, errAmountCell
	case negative:
		return -fen, nil
	}
	return fen, nil
}

// moment reads a time with its day; zero when the cell is empty.
func moment(cell string) (time.Time, error) {
	if cell == "" {
		return time.Time{}, nil
	}
	if t, err := onetrans.ParseTime(cell); err == nil {
		return t, nil
	}
	layouts := [...]string{"2006-1-2 15:04", "2006/1/2 15:04:05", "2006/1/2 15:04", "2006/1/2", "2006-01-02T15:04:05"}
	for _, layout := range layouts {
		if t, err := time.ParseInLocation(layout, cell, onetrans.Zone()); err == nil {
			return t, nil
		}
	}
	if t, err := time.Parse(time.RFC3339, cell); err == nil {
		return t.In(onetrans.Zone()), nil
	}
	return time.Time{}, errTimeCell
}
