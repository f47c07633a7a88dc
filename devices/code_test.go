package devices

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestShapeOf(t *testing.T) {
	hex64 := strings.Repeat("0aF9", 16)
	tests := map[string]struct {
		code string
		want CodeShape
	}{
		"WeChat":                               {"134567890123456789", ShapeWeChat},
		"WeChat, lowest prefix":                {"100000000000000000", ShapeWeChat},
		"WeChat is exactly 18 digits":          {"13456789012345678", 0},
		"prefix 16 is nobody's":                {"164567890123456789", 0},
		"Alipay, 16 digits":                    {"2512345678901234", ShapeAlipay},
		"Alipay, 18 digits":                    {"281234567890123456", ShapeAlipay},
		"Alipay, 24 digits":                    {"301234567890123456789012", ShapeAlipay},
		"Alipay, too long":                     {"3012345678901234567890123", 0},
		"UnionPay":                             {"6212345678901234567", ShapeUnionPay},
		"UnionPay is exactly 19 digits":        {"62123456789012345678", 0},
		"health card":                          {hex64 + ":1:ABC", ShapeHealthCard},
		"health card wants its colon":          {hex64, 0},
		"health card wants 64 hex digits":      {hex64[1:] + "g:1", 0},
		"insurance voucher":                    {"3500000000000000000012345678", ShapeVoucher},
		"voucher with an Alipay prefix":        {"2800000000000000000012345678", ShapeVoucher},
		"identity number":                      {"11010519491231002X", ShapeIdentity},
		"identity number, wrong check digit":   {"110105194912310021", ShapeWeChat},
		"identity number that looks WeChat":    {"110105199001011128", ShapeWeChat | ShapeIdentity},
		"letters":                              {"hello", 0},
		"empty":                                {"", 0},
		"digits that are not ASCII":            {"１３４５６７８９０１２３４５６７８９", 0},
		"far too long to be looked at closely": {hex64 + ":" + strings.Repeat("1", 500), 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := ShapeOf(test.code); got != test.want {
				t.Errorf("ShapeOf = %06b, want %06b", got, test.want)
			}
		})
	}
}

// One digit mistyped or two neighbours swapped is what MOD 11-2 is there for.
func TestIdentityNumberNoticesSlips(t *testing.T) {
	const good = "11010519491231002X"
	rapid.Check(t, func(t *rapid.T) {
		i := rapid.IntRange(0, 16).Draw(t, "position")
		bad := []byte(good)
		bad[i] = byte(rapid.IntRange('0', '9').Draw(t, "digit"))
		if string(bad) != good && IdentityNumber(string(bad)) {
			t.Fatalf("%s passes", bad)
		}
	})
	if !IdentityNumber(good) || IdentityNumber("11010519491231002x") || IdentityNumber("11010519491213002X") {
		t.Error("the sample of GB 11643 is judged wrongly")
	}
}
