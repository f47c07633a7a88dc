//go:build !linux

package virtualidcard

import (
	"errors"
	"os"
)

// errNoPTY means that this system has no pseudo-terminals.
var errNoPTY = errors.New("only Linux has what this needs")

func openPTY() (*os.File, string, error) { return nil, "", errNoPTY }

// waiting is a line; see pty_linux.go.
type waiting struct {
	*os.File
	closed <-chan struct{}
}
