package onetrans

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// ErrMalformed means that a message is not strict JSON, exceeds the bounds, or does
// not have the right shape. Its text never holds content.
var ErrMalformed = errors.New("malformed message")

// Bounds of a message, checked before it is parsed.
const (
	MaxMessage = 1 << 20 // bytes
	MaxDepth   = 64      // nested objects and lists
	MaxNumber  = 64      // characters of a number's literal
)

// Unmarshal parses one JSON value into v. Duplicate names, invalid UTF-8, lone
// surrogates and anything that exceeds the bounds are [ErrMalformed]. Names are
// case-sensitive.
func Unmarshal(data []byte, v any) error {
	if err := Check(data); err != nil {
		return err
	}
	return unmarshalChecked(data, v)
}

// unmarshalChecked is [Unmarshal] for what [Check] has accepted: names are not
// checked for duplicates a second time.
func unmarshalChecked(data []byte, v any) error {
	if err := json.Unmarshal(data, v, jsontext.AllowDuplicateNames(true)); err != nil {
		return malformed(err)
	}
	return nil
}

// Marshal is v as JSON, without spaces. It fails with [ErrMalformed] when the
// result exceeds the bounds or [Unmarshal] would not accept it.
func Marshal(v any) ([]byte, error) {
	data, err := json.Marshal(v, json.Deterministic(true))
	if err != nil {
		return nil, malformed(err)
	}
	if err := Check(data); err != nil {
		return nil, err
	}
	return data, nil
}

// Check returns nil if data is one JSON value whose syntax [Unmarshal] would
// accept; else [ErrMalformed].
func Check(data []byte) error {
	if len(data) > MaxMessage {
		return fmt.Errorf("%w: longer than %d bytes", ErrMalformed, MaxMessage)
	}
	if err := checkBounds(data); err != nil { // first: what follows recurses
		return err
	}
	if !jsontext.Value(data).IsValid() {
		return fmt.Errorf("%w: no single JSON value at byte %d", ErrMalformed, offsetOfFault(data))
	}
	return nil
}

// checkBounds looks for what is too deep or too long in data, which need not be
// JSON.
func checkBounds(data []byte) error {
	depth, number := 0, 0
	for i := 0; i < len(data); i++ {
		switch c := data[i]; {
		case c == '"':
			i += endOfString(data[i:])
		case c == '{' || c == '[':
			depth++
		case c == '}' || c == ']':
			depth--
		case inNumber(c):
			number++
			if number > MaxNumber {
				return fmt.Errorf("%w: a number of more than %d characters", ErrMalformed, MaxNumber)
			}
			continue
		}
		number = 0
		if depth > MaxDepth {
			return fmt.Errorf("%w: nested deeper than %d", ErrMalformed, MaxDepth)
		}
	}
	return nil
}

// endOfString is the offset of the closing quote of the string that data begins
// with.
func endOfString(data []byte) int {
	for i := 1; i < len(data); i++ {
		switch data[i] {
		case '"':
			return i
		case '\\':
			i++
		}
	}
	return len(data)
}

// inNumber reports whether c may be part of a number. The letters of JSON's
// literals also pass: those are short.
func inNumber(c byte) bool {
	return '0' <= c && c <= '9' || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E'
}

// offsetOfFault is how far into data the syntax of one JSON value is right.
func offsetOfFault(data []byte) int64 {
	dec := jsontext.NewDecoder(bytes.NewReader(data))
	for {
		if _, err := dec.ReadToken(); err != nil || dec.StackDepth() == 0 {
			return dec.InputOffset()
		}
	}
}

// malformed says where err arose but nothing about the content: the JSON package's
// own errors quote values and names.
func malformed(err error) error {
	if errors.Is(err, ErrMalformed) {
		return err
	}
	if shape, ok := errors.AsType[*json.SemanticError](err); ok {
		return fmt.Errorf("%w: unexpected kind of value at byte %d", ErrMalformed, shape.ByteOffset)
	}
	if syntax, ok := errors.AsType[*jsontext.SyntacticError](err); ok {
		return fmt.Errorf("%w: no JSON at byte %d", ErrMalformed, syntax.ByteOffset)
	}
	return ErrMalformed
}

// DataObject is a message's data as an object: text that holds one is unwrapped;
// absent, null and empty data is {}. Anything else is [ErrMalformed].
func DataObject(data jsontext.Value) (jsontext.Value, error) {
	if len(data) == 0 {
		return jsontext.Value("{}"), nil
	}
	if err := Check(data); err != nil {
		return nil, err
	}
	if data.Kind() == '{' {
		return data, nil
	}
	if inner, ok := textHolding(data, "{"); ok {
		return inner, nil
	}
	if data.Kind() == 'n' || string(bytes.TrimSpace(data)) == `""` {
		return jsontext.Value("{}"), nil
	}
	return nil, malformed(errNotObject)
}

var errNotObject = errors.New("data is no object")

// UnmarshalData parses a message's data, an object or text that holds one, into v,
// as [Unmarshal] does.
func UnmarshalData(data jsontext.Value, v any) error {
	object, err := DataObject(data)
	if err != nil {
		return err
	}
	return unmarshalChecked(object, v)
}

// textHolding is the JSON in the JSON string raw, if it is well-formed and begins
// with one of the kinds.
func textHolding(raw jsontext.Value, kinds string) (jsontext.Value, bool) {
	if raw.Kind() != '"' {
		return nil, false
	}
	text, err := jsontext.AppendUnquote(nil, raw)
	if err != nil || Check(text) != nil {
		return nil, false
	}
	inner := jsontext.Value(text)
	for _, kind := range []byte(kinds) {
		if inner.Kind() == jsontext.Kind(kind) {
			return inner, true
		}
	}
	return nil, false
}
