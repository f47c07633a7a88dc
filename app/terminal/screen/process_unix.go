//go:build unix

package screen

import (
	"net"
	"os"
	"strings"
	"time"
)

// dialTime is how long a display may take to be reached.
const dialTime = time.Second

// Display says why there is no display: [ErrNoDisplay]. The window library panics
// without one.
func Display() error {
	display := os.Getenv("DISPLAY")
	if display == "" {
		return ErrNoDisplay
	}
	number, local := strings.CutPrefix(display, ":")
	if !local {
		return nil // another host's display: it will be seen
	}
	number, _, _ = strings.Cut(number, ".")
	for _, path := range []string{"/tmp/.X11-unix/X" + number, "@/tmp/.X11-unix/X" + number} {
		if conn, err := net.DialTimeout("unix", path, dialTime); err == nil {
			return conn.Close()
		}
	}
	return ErrNoDisplay
}
