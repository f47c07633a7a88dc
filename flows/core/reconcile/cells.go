package reconcile

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"onetrans/flows/message/onetrans"
)

// maxNumber is the maximum length of a number in characters; the specification's
// have 32.
const maxNumber = 64

// isNumber reports whether a text can be the number of a trade or a terminal, or is
// empty.
func isNumber(s string) bool { return utf8.RuneCountInString(s) <= maxNumber && onetrans.Visible(s) }

// rounded matches what a spreadsheet makes of a long number: its last digits are
// lost.
var rounded = regexp.MustCompile(`^[0-9]\.[0-9]+[Ee]\+[0-9]+$`)

// grouped matches an amount with thousands separators.
var grouped = regexp.MustCompile(`^[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?$`)

// amount parses an amount with its sign.
func (t *table) amount(cell string) (onetrans.Fen, error) {
	if t.workbook {
		cell = decimal(cell)
	}
	return signed(cell)
}

// signed parses an amount with its sign.
func signed(cell string) (onetrans.Fen, error) {
	s, negative := strings.CutPrefix(cell, "-")
	if !negative {
		s = strings.TrimPrefix(s, "+")
	}
	for _, mark := range []string{"¥", "￥"} {
		s = strings.TrimPrefix(s, mark)
	}
	s = strings.TrimSpace(strings.TrimSuffix(s, "元"))
	if strings.Contains(s, ",") && grouped.MatchString(s) {
		s = strings.ReplaceAll(s, ",", "")
	}
	fen, err := onetrans.ParseFen(s)
	switch {
	case err != nil:
		return 0, ErrAmount
	case negative:
		return -fen, nil
	}
	return fen, nil
}

// decimal is a spreadsheet's number as people write it: it stores 139.43 as
// 139.43000000000001, of whose digits only 15 count.
func decimal(cell string) string {
	_, places, _ := strings.Cut(cell, ".")
	if len(places) <= 2 {
		return cell
	}
	x, err := strconv.ParseFloat(cell, 64)
	if err != nil || math.Abs(x) >= 1e13 {
		return cell
	}
	return strconv.FormatFloat(x, 'g', 15, 64)
}

// moment parses a time with its day; zero if the cell is empty.
func moment(cell string) (time.Time, error) {
	if cell == "" {
		return time.Time{}, nil
	}
	if t, err := onetrans.ParseTime(cell); err == nil {
		return t, nil
	}
	layouts := [...]string{
		"2006-1-2 15:04:05", "2006-1-2 15:04", "2006/1/2 15:04:05", "2006/1/2 15:04", "2006/1/2", "2006-01-02T15:04:05",
		"20060102 150405", "20060102 15:04:05", "2006-01-02 150405", "2006年1月2日 15:04:05", "2006年1月2日",
	}
	for _, layout := range layouts {
		if t, err := time.ParseInLocation(layout, cell, onetrans.Zone()); err == nil {
			return t, nil
		}
	}
	if t, err := time.Parse(time.RFC3339, cell); err == nil {
		return t.In(onetrans.Zone()), nil
	}
	return time.Time{}, ErrTime
}

// serial parses a spreadsheet's time: days since 1899-12-30, the fraction of which
// may be in another cell. Only days of this century are accepted.
func serial(day, clock string) (time.Time, bool) {
	sum, some := 0.0, false
	for _, cell := range []string{day, clock} {
		if cell == "" {
			continue
		}
		x, err := strconv.ParseFloat(cell, 64)
		if err != nil {
			return time.Time{}, false
		}
		sum, some = sum+x, true
	}
	const century, next = 36526, 73051 // 2000-01-01, 2100-01-01
	if !some || sum < century || sum >= next {
		return time.Time{}, false
	}
	days, part := math.Modf(sum)
	begin := time.Date(1899, 12, 30, 0, 0, 0, 0, onetrans.Zone()).AddDate(0, 0, int(days))
	return begin.Add(time.Duration(math.Round(part*86400)) * time.Second), true
}
