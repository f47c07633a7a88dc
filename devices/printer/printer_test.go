package printer

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"image"
	"image/color"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"onetrans/assets/fonts"
	"onetrans/devices"
	"onetrans/devices/virtualprinter"
)

var pictures = flag.String("pictures", "", "leave pictures of the slips in this folder")

const reference = "17341299427649863690123456789012"

func slip() devices.Slip {
	return devices.Slip{Code: reference, Lines: []devices.SlipLine{
		{Text: "滨江市第一医院", Middle: true, Bold: true},
		{Text: "充值凭条", Middle: true, Double: true},
		{Text: strings.Repeat("-", 48)},
		{Text: "姓名                              阿卜杜·热合曼"},
		{Text: "姓名                                    㛃䶮𠅤𬱖"},
		{Text: "姓名                                      欧阳娜"},
		{Text: "付款金额                             1,200.00 元", Bold: true},
		{Text: "㛃*𬱖 2026年11月22日 10:26", Bold: true, Middle: true},
		{Text: "䶮𠅤 Abg", Middle: true, Double: true},
	}}
}

// bench is a printer with the double behind it.
func bench(t *testing.T, columns int) (*Printer, *virtualprinter.Printer) {
	t.Helper()
	double, err := virtualprinter.Listen()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(double.Close)
	return open(t, Options{Kind: TCP, Address: double.Address(), Columns: columns}), double
}

func open(t testing.TB, o Options) *Printer {
	t.Helper()
	o.Face = fonts.Regular()
	p, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func onePaper(t *testing.T, double *virtualprinter.Printer) virtualprinter.Paper {
	t.Helper()
	papers := double.Papers()
	if len(papers) != 1 {
		t.Fatalf("%d slips came out", len(papers))
	}
	return papers[0]
}

func TestASlipIsPrinted(t *testing.T) {
	p, double := bench(t, 48)
	if err := p.Print(t.Context(), slip()); err != nil {
		t.Fatal(err)
	}
	paper := onePaper(t, double)
	text := paper.Text()
	for _, want := range []string{"滨江市第一医院\n", "充值凭条\n", "阿卜杜·热合曼\n", "欧阳娜\n", "1,200.00 元\n"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
	if strings.ContainsAny(text, "㛃䶮𠅤𬱖?\ufffd") {
		t.Errorf("in letters:\n%s", text)
	}
	if got := paper.Lines[1]; !got.Double || !got.Middle {
		t.Errorf("the title: %+v", got)
	}
	if got := len(paper.Pictures()); got != 4 { // three lines and the code
		t.Errorf("%d pictures", got)
	}
	if bytes, lines := double.Kept(); bytes != 0 || lines != 0 {
		t.Errorf("%d bytes and %d lines stayed", bytes, lines)
	}
	keep(t, "slip-48.png", p, paper)
}

// The lines with rare characters are drawn as they are from the typeface, and
// differ from each other: no box, nothing left out.
func TestRareCharactersAreDrawn(t *testing.T) {
	p := open(t, Options{Kind: File, Columns: 48})
	seen := map[string]string{}
	for _, text := range []string{"㛃", "䶮", "𠅤", "𬱖", "㛃䶮𠅤𬱖", "欧阳娜㛃", "\U0003FFF0"} {
		for _, r := range text {
			if shows := p.Shows(r); shows != (r != 0x3FFF0) {
				t.Errorf("Shows(%c): %v", r, shows)
			}
		}
		job, err := p.encode(devices.Slip{Lines: []devices.SlipLine{{Text: text}}})
		if err != nil {
			t.Fatal(err)
		}
		if text == "\U0003FFF0" {
			if !bytes.Contains(job, []byte("U+3FFF0\n")) {
				t.Errorf("what has no glyph: %q", job)
			}
			continue
		}
		if bytes.Count(job, []byte{0x1d, 0x76, 0x30}) != 1 || bytes.Contains(job, []byte{'\n'}) {
			t.Errorf("%s is not one picture", text)
		}
		if other, same := seen[string(job)]; same {
			t.Errorf("%s looks as %s does", text, other)
		}
		seen[string(job)] = text
		drawn := newPen(p.font, 48).line(devices.SlipLine{Text: text})
		for i := range []rune(text) {
			if n := ink(drawn, i*24, i*24+24); n < 40 {
				t.Errorf("%s: character %d has %d dots", text, i, n)
			}
		}
	}
}

func ink(b bitmap, from, to int) (dots int) {
	for y := range b.height {
		for x := from; x < to; x++ {
			if b.at(x, y) {
				dots++
			}
		}
	}
	return dots
}

func TestTextIsGB18030(t *testing.T) {
	p := open(t, Options{Kind: File, Columns: 32})
	job, err := p.encode(devices.Slip{Lines: []devices.SlipLine{{Text: "欧阳娜 ￥1"}}})
	if err != nil {
		t.Fatal(err)
	}
	want := []byte{0xc5, 0xb7, 0xd1, 0xf4, 0xc4, 0xc8, ' ', 0xa3, 0xa4, '1', '\n'}
	if !bytes.Contains(job, want) || !bytes.HasPrefix(job, []byte{0x1b, 0x40, 0x1c, 0x26}) || bytes.Contains(job, []byte{0x1d, 0x76}) {
		t.Errorf("% x", job)
	}
	if !bytes.HasSuffix(job, []byte{0x1d, 0x56, 0x42, 0x00, 0x1d, 0x72, 0x01}) {
		t.Errorf("it does not end with cut and question: % x", job)
	}
}

func TestTheCodeCanBeScanned(t *testing.T) {
	scanner, err := exec.LookPath("zbarimg")
	if err != nil {
		t.Fatal("zbarimg is missing: make setup installs it (zbar-tools)")
	}
	for _, columns := range []int{32, 48} {
		p, double := bench(t, columns)
		if err := p.Print(t.Context(), devices.Slip{Code: reference}); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), "slip.png")
		save(t, path, picture(p, onePaper(t, double)))
		out, err := exec.Command(scanner, "--quiet", "--raw", path).Output()
		if err != nil || strings.TrimSpace(string(out)) != reference {
			t.Errorf("%d columns: read %q: %v", columns, out, err)
		}
	}
}

