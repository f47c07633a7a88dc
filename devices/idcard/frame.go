package idcard

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"

	"onetrans/devices"
)

// preamble begins every frame, in both directions.
const preamble = "\xAA\xAA\xAA\x96\x69"

// Sizes in bytes. A frame's length counts what follows it: body and checksum.
const (
	lengthSize = 2
	minLength  = 4     // three status bytes and the checksum
	maxLength  = 0x508 // the longest answer to what is asked here: text and photo
	maxFrame   = len(preamble) + lengthSize + maxLength
)

// ErrChecksum means that a frame arrived damaged, at either end of the line.
var ErrChecksum = errors.New("wrong checksum")

// errDamaged means that the reader's answer cannot be understood.
var errDamaged = fmt.Errorf("%w: %w", ErrChecksum, devices.ErrUnreadable)

// encode makes a frame from a body.
func encode(body []byte) []byte {
	frame := binary.BigEndian.AppendUint16([]byte(preamble), uint16(len(body)+1))
	frame = append(frame, body...)
	return append(frame, checksum(frame[len(preamble):]))
}

// checksum is the XOR of length and body.
func checksum(counted []byte) (sum byte) {
	for _, b := range counted {
		sum ^= b
	}
	return sum
}

// next finds the first complete answer in came, skipping any garbage. If there is
// none, body is nil and rest is what may still become one. damaged says that it
// skipped something that began as an answer but was not one.
func next(came []byte) (body, rest []byte, damaged bool) {
	for {
		begin := bytes.Index(came, []byte(preamble))
		if begin < 0 {
			return nil, tail(came), damaged
		}
		came = came[begin:]
		counted := came[len(preamble):]
		if len(counted) < lengthSize {
			return nil, came, damaged
		}
		length := int(binary.BigEndian.Uint16(counted))
		end := lengthSize + length
		switch {
		case length < minLength || length > maxLength:
		case len(counted) < end:
			return nil, came, damaged
		case checksum(counted[:end-1]) == counted[end-1]:
			return counted[lengthSize : end-1 : end-1], counted[end:], damaged
		}
		damaged = true
		came = came[1:] // a true frame may begin within the false one
	}
}

// tail is the end of came that may be the beginning of a preamble.
func tail(came []byte) []byte {
	for n := min(len(came), len(preamble)-1); n > 0; n-- {
		if end := came[len(came)-n:]; bytes.HasPrefix([]byte(preamble), end) {
			return end
		}
	}
	return nil
}
