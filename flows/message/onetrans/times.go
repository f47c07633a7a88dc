package onetrans

import (
	"errors"
	"strings"
	"time"
)

// ErrTime means that a text is not a time in any form that the specification or its
// samples use.
var ErrTime = errors.New("not a time")

const (
	second = "20060102150405"
	milli  = "20060102150405.000"
)

// Zone is the time zone of every time in a message: UTC+8, whatever the machine's.
func Zone() *time.Location { return zone }

// zone is one value shared by all times, each of which keeps it.
var zone = time.FixedZone("UTC+8", 8*60*60)

// FormatTime is t as yyyyMMddHHmmss, in [Zone].
func FormatTime(t time.Time) string { return t.In(Zone()).Format(second) }

// FormatTimestamp is t as yyyyMMddHHmmssSSS, in [Zone]: the form of a message's own
// times.
func FormatTimestamp(t time.Time) string {
	return strings.Replace(t.In(Zone()).Format(milli), ".", "", 1)
}

// ParseTime parses yyyyMMddHHmmss, with or without milliseconds, and the deviating
// forms in the samples: a literal "SS" after it, a date alone, dashes and colons.
// The result is in [Zone]; anything else is [ErrTime].
func ParseTime(s string) (time.Time, error) {
	s = strings.TrimSuffix(s, "SS")
	if len(s) == len("20060102150405000") {
		s = s[:len(second)] + "." + s[len(second):]
	}
	layouts := [...]string{second, milli, "20060102", time.DateOnly, time.DateTime}
	for _, layout := range layouts {
		if len(s) != len(layout) {
			continue // Go's parser would take digits beyond the layout as a fraction
		}
		if t, err := time.ParseInLocation(layout, s, Zone()); err == nil {
			return t, nil
		}
	}
	return time.Time{}, ErrTime
}
