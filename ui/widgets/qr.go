package widgets

import (
	"image"
	"image/color"

	"fyne.io/fyne/v2/canvas"
	qrcode "github.com/skip2/go-qrcode"

	"onetrans/ui/layout"
	"onetrans/ui/theme"
)

// quietModules is the width of the white border that a reader needs (ISO/IEC
// 18004).
const quietModules = 4

// QR is a code of about this many pixels with its quiet zone, with whole pixels per
// module so that it is crisp, and never under 60 mm without the zone. It is always
// black on white, whatever the palette. It is nil if the text does not fit a code.
func (p Paint) QR(content string, about float32) layout.Box {
	least := int(p.Metrics.Panel.Exactly(theme.CodeMM))
	img := p.Images.code(codeKey{content, int(about), least})
	if img == nil {
		return nil
	}
	side := float32(img.Bounds().Dx())
	object := canvas.NewImageFromImage(img)
	object.FillMode, object.ScaleMode = canvas.ImageFillStretch, canvas.ImageScalePixels
	return layout.Leaf{Object: object, W: side, H: side}
}

type codeKey struct {
	content      string
	about, least int
}

// code keeps the one code that is on the screen.
func (s *Images) code(key codeKey) image.Image {
	if s.codeKey == key {
		return s.codeImage
	}
	s.codeKey, s.codeImage = key, nil
	code, err := qrcode.New(key.content, qrcode.Medium)
	if err != nil {
		return nil
	}
	code.DisableBorder = true
	modules := code.Bitmap()
	n := len(modules)
	size := max(key.about/(n+2*quietModules), (key.least+n-1)/n)
	s.codeImage = draw(modules, size)
	return s.codeImage
}

// Forget drops the code, so that nothing of a patient stays.
func (s *Images) Forget() { s.codeKey, s.codeImage = codeKey{}, nil }

func draw(modules [][]bool, size int) image.Image {
	side := (len(modules) + 2*quietModules) * size
	img := image.NewGray(image.Rect(0, 0, side, side))
	for y := range side {
		for x := range side {
			row, column := y/size-quietModules, x/size-quietModules
			dark := row >= 0 && row < len(modules) && column >= 0 && column < len(modules) && modules[row][column]
			if !dark {
				img.SetGray(x, y, color.Gray{Y: 0xff})
			}
		}
	}
	return img
}
