package sscard

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
	"pgregory.net/rapid"

	"onetrans/devices"
)

func TestDigits(t *testing.T) {
	for in, want := range map[string]string{
		"20250131": "20250131",
		"35010FFF": "35010",
		"FFFFFFFF": "",
		"":         "",
		"00000000": "00000000",
		"2025F131": "",
		"2025A131": "",
	} {
		if got := digits(unhex(in)); got != want {
			t.Errorf("digits(%s) = %q, want %q", in, got, want)
		}
	}
}

func TestText(t *testing.T) {
	for in, want := range map[string]string{
		"A1234567\x00":          "A1234567",
		"12\x00\x00":            "12",
		" 12  ":                 "12",
		"12 \xFF\xFF":           "12",
		"\x00\x00":              "",
		"1\x002":                "",
		"1\n":                   "",
		"\xD5\xC5":              "",
		"":                      "",
		"11010519491231002X":    "11010519491231002X",
		"11010519491231002\x7F": "",
	} {
		if got := text([]byte(in)); got != want {
			t.Errorf("text(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestName(t *testing.T) {
	tests := map[string]struct{ first, more, want string }{
		"padded with 00":                     {"\xD5\xC5\xC8\xFD\x00\x00", "", "张三"},
		"padded with spaces":                 {"\xD5\xC5\xC8\xFD  ", "", "张三"},
		"padded with FF":                     {"\xD5\xC5\xC8\xFD\xFF\xFF", "\xFF\xFF", "张三"},
		"wide space inside and after":        {"\xD5\xC5\xA1\xA1\xC8\xFD\xA1\xA1", "", "张　三"},
		"two bytes (GBK)":                    {"\xFE\x9F", "", "䶮"},
		"four bytes, Extension A":            {"\x82\x30\xB7\x31", "", "㛃"},
		"four bytes, Extension B":            {"\x95\x32\xA6\x32", "", "𠅤"},
		"four bytes, cut after one":          {"\x95", "\x32\xA6\x32", "𠅤"},
		"four bytes, cut after three":        {"\x95\x32\xA6\x00", "\x32\x00", "𠅤"},
		"a code that GB 18030-2022 moved":    {"\xFE\x59", "", "龴"},
		"its four-byte code":                 {"\x82\x35\x90\x37", "", "龴"},
		"a code for Extension B from GBK":    {"\xFE\x51", "", "𠂇"},
		"half a character is no name":        {"\xD5\xC5\xC8", "", ""},
		"half of four bytes is no name":      {"\xD5\xC5\x95\x32", "", ""},
		"a private character is no name":     {"\xAA\xA1", "", ""},
		"a direction override is no name":    {"A\x81\x36\xA7\x31", "", ""},
		"spaces alone are no name":           {"  \xA1\xA1", "", ""},
		"a zero in the middle is no name":    {"A\x00B", "", ""},
		"a lone continuation is a name, too": {"", "\xD5\xC5", "张"},
	}
	for title, test := range tests {
		t.Run(title, func(t *testing.T) {
			got, err := name([]byte(test.first), []byte(test.more))
			if got != test.want || (err != nil) != (test.want == "") || err != nil && !errors.Is(err, devices.ErrUnreadable) {
				t.Errorf("got %q, %v; want %q", got, err, test.want)
			}
		})
	}
}

// Wherever a card cuts a name in two, it comes out whole.
func TestNameSurvivesAnyCut(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.StringOfN(rapid.SampledFrom([]rune("张王·尔㛃䶮𠅤龴鿃𬬭ABZ")), 1, 12, -1).Draw(t, "name")
		coded, err := simplifiedchinese.GB18030.NewEncoder().Bytes([]byte(want))
		if err != nil {
			t.Fatal(err)
		}
		cut := rapid.IntRange(0, len(coded)).Draw(t, "cut")
		got, err := name(append(coded[:cut:cut], 0, 0), append(coded[cut:len(coded):len(coded)], 0))
		if err != nil || got != want {
			t.Fatalf("got %q, %v", got, err)
		}
	})
}

// Any bytes make a name that can be shown, or none.
func FuzzName(f *testing.F) {
	f.Add([]byte("\xD5\xC5\xC8\xFD\x00"), []byte(""))
	f.Add([]byte("\x95\x32"), []byte("\xA6\x32\x00"))
	f.Add([]byte("\xFE\x59\x80\xFF"), []byte("\x81\x36\xA7\x31"))
	f.Fuzz(func(t *testing.T, first, more []byte) {
		got, err := name(first, more)
		if err != nil {
			if !errors.Is(err, devices.ErrUnreadable) || got != "" {
				t.Fatalf("%q, %v", got, err)
			}
			return
		}
		if got == "" || !utf8.ValidString(got) || strings.ContainsFunc(got, unfit) {
			t.Fatalf("name %q", got)
		}
	})
}
