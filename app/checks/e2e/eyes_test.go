//go:build e2e

package e2e

import (
	"fmt"
	"image"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/software"
	"fyne.io/fyne/v2/test"

	"onetrans/app/config"
	"onetrans/assets/texts"
	"onetrans/flows/view"
	"onetrans/ui"
	"onetrans/ui/theme"
)

const (
	executable   = "../../../bin/onetrans"
	screenWidth  = 1080
	screenHeight = 1920
	panelInches  = 32
	// grain is how many pixels are looked at as one.
	grain = 6
	// headerHeight is not looked at: the clock is there.
	headerHeight = 170
)

// eyes recognise a screen: they know how each page should look, drawn by the
// software painter, and find the one that a picture is most like.
type eyes struct {
	pages map[string]view.Page
	looks map[string][]uint8
	kiosk *ui.Kiosk
	mu    sync.Mutex
}

// openEyes draws what can be seen.
func openEyes(t *testing.T) *eyes {
	t.Helper()
	words, err := texts.Load()
	if err != nil {
		t.Fatal(err)
	}
	defaults := config.Default()
	e := &eyes{pages: pages()}
	app := test.NewTempApp(t)
	e.kiosk = ui.NewKiosk(ui.Options{
		Panel:     theme.Panel{WidthPx: screenWidth, HeightPx: screenHeight, Inches: panelInches},
		Texts:     words,
		Hospital:  defaults.Terminal.FixmedinsName,
		HelpPlace: defaults.UI.HelpPlace,
		HelpPhone: defaults.UI.HelpPhone,
		Now:       time.Now,
		Emit:      func(view.Tap) {},
	})
	app.Settings().SetTheme(e.kiosk.Theme())
	drawn.Do(e.draw)
	e.looks = drawn.looks
	return e
}

// drawn is how all pages look, which takes half a minute to draw.
var drawn struct {
	sync.Once
	looks map[string][]uint8
}

func (e *eyes) draw() {
	canvas := software.NewCanvas()
	canvas.SetPadded(false)
	canvas.Resize(fyne.NewSize(screenWidth, screenHeight))
	canvas.SetContent(e.kiosk.Content())
	drawn.looks = map[string][]uint8{}
	for name, page := range e.pages {
		e.kiosk.Show(page)
		drawn.looks[name] = grains(canvas.Capture())
	}
}

// recognise names the page that a picture is most like.
func (e *eyes) recognise(picture image.Image) string {
	seen := grains(picture)
	best, least := "nothing known", 8.0
	for name, look := range e.looks {
		if d := difference(seen, look); d < least {
			best, least = name, d
		}
	}
	return best
}

// find is the middle of the button on a page that means this.
func (e *eyes) find(page string, action view.Action, value string) (x, y int, err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.kiosk.Show(e.pages[page])
	button, ok := e.kiosk.Find(action, value)
	if !ok {
		return 0, 0, fmt.Errorf("page %s has no button for %s %s", page, action, value)
	}
	return int(button.Position.X + button.Size.Width/2), int(button.Position.Y + button.Size.Height/2), nil
}

// grains is a picture in grey, coarse enough that two painters agree.
func grains(picture image.Image) []uint8 {
	var out []uint8
	for y := headerHeight; y+grain <= screenHeight; y += grain {
		for x := 0; x+grain <= screenWidth; x += grain {
			sum := uint32(0)
			for dy := 0; dy < grain; dy += 2 {
				for dx := 0; dx < grain; dx += 2 {
					r, g, b, _ := picture.At(x+dx, y+dy).RGBA()
					sum += (r + g + b) / 3 >> 8
				}
			}
			out = append(out, uint8(sum/(grain*grain/4)))
		}
	}
	return out
}

func difference(a, b []uint8) float64 {
	sum := 0
	for i := range a {
		sum += max(int(a[i]), int(b[i])) - min(int(a[i]), int(b[i]))
	}
	return float64(sum) / float64(len(a))
}

// sees says which page stands on the screen.
func (w *world) sees() string {
	picture, err := w.display.Picture()
	if err != nil {
		return err.Error()
	}
	return w.eyes.recognise(picture)
}

// await waits until a page stands on the screen.
func (w *world) await(page string, patience time.Duration) error {
	last := ""
	err := within(patience, "page "+page, func() bool { last = w.sees(); return last == page })
	if err != nil {
		return fmt.Errorf("%w (it shows %s)", err, last)
	}
	return nil
}

// tap touches a button of the page that stands on the screen.
func (w *world) tap(page string, action view.Action, value string) error {
	x, y, err := w.eyes.find(page, action, value)
	if err != nil {
		return err
	}
	// A page that has just come ignores taps for a moment, as it does a person's second one.
	time.Sleep(ui.DefaultSettle + 200*time.Millisecond)
	return w.display.Tap(x, y)
}

// readCode reads the QR code off the screen, with a program that is not ours.
func (w *world) readCode() (string, error) {
	path := w.keepPicture("code")
	out, err := exec.Command("zbarimg", "--quiet", "--raw", path).Output()
	if err != nil {
		return "", fmt.Errorf("zbarimg: %w", err)
	}
	return string(out[:max(0, len(out)-1)]), nil
}

// keepPicture saves what the screen shows, and says where.
func (w *world) keepPicture(name string) string {
	path := filepath.Join(picturesFolder(), w.t.Name()+"-"+name+".png")
	picture, err := w.display.Picture()
	if err != nil {
		w.t.Log(err)
		return path
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		w.t.Fatal(err)
	}
	file, err := os.Create(path)
	if err != nil {
		w.t.Fatal(err)
	}
	defer file.Close()
	if err := (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(file, picture); err != nil {
		w.t.Fatal(err)
	}
	return path
}

// picturesFolder is where the tests leave what they saw.
func picturesFolder() string {
	if folder := os.Getenv("E2E_PICTURES"); folder != "" {
		return folder
	}
	return filepath.Join(os.TempDir(), "onetrans-e2e")
}
