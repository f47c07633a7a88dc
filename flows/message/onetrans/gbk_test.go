package onetrans_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
	"pgregory.net/rapid"

	"onetrans/flows/message/onetrans"
)

func TestDecodeGBK(t *testing.T) {
	for gbk, want := range map[string]string{
		"":                         "",
		"{}":                       "{}",
		"\xc0\xee\xcb\xc4":         "李四",
		"\x81\x40":                 "丂", // GBK/3: beyond GB 2312
		"\x80":                     "€", // code page 936
		"\xa2\xe3":                 "€", // GB 18030's place for it
		"\xfe\x9f":                 "䶮", // beyond code page 936, but some write it
		"\x95\x32\xa6\x32":         "𠅤", // GB 18030, four bytes
		"\x82\x30\xb7\x31":         "㛃",
		"\x81\x39\xee\x39":         "㐀", // its second byte is the last that may be
		"\x81\x30\x81\x30":         "\u0080",
		"\x95\x5c":                 "昞", // its second byte is a backslash
		"{\"a\":\"\x95\x5c\"}":     "{\"a\":\"昞\"}",
		"\xa1\xa4\xa1\xaa\xa1\xab": "·—～",          // where code page 936 and GB 2312 differ
		"\xaa\xa1\xaf\xfe":         "\ue000\ue233", // user-defined, the first and the last of each area
		"\xf8\xa1\xfe\xfe":         "\ue234\ue4c5",
		"\xa1\x40\xa7\xa0":         "\ue4c6\ue765",
		"\xa1\x7e\xa1\x80":         "\ue504\ue505",       // no trail is 7f
		"\xa3\xa0":                 "\ue5e5",             // not the web's full-width space
		"\xa1\xa1\xa2\xa1\xa7\xa1": "　ⅰА",                // beside them
		"{\"n\":\"\xa1\x5c\"}":     "{\"n\":\"\ue4e2\"}", // its second byte is a backslash
	} {
		if got, err := onetrans.DecodeGBK([]byte(gbk)); err != nil || string(got) != want {
			t.Errorf("%x is %q, %v; want %q", gbk, got, err, want)
		}
	}
}

