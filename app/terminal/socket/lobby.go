package socket

import (
	"net"
	"slices"
	"sync"
	"time"
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

// patience is how long who has come so far keeps a place that another wants:
// who has just come, or was just greeted, may have spoken already and not be
// heard yet. Who handed something over keeps the place, but it may be free in a
// moment.
func (s stage) patience() time.Duration {
	if s == handed {
		return 250 * time.Millisecond
	}
	return 150 * time.Millisecond
}

// guest is who has connected.
type guest struct {
	conn  net.Conn
	peer  Peer
	stage stage
	since time.Time // it is at that stage
	gone  bool      // another has the place
	// version is what is spoken, once it was agreed on.
	version int
}

// turnOut ends the waiting for what a guest says, before anything was taken.
func (g *guest) turnOut() {
	g.gone = true
	if g.stage == greeted {
		_ = g.conn.SetReadDeadline(time.Now()) // the call may be on its way: who serves him tells him
		return
	}
	g.conn.Close()
}

// due is when the guest's place may go to another, or be given up hope of.
func (g *guest) due() time.Time { return g.since.Add(g.stage.patience()) }

func earlier(a, b *guest) int { return a.due().Compare(b.due()) }

// lobby holds who has connected. Where it is full, who stands idle longest has
// to go, so that silent ones keep nobody out who speaks; others wait for a
// place. Nobody is hung up on who has handed something over.
type lobby struct {
	mu     sync.Mutex
	guests []*guest
	// freed tells who waits that a place is free.
	freed chan struct{}
}

func newLobby() lobby { return lobby{freed: make(chan struct{}, 1)} }

// enter takes a guest in; else it says when to try again, or at the latest when
// a place is freed. Without such a time all are taken by who is being served.
func (l *lobby) enter(g *guest) (in bool, again time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.guests) == maxConnections {
		idle := slices.DeleteFunc(slices.Clone(l.guests), func(g *guest) bool { return g.stage == handed })
		if len(idle) == 0 {
			return false, max(0, time.Until(slices.MaxFunc(l.guests, earlier).due()))
		}
		longest := slices.MinFunc(idle, earlier)
		if again = time.Until(longest.due()); again > 0 {
			return false, again
		}
		longest.turnOut()
		l.remove(longest)
	}
	g.since = time.Now()
	l.guests = append(l.guests, g)
	return true, 0
}

// leave gives a guest's place free.
func (l *lobby) leave(g *guest) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.remove(g)
	select {
	case l.freed <- struct{}{}:
	default:
	}
}

func (l *lobby) remove(g *guest) {
	l.guests = slices.DeleteFunc(l.guests, func(other *guest) bool { return other == g })
}

// reached says how far a guest has come; false when it had to go meanwhile.
func (l *lobby) reached(g *guest, s stage) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	g.stage, g.since = s, time.Now()
	return !g.gone
}
