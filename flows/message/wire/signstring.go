package wire

import (
	"bytes"
	"slices"
	"strings"
)

// signString is what is signed of a plain message: its top-level fields except
// signData, encData, extra, app_key and those that are empty, sorted by name, as
// name=value joined with &, and &key= with the application's key.
func (m message) signString(appKey string) (string, error) {
	sorted := slices.Clone(m).without(nameSignData, nameEncData, nameExtra, nameAppKey)
	slices.SortFunc(sorted, func(a, b field) int { return strings.Compare(a.name, b.name) })
	var out strings.Builder
	for _, f := range sorted {
		value, err := f.signed()
		if err != nil {
			return "", err
		}
		if len(value) > 0 {
			out.WriteString(f.name)
			out.WriteByte('=')
			out.Write(value)
			out.WriteByte('&')
		}
	}
	out.WriteString("key=")
	out.WriteString(appKey)
	return out.String(), nil
}

// signed is a top-level field's value in the sign string: the text of a scalar, the
// canonical form of an object or a list.
func (f field) signed() ([]byte, error) {
	switch f.value.Kind() {
	case '{', '[':
		return canonicalForm(f.value)
	case '"':
		return textOf(f.value)
	case 'n':
		return nil, nil
	default:
		return f.value, nil
	}
}

// oneReading reports whether the sign string can be read in only one way: nothing
// at the top level can pass for a separator. Otherwise someone in the middle could
// move a field into its neighbour's value without breaking the signature, and so
// turn a refusal into a success. err_msg is free text that decides nothing, so a
// platform may write what it likes there.
func (m message) oneReading() bool {
	for _, f := range m {
		if strings.ContainsAny(f.name, "&=") {
			return false
		}
		if f.value.Kind() != '"' || f.name == nameErrMsg || f.name == nameExtra {
			continue
		}
		if text, err := f.signed(); err != nil || bytes.Contains(text, []byte{'&'}) {
			return false
		}
	}
	return true
}

// widen replaces what a top-level scalar of ours must not hold: & and = by their
// full-width forms, control characters by the full-width space.
func widen(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '&':
			return '＆'
		case r == '=':
			return '＝'
		case r < ' ' || r >= 0x7f && r <= 0x9f:
			return '\u3000'
		}
		return r
	}, s)
}
