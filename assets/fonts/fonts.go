// Package fonts carries the program's typeface in two weights.
//
// Noto Sans SC 2.004, under the SIL Open Font License (OFL.txt), covers all of GBK
// but two private-use codes, and all of URO and Extension A. Rarer characters in
// names come from the system's fonts.
//
// The files are the Simplified Chinese faces of Debian's fonts-noto-cjk
// (NotoSansCJK-Regular.ttc and -Bold.ttc, face 2), reduced by HarfBuzz's subsetter
// to the 30,890 characters of Google's NotoSansSC, without GSUB, vertical metrics
// and hinting. Their CFF outlines are read only when a glyph is drawn. The same
// face as TrueType, whose glyphs are all unpacked at once, needs three times the
// memory and ten times the time at start.
package fonts

import (
	_ "embed" // the typeface travels in the executable
	"unsafe"
)

// As texts they are in the part of the executable that nobody may change, and whose
// pages the system takes back once the faces are read.
var (
	//go:embed NotoSansSC-Regular.otf
	regular string
	//go:embed NotoSansSC-Bold.otf
	bold string
)

// Regular is the regular weight (400) as an OpenType file. The caller must not
// change it.
func Regular() []byte { return bytesOf(regular) }

// Bold is the bold weight (700) as an OpenType file. The caller must not change it.
func Bold() []byte { return bytesOf(bold) }

func bytesOf(text string) []byte { return unsafe.Slice(unsafe.StringData(text), len(text)) }
