package idcard

import (
	"encoding/binary"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf16"

	"onetrans/devices"
)

// Sizes of what a card holds as text, in bytes of UTF-16LE.
const (
	blockSize   = 256
	addressSize = 70
)

// place is where a field stands in the text block: offset and length in bytes.
type place struct{ at, size int }

// The fields that all kinds but the foreign card of 2017 share, as the makers of
// readers document them.
var (
	placeName      = place{0, 30}
	placeSex       = place{30, 2}
	placeNation    = place{32, 4}
	placeBirth     = place{36, 16}
	placeAddress   = place{52, addressSize}
	placeNumber    = place{122, 36}
	placeAuthority = place{158, 30}
	placeFrom      = place{188, 16}
	placeUntil     = place{204, 16}
	placeKind      = place{248, 2}
)

// Fields that only one kind has.
var (
	placePass   = place{220, 18} // residence permit
	placeIssues = place{238, 4}

	placeEnglish2017     = place{0, 120}
	placeSex2017         = place{120, 2}
	placeNumber2017      = place{122, 30}
	placeNationality2017 = place{152, 6}
	placeName2017        = place{158, 30}
	placeBirth2017       = place{220, 16}

	placeEnglish2023     = place{52, 70}
	placeEnglishMore2023 = place{220, 22}
	placeNationality2023 = place{242, 6}
)

// block is a text block of the right size.
type block []byte

// parseBlock parses a text block. Name and number, which say whose card it is, must
// be valid; any other invalid field is left empty.
func parseBlock(data []byte) (card devices.IdentityCard, err error) {
	if len(data) != blockSize {
		return card, fmt.Errorf("text block of %d bytes: %w", len(data), devices.ErrUnreadable)
	}
	b := block(data)
	switch b.latin(placeKind) {
	case "J":
		card, err = b.permit()
	case "I":
		card, err = b.foreign2017()
	case "Y":
		card, err = b.foreign2023()
	default:
		card, err = b.resident()
	}
	if err == nil && card.Number == "" {
		err = fmt.Errorf("number: %w", devices.ErrUnreadable)
	}
	if err != nil {
		return devices.IdentityCard{}, err
	}
	return card, nil
}

func (b block) resident() (devices.IdentityCard, error) {
	card, err := b.common()
	card.Kind = devices.ResidentCard
	card.Nation = b.digits(placeNation, 2)
	card.Address = b.optional(placeAddress)
	return card, err
}

func (b block) permit() (devices.IdentityCard, error) {
	card, err := b.common()
	card.Kind = devices.ResidencePermit
	card.Address = b.optional(placeAddress)
	card.PassNumber = b.latin(placePass)
	card.Issues = b.digits(placeIssues, 0)
	return card, err
}

func (b block) foreign2023() (devices.IdentityCard, error) {
	english := b.optional(placeEnglish2023, placeEnglishMore2023)
	name, err := b.foreigner(placeName, english)
	return devices.IdentityCard{
		Kind: devices.ForeignCard2023, Number: b.latin(placeNumber), Name: name, EnglishName: english,
		Sex: b.digits(placeSex, 1), Nationality: b.latin(placeNationality2023), Birth: b.digits(placeBirth, 8),
		Authority: b.optional(placeAuthority), ValidFrom: b.digits(placeFrom, 8), ValidUntil: b.until(),
	}, err
}

func (b block) foreign2017() (devices.IdentityCard, error) {
	english := b.optional(placeEnglish2017)
	name, err := b.foreigner(placeName2017, english)
	return devices.IdentityCard{
		Kind: devices.ForeignCard2017, Number: b.latin(placeNumber2017), Name: name, EnglishName: english,
		Sex: b.digits(placeSex2017, 1), Nationality: b.latin(placeNationality2017), Birth: b.digits(placeBirth2017, 8),
		ValidFrom: b.digits(placeFrom, 8), ValidUntil: b.until(),
	}, err
}

