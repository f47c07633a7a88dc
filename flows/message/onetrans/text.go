package onetrans

import (
	"errors"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

var errNotScalar = errors.New("an object or a list where a text belongs")

// Text is a scalar field: text, or a number, true, false or null where the
// specification wants text. The zero value is an absent field, which differs from
// an empty one. Two Texts are equal (==) if both their form and their content are:
// T("18") is not the number 18.
type Text struct {
	literal string // JSON, strings in their shortest escaping; "" when absent
}

// T is a field that is present and holds s. Bytes that are not UTF-8 become U+FFFD.
func T(s string) Text {
	quoted, _ := jsontext.AppendQuote(nil, strings.ToValidUTF8(s, "\uFFFD"))
	return Text{string(quoted)}
}

// String is the text, a number's literal ("0.10" stays "0.10"), "true" or "false";
// "" if the field is absent, null or empty.
func (t Text) String() string {
	switch {
	case t.literal == "" || t.literal == "null":
		return ""
	case t.plain():
		return t.literal[1 : len(t.literal)-1]
	case t.quoted():
		s, _ := jsontext.AppendUnquote(nil, t.literal)
		return string(s)
	default:
		return t.literal
	}
}

// IsZero reports whether the field is absent. An empty field and null are not.
func (t Text) IsZero() bool { return t.literal == "" }

// Empty reports whether the field says nothing: absent, null or "".
func (t Text) Empty() bool { return t.String() == "" }

// quoted reports whether the field came as text, not as a number, true or false.
func (t Text) quoted() bool { return t.literal != "" && t.literal[0] == '"' }

// plain reports whether the field is text with nothing escaped.
func (t Text) plain() bool { return t.quoted() && strings.IndexByte(t.literal, '\\') < 0 }

// MarshalJSONTo writes the field in the form in which it came; an absent field that
// cannot be omitted is written as "".
func (t Text) MarshalJSONTo(enc *jsontext.Encoder) error {
	if t.IsZero() {
		return enc.WriteToken(jsontext.String(""))
	}
	return enc.WriteValue(jsontext.Value(t.literal))
}

// UnmarshalJSONFrom accepts a string, a number, true, false or null.
func (t *Text) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	v, err := dec.ReadValue()
	if err != nil {
		return err
	}
	if v.Kind() == '{' || v.Kind() == '[' {
		return errNotScalar
	}
	t.literal = string(v)
	if !t.quoted() || t.plain() {
		return nil
	}
	s, err := jsontext.AppendUnquote(nil, v)
	if err != nil {
		return err
	}
	*t = T(string(s))
	return nil
}
