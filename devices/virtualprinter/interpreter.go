package virtualprinter

import (
	"bytes"
	"image"
	"image/color"
	"strings"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// Paper is a slip that was printed.
type Paper struct{ Lines []Line }

// Line is a line of text or a picture.
type Line struct {
	Text                 string
	Middle, Bold, Double bool
	// Picture is black on white; nil for text.
	Picture *image.Gray
}

// Text is the text on the paper.
func (p Paper) Text() string {
	var b strings.Builder
	for _, l := range p.Lines {
		if l.Picture == nil {
			b.WriteString(l.Text + "\n")
		}
	}
	return b.String()
}

// Pictures are the pictures on the paper.
func (p Paper) Pictures() (all []*image.Gray) {
	for _, l := range p.Lines {
		if l.Picture != nil {
			all = append(all, l.Picture)
		}
	}
	return all
}

// Image is the whole slip, width dots wide; draw draws a line of text.
func (p Paper) Image(width int, draw func(Line) *image.Gray) *image.Gray {
	const margin = 24
	type placed struct {
		picture *image.Gray
		x       int
	}
	var all []placed
	height := 2 * margin
	for _, l := range p.Lines {
		picture, x := l.Picture, 0
		if picture == nil {
			picture = draw(l)
		} else if l.Middle {
			x = (width - picture.Rect.Dx()) / 2
		}
		all = append(all, placed{picture, x})
		height += picture.Rect.Dy()
	}
	out := blank(width+2*margin, height)
	top := margin
	for _, part := range all {
		for y := range part.picture.Rect.Dy() {
			for x := range part.picture.Rect.Dx() {
				out.SetGray(margin+part.x+x, top+y, part.picture.GrayAt(x, y))
			}
		}
		top += part.picture.Rect.Dy()
	}
	return out
}

func blank(width, height int) *image.Gray {
	out := image.NewGray(image.Rect(0, 0, width, height))
	for i := range out.Pix {
		out.Pix[i] = 0xff
	}
	return out
}

// What a command did.
const (
	nothing = iota
	printed
	cut
	asked
)

// interpreter carries out ESC/POS and collects the paper.
type interpreter struct {
	chinese bool
	look    Line
	text    []byte
	paper   Paper
}

// Read is the slip that a job prints, up to the cut, and what remains of the job
// because it is incomplete.
func Read(job []byte) (paper Paper, rest []byte) {
	var i interpreter
	for len(job) > 0 {
		used, _ := i.step(job)
		if used == 0 {
			break
		}
		job = job[used:]
	}
	return i.paper, job
}

// step carries out the first command of input and returns its length; 0 when it is
// incomplete.
func (i *interpreter) step(input []byte) (used, did int) {
	if len(input) == 0 {
		return 0, nothing
	}
	switch input[0] {
	case 0x1b, 0x1c, 0x1d:
		return i.command(input)
	case '\n':
		line := i.look
		line.Text = i.decode()
		i.text = nil
		i.paper.Lines = append(i.paper.Lines, line)
		return 1, printed
	}
	i.text = append(i.text, input[0])
	return 1, nothing
}

// decode decodes the bytes of a line; as Latin only while Chinese is off.
func (i *interpreter) decode() string {
	if !i.chinese {
		return string(i.text)
	}
	text, err := simplifiedchinese.GB18030.NewDecoder().Bytes(i.text)
	if err != nil {
		return "\ufffd"
	}
	return string(text)
}

// lengths are the lengths of the commands that it knows.
var lengths = map[string]int{
	"\x1b@": 2, "\x1ba": 3, "\x1bE": 3, "\x1c&": 2, "\x1c.": 2, "\x1d!": 3, "\x1c!": 3, "\x1dV": 4, "\x1dr": 3, "\x1dv": 8,
}

func (i *interpreter) command(input []byte) (used, did int) {
	if len(input) < 2 {
		return 0, nothing
	}
	name := string(input[:2])
	n, known := lengths[name]
	if !known { // a real one prints it as text, too
		i.text = append(i.text, input[0])
		return 1, nothing
	}
	if len(input) < n {
		return 0, nothing
	}
	switch name {
	case "\x1b@":
		*i = interpreter{paper: i.paper}
	case "\x1ba":
		i.look.Middle = input[2] == 1
	case "\x1bE":
		i.look.Bold = input[2] == 1
	case "\x1d!":
		i.look.Double = input[2] == 0x11
	case "\x1c&", "\x1c.":
		i.chinese = name == "\x1c&"
	case "\x1dV":
		return n, cut
	case "\x1dr":
		return n, asked
	case "\x1dv":
		return i.picture(input)
	}
	return n, nothing
}

// picture reads GS v 0 m xL xH yL yH and its rows. Bands with no line between them
// form one picture.
func (i *interpreter) picture(input []byte) (used, did int) {
	row, rows := int(input[4])|int(input[5])<<8, int(input[6])|int(input[7])<<8
	n := 8 + row*rows
	if len(input) < n {
		return 0, nothing
	}
	picture := blank(row*8, rows)
	for at, octet := range input[8:n] {
		for b := range 8 {
			if octet&(0x80>>b) != 0 {
				picture.SetGray(at%row*8+b, at/row, color.Gray{})
			}
		}
	}
	if last := len(i.paper.Lines) - 1; last >= 0 && i.paper.Lines[last].joins(picture, i.look.Middle) {
		joined := image.NewGray(image.Rect(0, 0, row*8, i.paper.Lines[last].Picture.Rect.Dy()+rows))
		copy(joined.Pix, bytes.Join([][]byte{i.paper.Lines[last].Picture.Pix, picture.Pix}, nil))
		i.paper.Lines[last].Picture = joined
		return n, printed
	}
	i.paper.Lines = append(i.paper.Lines, Line{Picture: picture, Middle: i.look.Middle})
	return n, printed
}

func (l Line) joins(next *image.Gray, middle bool) bool {
	return l.Picture != nil && l.Middle && middle && l.Picture.Rect.Dx() == next.Rect.Dx()
}
