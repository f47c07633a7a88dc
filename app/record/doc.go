// Package record keeps the last calls of HIS as they were made and answered, for who
// has to find out later what happened, and for who moves over from another program
// that answers HIS today.
//
// What it keeps is masked before it is written: names, identity numbers, cards and
// credentials are replaced by keyed pseudonyms of the same length and shape, so that
// what is the same stays the same and nobody can be told from it (mask.go). A line of
// the file beside the journal is one call, sealed under a key of its own that follows
// from the store's (file.go). Nobody waits for it: a call is answered first, and what
// can't be written is lost (recorder.go).
package record
