package onetrans

import (
	"bytes"
	"fmt"
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
