package onetrans

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestAPlatformsWordsAreOneCleanLine(t *testing.T) {
	for said, want := range map[string]string{
		"":                                  "",
		"该卡有未完成的结算：HH4":                     "该卡有未完成的结算：HH4",
		"  two\r\nlines\t \x1b[31mred\x00 ": "two lines [31mred",
		"a\u202eb\u200bc\u2028d\ufeff":      "abc d",
		"\xff医保\xfe":                        "医保",
		strings.Repeat("长", 201):            strings.Repeat("长", 199) + "…",
		strings.Repeat("长", 200):            strings.Repeat("长", 200),
	} {
		if got := (Answer{ErrMsg: T(said)}).Words(); got != want {
			t.Errorf("%q became %q, want %q", said, got, want)
		}
	}
}

func FuzzWords(f *testing.F) {
	f.Add("该卡有未完成的结算：HH4")
	f.Add("\x1b]0;x\a\u202e\U0001f600")
	f.Fuzz(func(t *testing.T, said string) {
		got := Answer{ErrMsg: T(said)}.Words()
		if !utf8.ValidString(got) || utf8.RuneCountInString(got) > MaxErrMsg || strings.TrimSpace(got) != got ||
			strings.ContainsFunc(got, func(r rune) bool { return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) }) {
			t.Errorf("%q became %q", said, got)
		}
		if again := (Answer{ErrMsg: T(got)}).Words(); again != got {
			t.Errorf("%q became %q, and then %q", said, got, again)
		}
	})
}
