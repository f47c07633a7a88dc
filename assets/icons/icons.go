// Package icons carries the program's own drawings: stroke icons of width 4 on
// a grid of 64 with round ends, and a few larger pictures. One meaning, one
// icon.
package icons

import (
	"embed"
	"strings"
)

//go:embed *.svg
var files embed.FS

// Name names a drawing; it is the file's name without its ending.
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
	Done     Name = "done"  // came to a good end
	Cross    Name = "cross"
	Refused  Name = "refused"
	Clock    Name = "clock" // in doubt
	Warning  Name = "warning"
	Info     Name = "info"
	Back     Name = "back"
	Home     Name = "home"
	NoPhone  Name = "nophone"
	Phone    Name = "phone"
	Printer  Name = "printer"
	TextSize Name = "textsize"
	Contrast Name = "contrast"
	Language Name = "language"
	Delete   Name = "delete"
	Offline  Name = "offline"
	Touch    Name = "touch"
	Help     Name = "help"
	Receipt  Name = "receipt"
	Heart    Name = "heart"  // electronic health card
	Refund   Name = "refund" // money goes back
	Next     Name = "next"   // passed over
	Up       Name = "up"     // the page of a list before
	Down     Name = "down"   // its next page
)

// The pictures, 480 by 320, in the colours of the standard palette.
const (
	InsertCard Name = "insert-card"
	LayCard    Name = "lay-card"
	TakeCard   Name = "take-card"
	LiftCard   Name = "lift-card"
	HoldCode   Name = "hold-code"
)

// Ink is the colour in which icons are drawn in their files.
const Ink = "#10221F"

// Stroke is the width of the icons' lines as it stands in their files; large
// signs exchange it for a bolder one.
const (
	Stroke     = `stroke-width="4"`
	BoldStroke = `stroke-width="5.5"`
)

// Names lists every drawing there is.
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

// SVG is a drawing's source with colours exchanged: recolour maps "#RRGGBB" (or
// Stroke) as in the file to what shall stand there. It is empty for an unknown name.
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
