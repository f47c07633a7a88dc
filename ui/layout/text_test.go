package layout_test

import (
	"image/color"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"
	"pgregory.net/rapid"

	"onetrans/ui/layout"
	"onetrans/ui/theme"
)

func typeOf(faces theme.Faces, size float32) layout.Type {
	return layout.Type{Size: size, Color: color.Black, Leading: 1.4, Regular: faces.Regular, Face: faces.Bold}
}

// lines reads back what stands on a sheet, one string a line.
func lines(objects []fyne.CanvasObject) []string {
	var out []string
	y := float32(-1)
	for _, object := range objects {
		text := object.(*canvas.Text)
		if text.Position().Y != y {
			out = append(out, "")
			y = text.Position().Y
		}
		out[len(out)-1] += text.Text
	}
	return out
}

func TestTextBreaksAsChineseAndLatinDo(t *testing.T) {
	test.NewTempApp(t)
	faces := theme.NewFaces()
	for _, c := range []struct {
		name, text string
		ems        float32
		want       []string
	}{
		{"between characters", "请核对就诊人信息", 4, []string{"请核对就", "诊人信息"}},
		{"no comma begins a line", "一二三四，五六", 4, []string{"一二三", "四，五六"}},
		{"no bracket ends a line", "一二三（四五）", 4, []string{"一二三", "（四五）"}},
		{"numbers stay whole", "单次1,200.00元", 5, []string{"单次", "1,200.00元"}},
		{"words stay whole", "Please take your card", 6, []string{"Please take", "your card"}},
		{"tied words stay together", "收费处3\u00a0号窗口", 4, []string{"收费处", "3\u00a0号窗口"}},
		{"a tied dot ends its line", "一二三四\u00a0· 五六", 5, []string{"一二三", "四\u00a0· 五六"}},
		{"a name stays whole", "缴费 " + layout.Whole("欧阳*珺") + " D12", 5, []string{"缴费", "欧阳*珺", "D12"}},
		{"a name of many characters breaks", layout.Whole("阿卜杜热西提"), 4, []string{"阿卜杜热", "西提"}},
		{"new lines are kept", "一\n二", 9, []string{"一", "二"}},
		{"marked words keep their comma", "一二**三四**，五", 4, []string{"一二三", "四，五"}},
		{"nothing is one empty line", "", 4, []string{""}},
	} {
		text := &layout.Text{Content: c.text, Type: typeOf(faces, 40), Marked: true}
		got := lines(layout.Draw(text, layout.Rect{W: c.ems*40 + 1, H: 400}))
		if strings.Join(got, "|") != strings.Join(c.want, "|") && c.text != "" {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

func TestMaskedNamesAreNotMarks(t *testing.T) {
	test.NewTempApp(t)
	text := &layout.Text{Content: "王**", Type: typeOf(theme.NewFaces(), 40)}
	if got := lines(layout.Draw(text, layout.Rect{W: 400, H: 60})); len(got) != 1 || got[0] != "王**" {
		t.Errorf("got %q", got)
	}
}

func TestTextThatDoesNotFitShrinksThenSaysSo(t *testing.T) {
	test.NewTempApp(t)
	kind := typeOf(theme.NewFaces(), 40)
	kind.Lines, kind.Least = 1, 20
	shrunk := layout.Draw(&layout.Text{Content: "一二三四五六", Type: kind}, layout.Rect{W: 200, H: 60})
	if text := shrunk[0].(*canvas.Text); text.TextSize >= 40 || text.TextSize < 20 || strings.Contains(text.Text, "…") {
		t.Errorf("want smaller text, got %q at %v", text.Text, text.TextSize)
	}
	cut := layout.Draw(&layout.Text{Content: strings.Repeat("一", 50), Type: kind}, layout.Rect{W: 200, H: 60})
	if text := cut[0].(*canvas.Text); !strings.HasSuffix(text.Text, "…") || text.Size().Width > 201 {
		t.Errorf("want a cut line, got %q, %v wide", text.Text, text.Size().Width)
	}
}

func TestNoTextLeavesItsPlaceOrLosesCharacters(t *testing.T) {
	test.NewTempApp(t)
	faces := theme.NewFaces()
	rapid.Check(t, func(t *rapid.T) {
		runes := rapid.SliceOfN(rapid.SampledFrom([]rune("一二三，。（）ab 12.5,元…「」\n")), 1, 30).Draw(t, "text")
		width := float32(rapid.IntRange(400, 900).Draw(t, "width"))
		kind := typeOf(faces, 30)
		kind.Align = layout.Align(rapid.IntRange(0, 2).Draw(t, "align"))
		text := &layout.Text{Content: string(runes), Type: kind}
		want := text.Measure(width).Height
		var kept strings.Builder
		for _, object := range layout.Draw(text, layout.Rect{X: 10, Y: 10, W: width, H: want}) {
			if x := object.Position().X; x < 9 || (x+object.Size().Width > width+40 && len(runes) < 12) {
				t.Fatalf("%v + %v leaves the place", x, object.Size().Width)
			}
			kept.WriteString(object.(*canvas.Text).Text)
		}
		clean := strings.NewReplacer(" ", "", "\n", "")
		if clean.Replace(kept.String()) != clean.Replace(string(runes)) {
			t.Fatalf("%q became %q", string(runes), kept.String())
		}
	})
}
