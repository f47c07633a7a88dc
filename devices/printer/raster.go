package printer

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"

	qrcode "github.com/skip2/go-qrcode"
	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"

	"onetrans/devices"
)

// Sizes in dots, 8 to the millimetre.
const (
	columnDots = 12 // of Latin; Chinese is twice as wide, and as high as that
	lineDots   = 30 // from line to line, as printers set text
	glyphDots  = 22 // the em of a drawn glyph: it fits a cell of 24
	bandDots   = 120
	codeDots   = 240 // of a QR code, about: 30 mm
	quiet      = 4   // modules around a QR code
)

// bitmap is black and white: true is black.
type bitmap struct {
	width, height int
	dots          []bool
}

func newBitmap(width, height int) bitmap {
	return bitmap{width, height, make([]bool, width*height)}
}

func (b bitmap) at(x, y int) bool { return b.dots[y*b.width+x] }

func (b bitmap) set(x, y int) {
	if x >= 0 && x < b.width && y >= 0 && y < b.height {
		b.dots[y*b.width+x] = true
	}
}

// appendRaster sends a picture (GS v 0) in bands that small buffers can hold.
func appendRaster(job []byte, b bitmap) []byte {
	row := (b.width + 7) / 8
	for top := 0; top < b.height; top += bandDots {
		rows := min(bandDots, b.height-top)
		job = append(job, 0x1d, 0x76, 0x30, 0x00, byte(row), byte(row>>8), byte(rows), byte(rows>>8))
		begin := len(job)
		for y := top; y < top+rows; y++ {
			for x := 0; x < row*8; x += 8 {
				job = append(job, b.octet(x, y))
			}
		}
		defuse(job[begin:])
	}
	return job
}

func (b bitmap) octet(x, y int) (octet byte) {
	for i := range 8 {
		if x+i < b.width && b.at(x+i, y) {
			octet |= 0x80 >> i
		}
	}
	return octet
}

// defuse keeps the bytes of a picture from being taken for commands: printers look
// for DLE EOT, DLE ENQ and DLE DC4 in everything that they receive. One extra dot
// is not seen.
func defuse(picture []byte) {
	for i := 1; i < len(picture); i++ {
		if picture[i-1] != 0x10 {
			continue
		}
		switch picture[i] {
		case 0x04, 0x05, 0x14:
			picture[i-1] = 0x11
		}
	}
	if n := len(picture); n > 0 && picture[n-1] == 0x10 { // what follows is not a picture's
		picture[n-1] = 0x11
	}
}

// pen draws lines of text.
type pen struct {
	font    *opentype.Font
	columns int
	faces   map[int]font.Face
}

func newPen(f *opentype.Font, columns int) *pen {
	return &pen{font: f, columns: columns, faces: map[int]font.Face{}}
}

// face is the typeface at a multiple of its size; nil when it cannot be drawn.
func (p *pen) face(times int) font.Face {
	if face, ok := p.faces[times]; ok {
		return face
	}
	face, err := opentype.NewFace(p.font, &opentype.FaceOptions{Size: float64(glyphDots * times), DPI: 72, Hinting: font.HintingNone})
	if err != nil {
		return nil
	}
	p.faces[times] = face
	return face
}

// line draws a line as wide as the paper, each character in the cell that the
// printer's own font would give it.
func (p *pen) line(l devices.SlipLine) bitmap {
	times := 1
	if l.Double {
		times = 2
	}
	b := newBitmap(p.columns*columnDots, lineDots*times)
	x := 0
	if l.Middle {
		x = (p.columns - l.Columns()) * columnDots / 2
	}
	before := x
	for _, r := range l.Text {
		cell := devices.ColumnsOf(r) * columnDots * times
		if cell == 0 { // it adds to the one before
			p.glyph(b, r, before, x-before, times, l.Bold)
			continue
		}
		p.glyph(b, r, x, cell, times, l.Bold)
		before, x = x, x+cell
	}
	return b
}

// glyph draws a character in the middle of its cell.
func (p *pen) glyph(b bitmap, r rune, x, cell, times int, bold bool) {
	face := p.face(times)
	if face == nil || r == ' ' {
		return
	}
	advance, ok := face.GlyphAdvance(r)
	if !ok {
		return
	}
	left := fixed.I(x) + (fixed.I(cell)-advance)/2
	baseline := fixed.I((lineDots/2 + glyphDots*38/100) * times)
	where, mask, at, _, ok := face.Glyph(fixed.Point26_6{X: left, Y: baseline}, r)
	if !ok {
		return
	}
	ink := image.NewAlpha(where)
	draw.DrawMask(ink, where, image.NewUniform(color.Opaque), image.Point{}, mask, at, draw.Src)
	for y := where.Min.Y; y < where.Max.Y; y++ {
		for x := where.Min.X; x < where.Max.X; x++ {
			if ink.AlphaAt(x, y).A < 0x70 {
				continue
			}
			b.set(x, y)
			if bold {
				b.set(x+1, y)
			}
		}
	}
}

// qrCode draws a text as a QR code no wider than room.
func qrCode(text string, room int) (bitmap, error) {
	code, err := qrcode.New(text, qrcode.Medium)
	if err != nil {
		return bitmap{}, fmt.Errorf("%w: its code is too long", devices.ErrSlip)
	}
	code.DisableBorder = true
	modules := code.Bitmap()
	all := len(modules) + 2*quiet
	dots := max(2, min(codeDots, room)/all)
	if all*dots > room {
		return bitmap{}, fmt.Errorf("%w: its code is too wide", devices.ErrSlip)
	}
	b := newBitmap(all*dots, all*dots)
	for y := range modules {
		for x, black := range modules[y] {
			if black {
				b.square((x+quiet)*dots, (y+quiet)*dots, dots)
			}
		}
	}
	return b, nil
}

func (b bitmap) square(x, y, side int) {
	for dy := range side {
		for dx := range side {
			b.set(x+dx, y+dy)
		}
	}
}
