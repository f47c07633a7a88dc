package store

import (
	"bytes"
	"os"
)

// machine is this system's own name, made when it was installed: machine-id(5).
// Empty where it has none.
func machine() string {
	for _, path := range []string{"/etc/machine-id", "/var/lib/dbus/machine-id"} {
		if id, err := os.ReadFile(path); err == nil && len(bytes.TrimSpace(id)) > 0 {
			return string(bytes.TrimSpace(id))
		}
	}
	return ""
}
