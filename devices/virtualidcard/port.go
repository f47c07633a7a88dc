package virtualidcard

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// Port is a reader on a serial port, until it is unplugged.
type Port struct {
	path   string
	line   *os.File
	closed chan struct{}
	served chan struct{}
}

// ErrTaken means that there is something other than a symbolic link at the port's
// path, so that it was not left there by a port like this one.
var ErrTaken = errors.New("the path is taken")

// Plug makes a serial port at path, a symbolic link to a pseudo-terminal with the
// reader at its other end.
func Plug(path string, reader *Reader) (*Port, error) {
	info, err := os.Lstat(path)
	switch {
	case err == nil && info.Mode()&fs.ModeSymlink == 0:
		return nil, fmt.Errorf("%s: %w", path, ErrTaken)
	case err == nil:
		if err := os.Remove(path); err != nil {
			return nil, fmt.Errorf("making a serial port: %w", err)
		}
	}
	line, name, err := openPTY()
	if err == nil {
		if err = os.Symlink(name, path); err != nil {
			line.Close()
		}
	}
	if err != nil {
		return nil, fmt.Errorf("making a serial port: %w", err)
	}
	p := &Port{path: path, line: line, closed: make(chan struct{}), served: make(chan struct{})}
	go func() {
		defer close(p.served)
		_ = reader.Serve(waiting{line, p.closed})
	}()
	return p, nil
}

// Unplug removes the port. It may be called once.
func (p *Port) Unplug() {
	close(p.closed)
	_ = os.Remove(p.path)
	_ = p.line.Close()
	<-p.served
}
