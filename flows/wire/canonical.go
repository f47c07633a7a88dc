package wire

import (
	"bytes"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"onetrans/flows/onetrans"
)

// Canonical is the form of a JSON value in the sign string: names sorted by
// their UTF-8 bytes, no spaces, numbers and booleans as strings with their
// literal kept, only what must be escaped escaped; null, "", {} and [] dropped
// bottom-up. It is nil when nothing is left. What is no strict JSON is
// [ErrMalformed].
func Canonical(value []byte) ([]byte, error) {
	if onetrans.Check(value) != nil {
		return nil, ErrMalformed
	}
	return canonical(jsontext.NewDecoder(bytes.NewReader(value)))
}

// canonical reads the next value; nil when it is empty.
func canonical(dec *jsontext.Decoder) ([]byte, error) {
	tok, err := dec.ReadToken()
	if err != nil {
		return nil, ErrMalformed
	}
	switch tok.Kind() {
	case '{':
		return canonicalObject(dec)
	case '[':
		return canonicalList(dec)
	case 'n':
		return nil, nil
	default:
		return quoted(tok.String())
	}
}

// quoted is s as a JSON string; nil when s is empty.
func quoted(s string) ([]byte, error) {
	if s == "" {
		return nil, nil
	}
	// Escapes what RFC 8785 does: the quote, the backslash and U+0000 to
	// U+001F, \b \t \n \f \r by name and the others as lower-case \u00xx.
	return jsontext.AppendQuote(nil, s)
}

type member struct {
	name  string
	value []byte
}

func canonicalObject(dec *jsontext.Decoder) ([]byte, error) {
	var members []member
	for dec.PeekKind() != '}' {
		name, err := dec.ReadToken()
		if err != nil {
			return nil, ErrMalformed
		}
		m := member{name: name.String()} // before the next read: it reuses the token
		if m.value, err = canonical(dec); err != nil {
			return nil, err
		}
		if m.value != nil {
			members = append(members, m)
		}
	}
	if _, err := dec.ReadToken(); err != nil || len(members) == 0 {
		return nil, err
	}
	slices.SortFunc(members, func(a, b member) int { return strings.Compare(a.name, b.name) })
	return joinObject(members)
}

func joinObject(members []member) ([]byte, error) {
	out := []byte{'{'}
	for i, m := range members {
		if i > 0 {
			out = append(out, ',')
		}
		var err error
		if out, err = jsontext.AppendQuote(out, m.name); err != nil {
			return nil, ErrMalformed
		}
		out = append(append(out, ':'), m.value...)
	}
	return append(out, '}'), nil
}

func canonicalList(dec *jsontext.Decoder) ([]byte, error) {
	var items [][]byte
	for dec.PeekKind() != ']' {
		item, err := canonical(dec)
		if err != nil {
			return nil, err
		}
		if item != nil {
			items = append(items, item)
		}
	}
	if _, err := dec.ReadToken(); err != nil || len(items) == 0 {
		return nil, err
	}
	return slices.Concat([]byte{'['}, bytes.Join(items, []byte{','}), []byte{']'}), nil
}
