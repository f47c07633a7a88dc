package receipt

import (
	"errors"
	"flag"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"

	"onetrans/assets/fonts"
	"onetrans/devices"
	"onetrans/devices/printer"
	"onetrans/devices/virtualprinter"
	"onetrans/flows/view"
)

var pictures = flag.String("pictures", "", "leave pictures of the slips in this folder")

// press prints on a double of a printer.
func press(t *testing.T, columns int) (*Printer, *virtualprinter.Printer) {
	t.Helper()
	double, err := virtualprinter.Listen()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(double.Close)
	p, err := printer.New(printer.Options{Kind: printer.TCP, Address: double.Address(), Columns: columns, Face: fonts.Regular()})
	if err != nil {
		t.Fatal(err)
	}
	return &Printer{
		Device: p, Terminal: kiosk, Names: names(t), Head: func(Facts) *Head { return head },
		Words: func(l view.Language) Say { return words(t, string(l)) },
	}, double
}

// A name stands on the paper whole: in letters where printers have them all,
// else drawn; never with a '?' in it, and never lost.
func TestNamesOnPaper(t *testing.T) {
	for _, test := range []struct {
		name, masked string
		drawn        bool
	}{
		{"欧阳娜", "欧*娜", false},
		{"㛃䶮", "㛃*", true},
		{"䶮", "䶮*", true},
		{"𠅤𬱖", "𠅤*", true},
		{"欧阳娜𬱖", "欧阳*𬱖", true},
		{"李㛃𠅤", "李*𠅤", true},
		{"李𠅤娜", "李*娜", false},
	} {
		for _, columns := range []int{32, 48} {
			p, double := press(t, columns)
			f := charge(Recharged)
			f.Name = test.name
			if err := p.Print(t.Context(), view.Chinese, f); err != nil {
				t.Fatal(err)
			}
			paper := double.Papers()[0]
			text, pictures := paper.Text(), len(paper.Pictures())
			if strings.ContainsAny(text, "?\ufffd") {
				t.Errorf("%s: %q", test.name, text)
			}
			if drawn := !strings.Contains(text, test.masked+"\n"); drawn != test.drawn || drawn != (pictures == 2) {
				t.Errorf("%s: %d pictures beside\n%s", test.name, pictures, text)
			}
		}
	}
}

func TestEveryKindPrints(t *testing.T) {
	for _, language := range []view.Language{view.Chinese, view.English} {
		for _, columns := range []int{32, 48} {
			p, double := press(t, columns)
			for _, kind := range Kinds() {
				f := bills(kind)
				f.Name = "欧阳小𬱖"
				if kind == Recharged || kind == RechargeDoubt {
					f = charge(kind)
				}
				if err := p.Print(t.Context(), language, f); err != nil {
					t.Fatal(err)
				}
			}
			papers := double.Papers()
			if len(papers) != len(Kinds()) {
				t.Fatalf("%d slips", len(papers))
			}
			for i, kind := range Kinds() {
				if !strings.Contains(papers[i].Text(), "1024-9F3A6C01778E24B0\n") {
					t.Errorf("%s: no head in\n%s", kind, papers[i].Text())
				}
				keep(t, string(kind)+"."+string(language), columns, papers[i])
			}
		}
	}
}

func TestWhyThereIsNoReceipt(t *testing.T) {
	p, double := press(t, 48)
	double.Set(virtualprinter.State{NoPaper: true})
	if err := p.Print(t.Context(), view.Chinese, charge(Recharged)); !errors.Is(err, devices.ErrPaperOut) {
		t.Errorf("%v", err)
	}
}

// keep leaves a picture, where somebody asked for it.
func keep(t *testing.T, name string, columns int, paper virtualprinter.Paper) {
	t.Helper()
	if *pictures == "" {
		return
	}
	face, err := opentype.Parse(fonts.Regular())
	if err != nil {
		t.Fatal(err)
	}
	out := paper.Image(columns*12, func(l virtualprinter.Line) *image.Gray { return drawn(face, l, columns) })
	file, err := os.Create(filepath.Join(*pictures, name+"."+map[int]string{32: "58mm", 48: "80mm"}[columns]+".png"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if err := png.Encode(file, out); err != nil {
		t.Fatal(err)
	}
}

// drawn is a line about as a printer's own font sets it.
func drawn(typeface *opentype.Font, l virtualprinter.Line, columns int) *image.Gray {
	times := 1
	if l.Double {
		times = 2
	}
	out := image.NewGray(image.Rect(0, 0, columns*12, 30*times))
	for i := range out.Pix {
		out.Pix[i] = 0xff
	}
	face, err := opentype.NewFace(typeface, &opentype.FaceOptions{Size: float64(22 * times), DPI: 72})
	if err != nil {
		return out
	}
	x := 0
	if l.Middle {
		x = (columns - times*devices.Columns(l.Text)) * 6
	}
	for _, r := range l.Text {
		pen := font.Drawer{Dst: out, Src: image.NewUniform(color.Black), Face: face, Dot: fixed.P(x, 23*times)}
		pen.DrawString(string(r))
		if l.Bold {
			pen.Dot = fixed.P(x+1, 23*times)
			pen.DrawString(string(r))
		}
		x += devices.ColumnsOf(r) * 12 * times
	}
	return out
}
