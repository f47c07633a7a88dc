package socket

import (
	"errors"
	"fmt"
	"os"
)

var errOtherUser = errors.New("another user's process")

// Peer is who is at the other end, as the system says. Where it does not say,
// the Peer is zero.
type Peer struct {
	UID     int
	PID     int    // 0: unknown
	Program string // its executable; empty: unknown
}

// Self is this process, as others see it.
func Self() Peer {
	program, _ := os.Executable() // unknown, then
	return Peer{UID: os.Getuid(), PID: os.Getpid(), Program: program}
}

// named is p with its program: who only calls is asked for none.
func (p Peer) named() Peer {
	if p.PID != 0 {
		p.Program = programOf(p.PID)
	}
	return p
}

// String is "user 1000, process 4711, /usr/bin/onetrans".
func (p Peer) String() string {
	if p.PID == 0 {
		return ""
	}
	text := fmt.Sprintf("user %d, process %d", p.UID, p.PID)
	if p.Program != "" {
		text += ", " + p.Program
	}
	return text
}
