package printer

import (
	"bytes"
	"testing"
	"unicode"

	"pgregory.net/rapid"

	"onetrans/devices"
	"onetrans/devices/virtualprinter"
)

// Whatever stands on a slip: what comes out in letters is what went in, the
// rest is drawn, and no real-time command is hidden in it.
func TestWhatGoesInComesOut(t *testing.T) {
	p := open(t, Options{Kind: File, Columns: 48})
	chars := rapid.RuneFrom([]rune("㛃䶮𠅤𬱖欧阳娜abc 019.*-，。￥·é\u0301\x1b\x10\u00a0\u202e"), unicode.Han, unicode.Latin)
	text := rapid.StringOfN(chars, 0, 22, -1)
	rapid.Check(t, func(t *rapid.T) {
		line := devices.SlipLine{Text: text.Draw(t, "text"), Middle: rapid.Bool().Draw(t, "middle"), Double: rapid.Bool().Draw(t, "double")}
		job, err := p.encode(devices.Slip{Lines: []devices.SlipLine{line}, Code: rapid.StringN(0, 60, -1).Draw(t, "code")})
		if err != nil {
			t.Fatal(err)
		}
		for _, command := range [][]byte{{0x10, 0x04}, {0x10, 0x05}, {0x10, 0x14}} {
			if bytes.Contains(job, command) {
				t.Fatalf("% x is in it", command)
			}
		}
		paper, rest := virtualprinter.Read(job)
		if len(rest) > 0 {
			t.Fatalf("not understood: %d bytes", len(rest))
		}
		parts := p.fitted(line)
		for i, part := range parts {
			got := paper.Lines[i]
			if part.Columns() > 48 {
				t.Fatalf("%q is too wide", part.Text)
			}
			if drawn := !all(part.Text, settable); drawn != (got.Picture != nil) || !drawn && got.Text != part.Text {
				t.Fatalf("%q came out as %q", part.Text, got.Text)
			}
		}
	})
}
