package virtualidcard

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"sync"
)

// preamble begins every frame.
var preamble = []byte{0xAA, 0xAA, 0xAA, 0x96, 0x69}

// maxCommand bounds the length of a command in bytes; the longest that a reader
// knows has 3.
const maxCommand = 16

// The third status byte.
const (
	statusOK       = 0x90
	statusFound    = 0x9F
	statusChecksum = 0x10
	statusUnknown  = 0x21
	statusFailed   = 0x41
	statusNone     = 0x80
	statusUnchosen = 0x81
	statusNoMore   = 0x91
)

// Reader is the reader's end of the line. The zero value has no card on it.
type Reader struct {
	mu      sync.Mutex
	card    *Card
	chosen  bool // selected
	read    bool // since it was laid down
	seen    int  // commands since it was laid down
	refused int
	damaged int
}

// Lay lays a card on the reader, in place of another.
func (r *Reader) Lay(card Card) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.card, r.chosen, r.read, r.seen, r.refused, r.damaged = &card, false, false, 0, 0, 0
}

// Lift takes the card away.
func (r *Reader) Lift() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.card, r.chosen = nil, false
}

// Commands is the number of commands since the card was laid down.
func (r *Reader) Commands() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.seen
}

// Serve answers what comes over the line until the line ends, and returns why; nil
// for an end of file.
func (r *Reader) Serve(line io.ReadWriter) error {
	var came []byte
	chunk := make([]byte, 256)
	for {
		n, err := line.Read(chunk)
		came = append(came, chunk[:n]...)
		for {
			var body []byte
			var sound, whole bool
			if body, came, sound, whole = command(came); !whole {
				break
			}
			if answer := r.react(body, sound); answer != nil {
				if _, err := line.Write(answer); err != nil {
					return err
				}
			}
		}
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
	}
}

// command splits the first command off what has arrived.
func command(came []byte) (body, rest []byte, sound, whole bool) {
	begin := bytes.Index(came, preamble)
	if begin < 0 {
		return nil, came[max(0, len(came)-len(preamble)+1):], false, false
	}
	counted := came[begin+len(preamble):]
	if len(counted) < 2 {
		return nil, came[begin:], false, false
	}
	length := int(binary.BigEndian.Uint16(counted))
	if length < 2 || length > maxCommand {
		return nil, counted, false, true
	}
	if len(counted) < 2+length {
		return nil, came[begin:], false, false
	}
	frame := counted[:2+length]
	return frame[2 : 1+length], counted[2+length:], xor(frame) == 0, true
}

func xor(data []byte) (sum byte) {
	for _, b := range data {
		sum ^= b
	}
	return sum
}

// react is the answer to a command as it goes over the line; nil for none.
func (r *Reader) react(body []byte, sound bool) []byte {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.seen++
	quirks := Quirks{}
	if r.card != nil {
		quirks = r.card.Quirks
	}
	if quirks.LiftAfter > 0 && r.seen > quirks.LiftAfter {
		r.card, r.chosen = nil, false
	}
	if quirks.MuteAfter > 0 && r.seen > quirks.MuteAfter {
		return nil
	}
	status, data, silent := byte(statusChecksum), []byte(nil), false
	if sound {
		status, data, silent = r.answer(string(body), quirks)
	}
	if silent {
		return nil
	}
	frame := binary.BigEndian.AppendUint16(bytes.Clone(preamble), uint16(4+len(data)))
	frame = append(frame, 0, 0, status)
	frame = append(frame, data...)
	frame = append(frame, xor(frame[len(preamble):]))
	if r.damaged < quirks.Damaged {
		r.damaged++
		frame[len(frame)-1] ^= 0x55
	}
	return append(bytes.Clone(quirks.Garbage), frame...)
}

// answer carries out a command.
func (r *Reader) answer(body string, quirks Quirks) (status byte, data []byte, silent bool) {
	switch body {
	case "\x11\xFF":
		return statusOK, nil, false
	case "\x12\xFF":
		return statusOK, []byte("\x05\x03\x01\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0A\x0B\x0C"), false
	case "\x20\x01":
		if r.card == nil || r.read && quirks.FoundOnce {
			return statusNone, nil, false
		}
		return statusFound, make([]byte, 4), false
	case "\x20\x02":
		return r.choose(quirks)
	case "\x30\x01":
		return r.tell(quirks)
	case "\x30\x03":
		if r.card == nil || r.card.Address == nil {
			return statusNoMore, nil, quirks.SilentAddress
		}
		return statusOK, r.card.Address, quirks.SilentAddress
	}
	return statusUnknown, nil, false
}

func (r *Reader) choose(quirks Quirks) (status byte, data []byte, silent bool) {
	if r.card == nil {
		return statusUnchosen, nil, false
	}
	if r.refuses(quirks.Select, quirks) {
		return quirks.Select, nil, false
	}
	r.chosen = true
	return statusOK, make([]byte, 8), false
}

func (r *Reader) tell(quirks Quirks) (status byte, data []byte, silent bool) {
	if r.card == nil || !r.chosen {
		return statusFailed, nil, false
	}
	if r.refuses(quirks.Read, quirks) {
		return quirks.Read, nil, false
	}
	r.read = true
	data = binary.BigEndian.AppendUint16(nil, textSize)
	data = binary.BigEndian.AppendUint16(data, photoSize)
	data = append(data, r.card.Text[:]...)
	return statusOK, append(data, make([]byte, photoSize)...), false
}

// refuses reports whether a quirk applies once more.
func (r *Reader) refuses(status byte, quirks Quirks) bool {
	if status == 0 || quirks.Relents > 0 && r.refused >= quirks.Relents {
		return false
	}
	r.refused++
	return true
}
