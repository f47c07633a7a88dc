package onetrans

import (
	"errors"
	"fmt"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/transform"
)

// ErrGBK means that bytes are no GBK.
var ErrGBK = errors.New("not GBK")

// DecodeGBK is GBK text (Windows' code page 936: the euro sign is 0x80 too) as
// UTF-8. A byte sequence that means nothing is [ErrGBK], never a replacement
// character. Text beyond [MaxMessage] is [ErrMalformed].
func DecodeGBK(gbk []byte) ([]byte, error) {
	if len(gbk) > MaxMessage {
		return nil, fmt.Errorf("%w: longer than %d bytes", ErrMalformed, MaxMessage)
	}
	text, err := simplifiedchinese.GBK.NewDecoder().Bytes(gbk)
	if err != nil {
		return nil, ErrGBK
	}
	for i, r := range string(text) {
		if r == utf8.RuneError { // U+FFFD itself is not in GBK
			return nil, fmt.Errorf("%w: at character byte %d", ErrGBK, i)
		}
	}
	return text, nil
}

// EncodeGBK is a JSON text as GBK. A character that GBK lacks goes out as
// \uXXXX, as a surrogate pair beyond U+FFFF, so nothing is lost. What is no
// strict JSON is [ErrMalformed].
func EncodeGBK(text []byte) ([]byte, error) {
	// Only inside a JSON string does an escape mean the character.
	if err := Check(text); err != nil {
		return nil, err
	}
	enc := simplifiedchinese.GBK.NewEncoder().Transformer
	buf := make([]byte, len(text)) // GBK is never longer than UTF-8
	out := make([]byte, 0, len(text))
	for len(text) > 0 {
		n, read, err := enc.Transform(buf, text, true)
		out, text = append(out, buf[:n]...), text[read:]
		if err == nil {
			continue
		}
		if errors.Is(err, transform.ErrShortDst) || errors.Is(err, encoding.ErrInvalidUTF8) {
			return nil, fmt.Errorf("%w: no GBK can be made of it", ErrMalformed)
		}
		r, size := utf8.DecodeRune(text)
		out, text = appendEscape(out, r), text[size:]
	}
	return out, nil
}

// appendEscape appends r as JSON's \uXXXX, two of them beyond U+FFFF.
func appendEscape(out []byte, r rune) []byte {
	for _, unit := range utf16.AppendRune(nil, r) {
		out = fmt.Appendf(out, `\u%04x`, unit)
	}
	return out
}
