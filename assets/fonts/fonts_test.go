package fonts_test

import (
	"bytes"
	"testing"

	"onetrans/assets/fonts"
)

// A collection (.ttc) would stop Fyne with a panic, so both weights must be single TrueType faces.
func TestWeightsAreSingleTrueTypeFaces(t *testing.T) {
	for name, data := range map[string][]byte{"regular": fonts.Regular(), "bold": fonts.Bold()} {
		if !bytes.HasPrefix(data, []byte{0, 1, 0, 0}) {
			t.Errorf("%s is no TrueType face", name)
		}
	}
}
