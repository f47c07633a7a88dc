package virtualidcard

import (
	"errors"
	"fmt"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// openPTY makes a pair of pseudo-terminals that pass every byte on unchanged, and
// returns one end and the other's name.
func openPTY() (line *os.File, name string, err error) {
	line, err = os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		return nil, "", err
	}
	conn, err := line.SyscallConn()
	if err == nil {
		var number int
		var fault error
		err = conn.Control(func(fd uintptr) { number, fault = prepare(int(fd)) })
		if err = errors.Join(err, fault); err == nil {
			return line, fmt.Sprintf("/dev/pts/%d", number), nil
		}
	}
	return nil, "", errors.Join(err, line.Close())
}

// prepare unlocks the other end, makes both raw and returns the other's number.
func prepare(fd int) (number int, err error) {
	if err := unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0); err != nil {
		return 0, err
	}
	mode, err := unix.IoctlGetTermios(fd, unix.TCGETS)
	if err != nil {
		return 0, err
	}
	mode.Iflag, mode.Oflag, mode.Lflag = 0, 0, 0
	mode.Cflag = mode.Cflag&^(unix.CSIZE|unix.PARENB) | unix.CS8
	mode.Cc[unix.VMIN], mode.Cc[unix.VTIME] = 1, 0
	if err := unix.IoctlSetTermios(fd, unix.TCSETS, mode); err != nil {
		return 0, err
	}
	return unix.IoctlGetInt(fd, unix.TIOCGPTN)
}

// lookEvery is how often a line is tried whose other end nobody has open.
const lookEvery = 20 * time.Millisecond

// waiting is a line whose other end may be closed and opened again.
type waiting struct {
	*os.File
	closed <-chan struct{}
}

// Read waits while nobody has the other end open.
func (w waiting) Read(p []byte) (int, error) {
	for {
		n, err := w.File.Read(p)
		if !errors.Is(err, unix.EIO) {
			return n, err
		}
		select {
		case <-time.After(lookEvery):
		case <-w.closed:
			return 0, os.ErrClosed
		}
	}
}
