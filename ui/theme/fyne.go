package theme

import (
	"image/color"

	"fyne.io/fyne/v2"
	fynetheme "fyne.io/fyne/v2/theme"

	"onetrans/assets/fonts"
)

// Faces are the typeface's two weights as Fyne resources. There must be only one
// pair: Fyne parses each resource anew, at some 10 MiB each.
type Faces struct{ Regular, Bold fyne.Resource }

// NewFaces wraps the embedded typeface.
func NewFaces() Faces {
	return Faces{
		Regular: fyne.NewStaticResource("NotoSansSC-Regular.otf", fonts.Regular()),
		Bold:    fyne.NewStaticResource("NotoSansSC-Bold.otf", fonts.Bold()),
	}
}

// Of is the face of a weight.
func (f Faces) Of(bold bool) fyne.Resource {
	if bold {
		return f.Bold
	}
	return f.Regular
}

// Fyne is the theme of the application: our colours, our faces and no padding.
func Fyne(faces Faces) fyne.Theme { return fyneTheme{faces, Standard()} }

type fyneTheme struct {
	faces   Faces
	palette Palette
}

func (t fyneTheme) Color(name fyne.ThemeColorName, _ fyne.ThemeVariant) color.Color {
	switch name {
	case fynetheme.ColorNameBackground:
		return t.palette.Ground
	case fynetheme.ColorNameForeground:
		return t.palette.Ink
	case fynetheme.ColorNamePrimary:
		return t.palette.Act
	default:
		return fynetheme.DefaultTheme().Color(name, fynetheme.VariantLight)
	}
}

func (t fyneTheme) Font(style fyne.TextStyle) fyne.Resource { return t.faces.Of(style.Bold) }

func (t fyneTheme) Icon(name fyne.ThemeIconName) fyne.Resource {
	return fynetheme.DefaultTheme().Icon(name)
}

func (t fyneTheme) Size(name fyne.ThemeSizeName) float32 {
	if name == fynetheme.SizeNamePadding {
		return 0
	}
	return fynetheme.DefaultTheme().Size(name)
}