func TestWhatIsTooWideGoesOn(t *testing.T) {
	p, double := bench(t, 32)
	long := devices.Slip{Lines: []devices.SlipLine{{Text: strings.Repeat("欧", 20)}, {Text: strings.Repeat("9", 17), Double: true}}}
	if err := p.Print(t.Context(), long); err != nil {
		t.Fatal(err)
	}
	want := strings.Repeat("欧", 16) + "\n" + strings.Repeat("欧", 4) + "\n" + strings.Repeat("9", 16) + "\n9\n"
	if got := onePaper(t, double).Text(); got != want {
		t.Errorf("%q", got)
	}
}

func TestNothingCommandsThePrinter(t *testing.T) {
	p, double := bench(t, 32)
	hostile := devices.Slip{Lines: []devices.SlipLine{{Text: "a\x1b@\x10\x04\x01\u202e欧\x1d\x56\x42\x00\u2028b"}}}
	if err := p.Print(t.Context(), hostile); err != nil {
		t.Fatal(err)
	}
	if got := onePaper(t, double).Text(); got != "a@欧VBb\n" {
		t.Errorf("%q", got)
	}
}

// Printers obey real-time commands in pictures too.
func TestAPictureHoldsNoCommand(t *testing.T) {
	b := newBitmap(32, 2)
	for _, x := range []int{3, 13, 16 + 3, 24 + 3, 24 + 5} { // 10 04 10 14 / 10 …
		b.set(x, 0)
	}
	job := appendRaster(nil, b)
	for _, command := range [][]byte{{0x10, 0x04}, {0x10, 0x05}, {0x10, 0x14}} {
		if bytes.Contains(job[8:], command) {
			t.Errorf("% x", job)
		}
	}
	got := []byte{0x10, 0x05, 0x10}
	defuse(got)
	if !bytes.Equal(got, []byte{0x11, 0x05, 0x11}) {
		t.Errorf("% x", got)
	}
}

func TestWhyNothingIsPrinted(t *testing.T) {
	tests := map[string]struct {
		state virtualprinter.State
		want  error
	}{
		"no paper":   {virtualprinter.State{NoPaper: true}, devices.ErrPaperOut},
		"cover open": {virtualprinter.State{CoverOpen: true}, devices.ErrCoverOpen},
		"both":       {virtualprinter.State{CoverOpen: true, NoPaper: true}, devices.ErrCoverOpen},
		"offline":    {virtualprinter.State{Offline: true}, devices.ErrPrinterOffline},
		"mute":       {virtualprinter.State{Mute: true}, devices.ErrPrinterSilent},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, double := bench(t, 48)
			double.Set(test.state)
			err := p.Print(t.Context(), slip())
			if !errors.Is(err, test.want) || !errors.Is(err, devices.ErrPrinter) {
				t.Fatalf("%v, want %v", err, test.want)
			}
			double.Set(virtualprinter.State{})
			if bytes, _ := double.Kept(); bytes != 0 || len(double.Papers()) != 0 {
				t.Errorf("%d bytes stayed, %d slips", bytes, len(double.Papers()))
			}
			if err := p.Print(t.Context(), slip()); err != nil || len(double.Papers()) != 1 {
				t.Errorf("when it is well again: %v", err)
			}
		})
	}
}

// The paper ends in the middle of a slip: it is said, and paper that is put in
// brings out nothing of who was there before.
func TestPaperThatEndsWhilePrinting(t *testing.T) {
	p, double := bench(t, 48)
	double.Set(virtualprinter.State{PaperFor: 4})
	if err := p.Print(t.Context(), slip()); !errors.Is(err, devices.ErrPaperOut) {
		t.Fatalf("%v", err)
	}
	double.Set(virtualprinter.State{})
	if bytes, lines := double.Kept(); bytes != 0 || lines != 0 {
		t.Errorf("%d bytes and %d lines stayed", bytes, lines)
	}
	if err := p.Print(t.Context(), devices.Slip{Lines: []devices.SlipLine{{Text: "下一位"}}}); err != nil {
		t.Fatal(err)
	}
	if got := onePaper(t, double).Text(); got != "下一位\n" {
		t.Errorf("the next one gets %q", got)
	}
}

