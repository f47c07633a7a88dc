package idcard

import (
	"encoding/binary"
	"fmt"
	"time"

	"onetrans/devices"
)

// command is what the reader is asked, and how long it may take to answer.
type command struct {
	name string
	code string // the frame's body
	time time.Duration
}

// The commands. Reading a card takes some 1.2 s.
var (
	findCard   = command{"find card", "\x20\x01", 1500 * time.Millisecond}
	selectCard = command{"select card", "\x20\x02", 1500 * time.Millisecond}
	readText   = command{"read card", "\x30\x01", 5 * time.Second}
	newAddress = command{"newest address", "\x30\x03", 1500 * time.Millisecond}
)

// The third status byte, SW3, which says how a command ended.
const (
	swDone       = 0x90
	swFound      = 0x9F
	swChecksum   = 0x10 // what we sent arrived damaged
	swLength     = 0x11
	swModule     = 0x31 // the card rejects the reader's module
	swCard       = 0x32 // the reader's module rejects the card
	swWrongCard  = 0x40
	swReadFailed = 0x41
	swNone       = 0x80 // nothing found
	swNotChosen  = 0x81 // nothing selected: the card left meanwhile
)

// answer is the reader's answer: its status and the data that followed.
type answer struct {
	status byte
	data   []byte
}

// statusSize is SW1, SW2 and SW3. The first two are always 0.
const statusSize = 3

func answerOf(body []byte) (answer, bool) {
	if len(body) < statusSize || body[0] != 0 || body[1] != 0 {
		return answer{}, false
	}
	return answer{body[2], body[statusSize:]}, true
}

// refusal is the error that a status stands for when another was expected.
func (c command) refusal(status byte) error {
	err := devices.ErrUnreadable
	switch status {
	case swChecksum, swLength:
		err = errDamaged
	case swModule, swCard:
		err = devices.ErrNotAuthentic
	case swWrongCard:
		err = devices.ErrWrongCard
	}
	return fmt.Errorf("%s: status %02X: %w", c.name, status, err)
}

// textOf takes the text block from the answer to readText: the lengths of text and
// photo in two bytes each, the text, the photo. The photo is ignored.
func textOf(data []byte) ([]byte, error) {
	const lengths = 4
	if len(data) < lengths {
		return nil, fmt.Errorf("answer of %d bytes: %w", len(data), devices.ErrUnreadable)
	}
	text, photo := int(binary.BigEndian.Uint16(data)), int(binary.BigEndian.Uint16(data[2:]))
	if data = data[lengths:]; text != blockSize || len(data) != text+photo {
		return nil, fmt.Errorf("text of %d bytes and photo of %d in %d: %w", text, photo, len(data), devices.ErrUnreadable)
	}
	return data[:text:text], nil
}