func TestDecodeGBKRefuses(t *testing.T) {
	for name, gbk := range map[string]string{
		"a lead byte at the end":      "{\"a\":\"\xc0",
		"a bad second byte":           "\xc0\x20",
		"a second byte of 7f":         "\xc0\x7f",
		"ff":                          "\xff\xff",
		"UTF-8 that is no GBK":        "李四光",
		"half a GB 18030 four-byte":   "\x82\x30",
		"three of its four bytes":     "\x82\x30\xb7",
		"four, of which one is off":   "\xbe\x3e\x87\x33",
		"four that mean nothing":      "\x82\x30\x82\x41",
		"user-defined, cut short":     "{\"a\":\"\xaa",
		"user-defined, with 7f":       "\xa1\x7f",
		"between two areas":           "\xb0\xff",
		"four bytes for U+FFFD":       "\x84\x31\xa4\x37",
		"the lead byte before quotes": "{\"a\":\"\xc0\"}",
	} {
		if got, err := onetrans.DecodeGBK([]byte(gbk)); !errors.Is(err, onetrans.ErrGBK) {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	if text, err := onetrans.DecodeGBK(bytes.Repeat([]byte{' '}, onetrans.MaxMessage)); err != nil || len(text) != onetrans.MaxMessage {
		t.Errorf("as long as may be: %v", err)
	}
	if _, err := onetrans.DecodeGBK(bytes.Repeat([]byte{' '}, onetrans.MaxMessage+1)); !errors.Is(err, onetrans.ErrMalformed) {
		t.Errorf("too long: %v", err)
	}
}

func TestEncodeGBK(t *testing.T) {
	for text, want := range map[string]string{
		`{"n":"李四"}`:         "{\"n\":\"\xc0\xee\xcb\xc4\"}",
		`{"n":"€"}`:          "{\"n\":\"\x80\"}",
		`{"n":"䶮"}`:          `{"n":"\u4dae"}`,       // a name's character that GBK lacks
		`{"n":"𠮷"}`:          `{"n":"\ud842\udfb7"}`, // beyond U+FFFF
		`{"n":"李😀四"}`:        "{\"n\":\"\xc0\xee\\ud83d\\ude00\xcb\xc4\"}",
		`{"n":"\u4e00"}`:     `{"n":"\u4e00"}`,
		`{"é":1}`:            "{\"\xa8\xa6\":1}",
		`{"ñ":1}`:            `{"\u00f1":1}`,
		"[\"\ue000\ue765\"]": "[\"\xaa\xa1\xa7\xa0\"]", // user-defined
		"[\"\ue766\"]":       `["\ue766"]`,             // private use that is none of it
	} {
		if got, err := onetrans.EncodeGBK([]byte(text)); err != nil || string(got) != want {
			t.Errorf("%s is %q, %v; want %q", text, got, err, want)
		}
	}
	for _, text := range []string{"", "\"\xff\"", `{"a":`, `李`, `{"a":\李}`} {
		if got, err := onetrans.EncodeGBK([]byte(text)); !errors.Is(err, onetrans.ErrMalformed) {
			t.Errorf("%q is %q, %v", text, got, err)
		}
	}
}

// page936 is Windows' code page 936, after Microsoft's own table (CP936.TXT of the
// Unicode consortium): a line for each first byte, with the characters of the
// second bytes 40 to FE without 7F, and U+FFFD where there is none.
func page936(t *testing.T) map[rune][2]byte {
	t.Helper()
	table, err := os.ReadFile("testdata/cp936.txt")
	if err != nil {
		t.Fatal(err)
	}
	page := map[rune][2]byte{}
	for line := range strings.Lines(string(table)) {
		first, row, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		lead, err := strconv.ParseUint(first, 16, 8)
		if err != nil {
			t.Fatal(err)
		}
		trail := byte(0x40)
		for _, r := range row {
			if r != utf8.RuneError {
				page[r] = [2]byte{byte(lead), trail}
			}
			if trail++; trail == 0x7f {
				trail++
			}
		}
	}
	return page
}

func TestACharacterGoesOutAsCodePage936HasItOrAsAnEscape(t *testing.T) {
	page := page936(t)
	if len(page) < 21_000 {
		t.Fatalf("the table has %d characters", len(page))
	}
	for r := rune(utf8.RuneSelf); r <= 0xffff; r++ {
		if !utf8.ValidRune(r) || r == utf8.RuneError || r >= 0xe000 && r <= 0xe765 || r == '€' { // user-defined; 0x80
			continue
		}
		want := fmt.Sprintf(`"\u%04x"`, r)
		if two, ok := page[r]; ok {
			want = `"` + string(two[:]) + `"`
			if text, err := onetrans.DecodeGBK(two[:]); err != nil || string(text) != string(r) {
				t.Errorf("%x is %q, %v, not %U", two, text, err, r)
			}
		}
		if got, err := onetrans.EncodeGBK([]byte(`"` + string(r) + `"`)); err != nil || string(got) != want {
			t.Errorf("%U is %x, %v, want %x", r, got, err, want)
		}
	}
}

// TestEveryCharacterSurvivesGBK sends each character there is to HIS and back.
func TestEveryCharacterSurvivesGBK(t *testing.T) {
	for low := rune(' '); low <= unicode.MaxRune; low += 0x1000 {
		var all strings.Builder
		for r := low; r < low+0x1000; r++ {
			if utf8.ValidRune(r) && r != utf8.RuneError {
				all.WriteRune(r)
			}
		}
		text, _ := jsontext.AppendQuote(nil, all.String())
		if got := throughGBK(t, text); got != all.String() {
			t.Errorf("from U+%04X on, characters changed", low)
		}
	}
}

// User-defined characters keep their bytes on the way here and back, whatever
// stands around them.
func TestUserDefinedCharactersKeepTheirBytes(t *testing.T) {
	user := rapid.OneOf(
		rapid.Custom(func(t *rapid.T) string { return twoBytes(t, 0xaa, 0xaf, 0xa1, 0xfe) }),
		rapid.Custom(func(t *rapid.T) string { return twoBytes(t, 0xf8, 0xfe, 0xa1, 0xfe) }),
		rapid.Custom(func(t *rapid.T) string { return twoBytes(t, 0xa1, 0xa7, 0x40, 0xa0) }),
	)
	other := rapid.SampledFrom([]string{"a", "0", " ", "\xc0\xee", "\x81\x40", "\x95\x5c", "\x80"})
	rapid.Check(t, func(t *rapid.T) {
		name := strings.Join(rapid.SliceOf(rapid.OneOf(user, other)).Draw(t, "name"), "")
		in := []byte("{\"n\":\"" + name + "\"}")
		text, err := onetrans.DecodeGBK(in)
		if err != nil {
			t.Fatal(err)
		}
		out, err := onetrans.EncodeGBK(text)
		if err != nil || !bytes.Equal(in, out) {
			t.Fatalf("%x became %q, then %x, %v", in, text, out, err)
		}
	})
}

func twoBytes(t *rapid.T, leadFrom, leadTo, trailFrom, trailTo byte) string {
	lead := rapid.ByteRange(leadFrom, leadTo).Draw(t, "lead")
	trail := rapid.ByteRange(trailFrom, trailTo).Filter(func(b byte) bool { return b != 0x7f }).Draw(t, "trail")
	return string([]byte{lead, trail})
}

// Every one of them has two bytes of its own, and no other character has those.
func TestEveryUserDefinedCharacterHasTwoBytes(t *testing.T) {
	seen := map[string]rune{}
	for r := rune(0xe000); r <= 0xe765; r++ {
		gbk, err := onetrans.EncodeGBK([]byte(`"` + string(r) + `"`))
		if err != nil || len(gbk) != 4 {
			t.Fatalf("%U is %x, %v", r, gbk, err)
		}
		if before, twice := seen[string(gbk)]; twice {
			t.Errorf("%U and %U are both %x", before, r, gbk)
		}
		seen[string(gbk)] = r
		if text, err := onetrans.DecodeGBK(gbk); err != nil || string(text) != `"`+string(r)+`"` {
			t.Errorf("%U came back as %+q, %v", r, text, err)
		}
	}
}

func TestManyCharactersThatGBKLacks(t *testing.T) {
	want := strings.Repeat("😀", 20_000)
	if got := throughGBK(t, []byte(`"`+want+`"`)); got != want {
		t.Error("characters changed")
	}
}

func FuzzGBKRoundTrip(f *testing.F) {
	f.Add([]byte(`{"n":"李四€😀\u4e00"}`))
	f.Add([]byte("\"\x95\x5c\""))
	f.Add([]byte("\"\xaa\xa1\xa1\x40\xfe\xfe\ue765\""))
	f.Fuzz(func(t *testing.T, in []byte) {
		if text, err := onetrans.DecodeGBK(in); err == nil && !utf8.Valid(text) {
			t.Fatalf("%x is no UTF-8", text)
		}
		if onetrans.Check(in) != nil {
			return
		}
		gbk, err := onetrans.EncodeGBK(in)
		if err != nil {
			t.Fatal(err)
		}
		again, err := onetrans.DecodeGBK(gbk)
		if errors.Is(err, onetrans.ErrMalformed) {
			return // the escapes made it too long
		}
		if err != nil {
			t.Fatal(err)
		}
		if a, b := canonical(t, in), canonical(t, again); a != b {
			t.Fatalf("%q became %q", a, b)
		}
	})
}

// canonical is a JSON text with every string in its shortest escaping.
func canonical(t *testing.T, text []byte) string {
	t.Helper()
	v := jsontext.Value(text).Clone()
	if err := v.Format(jsontext.PreserveRawStrings(false)); err != nil {
		t.Fatal(err)
	}
	return string(v)
}

// throughGBK is a JSON string after a way to HIS and back.
func throughGBK(t *testing.T, literal []byte) string {
	t.Helper()
	gbk, err := onetrans.EncodeGBK(literal)
	if err != nil {
		t.Fatal(err)
	}
	back, err := onetrans.DecodeGBK(gbk)
	if err != nil {
		t.Fatal(err)
	}
	var text onetrans.Text
	if err := onetrans.Unmarshal(back, &text); err != nil {
		t.Fatal(err)
	}
	return text.String()
}
