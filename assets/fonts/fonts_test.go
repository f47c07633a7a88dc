package fonts_test

import (
	"bytes"
	"testing"

	"onetrans/assets/fonts"
)

// A collection (.ttc) would stop Fyne with a panic, so both weights must be single faces.
func TestWeightsAreSingleFaces(t *testing.T) {
	for name, data := range map[string][]byte{"regular": fonts.Regular(), "bold": fonts.Bold()} {
		if !bytes.HasPrefix(data, []byte("OTTO")) {
			t.Errorf("%s is no OpenType face", name)
		}
	}
}
