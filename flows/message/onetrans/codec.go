package onetrans

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// ErrMalformed means that a message is not what it must be: no strict JSON,
// beyond the bounds, or of another shape. Its text never holds content.
var ErrMalformed = errors.New("malformed message")

// Bounds of a message, checked before anything is made of it.
const (
	MaxMessage = 1 << 20 // bytes
	MaxDepth   = 64      // objects and lists within one another
	MaxNumber  = 64      // characters of a number's literal
)

// Unmarshal reads one JSON value into v. It refuses, with [ErrMalformed],
// duplicate names, invalid UTF-8, lone surrogates and what passes the bounds.
// Names match exactly, case included.
func Unmarshal(data []byte, v any) error {
	if err := Check(data); err != nil {
		return err
	}
	return unmarshalChecked(data, v)
}

// unmarshalChecked is [Unmarshal] of what [Check] has accepted: names are not
// compared with each other a second time.
func unmarshalChecked(data []byte, v any) error {
	if err := json.Unmarshal(data, v, jsontext.AllowDuplicateNames(true)); err != nil {
		return malformed(err)
	}
	return nil
}

// Marshal is v as JSON, without spaces. It fails with [ErrMalformed] when the
// result is beyond the bounds or would not be read back by [Unmarshal].
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

// Check says whether data is one JSON value that [Unmarshal] would accept as
// far as its syntax goes; else [ErrMalformed].
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

// checkBounds looks for what is too deep or too long in data, which need not be JSON.
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

// endOfString is where the string that begins data ends: its last quote.
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

// inNumber says whether a number may hold c; so may the words of JSON, which are short.
func inNumber(c byte) bool {
	return '0' <= c && c <= '9' || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E'
}

// offsetOfFault is how far data is one JSON value.
func offsetOfFault(data []byte) int64 {
	dec := jsontext.NewDecoder(bytes.NewReader(data))
	for {
		if _, err := dec.ReadToken(); err != nil || dec.StackDepth() == 0 {
			return dec.InputOffset()
		}
	}
}

// malformed says where err arose and nothing of what stood there: the JSON
// package's own texts quote values and names.
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
