package socket

import (
	"net"
	"slices"
	"sync"
)

// maxConnections is how many may be open at once.
const maxConnections = 32

// stage is how far a connection has come.
type stage int

const (
	silent stage = iota
	greeted
	handed // a call or a command was handed over
)

// guest is who has connected.
type guest struct {
	conn  net.Conn
	peer  Peer
	stage stage
}

// lobby holds who has connected, in the order in which they came. Where it is
// full, who has said least has to go, so that silent ones keep nobody out who
// speaks. Nobody is hung up on who has handed something over.
type lobby struct {
	mu     sync.Mutex
	guests []*guest
}

// enter takes a guest in; false when all places are taken by who is being served.
func (l *lobby) enter(g *guest) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.guests) == maxConnections {
		least := slices.MinFunc(l.guests, func(a, b *guest) int { return int(a.stage - b.stage) })
		if least.stage == handed {
			return false
		}
		least.conn.Close() // before a word was handed over: he knows that nothing was
		l.remove(least)
	}
	l.guests = append(l.guests, g)
	return true
}

// leave gives a guest's place free.
func (l *lobby) leave(g *guest) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.remove(g)
}

func (l *lobby) remove(g *guest) {
	l.guests = slices.DeleteFunc(l.guests, func(other *guest) bool { return other == g })
}

// reached says how far a guest has come.
func (l *lobby) reached(g *guest, s stage) {
	l.mu.Lock()
	defer l.mu.Unlock()
	g.stage = s
}
