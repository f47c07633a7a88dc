package record

import (
	"bytes"
	"errors"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"onetrans/flows/message/onetrans"
)

// Rewrite is a message with other names of members and other texts, in the form in
// which it came: what is a number stays one, and text that holds JSON is looked into.
// text gets a field's name and that of the object that it is in; a list's items have
// those of the list. The message must be one that [onetrans.Check] accepts.
func Rewrite(message []byte, member func(name string) string, text func(within, name, text string) string) (jsontext.Value, error) {
	return rewriter{member, text}.value(message, "", "")
}

type rewriter struct {
	member func(string) string
	text   func(within, name, text string) string
}

func (r rewriter) value(v jsontext.Value, within, name string) (jsontext.Value, error) {
	v = bytes.TrimSpace(v)
	switch v.Kind() {
	case '{', '[':
		return r.inside(v, within, name)
	case '"':
		text, err := jsontext.AppendUnquote(nil, v)
		if err != nil {
			return nil, err
		}
		if inner, ok := jsonIn(text); ok {
			if text, err = r.inside(inner, within, name); err != nil {
				return nil, err
			}
			return jsontext.AppendQuote(nil, text)
		}
		return jsontext.AppendQuote(nil, r.text(within, name, string(text)))
	case '0':
		text := r.text(within, name, string(v))
		// No number begins with 0, and one with an exponent says too little to be kept.
		for _, number := range []string{text, "1" + strings.TrimLeft(text, "-0")} {
			if value := jsontext.Value(number); value.Kind() == '0' && value.IsValid() {
				return value, nil
			}
		}
		return jsontext.Value("1"), nil
	}
	return v, nil
}

// jsonIn is the object or list that a text holds, if it does.
func jsonIn(text []byte) (jsontext.Value, bool) {
	inner := jsontext.Value(bytes.TrimSpace(text))
	return inner, len(inner) > 0 && (inner[0] == '{' || inner[0] == '[') && onetrans.Check(inner) == nil
}

// inside rewrites the members of an object, or the items of a list.
func (r rewriter) inside(v jsontext.Value, within, name string) (jsontext.Value, error) {
	dec := jsontext.NewDecoder(bytes.NewReader(v), jsontext.AllowDuplicateNames(true))
	var out bytes.Buffer
	enc := jsontext.NewEncoder(&out, jsontext.AllowDuplicateNames(true))
	object := v.Kind() == '{'
	begin, err := dec.ReadToken()
	if err == nil {
		err = enc.WriteToken(begin)
	}
	for err == nil && dec.PeekKind() != '}' && dec.PeekKind() != ']' {
		in, of := within, name
		if object {
			var member jsontext.Token
			if member, err = dec.ReadToken(); err != nil {
				break
			}
			in, of = name, member.String()
			err = enc.WriteToken(jsontext.String(r.member(of)))
		}
		item, readErr := dec.ReadValue()
		if err = errors.Join(err, readErr); err == nil {
			if item, err = r.value(item, in, of); err == nil {
				err = enc.WriteValue(item)
			}
		}
	}
	if err == nil {
		end, readErr := dec.ReadToken()
		if err = readErr; err == nil {
			err = enc.WriteToken(end)
		}
	}
	return bytes.TrimSpace(out.Bytes()), err
}
