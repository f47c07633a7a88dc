package onetrans

import (
	"errors"
	"fmt"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// ErrGBK means that bytes are not GBK.
var ErrGBK = errors.New("not GBK")

// DecodeGBK decodes GBK (Windows' code page 936, where the euro sign is 0x80)
// including GB 18030's four-byte characters, which some callers use for rare names.
// User-defined characters become Unicode's private use area. An invalid byte
// sequence is [ErrGBK], never a replacement character. Text longer than
// [MaxMessage] is [ErrMalformed].
func DecodeGBK(gbk []byte) ([]byte, error) {
	if len(gbk) > MaxMessage {
		return nil, fmt.Errorf("%w: longer than %d bytes", ErrMalformed, MaxMessage)
	}
	dec := simplifiedchinese.GB18030.NewDecoder().Transformer
	text := make([]byte, 0, len(gbk)+len(gbk)/2)
	for at := 0; at < len(gbk); {
		character := firstOf(gbk[at:])
		if gbk[at] < utf8.RuneSelf {
			text = append(text, gbk[at])
		} else if r, ok := userDefined(character); ok {
			text = utf8.AppendRune(text, r)
		} else {
			var buf [utf8.UTFMax]byte
			n, _, err := dec.Transform(buf[:], character, true)
			// U+FFFD itself is not in GBK.
			if r, size := utf8.DecodeRune(buf[:n]); err != nil || r == utf8.RuneError || size != n {
				return nil, fmt.Errorf("%w: at byte %d", ErrGBK, at)
			}
			text = append(text, buf[:n]...)
		}
		at += len(character)
	}
	return text, nil
}

// firstOf are the bytes of the first GB 18030 character, or what is left of it.
func firstOf(gbk []byte) []byte {
	switch {
	case len(gbk) == 1 || gbk[0] <= 0x80 || gbk[0] == 0xff:
		return gbk[:1]
	case gbk[1] >= '0' && gbk[1] <= '9':
		return gbk[:min(4, len(gbk))]
	}
	return gbk[:2]
}

// EncodeGBK encodes a JSON text in GBK. A character that code page 936 lacks is
// written as \uXXXX, as a surrogate pair beyond U+FFFF, so nothing is lost.
// Anything but strict JSON is [ErrMalformed].
func EncodeGBK(text []byte) ([]byte, error) {
	// Only inside a JSON string does an escape mean the character.
	if err := Check(text); err != nil {
		return nil, err
	}
	enc := simplifiedchinese.GBK.NewEncoder().Transformer
	out := make([]byte, 0, len(text))
	for i, r := range string(text) {
		if r < utf8.RuneSelf {
			out = append(out, byte(r))
			continue
		}
		if user, ok := userBytes(r); ok {
			out = append(out, user[:]...)
			continue
		}
		var buf [2]byte
		n, _, err := enc.Transform(buf[:], text[i:i+utf8.RuneLen(r)], true)
		if err != nil || !in936(buf) {
			out = appendEscape(out, r)
			continue
		}
		out = append(out, buf[:n]...)
	}
	return out, nil
}

// in936 reports whether code page 936 gives these two bytes the same meaning as
// GBK's later editions. Windows decodes the others as private-use characters, so a
// name with 䶮 (FE9F) would arrive broken.
func in936(gbk [2]byte) bool {
	switch lead, trail := gbk[0], gbk[1]; lead {
	case 0xa6:
		return trail < 0xd9 || trail > 0xdf && trail != 0xec && trail != 0xed && trail != 0xf3
	case 0xa8:
		return trail != 0xbc && trail != 0xbf
	case 0xa9:
		return trail < 0x89 || trail > 0x95
	case 0xfe:
		return trail < 0x50
	}
	return true
}

// appendEscape appends r as JSON's \uXXXX, two of them beyond U+FFFF.
func appendEscape(out []byte, r rune) []byte {
	for _, unit := range utf16.AppendRune(nil, r) {
		out = fmt.Appendf(out, `\u%04x`, unit)
	}
	return out
}
