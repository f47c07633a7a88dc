// Package widgets holds the parts of which pages are made.
package widgets

import (
	"image"
	"image/color"
	"strings"

	"fyne.io/fyne/v2/canvas"
	"github.com/fyne-io/oksvg"
	"github.com/srwiley/rasterx"

	"onetrans/assets/icons"
	"onetrans/flows/view"
	"onetrans/ui/layout"
	"onetrans/ui/theme"
)

// Paint is what parts are drawn with: sizes, colours, faces, and where taps go.
type Paint struct {
	Metrics theme.Metrics
	Palette theme.Palette
	Faces   theme.Faces
	Images  *Images
	Emit    func(view.Tap)
	// Spent means that a tap that moves money was already made.
	Spent func(view.Tap) bool
}

// Images caches drawings as pixels; pages are made anew every second.
type Images struct {
	cache     map[imageKey]image.Image
	codeKey   codeKey
	codeImage image.Image
}

type imageKey struct {
	name   icons.Name
	colour color.NRGBA
	w, h   int
	stroke string
}

// NewImages returns an empty cache.
func NewImages() *Images { return &Images{cache: map[imageKey]image.Image{}} }

const mostImages = 256 // a kiosk needs some sixty; more means that sizes keep changing

func (s *Images) get(key imageKey, recolour map[string]string) image.Image {
	if img, ok := s.cache[key]; ok {
		return img
	}
	if len(s.cache) >= mostImages {
		clear(s.cache)
	}
	img := rasterise(icons.SVG(key.name, recolour), key.w, key.h)
	s.cache[key] = img
	return img
}

// rasterise draws an embedded drawing; a test draws all, so a bad one does not get
// this far.
func rasterise(source string, w, h int) image.Image {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	drawing, err := oksvg.ReadIconStream(strings.NewReader(source))
	if err != nil {
		return img
	}
	drawing.SetTarget(0, 0, float64(w), float64(h))
	drawing.Draw(rasterx.NewDasher(w, h, rasterx.NewScannerGV(w, h, img, img.Bounds())), 1)
	return img
}

// Icon is an icon in one colour.
func (p Paint) Icon(name icons.Name, size float32, colour color.NRGBA) layout.Box {
	return p.icon(name, size, colour, icons.Stroke)
}

func (p Paint) icon(name icons.Name, size float32, colour color.NRGBA, stroke string) layout.Box {
	px := int(size + 0.5)
	img := p.Images.get(imageKey{name, colour, px, px, stroke}, map[string]string{icons.Ink: theme.Hex(colour), icons.Stroke: stroke})
	return layout.Leaf{Object: picture(img), W: float32(px), H: float32(px)}
}

// Picture is one of the larger drawings, 480 by 320 units, at this width.
func (p Paint) Picture(name icons.Name, width float32) layout.Box {
	w := int(width + 0.5)
	h := w * 2 / 3
	img := p.Images.get(imageKey{name, p.Palette.Ink, w, h, ""}, p.Palette.Recolour())
	return layout.Leaf{Object: picture(img), W: float32(w), H: float32(h)}
}

func picture(img image.Image) *canvas.Image {
	object := canvas.NewImageFromImage(img)
	object.FillMode = canvas.ImageFillStretch
	object.ScaleMode = canvas.ImageScalePixels // it has the very pixels already
	return object
}

// Text is text of a size and a colour that breaks into as many lines as it needs.
func (p Paint) Text(content string, size theme.Size, colour color.Color) *layout.Text {
	return &layout.Text{Content: content, Type: layout.Type{
		Size: p.Metrics.Type(size), Color: colour, Strong: p.Palette.Ink, Leading: leading(size),
		Regular: p.Faces.Regular, Face: p.Faces.Bold,
	}}
}

// Bold is like [Paint.Text], in bold.
func (p Paint) Bold(content string, size theme.Size, colour color.Color) *layout.Text {
	text := p.Text(content, size, colour)
	text.Type.Bold = true
	return text
}

func leading(size theme.Size) float32 {
	if size >= theme.Title {
		return 1.3
	}
	return 1.4
}

// Centred centres the lines of a text.
func Centred(text *layout.Text) *layout.Text {
	text.Type.Align = layout.Middle
	return text
}

// Trailing aligns the lines of a text to the right.
func Trailing(text *layout.Text) *layout.Text {
	text.Type.Align = layout.Right
	return text
}

// OneLine keeps a text on one line, reducing it down to the size least if
// necessary.
func (p Paint) OneLine(text *layout.Text, least theme.Size) *layout.Text {
	return p.AtMost(text, 1, least)
}

// AtMost keeps a text on this many lines, reducing it down to the size least if
// necessary.
func (p Paint) AtMost(text *layout.Text, lines int, least theme.Size) *layout.Text {
	text.Type.Lines, text.Type.Least = lines, p.Metrics.LeastType(least)
	return text
}
