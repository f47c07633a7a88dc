package idcard

import (
	"errors"
	"fmt"
	"io"

	"go.bug.st/serial"
)

// baudRate is the speed of all these readers, with 8 data bits, no parity and one
// stop bit.
const baudRate = 115200

// openPort opens a serial port and drops what had arrived before.
func openPort(name string) (io.ReadWriteCloser, error) {
	port, err := serial.Open(name, &serial.Mode{
		BaudRate: baudRate, DataBits: 8, Parity: serial.NoParity, StopBits: serial.OneStopBit,
	})
	if err != nil {
		return nil, fmt.Errorf("opening %s: %w", name, err)
	}
	if err := port.ResetInputBuffer(); err != nil {
		return nil, fmt.Errorf("opening %s: %w", name, errors.Join(err, port.Close()))
	}
	return port, nil
}
