package idcard

import (
	"errors"
	"fmt"
	"io"

	"go.bug.st/serial"
)

// baudRate is the speed of all readers, with 8 bits, no parity, one stop bit.
const baudRate = 115200

// openPort opens a serial port, empty of what came while nobody listened.
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
