// Package licences holds the licence of everything that is in the executable: of the
// modules that it is made of, of the typeface, and of the C in it. licences.txt is
// made by 'make docs'; a test holds it against the builds for each system.
package licences

import _ "embed"

//go:embed licences.txt
var text string

// Text is all of it, each component below a line with its name.
func Text() string { return text }
