package layout

import (
	"image/color"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// Align is the horizontal alignment of text.
type Align int

// Alignments.
const (
	Left Align = iota
	Middle
	Right
)

// Type is the style of a text.
type Type struct {
	Size          float32 // em in pixels
	Least         float32 // em to which it may shrink to fit; 0 to stay
	Bold          bool
	Color, Strong color.Color // Strong is for **marked** words; Color when nil
	Align         Align
	Leading       float32 // distance between lines in ems
	Lines         int     // maximum number of lines; 0 for any. Text that does not fit even at Least ends in '…'
	Regular, Face fyne.Resource
}

// Text is a text that breaks into lines as Chinese and Latin text do. Use a
// pointer: it caches how it was broken.
type Text struct {
	Content string
	Type    Type
	// Marked makes **words** bold. Use it only for sentences: a masked name may be
	// 王**.
	Marked bool

	width float32
	size  float32
	lines []line
}

type line struct {
	runs  []run
	width float32
}

type run struct {
	text  string
	bold  bool
	width float32
}

func (t *Text) face(bold bool) fyne.Resource {
	if bold {
		return t.Type.Face
	}
	return t.Type.Regular
}

func (t *Text) measure(text string, bold bool, size float32) float32 {
	extent, _ := fyne.CurrentApp().Driver().RenderedTextSize(text, size, fyne.TextStyle{Bold: bold}, t.face(bold))
	return extent.Width
}

// fit breaks the text for a width, at a smaller size if necessary.
func (t *Text) fit(width float32) {
	if t.lines != nil && t.width == width {
		return
	}
	t.width = width
	units := split(t.Content, t.Type.Bold, t.Marked)
	least := t.Type.Size
	if t.Type.Least > 0 {
		least = min(least, t.Type.Least)
	}
	for size := t.Type.Size; ; size = max(size-max(1, round(t.Type.Size/24)), least) {
		lines, whole := t.flow(units, size, width)
		t.size, t.lines = size, lines
		if whole && (t.Type.Lines == 0 || len(lines) <= t.Type.Lines) {
			break
		}
		if size <= least {
			t.shorten(width)
			return
		}
	}
	t.lines = nil
	for _, paragraph := range paragraphs(units) {
		t.lines = append(t.lines, t.balanced(paragraph, width)...)
	}
}

// paragraphs splits units at line breaks in the text.
func paragraphs(units []unit) [][]unit {
	var parts [][]unit
	for i, u := range units {
		if i == 0 || u.newline {
			parts = append(parts, nil)
		}
		u.newline = false
		parts[len(parts)-1] = append(parts[len(parts)-1], u)
	}
	if len(parts) == 0 {
		parts = append(parts, nil)
	}
	return parts
}

// orphan is the fraction of a line below which a last line looks lost.
const orphan = 0.3

// flow breaks units into lines; whole is false if one unit is wider than a line.
func (t *Text) flow(units []unit, size, width float32) (lines []line, whole bool) {
	whole = true
	space := t.measure(" ", false, size)
	var now line
	for i, u := range units {
		w := t.measure(u.text, u.bold, size)
		needs := w
		for _, next := range units[i+1:] {
			if !next.glued {
				break
			}
			needs += t.measure(next.text, next.bold, size)
		}
		if needs > width+0.5 {
			whole = false
		}
		gap := float32(0)
		if u.space && len(now.runs) > 0 {
			gap = space
		}
		if u.newline || (len(now.runs) > 0 && !u.glued && now.width+gap+needs > width+0.5) {
			lines = append(lines, now)
			now, gap = line{}, 0
		}
		now.add(u, gap, w)
	}
	if len(now.runs) > 0 || len(lines) == 0 {
		lines = append(lines, now)
	}
	return lines, whole
}

func (l *line) add(u unit, gap, width float32) {
	text := u.text
	if gap > 0 {
		text = " " + text
	}
	l.width += gap + width
	if n := len(l.runs); n > 0 && l.runs[n-1].bold == u.bold {
		l.runs[n-1].text += text
		l.runs[n-1].width += gap + width
		return
	}
	l.runs = append(l.runs, run{text, u.bold, gap + width})
}

// balanced breaks a paragraph; if it is centred, or its last line looks lost, the
// lines are as narrow as their number allows.
func (t *Text) balanced(units []unit, width float32) []line {
	lines, _ := t.flow(units, t.size, width)
	n := len(lines)
	if n < 2 || (t.Type.Align != Middle && lines[n-1].width >= lines[n-2].width*orphan) {
		return lines
	}
	low, high := width/2, width
	for high-low > t.size/2 {
		mid := (low + high) / 2
		if narrow, whole := t.flow(units, t.size, mid); whole && len(narrow) <= n {
			lines, high = narrow, mid
		} else {
			low = mid
		}
	}
	return lines
}

// shorten cuts what does not fit and marks the cut with '…'.
func (t *Text) shorten(width float32) {
	cut := t.Type.Lines > 0 && len(t.lines) > t.Type.Lines
	if cut {
		t.lines = t.lines[:t.Type.Lines]
	}
	for i := range t.lines {
		if t.lines[i].width > width+0.5 || (cut && i == len(t.lines)-1) {
			t.ellipsis(&t.lines[i], width)
		}
	}
}

func (t *Text) ellipsis(l *line, width float32) {
	var whole strings.Builder
	for _, r := range l.runs {
		whole.WriteString(r.text)
	}
	bold := len(l.runs) > 0 && l.runs[0].bold
	runes := []rune(whole.String())
	for n := len(runes); n >= 0; n-- {
		text := strings.TrimRight(string(runes[:n]), " ") + "…"
		if w := t.measure(text, bold, t.size); w <= width || n == 0 {
			*l = line{[]run{{text, bold, w}}, w}
			return
		}
	}
}

func (t *Text) pitch() float32 { return round(t.size * t.Type.Leading) }

// Measure is as wide as the longest line.
func (t *Text) Measure(width float32) fyne.Size {
	t.fit(width)
	size := fyne.NewSize(0, t.pitch()*float32(len(t.lines)))
	for _, l := range t.lines {
		size.Width = max(size.Width, l.width)
	}
	size.Width = min(round(size.Width+0.99), width)
	return size
}

// Draw draws the lines, vertically centred.
func (t *Text) Draw(sheet *Sheet, at Rect) {
	t.fit(at.W)
	y := at.Y + max(0, at.H-t.pitch()*float32(len(t.lines)))/2
	for _, l := range t.lines {
		x := at.X
		switch t.Type.Align {
		case Middle:
			x += (at.W - l.width) / 2
		case Right:
			x += at.W - l.width
		}
		for _, r := range l.runs {
			t.put(sheet, r, x, y)
			x += r.width
		}
		y += t.pitch()
	}
}

func (t *Text) put(sheet *Sheet, r run, x, y float32) {
	object := canvas.NewText(r.text, t.Type.Color)
	if r.bold && !t.Type.Bold && t.Type.Strong != nil {
		object.Color = t.Type.Strong
	}
	object.TextSize = t.size
	object.TextStyle.Bold = r.bold
	object.FontSource = t.face(r.bold)
	size := object.MinSize()
	sheet.Put(object, Rect{x, y + (t.pitch()-size.Height)/2, round(size.Width + 0.99), size.Height})
}
