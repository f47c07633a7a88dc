package onetrans

import (
	"reflect"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Nested is what the specification calls a 'JSON string': text that holds an
// object. Its own samples send the object itself. Both are accepted, and written in
// the form in which they came. Anything else (an empty text, null, text that is not
// JSON) is kept as it is, with a zero Value.
//
// A Nested made here, Nested[T]{Value: v}, is an object; it is absent while its
// Value is zero.
type Nested[T any] struct {
	Value T

	came bool   // an object came, perhaps an empty one
	text bool   // it came as text
	raw  string // the literal of anything else
}

// Object is v as an object, present even when v is zero.
func Object[T any](v T) Nested[T] { return Nested[T]{Value: v, came: true} }

// IsZero reports whether the field is absent.
func (n Nested[T]) IsZero() bool {
	return !n.came && n.raw == "" && reflect.ValueOf(&n.Value).Elem().IsZero()
}

// Empty reports whether the field says nothing: absent, null or "". An object says
// something, even an empty one.
func (n Nested[T]) Empty() bool { return n.IsZero() || n.raw == "null" || n.raw == `""` }

// Opaque reports whether the field holds something other than an object, null or an
// empty text.
func (n Nested[T]) Opaque() bool { return n.raw != "" && !n.Empty() }

// AsObject is n as it is sent to the platform: text that held an object becomes the
// object. An opaque value stays as it is.
func (n Nested[T]) AsObject() Nested[T] {
	n.text = false
	return n
}

// MarshalJSONTo writes the field in the form in which it came.
func (n Nested[T]) MarshalJSONTo(enc *jsontext.Encoder) error {
	if n.raw != "" && reflect.ValueOf(&n.Value).Elem().IsZero() {
		return enc.WriteValue(jsontext.Value(n.raw))
	}
	if !n.text {
		return json.MarshalEncode(enc, &n.Value)
	}
	return writeAsText(enc, &n.Value)
}

// UnmarshalJSONFrom accepts an object or text that holds one, and keeps anything
// else.
func (n *Nested[T]) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	*n = Nested[T]{}
	if dec.PeekKind() == '{' {
		n.came = true
		return json.UnmarshalDecode(dec, &n.Value)
	}
	raw, err := dec.ReadValue()
	if err != nil {
		return err
	}
	if inner, ok := textHolding(raw, "{"); ok {
		n.came, n.text = true, true
		return unmarshalChecked(inner, &n.Value)
	}
	n.raw = string(raw)
	return nil
}

// writeAsText writes v as text that holds its JSON.
func writeAsText(enc *jsontext.Encoder, v any) error {
	inner, err := Marshal(v)
	if err != nil {
		return err
	}
	return enc.WriteToken(jsontext.String(string(inner)))
}
