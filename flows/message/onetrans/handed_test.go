package onetrans_test

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"pgregory.net/rapid"

	"onetrans/flows/message/onetrans"
)

func TestTextThatIsUTF8WithChineseInItIsNeverReadAsGBK(t *testing.T) {
	for _, text := range []string{
		`{"opter_name":"张三"}`, `{"opter_name":"欧阳文珺"}`, `{"dept_name":"门诊"}`, `{"a":"（内）"}`, "\ufeff{}", `{"a":"𠅤"}`, `“”`,
		`{"opter_name":"李"}`, // no GBK either
		"李" + strings.Repeat(" ", onetrans.MaxMessage-3),
	} {
		if got, err := onetrans.DecodeHanded([]byte(text)); !errors.Is(err, onetrans.ErrUTF8) || !errors.Is(err, onetrans.ErrGBK) {
			t.Errorf("%s is %q, %v", text, got, err)
		}
	}
	for gbk, want := range map[string]string{
		`{"a":1}`:                      `{"a":1}`,
		"{\"a\":\"\xd5\xc5\xc8\xfd\"}": `{"a":"张三"}`,
		"{\"a\":\"\xc1\xaa\xcd\xa8\"}": `{"a":"联通"}`, // which many take for UTF-8
		"{\"a\":\"\xce\xc4\xd6\xaa\"}": `{"a":"文知"}`,
		"{\"a\":\"\xc3\xa9\"}":         `{"a":"茅"}`, // é in UTF-8, and no Chinese in it
		"\xc2\xac":                     `卢`,
	} {
		if got, err := onetrans.DecodeHanded([]byte(gbk)); err != nil || string(got) != want {
			t.Errorf("%x is %q, %v; want %q", gbk, got, err, want)
		}
	}
}

// firstLevel calls do with every character of GB 2312's first level, rows 16 to 55.
func firstLevel(do func(character [2]byte)) {
	for lead := byte(0xb0); lead <= 0xd7; lead++ {
		for trail := byte(0xa1); trail <= 0xfe; trail++ {
			if lead < 0xd7 || trail <= 0xf9 { // its last row has 89
				do([2]byte{lead, trail})
			}
		}
	}
}

// TestNoTextOfGB2312sFirstLevelIsTakenForUTF8 tries each text of one and of two
// characters. For the longer ones it proves what it takes: whatever follows a
// character, UTF-8 either refuses it at once or takes its two bytes, so that the
// next character is at a beginning again; and two bytes of UTF-8 are no Chinese.
func TestNoTextOfGB2312sFirstLevelIsTakenForUTF8(t *testing.T) {
	count := 0
	firstLevel(func(c [2]byte) {
		count++
		isRead(t, c[:])
		for next := range 256 {
			r, size := utf8.DecodeRune(append(c[:], byte(next), 0xbf, 0xbf))
			if size != 2 && (r != utf8.RuneError || size != 1) {
				t.Fatalf("%x and %x begin with %U, of %d bytes", c, next, r, size)
			}
		}
	})
	if count != 3755 {
		t.Fatalf("%d characters, not 3755", count)
	}
	text := make([]byte, 4)
	firstLevel(func(first [2]byte) {
		copy(text, first[:])
		firstLevel(func(second [2]byte) {
			copy(text[2:], second[:])
			if onetrans.LooksUTF8(text) {
				t.Fatalf("%x is taken for UTF-8", text)
			}
		})
	})
}

func isRead(t interface{ Fatalf(string, ...any) }, gbk []byte) {
	if text, err := onetrans.DecodeHanded(gbk); err != nil || utf8.RuneCount(text) != len(gbk)/2 {
		t.Fatalf("%x is %q, %v", gbk, text, err)
	}
}

func TestLongerTextsOfTheFirstLevelAreRead(t *testing.T) {
	character := rapid.Custom(func(t *rapid.T) string {
		// Near what UTF-8 takes: leads from c2 on, trails up to bf.
		lead := rapid.OneOf(rapid.ByteRange(0xb0, 0xd6), rapid.ByteRange(0xc2, 0xd6)).Draw(t, "lead")
		trail := rapid.OneOf(rapid.ByteRange(0xa1, 0xfe), rapid.ByteRange(0xa1, 0xbf)).Draw(t, "trail")
		return string([]byte{lead, trail})
	})
	rapid.Check(t, func(t *rapid.T) {
		isRead(t, []byte(strings.Join(rapid.SliceOfN(character, 3, 4).Draw(t, "text"), "")))
	})
}

func TestANulEndsTheText(t *testing.T) {
	for in, want := range map[string]string{
		"{}\x00":                   "{}",
		"{}\x00\x00garbage\xff":    "{}",
		"{\"n\":\"\xc0\xee\"}\x00": `{"n":"李"}`,
		"\x00":                     "",
	} {
		if got, err := onetrans.DecodeHanded([]byte(in)); err != nil || string(got) != want {
			t.Errorf("%q is %q, %v", in, got, err)
		}
	}
	if _, err := onetrans.DecodeHanded([]byte("{}\x00" + strings.Repeat(" ", onetrans.MaxMessage))); err != nil {
		t.Errorf("what is behind the end counts: %v", err)
	}
}

func TestUTF16IsRecognised(t *testing.T) {
	units := utf16.Encode([]rune(`{"opter_name":"张三"}`))
	var little, big []byte
	for _, u := range units {
		little = append(little, byte(u), byte(u>>8))
		big = append(big, byte(u>>8), byte(u))
	}
	for name, in := range map[string][]byte{
		"little": little, "big": big,
		"little, marked": append([]byte{0xff, 0xfe}, little...), "big, marked": append([]byte{0xfe, 0xff}, big...),
		"little, ended": append(little, 0, 0),
		"one character": {'{', 0},
	} {
		if got, err := onetrans.DecodeHanded(in); !errors.Is(err, onetrans.ErrUTF16) || !errors.Is(err, onetrans.ErrGBK) {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

func FuzzHanded(f *testing.F) {
	for _, seed := range []string{"", "{}", "{}\x00x", "{\x00}\x00", "\xff\xfe{\x00", "张三", "\xd5\xc5", "\xc3\xa9", "\ufeff{}"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		text, err := onetrans.DecodeHanded(in)
		switch {
		case err != nil && !errors.Is(err, onetrans.ErrGBK) && !errors.Is(err, onetrans.ErrMalformed):
			t.Fatalf("no reason that has a name: %v", err)
		case err == nil && !utf8.Valid(text):
			t.Fatalf("%x is no UTF-8", text)
		case err == nil && strings.ContainsRune(string(text), 0):
			t.Fatal("it goes on behind its end")
		}
	})
}
