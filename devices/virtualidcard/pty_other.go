//go:build !linux

package virtualidcard

import (
	"errors"
	"os"
)

// errNoPTY says that this system makes no pairs of terminals.
var errNoPTY = errors.New("only Linux has what this needs")

func openPTY() (*os.File, string, error) { return nil, "", errNoPTY }

// waiting is a line; see pty_linux.go.
type waiting struct {
	*os.File
	closed <-chan struct{}
}
