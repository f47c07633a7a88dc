package sscard

import (
	"bytes"
	"errors"
	"fmt"

	"onetrans/devices"
)

// transmit sends one command APDU and returns the card's response, status word
// included. An error is one of the line: the card gave no answer.
type transmit func(apdu []byte) ([]byte, error)

// errGarbled means that a response is too short to be one: the contact is bad or
// the card has just left.
var errGarbled = errors.New("no status word in the answer")

const (
	maxSteps  = 8    // 61xx and 6Cxx rounds of one command; a healthy card needs two
	maxAnswer = 1024 // bytes; a record has at most 257
)

// The status words that matter (ISO 7816-4).
const (
	swOK           = 0x9000
	swEndReached   = 0x6282 // the record is shorter than Le; its data is good
	swWrongLength  = 0x6700
	swLocked       = 0x6982 // needs a PIN or a SAM
	swBlocked      = 0x6983
	swFileNotFound = 0x6A82
	swNoRecord     = 0x6A83
	swWrongP1P2    = 0x6A86
	swNoData       = 0x6A88
	swOutOfRange   = 0x6B00
)

// exchange takes one command through the rounds of T=0: 6Cxx repeats it with the
// right Le, 61xx fetches what is waiting. It returns the data and the last status
// word.
func exchange(send transmit, apdu []byte) (data []byte, sw int, err error) {
	command := bytes.Clone(apdu)
	for range maxSteps {
		answer, err := send(command)
		if err != nil {
			return nil, 0, err
		}
		if len(answer) < 2 {
			return nil, 0, errGarbled
		}
		body, tail := answer[:len(answer)-2], answer[len(answer)-2:]
		if data = append(data, body...); len(data) > maxAnswer {
			return nil, 0, fmt.Errorf("answer of more than %d bytes: %w", maxAnswer, devices.ErrUnreadable)
		}
		switch {
		case tail[0] == 0x6C && len(command) == 5:
			command[4] = tail[1]
		case tail[0] == 0x61:
			command = []byte{0x00, 0xC0, 0x00, 0x00, tail[1]}
		default:
			return data, int(tail[0])<<8 | int(tail[1]), nil
		}
	}
	return nil, 0, fmt.Errorf("more than %d rounds for one command: %w", maxSteps, devices.ErrUnreadable)
}

// refusal is the error that a status word stands for when success was expected.
func refusal(sw int) error {
	if sw == swLocked || sw == swBlocked {
		return fmt.Errorf("status %04X: %w", sw, devices.ErrCardLocked)
	}
	return fmt.Errorf("status %04X: %w", sw, devices.ErrUnreadable)
}

// absent reports whether the status word says that there is no such record.
func absent(sw int) bool {
	return sw == swNoRecord || sw == swNoData || sw == swFileNotFound
}
