//go:build !linux

package socket

import "net"

// trusted leaves the judgement to the secret, or to the socket's mode.
func trusted(net.Conn) error { return nil }
