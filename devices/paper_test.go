package devices

import "testing"

func TestColumns(t *testing.T) {
	for text, want := range map[string]int{
		"": 0, "abc 12.5": 8, "欧阳": 4, "㛃䶮𠅤𬱖": 8, "，。（）": 8, "·—“”": 8, "￥": 2, "\u00a0": 1,
		"e\u0301": 1, "a\x1b\u200b": 1, "ﾊ": 1, "\U0003FFFD": 2, "é": 2, "Ω": 2, "𝛼": 1, "\ue000": 2, "㐀\U000E0100": 2,
	} {
		if got := Columns(text); got != want {
			t.Errorf("%q takes %d columns, want %d", text, got, want)
		}
	}
}

func TestWhatPrintersHave(t *testing.T) {
	for r, want := range map[rune]bool{
		'欧': true, '珺': true, '镕': true, '，': true, '￥': true, '·': true, '龥': true,
		'㛃': false, '䶮': false, '𠅤': false, '𬱖': false, '鿏': false, '€': false, '¥': false, 'a': false,
		'\ue000': false, '\x1b': false, '\ufffd': false,
	} {
		if _, got := GBK(r); got != want {
			t.Errorf("%c U+%04X: %v", r, r, got)
		}
	}
}
