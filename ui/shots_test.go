package ui_test

import (
	"flag"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/software"

	"onetrans/flows/view"
	"onetrans/ui/theme"
)

// Pictures to look at: go test ./ui -run Shots -shots DIR [-only cashier]
var (
	shots = flag.String("shots", "", "folder for pictures of every page")
	only  = flag.String("only", "", "only pages whose name contains this")
)

func TestShots(t *testing.T) {
	if *shots == "" {
		return // nobody asked for pictures
	}
	if err := os.MkdirAll(*shots, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, panel := range []struct {
		name string
		size theme.Panel
	}{{"portrait", portrait32}, {"landscape", landscape32}, {"portrait21", portrait21}, {"landscape21", landscape21}, {"desktop", onDesktop}, {"oldscreen", onOldScreen}, {"laptop", onLaptop}} {
		for name, look := range looks() {
			d := newDesk(t, panel.size)
			for _, s := range samples() {
				file := s.name + "." + panel.name + "." + name + ".png"
				if strings.Contains(file, *only) {
					s.page.Look = look
					d.show(s.page)
					save(t, filepath.Join(*shots, file), d.kiosk.Content())
				}
			}
		}
	}
}

func looks() map[string]view.Look {
	return map[string]view.Look{
		"zh": {Language: view.Chinese}, "zh-large": {Language: view.Chinese, Large: true},
		"en": {Language: view.English}, "en-large": {Language: view.English, Large: true},
		"zh-contrast": {Language: view.Chinese, Contrast: true},
	}
}

func save(t *testing.T, path string, content fyne.CanvasObject) {
	t.Helper()
	size := content.Size()
	c := software.NewCanvas()
	c.SetPadded(false)
	c.SetContent(content)
	c.Resize(size)
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	encoder := png.Encoder{CompressionLevel: png.BestSpeed}
	if err := encoder.Encode(file, c.Capture()); err != nil {
		t.Fatal(err)
	}
}
