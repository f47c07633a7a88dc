package record

import (
	"bytes"
	"compress/flate"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"io"
	"slices"

	"github.com/go-json-experiment/json"
)

// Recording are recorded calls, the oldest first, and whether they are all.
type Recording struct {
	Calls  []Call
	Unread int // lines that can't be read: torn by a power cut, or changed
	// Missing are calls that were recorded and are gone, other than the oldest, which
	// make room for the newest.
	Missing int
	Moved   int // calls that do not follow the one before
}

// Whole says that no call was taken out, moved or put in.
func (r Recording) Whole() bool { return r.Missing == 0 && r.Moved == 0 }

// tagSize is how many bytes of a line's seal bind the next to it: all of GCM's tag.
const tagSize = 16

// place is a line's place among all.
type place struct {
	number uint64 // of its call, from 1
	oldest uint64 // the number of the oldest call that the file had then
	tag    [tagSize]byte
}

// chained is what a line seals: a call with its number, the oldest call that the file has,
// and the tag of the line before.
type chained struct {
	Oldest uint64        `json:"oldest"`
	After  [tagSize]byte `json:"after"`
	Call   Call          `json:"call"`
}

// opened is a line that was opened.
type opened struct {
	place
	after [tagSize]byte
	call  Call
	size  int // in bytes
}

// purpose is bound to every line.
var purpose = []byte("onetrans call 2")

// line is a call as it stands in the file after the last one, and its place.
func (f *File) line(c Call, last place) ([]byte, place, error) {
	now := place{number: last.number + 1, oldest: max(last.oldest, 1)}
	c.Number = now.number
	var packed bytes.Buffer
	w, err := flate.NewWriter(&packed, flate.BestSpeed)
	if err == nil {
		err = json.MarshalWrite(w, chained{now.oldest, last.tag, c})
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		return nil, now, err
	}
	nonce := make([]byte, f.seal.NonceSize())
	_, _ = rand.Read(nonce) // never fails
	sealed := f.seal.Seal(nonce, nonce, packed.Bytes(), purpose)
	copy(now.tag[:], sealed[len(sealed)-tagSize:])
	line := append(base64.StdEncoding.AppendEncode(nil, sealed), '\n')
	if len(line) > maxLine {
		return nil, now, fmt.Errorf("a call of %d bytes is not recorded", len(line))
	}
	return line, now, nil
}

// open opens a line; ok is false where it is none.
func (f *File) open(line []byte) (l opened, ok bool) {
	sealed, err := base64.StdEncoding.Strict().AppendDecode(nil, line)
	if err != nil || len(sealed) < f.seal.NonceSize()+tagSize {
		return l, false
	}
	nonce, sealed := sealed[:f.seal.NonceSize()], sealed[f.seal.NonceSize():]
	packed, err := f.seal.Open(nil, nonce, sealed, purpose)
	if err != nil {
		return l, false
	}
	plain, err := io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(packed)), maxCall))
	if err != nil {
		return l, false
	}
	var c chained
	if json.Unmarshal(plain, &c) != nil {
		return l, false
	}
	l = opened{place: place{number: c.Call.Number, oldest: c.Oldest}, after: c.After, call: c.Call, size: len(plain)}
	copy(l.tag[:], sealed[len(sealed)-tagSize:])
	return l, true
}

// order is the order in which calls follow one another.
type order struct {
	numbers []uint64
	last    opened
	newest  place
	moved   int
}

// follows notes the next line.
func (o *order) follows(l opened) {
	switch {
	case len(o.numbers) == 0:
	case l.number <= o.last.number, l.number == o.last.number+1 && l.after != o.last.tag:
		o.moved++
	}
	o.numbers, o.last = append(o.numbers, l.number), l
	if l.number > o.newest.number {
		o.newest = l.place
	}
}

// missing are the numbers, from the oldest's that the newest line knows of, that no line has.
func (o *order) missing() int { return gaps(o.numbers, o.newest.oldest) }

// gaps are how many numbers are missing among these, from the oldest.
func gaps(numbers []uint64, oldest uint64) (missing int) {
	all := slices.Compact(slices.Sorted(slices.Values(numbers)))
	for _, n := range all {
		if n < oldest {
			continue
		}
		missing += int(n - oldest)
		oldest = n + 1
	}
	return missing
}
