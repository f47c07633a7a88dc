package onetrans

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"reflect"
	"unicode/utf8"
)

// Call is a call of HIS as it was handed over.
type Call struct {
	// TransType is empty where the body says it.
	TransType string `json:"trans_type"`
	// In is pInData in GBK, at most [MaxMessage].
	In []byte `json:"in"`
	// Buffer is how many bytes the answer may have, excluding the closing NUL; 0
	// means no limit.
	Buffer int `json:"buffer,omitzero"`
	// WaitMS is how long the caller waits for the answer, in milliseconds; 0: it
	// does not say.
	WaitMS int `json:"wait_ms,omitzero"`
	// Window is the caller's own window, by the number that the system knows it by; 0:
	// it has none.
	Window uint64 `json:"window,omitzero"`
}

// What HIS handed over instead of GBK; both are also [ErrGBK].
var (
	ErrUTF8  = fmt.Errorf("%w: UTF-8", ErrGBK)
	ErrUTF16 = fmt.Errorf("%w: UTF-16", ErrGBK)
)

// Why a call's trans_type is none.
var (
	ErrTransType = errors.New("trans_type that is none")
	ErrOtherType = errors.New("trans_type that is not the one of the body")
)

// Parse reads a call, once for all who come after: the request, and its data as in, a
// pointer to the type that its trans_type has, such as [RefundIn]. complete adds to the
// data what the terminal knows; then the fields are checked.
//
// The trans_type is judged first, unless the body says it, then the message, then its
// fields. The errors are those of [Call.Request], [ErrTransType], [ErrOtherType], and
// [Validate]'s, with which the request is whole, and in is nil where it can't be read.
func (c *Call) Parse(complete func(in any)) (request Request, in any, err error) {
	if _, known := messageTypes()[c.TransType]; !known && c.TransType != "" {
		return request, nil, ErrTransType
	}
	if request, err = c.Request(); err != nil {
		return request, nil, err
	}
	body := request.TransType
	c.TransType = cmp.Or(c.TransType, body.String())
	message, known := messageTypes()[c.TransType]
	switch {
	case !known:
		return request, nil, ErrTransType
	case !body.Empty() && body.String() != c.TransType:
		return request, nil, ErrOtherType
	}
	request.TransType = T(c.TransType)
	in = reflect.New(message[In]).Interface()
	if UnmarshalData(request.Data, in) != nil {
		in = nil
	} else {
		complete(in)
	}
	return request, in, Validate(request, in)
}

// Request is the message that was handed over, its data as it came. Its errors are
// [ErrMalformed], and [ErrGBK] with [ErrUTF8] and [ErrUTF16].
func (c Call) Request() (request Request, err error) {
	text, err := DecodeHanded(c.In)
	if err == nil {
		err = Unmarshal(text, &request)
	}
	return request, err
}

// DecodeHanded decodes pInData to UTF-8, up to a NUL if there is one, since some
// callers hand over a whole buffer. UTF-8 text with Chinese in it is often also
// valid GBK with another meaning, such as 寮犱笁 for 张三: it is [ErrUTF8], and UTF-16
// is [ErrUTF16]. Anything else is decoded by [DecodeGBK].
func DecodeHanded(in []byte) ([]byte, error) {
	if looksUTF16(in) {
		return nil, ErrUTF16
	}
	if end := bytes.IndexByte(in, 0); end >= 0 {
		in = in[:end]
	}
	if len(in) <= MaxMessage && LooksUTF8(in) {
		return nil, ErrUTF8
	}
	return DecodeGBK(in)
}

// LooksUTF8 reports whether a text is UTF-8 with Chinese in it: a character of
// three or four bytes. GB 2312's level 1 characters never look like that: as UTF-8
// they would be characters of two bytes, or invalid.
func LooksUTF8(text []byte) bool {
	chinese := false
	for len(text) > 0 {
		r, size := utf8.DecodeRune(text)
		if r == utf8.RuneError && size == 1 {
			return false
		}
		chinese = chinese || size > 2
		text = text[size:]
	}
	return chinese
}

// looksUTF16 goes by the byte order mark, or by the zero byte of the first
// character of a JSON text.
func looksUTF16(in []byte) bool {
	if len(in) < 2 {
		return false
	}
	first, second := in[0], in[1]
	return first == 0xff && second == 0xfe || first == 0xfe && second == 0xff || (first == 0) != (second == 0)
}
