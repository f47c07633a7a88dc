package onetrans

// userArea is a block of user-defined characters in code page 936: rows of trail
// bytes, excluding 0x7f, that stand for Unicode's private use area from first on.
// Hospitals use them for characters of names that GBK lacks.
type userArea struct {
	lead, trail [2]byte // the first and the last
	first       rune
}

// userAreas are the three of code page 936, U+E000 to U+E765 (Microsoft's
// bestfit936.txt). GB 18030 agrees with it on them.
func userAreas() [3]userArea {
	return [3]userArea{
		{[2]byte{0xaa, 0xaf}, [2]byte{0xa1, 0xfe}, 0xe000},
		{[2]byte{0xf8, 0xfe}, [2]byte{0xa1, 0xfe}, 0xe234},
		{[2]byte{0xa1, 0xa7}, [2]byte{0x40, 0xa0}, 0xe4c6},
	}
}

// column is the position of a trail byte in its row.
func (a userArea) column(trail byte) rune {
	n := rune(trail) - rune(a.trail[0])
	if a.trail[0] < 0x7f && trail > 0x7f {
		n--
	}
	return n
}

// width is how many characters a row has.
func (a userArea) width() rune { return a.column(a.trail[1]) + 1 }

// size is how many characters the area has.
func (a userArea) size() rune { return (rune(a.lead[1]) - rune(a.lead[0]) + 1) * a.width() }

// userDefined is the character that two bytes stand for, if that is user-defined.
func userDefined(gbk []byte) (r rune, ok bool) {
	if len(gbk) != 2 || gbk[1] == 0x7f {
		return 0, false
	}
	lead, trail := gbk[0], gbk[1]
	for _, a := range userAreas() {
		if lead >= a.lead[0] && lead <= a.lead[1] && trail >= a.trail[0] && trail <= a.trail[1] {
			return a.first + rune(lead-a.lead[0])*a.width() + a.column(trail), true
		}
	}
	return 0, false
}

// userBytes are the two bytes of a user-defined character.
func userBytes(r rune) (gbk [2]byte, ok bool) {
	for _, a := range userAreas() {
		at := r - a.first
		if at < 0 || at >= a.size() {
			continue
		}
		trail := a.trail[0] + byte(at%a.width())
		if a.trail[0] < 0x7f && trail >= 0x7f {
			trail++
		}
		return [2]byte{a.lead[0] + byte(at/a.width()), trail}, true
	}
	return gbk, false
}