// common parses what resident cards and residence permits share.
func (b block) common() (devices.IdentityCard, error) {
	name, err := b.name(placeName)
	return devices.IdentityCard{
		Number: b.latin(placeNumber), Name: name, Sex: b.digits(placeSex, 1), Birth: b.digits(placeBirth, 8),
		Authority: b.optional(placeAuthority), ValidFrom: b.digits(placeFrom, 8), ValidUntil: b.until(),
	}, err
}

// foreigner is the Chinese name of a foreigner, or the English one if there is no
// Chinese one.
func (b block) foreigner(chinese place, english string) (string, error) {
	if len(b.text(chinese)) == 0 && english != "" {
		return english, nil
	}
	return b.name(chinese)
}

// name fails where it cannot be decoded: a name with a hole in it could be another
// person's.
func (b block) name(at place) (string, error) {
	name, ok := decode(b.text(at))
	if !ok || name == "" {
		return "", fmt.Errorf("name: %w", devices.ErrUnreadable)
	}
	return name, nil
}

// optional joins the parts of a field that may be missing or unreadable.
func (b block) optional(parts ...place) string {
	var joined []uint16
	for _, part := range parts {
		joined = append(joined, b.units(part)...)
	}
	s, _ := decode(trim(joined))
	return s
}

// until is the expiry date of the card.
func (b block) until() string {
	if s := b.optional(placeUntil); s == devices.Permanent {
		return s
	}
	return b.digits(placeUntil, 8)
}

// digits is a field of exactly this many digits, or of any number for 0; else empty.
func (b block) digits(at place, count int) string {
	s := b.latin(at)
	if strings.Trim(s, "0123456789") != "" || count != 0 && len(s) != count {
		return ""
	}
	return s
}

// latin is a field of Latin capitals and digits; else empty.
func (b block) latin(at place) string {
	s, _ := decode(b.text(at))
	for _, c := range []byte(s) {
		if (c < '0' || c > '9') && (c < 'A' || c > 'Z') {
			return ""
		}
	}
	return s
}

func (b block) text(at place) []uint16 { return trim(b.units(at)) }

func (b block) units(at place) []uint16 { return unitsOf(b[at.at : at.at+at.size]) }

func unitsOf(data []byte) []uint16 {
	units := make([]uint16, len(data)/2)
	for i := range units {
		units[i] = binary.LittleEndian.Uint16(data[2*i:])
	}
	return units
}

// trim removes the padding: spaces, on some cards NULs.
func trim(units []uint16) []uint16 {
	filling := func(u uint16) bool { return u == 0 || unicode.IsSpace(rune(u)) }
	for len(units) > 0 && filling(units[len(units)-1]) {
		units = units[:len(units)-1]
	}
	for len(units) > 0 && filling(units[0]) {
		units = units[1:]
	}
	return units
}

// reassigned maps the private-use code points of early standards to the ideographs
// that they have always shown (GB 18030-2022, annex D, and the six of GB
// 18030-2000's annex E that stayed there).
func reassigned() map[rune]rune {
	return map[rune]rune{
		0xE816: 0x20087, 0xE817: 0x20089, 0xE818: 0x200CC, 0xE81E: 0x9FB4,
		0xE826: 0x9FB5, 0xE82B: 0x9FB6, 0xE82C: 0x9FB7, 0xE831: 0x215D7,
		0xE832: 0x9FB8, 0xE83B: 0x2298F, 0xE843: 0x9FB9, 0xE854: 0x9FBA,
		0xE855: 0x241FE, 0xE864: 0x9FBB,
	}
}

// decode decodes UTF-16; ok is false, and the text empty, if a character is broken
// or invisible.
func decode(units []uint16) (text string, ok bool) {
	special := reassigned()
	runes := utf16.Decode(units)
	for i, r := range runes {
		if now, found := special[r]; found {
			runes[i] = now
		} else if unfit(r) {
			return "", false
		}
	}
	return string(runes), true
}

// unfit reports whether r does not belong in a field: replacement characters,
// invisible characters, and those that reverse the direction of text.
func unfit(r rune) bool {
	return r == unicode.ReplacementChar || r&0xFFFE == 0xFFFE ||
		unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Zl, unicode.Zp)
}
