package icons_test

import (
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"onetrans/assets/icons"
)

var pictures = []icons.Name{icons.InsertCard, icons.LayCard, icons.TakeCard, icons.LiftCard, icons.HoldCode}

func TestIconsKeepOneStyle(t *testing.T) {
	for _, name := range icons.Names() {
		if slices.Contains(pictures, name) {
			continue
		}
		source := icons.SVG(name, nil)
		for _, want := range []string{
			`viewBox="0 0 64 64"`, `stroke="` + icons.Ink + `"`, `stroke-width="4"`,
			`stroke-linecap="round"`, `stroke-linejoin="round"`,
		} {
			if strings.Count(source, want) != 1 {
				t.Errorf("%s: want %s once", name, want)
			}
		}
	}
}

func TestDrawingsAreWellFormed(t *testing.T) {
	for _, name := range icons.Names() {
		decoder := xml.NewDecoder(strings.NewReader(icons.SVG(name, nil)))
		for {
			_, err := decoder.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
	}
}

func TestColoursAreExchanged(t *testing.T) {
	source := icons.SVG(icons.Contrast, map[string]string{icons.Ink: "#FFFFFF"})
	if strings.Contains(source, icons.Ink) || strings.Count(source, "#FFFFFF") != 2 {
		t.Errorf("ink was not exchanged: %s", source)
	}
	if icons.SVG("nothing", nil) != "" {
		t.Error("an unknown drawing has no source")
	}
}
