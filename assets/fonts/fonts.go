// Package fonts carries the typeface of the program in its two weights.
//
// Noto Sans SC 2.004, under the SIL Open Font License (OFL.txt): all of GBK but
// two private codes, all of URO and Extension A. Rarer characters of names come
// from the system's fonts.
//
// The files are the Simplified Chinese faces of Debian's fonts-noto-cjk
// (NotoSansCJK-Regular.ttc and -Bold.ttc, face 2), reduced by HarfBuzz's
// subsetter to the 30,890 characters of Google's NotoSansSC, without GSUB,
// vertical metrics and hinting. Their outlines are CFF, which is read when a
// glyph is drawn: a third of the memory and a tenth of the time at start that
// the same face costs as TrueType, whose every glyph is unpacked at once.
package fonts

import _ "embed" // the typeface travels in the executable

//go:embed NotoSansSC-Regular.otf
var regular []byte

//go:embed NotoSansSC-Bold.otf
var bold []byte

// Regular is the text weight (400) as an OpenType file. It must not be changed.
func Regular() []byte { return regular }

// Bold is the heavy weight (700) as an OpenType file. It must not be changed.
func Bold() []byte { return bold }
