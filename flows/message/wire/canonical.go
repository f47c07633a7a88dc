package wire

import (
	"bytes"
	"slices"

	"github.com/go-json-experiment/json/jsontext"
)

// canonicalForm is the form that a JSON value has in the sign string: names sorted by
// their UTF-8 bytes, no spaces, numbers and booleans as strings with their literal
// kept, nothing escaped that need not be; null, "", {} and [] are dropped bottom-up.
// It is nil when nothing is left. The value must be strict JSON.
func canonicalForm(value []byte) ([]byte, error) { return canonical(decoderOf(value)) }

// decoderOf parses strict JSON: duplicate names were excluded before. What it
// returns are parts of value.
func decoderOf(value []byte) *jsontext.Decoder {
	return jsontext.NewDecoder(bytes.NewBuffer(value), jsontext.AllowDuplicateNames(true))
}

// canonical parses the next value; nil if it is empty.
func canonical(dec *jsontext.Decoder) ([]byte, error) {
	switch dec.PeekKind() {
	case '{':
		return canonicalObject(dec)
	case '[':
		return canonicalList(dec)
	}
	literal, err := dec.ReadValue()
	if err != nil {
		return nil, ErrMalformed
	}
	switch literal.Kind() {
	case 'n':
		return nil, nil
	case '"':
		return canonicalText(literal)
	default:
		return slices.Concat([]byte{'"'}, literal, []byte{'"'}), nil
	}
}

// canonicalText is a JSON string with nothing escaped that need not be; nil if it
// is empty.
func canonicalText(literal []byte) ([]byte, error) {
	switch {
	case len(literal) == len(`""`):
		return nil, nil
	case !bytes.Contains(literal, []byte{'\\'}):
		return literal, nil
	}
	text, err := textOf(literal)
	if err != nil {
		return nil, ErrMalformed
	}
	// Escapes what RFC 8785 does: the quote, the backslash and U+0000 to
	// U+001F, \b \t \n \f \r by name and the others as lower-case \u00xx.
	return jsontext.AppendQuote(nil, text)
}

// textOf is the text of a JSON string.
func textOf(literal []byte) ([]byte, error) {
	if !bytes.Contains(literal, []byte{'\\'}) {
		return literal[1 : len(literal)-1], nil
	}
	return jsontext.AppendUnquote(nil, literal)
}

type member struct {
	name, value []byte
	literal     []byte // of the name
}

func canonicalObject(dec *jsontext.Decoder) ([]byte, error) {
	if _, err := dec.ReadToken(); err != nil {
		return nil, ErrMalformed
	}
	var members []member
	for dec.PeekKind() != '}' {
		m, err := canonicalMember(dec)
		if err != nil {
			return nil, err
		}
		if m.value != nil {
			members = append(members, m)
		}
	}
	if _, err := dec.ReadToken(); err != nil || len(members) == 0 {
		return nil, err
	}
	slices.SortFunc(members, func(a, b member) int { return bytes.Compare(a.name, b.name) })
	out := []byte{'{'}
	for i, m := range members {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(append(append(out, m.literal...), ':'), m.value...)
	}
	return append(out, '}'), nil
}

func canonicalMember(dec *jsontext.Decoder) (m member, err error) {
	name, err := dec.ReadValue()
	if err != nil {
		return m, ErrMalformed
	}
	if m.name, err = textOf(name); err != nil {
		return m, ErrMalformed
	}
	if m.literal, err = canonicalText(name); err != nil {
		return m, ErrMalformed
	}
	if m.literal == nil {
		m.literal = name
	}
	m.value, err = canonical(dec)
	return m, err
}

func canonicalList(dec *jsontext.Decoder) ([]byte, error) {
	if _, err := dec.ReadToken(); err != nil {
		return nil, ErrMalformed
	}
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
