package printer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"time"

	"go.bug.st/serial"

	"onetrans/devices"
)

// link is an open connection to a printer.
type link interface {
	io.ReadWriteCloser
	// Drop discards what has not left this machine, at the latest when the link is
	// closed.
	Drop()
}

// dialTime is how long a printer on the network may take to answer.
const dialTime = 3 * time.Second

type tcpLink struct{ *net.TCPConn }

// Drop makes closing discard what the printer has not accepted.
func (l tcpLink) Drop() { _ = l.SetLinger(0) }

func dialTCP(address string) func(context.Context) (link, error) {
	return func(ctx context.Context) (link, error) {
		dialer := net.Dialer{Timeout: dialTime}
		conn, err := dialer.DialContext(ctx, "tcp", address)
		if err != nil {
			return nil, err
		}
		return tcpLink{conn.(*net.TCPConn)}, nil
	}
}

type serialLink struct{ serial.Port }

func (l serialLink) Drop() { _ = l.ResetOutputBuffer() }

// Read waits for a byte: for an idle port the library returns 0 bytes and no error.
func (l serialLink) Read(b []byte) (int, error) {
	for {
		if n, err := l.Port.Read(b); n > 0 || err != nil {
			return n, err
		}
	}
}

func openSerial(port string, baud int) func(context.Context) (link, error) {
	return func(context.Context) (link, error) {
		p, err := serial.Open(port, &serial.Mode{BaudRate: baud, DataBits: 8, Parity: serial.NoParity, StopBits: serial.OneStopBit})
		if err != nil {
			return nil, err
		}
		_ = p.ResetInputBuffer() // what it said to nobody
		return serialLink{p}, nil
	}
}

type fileLink struct{ *os.File }

// Drop does nothing: a device file buffers nothing.
func (fileLink) Drop() {}

// plain is a regular file: it accepts slips and answers nothing.
type plain struct{ fileLink }

func openFile(path string, open func(string, int, fs.FileMode) (*os.File, error)) func(context.Context) (link, error) {
	if open == nil {
		open = os.OpenFile
	}
	return func(context.Context) (link, error) {
		info, err := os.Stat(path)
		switch {
		case errors.Is(err, fs.ErrNotExist), err == nil && info.Mode().IsRegular():
			f, err := open(path, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o600)
			return plain{fileLink{f}}, err
		case err != nil:
			return nil, err
		}
		f, err := open(path, os.O_RDWR, 0)
		return fileLink{f}, err
	}
}

// append writes a slip to the end of the file and syncs it.
func (f plain) append(job []byte) error {
	_, err := f.Write(job)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("%w: %w", devices.ErrPrinterSilent, err)
	}
	return nil
}
