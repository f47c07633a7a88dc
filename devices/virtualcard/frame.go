package virtualcard

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// ErrFrame means that vpcd sent something that is not a frame of its protocol.
var ErrFrame = errors.New("not a vpcd frame")

// maxFrame bounds a frame's content: a short APDU has at most 261 bytes, and social
// security cards do not use extended ones.
const maxFrame = 512

// The control bytes of vpcd: a frame of one byte is one of these, a longer
// one is an APDU.
const (
	controlOff   = 0x00
	controlOn    = 0x01
	controlReset = 0x02
	controlATR   = 0x04
)

// readFrame reads one frame: its length in two bytes, big-endian, and its
// content. io.EOF means that the connection ended between two frames.
func readFrame(r io.Reader) ([]byte, error) {
	var head [2]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return nil, err
	}
	size := int(binary.BigEndian.Uint16(head[:]))
	if size == 0 || size > maxFrame {
		return nil, fmt.Errorf("%d bytes: %w", size, ErrFrame)
	}
	content := make([]byte, size)
	if _, err := io.ReadFull(r, content); err != nil {
		return nil, fmt.Errorf("frame broke off: %w", ErrFrame)
	}
	return content, nil
}

// writeFrame writes one frame in a single write: vpcd reads header and content
// separately.
func writeFrame(w io.Writer, content []byte) error {
	frame := binary.BigEndian.AppendUint16(nil, uint16(len(content)))
	_, err := w.Write(append(frame, content...))
	return err
}
