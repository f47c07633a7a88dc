package onetrans

import (
	"bytes"
	"errors"
	"fmt"
	"io"

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
	if err := json.Unmarshal(data, v); err != nil {
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
	dec := jsontext.NewDecoder(bytes.NewReader(data))
	for values := 0; ; {
		tok, err := dec.ReadToken()
		switch {
		case err == io.EOF && values == 1:
			return nil
		case err != nil || values == 1:
			return fmt.Errorf("%w: no single JSON value at byte %d", ErrMalformed, dec.InputOffset())
		case dec.StackDepth() > MaxDepth:
			return fmt.Errorf("%w: nested deeper than %d", ErrMalformed, MaxDepth)
		case tok.Kind() == '0' && len(tok.String()) > MaxNumber:
			return fmt.Errorf("%w: a number of more than %d characters", ErrMalformed, MaxNumber)
		case dec.StackDepth() == 0:
			values++
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
