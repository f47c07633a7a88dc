package onetrans

import (
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// List is a field that holds several of T. It comes as a list, as one T without a
// list around it, or as text that holds either; it is written in the form in which
// it came. Anything else (an empty text, null) is kept as it is, with no Items.
//
// A List made here, List[T]{Items: …}, is a list; it is absent while Items is nil.
type List[T any] struct {
	Items []T

	one  bool   // it came without a list around it
	text bool   // it came as text that holds JSON
	raw  string // the literal of anything else
}

// IsZero reports whether the field is absent. An empty list is not.
func (l List[T]) IsZero() bool { return l.Items == nil && l.raw == "" }

// AsObject is l as it is sent to the platform: text that held a list or an object
// becomes that list or object.
func (l List[T]) AsObject() List[T] {
	l.text = false
	return l
}

// MarshalJSONTo writes the field in the form in which it came, but as a list unless
// there is exactly one item.
func (l List[T]) MarshalJSONTo(enc *jsontext.Encoder) error {
	if l.raw != "" && len(l.Items) == 0 {
		return enc.WriteValue(jsontext.Value(l.raw))
	}
	var v any = l.Items
	if l.one && len(l.Items) == 1 {
		v = &l.Items[0]
	}
	if l.text {
		return writeAsText(enc, v)
	}
	return json.MarshalEncode(enc, v)
}

// UnmarshalJSONFrom accepts a list, one T, or text that holds either, and keeps
// anything else.
func (l *List[T]) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	*l = List[T]{}
	raw, err := dec.ReadValue()
	if err != nil {
		return err
	}
	if inner, ok := textHolding(raw, "{["); ok {
		l.text = true
		return l.read(inner)
	}
	switch {
	case raw.Kind() == '{', raw.Kind() == '[':
		return l.read(raw)
	case raw.Kind() != 'n' && string(raw) != `""` && l.read(raw) == nil:
		return nil // one scalar, where T is one
	default:
		*l = List[T]{raw: string(raw)}
		return nil
	}
}

// read parses a value that was checked.
func (l *List[T]) read(raw jsontext.Value) error {
	if raw.Kind() == '[' {
		l.Items = []T{}
		return unmarshalChecked(raw, &l.Items)
	}
	l.one, l.Items = true, make([]T, 1)
	return unmarshalChecked(raw, &l.Items[0])
}
