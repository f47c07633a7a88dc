package store

import (
	"bytes"
	"os"
)

// machine is this system's own name, made when it was installed: machine-id(5).
// Empty where it has none.
func machine() string { return firstText("/etc/machine-id", "/var/lib/dbus/machine-id") }

// firstText is what the first of these files says that says something.
func firstText(paths ...string) string {
	for _, path := range paths {
		text, _ := os.ReadFile(path)
		if text = bytes.TrimSpace(text); len(text) > 0 {
			return string(text)
		}
	}
	return ""
}
