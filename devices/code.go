package devices

import "strings"

// CodeShape is the set of things that a scanned code may be, judged by its form
// alone. A code can have several shapes; the screen that asked for it decides which
// one counts.
type CodeShape uint8

// The shapes. A code with none of them is not an error: platforms add codes, so a
// screen that identifies people passes an unknown code on.
const (
	ShapeWeChat     CodeShape = 1 << iota // WeChat payment code: 18 digits that begin with 10 to 15
	ShapeAlipay                           // Alipay payment code: 16 to 24 digits that begin with 25 to 30
	ShapeUnionPay                         // UnionPay payment code: 19 digits that begin with 62
	ShapeHealthCard                       // electronic health card: parts joined by colons, the first 64 hex digits
	ShapeVoucher                          // medical-insurance voucher: 28 digits
	ShapeIdentity                         // resident identity number with the right check digit
)

// maxCodeLength bounds what [ShapeOf] looks at, in bytes.
const maxCodeLength = 512

// Health reports whether the code may identify a patient without paying anything: a
// health card or an insurance voucher.
func (s CodeShape) Health() bool {
	return s&(ShapeHealthCard|ShapeVoucher) != 0
}

// ShapeOf returns all shapes of the code, 0 for none. An identity number from
// provinces 11 to 15 also looks like a WeChat code: both bits are set.
func ShapeOf(code string) CodeShape {
	if len(code) > maxCodeLength {
		return 0
	}
	var shape CodeShape
	if IdentityNumber(code) {
		shape |= ShapeIdentity
	}
	if isHealthCard(code) {
		shape |= ShapeHealthCard
	}
	if len(code) < 16 || !digits(code) {
		return shape
	}
	prefix := code[:2]
	switch n := len(code); {
	case n == 18 && prefix >= "10" && prefix <= "15":
		shape |= ShapeWeChat
	case n <= 24 && prefix >= "25" && prefix <= "30":
		shape |= ShapeAlipay
	case n == 19 && prefix == "62":
		shape |= ShapeUnionPay
	case n == 28:
		shape |= ShapeVoucher
	}
	return shape
}

// IdentityNumber reports whether number is a resident identity number with the
// right check digit (GB 11643, ISO 7064 MOD 11-2): 17 digits and a digit or X.
// Region and birth date are not checked.
func IdentityNumber(number string) bool {
	if len(number) != 18 || !digits(number[:17]) {
		return false
	}
	check := 0
	for i := range 17 {
		check = (check + int(number[i]-'0')) * 2 % 11
	}
	return number[17] == "10X98765432"[check]
}

func isHealthCard(code string) bool {
	id, _, found := strings.Cut(code, ":")
	if !found || len(id) != 64 {
		return false
	}
	return strings.Trim(id, "0123456789abcdefABCDEF") == ""
}

func digits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}
