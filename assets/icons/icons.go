// Package icons carries the program's own drawings: icons drawn with strokes of
// width 4 and round caps on a grid of 64, and a few larger pictures. Each icon has
// one meaning.
package icons

import (
	"embed"
	"strings"
)

//go:embed *.svg
var files embed.FS

// Name is the name of a drawing: its file's name without the extension.
type Name string

// The icons.
const (
	Hospital Name = "hospital"
	Bed      Name = "bed"
	Wallet   Name = "wallet"
	Deposit  Name = "deposit"
	Card     Name = "card"
	IDCard   Name = "idcard"
	Scan     Name = "scan"
	Check    Name = "check" // selected
	Done     Name = "done"  // succeeded
	Cross    Name = "cross"
	Refused  Name = "refused"
	Clock    Name = "clock" // outcome unknown
	Warning  Name = "warning"
	Info     Name = "info"
	Back     Name = "back"
	Home     Name = "home"
	NoPhone  Name = "nophone"
	Phone    Name = "phone"
	Printer  Name = "printer"
	TextSize Name = "textsize"
	Contrast Name = "contrast"
	Delete   Name = "delete"
	Offline  Name = "offline"
	Touch    Name = "touch"
	Help     Name = "help"
	Receipt  Name = "receipt"
	Heart    Name = "heart"  // electronic health card
	Refund   Name = "refund" // money is returned
	Next     Name = "next"   // skipped
	Up       Name = "up"     // previous page of a list
	Down     Name = "down"   // next page of a list
)

// The pictures, 480 by 320, in the colours of the standard palette.
const (
	InsertCard Name = "insert-card"
	LayCard    Name = "lay-card"
	TakeCard   Name = "take-card"
	LiftCard   Name = "lift-card"
	HoldCode   Name = "hold-code"
)

// Ink is the colour that icons have in their files.
const Ink = "#10221F"

// Stroke is the stroke width as written in the icons' files; large icons replace it
// with a bolder one.
const (
	Stroke     = `stroke-width="4"`
	BoldStroke = `stroke-width="5.5"`
)

// Names lists all drawings.
func Names() []Name {
	entries, err := files.ReadDir(".")
	if err != nil {
		return nil
	}
	names := make([]Name, 0, len(entries))
	for _, entry := range entries {
		names = append(names, Name(strings.TrimSuffix(entry.Name(), ".svg")))
	}
	return names
}

// SVG is the source of a drawing with replacements made: recolour maps "#RRGGBB"
// (or Stroke) in the file to its replacement. It is empty for an unknown name.
func SVG(name Name, recolour map[string]string) string {
	source, err := files.ReadFile(string(name) + ".svg")
	if err != nil {
		return ""
	}
	if len(recolour) == 0 {
		return string(source)
	}
	pairs := make([]string, 0, 2*len(recolour))
	for from, to := range recolour {
		pairs = append(pairs, from, to)
	}
	return strings.NewReplacer(pairs...).Replace(string(source))
}
