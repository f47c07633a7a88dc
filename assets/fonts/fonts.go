// Package fonts carries the typeface of the program in its two weights.
//
// Noto Sans SC, under the SIL Open Font License (OFL.txt): all of GBK but two
// private codes, all of URO and Extension A. Rarer characters of names come
// from the system's fonts.
package fonts

import _ "embed" // the typeface travels in the executable

//go:embed NotoSansSC_400Regular.ttf
var regular []byte

//go:embed NotoSansSC_700Bold.ttf
var bold []byte

// Regular is the text weight (400) as a TrueType file. It must not be changed.
func Regular() []byte { return regular }

// Bold is the heavy weight (700) as a TrueType file. It must not be changed.
func Bold() []byte { return bold }
