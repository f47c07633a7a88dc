package config

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"onetrans/flows/message/onetrans"
)

// maxQuick is how many amounts fit on a screen.
const maxQuick = 4

// value is what was found for a key.
type value struct {
	raw any
	// typed means that it comes from a variable, where everything is text.
	typed bool
}

// line is v as text of at most high characters without control characters.
func (v value) line(high int) (string, error) {
	s, ok := v.raw.(string)
	switch {
	case !ok:
		return "", wrong("text")
	case !utf8.ValidString(s):
		return "", wrong("utf8")
	case utf8.RuneCountInString(s) > high:
		return "", wrong("long", "most", strconv.Itoa(high))
	case strings.ContainsFunc(s, unicode.IsControl):
		return "", wrong("control")
	}
	return s, nil
}

// text is a field with a line of low to high characters.
func text(key string, into *string, low, high int) field {
	return field{key: key, into: into, read: func(_ input, v value) error {
		s, err := v.line(high)
		if err == nil && len(s) < low {
			err = wrong("empty")
		}
		if err == nil {
			*into = s
		}
		return err
	}}
}

// code is a field with one to high ASCII letters and digits.
func code(key string, into *string, high int) field {
	return field{key: key, into: into, read: func(_ input, v value) error {
		s, err := v.line(high)
		foreign := strings.ContainsFunc(s, func(r rune) bool {
			return r > unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r)
		})
		if err == nil && (s == "" || foreign) {
			err = wrong("letters")
		}
		if err == nil {
			*into = s
		}
		return err
	}}
}

// digits is a field with exactly this many digits, or empty.
func digits(key string, into *string, count int) field {
	return field{key: key, into: into, read: func(_ input, v value) error {
		s, err := v.line(count)
		foreign := strings.ContainsFunc(s, func(r rune) bool { return r < '0' || r > '9' })
		if err != nil || foreign || s != "" && len(s) != count {
			return wrong("digits", "count", strconv.Itoa(count))
		}
		*into = s
		return nil
	}}
}

// needed is a text field that must not be empty.
func needed(f field) field {
	read := f.read
	f.read = func(in input, v value) error {
		if v.raw == "" {
			return wrong("empty")
		}
		return read(in, v)
	}
	return f
}

// choice is a field with one of the options.
func choice[T ~string](key string, into *T, options ...T) field {
	return field{key: key, into: into, read: func(_ input, v value) error {
		s, ok := v.raw.(string)
		if !ok || !slices.Contains(options, T(s)) {
			return wrong("choice", "options", oneOf(options))
		}
		*into = T(s)
		return nil
	}}
}

// choices is a field with a list of some of the options, each at most once.
func choices[T ~string](key string, into *[]T, options ...T) field {
	return field{key: key, into: into, list: true, read: func(_ input, v value) error {
		list, ok := v.raw.([]any)
		if !ok || len(list) == 0 {
			return wrong("choices", "options", oneOf(options))
		}
		var some []T
		for _, item := range list {
			s, ok := item.(string)
			if !ok || !slices.Contains(options, T(s)) || slices.Contains(some, T(s)) {
				return wrong("choices_once", "options", oneOf(options))
			}
			some = append(some, T(s))
		}
		*into = some
		return nil
	}}
}

func oneOf[T ~string](options []T) string {
	quoted := make([]string, len(options))
	for i, o := range options {
		quoted[i] = strconv.Quote(string(o))
	}
	return strings.Join(quoted, ", ")
}

// maxCodes is how many codes a list may have.
const maxCodes = 200

// codes is a field with a list of codes of so many letters and digits, each at most once;
// it may be empty.
func codes(key string, into *[]string, length int) field {
	return field{key: key, into: into, list: true, read: func(in input, v value) error {
		list, ok := v.raw.([]any)
		if !ok || len(list) > maxCodes {
			return wrong("codes", "length", strconv.Itoa(length), "most", strconv.Itoa(maxCodes))
		}
		var all []string
		for _, item := range list {
			var s string
			err := code(key, &s, length).read(in, value{raw: item})
			if err != nil || len(s) != length || slices.Contains(all, s) {
				return wrong("codes", "length", strconv.Itoa(length), "most", strconv.Itoa(maxCodes))
			}
			all = append(all, s)
		}
		*into = all
		return nil
	}}
}

func boolean(key string, into *bool) field {
	return field{key: key, into: into, read: func(_ input, v value) error {
		raw := v.raw
		if v.typed && (raw == "true" || raw == "false") {
			raw = raw == "true"
		}
		b, ok := raw.(bool)
		if !ok {
			return wrong("boolean")
		}
		*into = b
		return nil
	}}
}

