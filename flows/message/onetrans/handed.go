package onetrans

import (
	"bytes"
	"fmt"
	"unicode/utf8"
)

// Call is what HIS hands over.
type Call struct {
	TransType string `json:"trans_type"`
	// In is pInData, GBK, at most [MaxMessage].
	In []byte `json:"in"`
	// Buffer is how many bytes the answer may have, its closing NUL not counted; 0:
	// no limit.
	Buffer int `json:"buffer,omitzero"`
}

// What HIS handed over instead of GBK; both are [ErrGBK] too.
var (
	ErrUTF8  = fmt.Errorf("%w: UTF-8", ErrGBK)
	ErrUTF16 = fmt.Errorf("%w: UTF-16", ErrGBK)
)

// DecodeHanded is pInData as it was handed over, as UTF-8: up to a NUL, where
// there is one, since some hand over the whole of a buffer. Text that is UTF-8
// with Chinese in it would often be GBK as well, with another meaning, such as
// 寮犱笁 for 张三: it is [ErrUTF8], and UTF-16 is [ErrUTF16]. The rest is
// [DecodeGBK]'s.
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

// LooksUTF8 says that all of a text is UTF-8 and has Chinese in it: a character
// of three bytes or four. Text of GB 2312's first level never looks so, as UTF-8
// has two bytes for each of its characters, or refuses them.
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

// looksUTF16 goes by the mark that begins UTF-16, or by the half of a JSON
// text's first character that is zero.
func looksUTF16(in []byte) bool {
	if len(in) < 2 {
		return false
	}
	first, second := in[0], in[1]
	return first == 0xff && second == 0xfe || first == 0xfe && second == 0xff || (first == 0) != (second == 0)
}
