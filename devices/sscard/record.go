package sscard

import (
	"fmt"

	"onetrans/devices"
)

// parseRecord parses TAG LEN VALUE. Bytes after the value are the padding of
// records of a fixed size.
func parseRecord(data []byte) (tag byte, value []byte, err error) {
	if len(data) < 2 {
		return 0, nil, fmt.Errorf("record of %d bytes: %w", len(data), devices.ErrUnreadable)
	}
	size := int(data[1])
	if size > len(data)-2 {
		return 0, nil, fmt.Errorf("record %02X says %d bytes and has %d: %w", data[0], size, len(data)-2, devices.ErrUnreadable)
	}
	return data[0], data[2 : 2+size : 2+size], nil
}