// fullscreen is a field with true, false or "auto".
func fullscreen(key string, into *Fullscreen) field {
	return field{key: key, into: into, read: func(in input, v value) error {
		var fills bool
		switch err := boolean(key, &fills).read(in, v); {
		case v.raw == string(KioskFills):
			*into = KioskFills
		case err != nil:
			return wrong("boolean_or_auto")
		case fills:
			*into = AllFill
		default:
			*into = NoneFills
		}
		return nil
	}}
}

// whole is v as a whole number, and whether it is one.
func (v value) whole() (int64, bool) {
	if s, isText := v.raw.(string); isText && v.typed {
		n, err := strconv.ParseInt(s, 10, 64)
		return n, err == nil
	}
	n, ok := v.raw.(int64)
	return n, ok
}

// between fills in texts that name two bounds.
func between[N int64 | float64](low, high N) []string {
	return []string{"low", fmt.Sprint(low), "high", fmt.Sprint(high)}
}

// seconds is a field with a whole number of seconds from low to high.
func seconds(key string, into *time.Duration, low, high int64) field {
	return field{key: key, into: into, read: func(_ input, v value) error {
		n, ok := v.whole()
		if !ok || n < low || n > high {
			return wrong("seconds", between(low, high)...)
		}
		*into = time.Duration(n) * time.Second
		return nil
	}}
}

// whole is a field with a whole number from low to high.
func whole(key string, into *int, low, high int64) field {
	return field{key: key, into: into, read: func(_ input, v value) error {
		n, ok := v.whole()
		if !ok || n < low || n > high {
			return wrong("whole", between(low, high)...)
		}
		*into = int(n)
		return nil
	}}
}

// inches is a field with a screen's diagonal, or 0 where nobody has measured it.
func inches(key string, into *float64) field {
	f := number(key, into, 5, 110)
	measured := f.read
	f.read = func(in input, v value) error {
		if v.raw == int64(0) || v.raw == 0.0 || v.typed && v.raw == "0" {
			*into = 0
			return nil
		}
		return measured(in, v)
	}
	return f
}

// number is a field with a number from low to high, whole or not.
func number(key string, into *float64, low, high float64) field {
	return field{key: key, into: into, read: func(_ input, v value) error {
		x := math.NaN()
		switch raw := v.raw.(type) {
		case int64:
			x = float64(raw)
		case float64:
			x = raw
		case string:
			if parsed, err := strconv.ParseFloat(raw, 64); err == nil && v.typed {
				x = parsed
			}
		}
		if !(x >= low && x <= high) { // also when it is not a number
			return wrong("number", between(low, high)...)
		}
		*into = x
		return nil
	}}
}

// payable parses an amount. A number would sooner or later be a float, and no float
// holds 0.10 yuan.
func payable(raw any) (onetrans.Fen, error) {
	s, ok := raw.(string)
	if !ok {
		return 0, wrong("amount_text")
	}
	fen, err := onetrans.ParsePayable(s)
	if err != nil {
		return 0, wrong("amount")
	}
	return fen, nil
}

func amount(key string, into *onetrans.Fen) field {
	return field{key: key, into: into, read: func(_ input, v value) error {
		fen, err := payable(v.raw)
		if err == nil {
			*into = fen
		}
		return err
	}}
}

// amounts is a field with an ascending list of at most [maxQuick] amounts; it may
// be empty.
func amounts(key string, into *[]onetrans.Fen) field {
	return field{key: key, into: into, list: true, read: func(_ input, v value) error {
		list, ok := v.raw.([]any)
		if !ok || len(list) > maxQuick {
			return wrong("amounts", "most", strconv.Itoa(maxQuick))
		}
		all := make([]onetrans.Fen, 0, len(list))
		for _, item := range list {
			fen, err := payable(item)
			if err != nil {
				return err
			}
			if len(all) > 0 && fen <= all[len(all)-1] {
				return wrong("rising")
			}
			all = append(all, fen)
		}
		*into = all
		return nil
	}}
}

// file is a field with a path. A relative path starts at the configuration file's
// folder.
func file(key string, into *string) field {
	return field{key: key, into: into, read: func(in input, v value) error {
		s, err := v.line(maxPath)
		if err != nil || s == "" { // empty is the default
			return err
		}
		*into, err = in.absolute(s)
		return err
	}}
}