// A printer that does not know GS r is trusted when it is well after the time
// that printing takes.
func TestAnOldPrinter(t *testing.T) {
	t.Parallel() // it waits as long as printing takes
	p, double := bench(t, 48)
	double.Set(virtualprinter.State{Old: true})
	if err := p.Print(t.Context(), slip()); err != nil || len(double.Papers()) != 1 {
		t.Errorf("%v, %d slips", err, len(double.Papers()))
	}
}

func TestAPrinterThatIsAway(t *testing.T) {
	p, double := bench(t, 48)
	double.Close()
	if err := p.Print(t.Context(), slip()); !errors.Is(err, devices.ErrPrinterSilent) {
		t.Errorf("%v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := p.Print(ctx, slip()); !errors.Is(err, devices.ErrPrinterSilent) {
		t.Errorf("after its end: %v", err)
	}
}

func TestWaitingForAMutePrinterEndsWithItsContext(t *testing.T) {
	p, double := bench(t, 48)
	double.Set(virtualprinter.State{Mute: true})
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	begin := time.Now()
	if err := p.Print(ctx, slip()); !errors.Is(err, devices.ErrPrinterSilent) || time.Since(begin) > time.Second {
		t.Errorf("%v after %v", err, time.Since(begin))
	}
}

func TestAPlainFileTakesSlips(t *testing.T) {
	path := filepath.Join(t.TempDir(), "slips")
	p := open(t, Options{Kind: File, Address: path, Columns: 48})
	for range 2 {
		if err := p.Print(t.Context(), slip()); err != nil {
			t.Fatal(err)
		}
	}
	job, _ := p.encode(slip())
	got, err := os.ReadFile(path)
	if err != nil || !bytes.Equal(got, append(job, job...)) {
		t.Errorf("%d bytes, want twice %d: %v", len(got), len(job), err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("anybody may read it: %v", info.Mode())
	}
	bad := open(t, Options{Kind: File, Address: filepath.Join(path, "x"), Columns: 48})
	if err := bad.Print(t.Context(), slip()); !errors.Is(err, devices.ErrPrinterSilent) {
		t.Errorf("%v", err)
	}
}

func TestASlipHasBounds(t *testing.T) {
	p := open(t, Options{Kind: File, Address: filepath.Join(t.TempDir(), "slips"), Columns: 48})
	for name, slip := range map[string]devices.Slip{
		"lines": {Lines: make([]devices.SlipLine, maxLines+1)},
		"text":  {Lines: []devices.SlipLine{{Text: strings.Repeat("x", maxText+1)}}},
		"code":  {Code: strings.Repeat("x", maxCode+1)},
	} {
		if err := p.Print(t.Context(), slip); !errors.Is(err, devices.ErrSlip) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestOptions(t *testing.T) {
	if _, err := New(Options{Kind: "usb", Face: fonts.Regular()}); !errors.Is(err, devices.ErrPrinter) {
		t.Errorf("an unknown kind: %v", err)
	}
	if _, err := New(Options{Kind: TCP, Face: []byte("no typeface")}); !errors.Is(err, devices.ErrPrinter) {
		t.Errorf("no typeface: %v", err)
	}
	for address, want := range map[string]string{"10.0.0.9": "10.0.0.9:9100", "printer:9101": "printer:9101", "::1": "[::1]:9100"} {
		if got := withPort(address); got != want {
			t.Errorf("%s is %s", address, got)
		}
	}
}

// picture is a slip as it came out, its letters drawn as its pictures are.
func picture(p *Printer, paper virtualprinter.Paper) image.Image {
	pen := newPen(p.font, p.options.Columns)
	return paper.Image(p.options.Columns*columnDots, func(l virtualprinter.Line) *image.Gray {
		drawn := pen.line(devices.SlipLine{Text: l.Text, Middle: l.Middle, Bold: l.Bold, Double: l.Double})
		out := image.NewGray(image.Rect(0, 0, drawn.width, drawn.height))
		for y := range drawn.height {
			for x := range drawn.width {
				if !drawn.at(x, y) {
					out.SetGray(x, y, color.Gray{Y: 0xff})
				}
			}
		}
		return out
	})
}

func keep(t *testing.T, name string, p *Printer, paper virtualprinter.Paper) {
	t.Helper()
	if *pictures != "" {
		save(t, filepath.Join(*pictures, name), picture(p, paper))
	}
}

func save(t *testing.T, path string, picture image.Image) {
	t.Helper()
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if err := png.Encode(file, picture); err != nil {
		t.Fatal(err)
	}
}
