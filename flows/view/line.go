package view

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"reflect"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Bounds of what travels.
const (
	// MaxLine is the longest line, in bytes, its end not counted. The longest page
	// that flows make fits, with every text as long as may be and all of it escaped.
	MaxLine = 1 << 20
	// MaxText is how many bytes of a text are sent: what no screen has room for, and
	// more than a QR code holds, is cut.
	MaxText = 3000
)

// Errors of a line. None holds content.
var (
	ErrLine    = errors.New("not a line between a terminal's owner and its window")
	ErrVersion = fmt.Errorf("%w: another version", ErrLine)
)

// Message is what travels, either way.
type Message interface {
	ToWindow | FromWindow
	check() error
}

// contents are all that a page can show. Each travels as an object of one member,
// named as its type: {"Attract":{}}.
var contents = []Content{
	Attract{},
	OutOfService{},
	Home{},
	PickWay{},
	Present{},
	Busy{},
	Person{},
	Amount{},
	Confirm{},
	PayCode{},
	Cashier{},
	Result{},
	Doubt{},
	Trouble{},
	TakeCard{},
	Bills{},
	Review{},
	Settling{},
	Settled{},
	Refunding{},
	Authorise{},
}

// Encode is a message's line, without its end. Its error is of [ErrLine].
func Encode[M Message](m M) ([]byte, error) {
	if err := m.check(); err != nil {
		return nil, err
	}
	line, err := json.Marshal(m, encoding)
	switch {
	case err != nil:
		return nil, fmt.Errorf("%w: no JSON of it", ErrLine) // the library's text quotes it
	case len(line) > MaxLine:
		return nil, fmt.Errorf("%w: longer than %d bytes", ErrLine, MaxLine)
	}
	return line, nil
}

// Decode is the message of a line. Whatever Encode would not have written is an
// error of [ErrLine]: an unknown name, a second of the same, text that is no UTF-8.
func Decode[M Message](line []byte) (M, error) {
	var m, none M
	if len(line) > MaxLine {
		return none, fmt.Errorf("%w: longer than %d bytes", ErrLine, MaxLine)
	}
	failed := json.Unmarshal(line, &m, decoding)
	if err := m.check(); err != nil && (failed == nil || errors.Is(err, ErrVersion)) {
		return none, err
	}
	if failed != nil {
		return none, fmt.Errorf("%w: no such JSON", ErrLine)
	}
	return m, nil
}

// Write writes a message as one line, in one write.
func Write[M Message](w io.Writer, m M) error {
	line, err := Encode(m)
	if err != nil {
		return err
	}
	_, err = w.Write(append(line, '\n'))
	return err
}

// Reader reads the messages that one side gets.
type Reader[M Message] struct{ lines *bufio.Reader }

// NewReader reads from r, and further than the messages that were asked for.
func NewReader[M Message](r io.Reader) *Reader[M] { return &Reader[M]{bufio.NewReader(r)} }

// Read waits for the next message. It returns [io.EOF] after the last, an error of
// [ErrLine] for what is none, and r's own; after an error there is nothing more.
func (r *Reader[M]) Read() (M, error) {
	var whole []byte
	for {
		part, err := r.lines.ReadSlice('\n')
		whole = append(whole, part...)
		switch {
		case len(whole) > MaxLine+1:
			return *new(M), fmt.Errorf("%w: longer than %d bytes", ErrLine, MaxLine)
		case err == nil:
			return Decode[M](whole[:len(whole)-1])
		case err == io.EOF && len(whole) > 0:
			return *new(M), fmt.Errorf("%w: cut off", ErrLine)
		case !errors.Is(err, bufio.ErrBufferFull):
			return *new(M), err
		}
	}
}

// What came from a card or from the platform may be too long, or no text at all: a
// page of it is shown all the same.
var (
	shortened = json.MarshalToFunc(func(e *jsontext.Encoder, text string) error {
		return e.WriteToken(jsontext.String(cut(text)))
	})
	encoding = json.JoinOptions(
		json.OmitZeroStructFields(true), jsontext.AllowInvalidUTF8(true),
		json.WithMarshalers(json.JoinMarshalers(shortened, json.MarshalToFunc(writeContent))),
	)
	decoding = json.JoinOptions(
		json.RejectUnknownMembers(true), json.WithUnmarshalers(json.UnmarshalFromFunc(readContent)),
	)
)

func cut(text string) string {
	if len(text) <= MaxText {
		return text
	}
	end := MaxText
	for end > MaxText-utf8.UTFMax && !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end]
}

func writeContent(e *jsontext.Encoder, c Content) error {
	kind := reflect.Indirect(reflect.ValueOf(c)).Type().Name() // the library may hand over a pointer
	for _, token := range []jsontext.Token{jsontext.BeginObject, jsontext.String(kind)} {
		if err := e.WriteToken(token); err != nil {
			return err
		}
	}
	if err := json.MarshalEncode(e, c, json.WithMarshalers(shortened)); err != nil {
		return err
	}
	return e.WriteToken(jsontext.EndObject)
}

func readContent(d *jsontext.Decoder, into *Content) error {
	if token, err := d.ReadToken(); err != nil || token.Kind() != '{' {
		return errors.Join(errNoContent, err)
	}
	kind, err := d.ReadToken()
	if err != nil || kind.Kind() != '"' {
		return errors.Join(errNoContent, err)
	}
	content, err := contentOf(kind.String())
	if err != nil {
		return err
	}
	if err := json.UnmarshalDecode(d, content.Interface()); err != nil {
		return err
	}
	*into = content.Elem().Interface().(Content)
	if end, err := d.ReadToken(); err != nil || end.Kind() != '}' {
		return errors.Join(errNoContent, err)
	}
	return nil
}

var errNoContent = errors.New("no content of this package")

// contentOf is a pointer to a new content of a kind.
func contentOf(kind string) (reflect.Value, error) {
	for _, c := range contents {
		if t := reflect.TypeOf(c); t.Name() == kind {
			return reflect.New(t), nil
		}
	}
	return reflect.Value{}, errNoContent
}
