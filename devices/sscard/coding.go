package sscard

import (
	"encoding/hex"
	"fmt"
	"strings"
	"unicode"

	"golang.org/x/text/encoding/simplifiedchinese"

	"onetrans/devices"
)

// cardCodeSize is the length of the card identification code in bytes.
const cardCodeSize = 16

// decode makes a card of its records. The three fields that say whose card it is
// must be valid; any other invalid field is left empty.
func decode(v values) (devices.SocialSecurityCard, error) {
	card := devices.SocialSecurityCard{
		CardCode:   strings.ToUpper(hex.EncodeToString(v[tagCardCode])),
		Class:      text(v[tagClass]),
		Version:    text(v[tagVersion]),
		Issuer:     digits(v[tagIssuer]),
		Issued:     digits(v[tagIssued]),
		ValidUntil: digits(v[tagValidUntil]),
		CardNo:     text(v[tagCardNo]),
		IDNo:       text(v[tagIDNo]),
		Sex:        text(v[tagSex]),
		Nation:     digits(v[tagNation]),
		BirthPlace: digits(v[tagBirthPlace]),
		Birth:      digits(v[tagBirth]),
	}
	var err error
	card.Name, err = name(v[tagName], v[tagNameMore])
	switch {
	case err != nil:
		return devices.SocialSecurityCard{}, err
	case len(v[tagCardCode]) != cardCodeSize:
		return devices.SocialSecurityCard{}, fmt.Errorf("card code of %d bytes: %w", len(v[tagCardCode]), devices.ErrUnreadable)
	case card.IDNo == "":
		return devices.SocialSecurityCard{}, fmt.Errorf("social-security number: %w", devices.ErrUnreadable)
	}
	return card, nil
}

// digits decodes cn: packed BCD, padded with F on the right. A value with any other
// nibble is invalid: empty.
func digits(value []byte) string {
	s := strings.TrimRight(hex.EncodeToString(value), "f")
	if strings.Trim(s, "0123456789") != "" {
		return ""
	}
	return s
}

// text decodes an: printable ASCII, padded with 00, occasionally FF or spaces. A
// value with anything else is invalid: empty.
func text(value []byte) string {
	s := strings.Trim(string(unpadded(value)), " ")
	for _, c := range []byte(s) {
		if c < ' ' || c > '~' {
			return ""
		}
	}
	return s
}

// name joins the name and its continuation, then decodes them: a character may be
// split between the two. An undecodable name is an error: a name with a hole in it
// could be another person's.
func name(first, more []byte) (string, error) {
	joined := append(unpadded(first), unpadded(more)...)
	decoded, ok := decodeGB18030(joined)
	decoded = strings.TrimSpace(decoded)
	if !ok || decoded == "" {
		return "", fmt.Errorf("name of %d bytes is not GB 18030: %w", len(joined), devices.ErrUnreadable)
	}
	return decoded, nil
}

// unpadded removes the padding, 00 or FF: no character ends with either byte.
func unpadded(value []byte) []byte {
	n := len(value)
	for n > 0 && (value[n-1] == 0x00 || value[n-1] == 0xFF) {
		n--
	}
	return value[:n:n]
}

// reassigned maps the two-byte codes that early GB 18030 kept in the private use
// area, and that x/text does not know, to the ideographs that they have always
// shown (GB 18030-2022, annex D, and the six that follow the same table).
func reassigned() map[string]rune {
	return map[string]rune{
		"\xFE\x51": 0x20087, "\xFE\x52": 0x20089, "\xFE\x53": 0x200CC, "\xFE\x59": 0x9FB4,
		"\xFE\x61": 0x9FB5, "\xFE\x66": 0x9FB6, "\xFE\x67": 0x9FB7, "\xFE\x6C": 0x215D7,
		"\xFE\x6D": 0x9FB8, "\xFE\x76": 0x2298F, "\xFE\x7E": 0x9FB9, "\xFE\x90": 0x9FBA,
		"\xFE\x91": 0x241FE, "\xFE\xA0": 0x9FBB,
	}
}

// decodeGB18030 decodes character by character; ok is false if one is broken,
// unassigned or a control character.
func decodeGB18030(coded []byte) (decoded string, ok bool) {
	var out strings.Builder
	special := reassigned()
	for len(coded) > 0 {
		n := min(charLength(coded), len(coded))
		char := string(coded[:n])
		coded = coded[n:]
		if r, found := special[char]; found {
			out.WriteRune(r)
			continue
		}
		s, err := simplifiedchinese.GB18030.NewDecoder().String(char)
		if err != nil || strings.ContainsFunc(s, unfit) {
			return "", false
		}
		out.WriteString(s)
	}
	return out.String(), true
}

// charLength returns how many bytes the first character of coded has.
func charLength(coded []byte) int {
	switch {
	case coded[0] < 0x81:
		return 1
	case len(coded) > 1 && coded[1] >= '0' && coded[1] <= '9':
		return 4
	}
	return 2
}

// unfit reports whether r does not belong in a name: replacement characters,
// invisible characters, and those that reverse the direction of text.
func unfit(r rune) bool {
	return r == unicode.ReplacementChar || r&0xFFFE == 0xFFFE ||
		unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Zl, unicode.Zp)
}
