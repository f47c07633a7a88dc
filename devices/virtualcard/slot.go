package virtualcard

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"os"
	"sync"
	"time"
)

// DefaultAddress is where Debian's pcscd listens for the card of the first
// virtual reader, 'Virtual PCD 00 00'.
const DefaultAddress = "127.0.0.1:35963"

const (
	dialEvery = 100 * time.Millisecond
	dialLimit = 15 * time.Second // pcscd needs a second or two to start
	// unseen is how long a slot must be empty for pcscd to notice: it polls every
	// 400 ms. If one card is swapped for another in less, which no hand can do,
	// pcscd 1.9.9 may not see the second until it is pulled.
	unseen = 500 * time.Millisecond
)

// Slot is a card in the virtual reader. If pcscd stops, the card stays in the slot:
// it is there again as soon as pcscd listens again.
type Slot struct {
	address string
	card    Card
	cancel  context.CancelFunc
	out     chan struct{}

	mu   sync.Mutex
	seen int // commands since the insertion
}

// Insert puts card into the reader at address; empty means VPCD_ADDRESS of the
// environment, else [DefaultAddress]. It waits at most 15 s for pcscd to listen;
// ctx bounds the waiting, not the card's stay. pcscd sees the card some 0.3 s
// later.
func Insert(ctx context.Context, address string, card Card) (*Slot, error) {
	if address == "" {
		address = cmp.Or(os.Getenv("VPCD_ADDRESS"), DefaultAddress)
	}
	conn, err := dial(ctx, address)
	if err != nil {
		return nil, fmt.Errorf("insert virtual card: %w", err)
	}
	stay, cancel := context.WithCancel(context.Background())
	s := &Slot{address: address, card: card, cancel: cancel, out: make(chan struct{})}
	go s.live(stay, conn)
	return s, nil
}

// Remove pulls the card and returns when pcscd has had the time to notice, half a
// second later. It may be called twice.
func (s *Slot) Remove() {
	s.cancel()
	<-s.out
}

// Out is closed when the card has left the slot and another can be inserted: after
// Remove, after a quirk pulled it, or when its reader is gone for good.
func (s *Slot) Out() <-chan struct{} { return s.out }

// Commands is the number of command APDUs that the card has received.
func (s *Slot) Commands() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.seen
}

func (s *Slot) live(ctx context.Context, conn net.Conn) {
	defer close(s.out)
	for {
		pulled := s.serve(ctx, conn)
		if pulled || ctx.Err() != nil {
			time.Sleep(unseen)
			return
		}
		var err error
		if conn, err = dial(ctx, s.address); err != nil {
			return
		}
	}
}

// serve answers vpcd until the connection ends, and reports whether that was
// because the card was pulled.
func (s *Slot) serve(ctx context.Context, conn net.Conn) (pulled bool) {
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()
	defer conn.Close()
	chip := Power(s.card)
	for {
		frame, err := readFrame(conn)
		if err != nil {
			return false
		}
		answer, pulled := s.react(chip, frame)
		if pulled {
			return true
		}
		if answer == nil {
			continue
		}
		if err := writeFrame(conn, answer); err != nil {
			return false
		}
	}
}

// react returns the card's response to one frame, nil for none.
func (s *Slot) react(chip *Chip, frame []byte) (answer []byte, pulled bool) {
	quirks := s.card.Quirks
	control := len(frame) == 1
	seen := s.count(control)
	if quirks.PullAfter > 0 && seen > quirks.PullAfter {
		return nil, true
	}
	switch {
	case quirks.MuteAfter > 0 && seen > quirks.MuteAfter:
		return nil, false
	case control:
		return react(chip, frame[0]), false
	case seen <= quirks.Garbled:
		return []byte{0xFF}, false
	}
	return chip.Answer(frame), false
}

func (s *Slot) count(control bool) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !control {
		s.seen++
	}
	return s.seen
}

func react(chip *Chip, control byte) []byte {
	switch control {
	case controlOff, controlOn, controlReset:
		chip.Reset()
	case controlATR:
		return chip.ATR()
	}
	return nil
}

// dial connects to vpcd, retrying while nobody listens there.
func dial(ctx context.Context, address string) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, dialLimit)
	defer cancel()
	var dialer net.Dialer
	for {
		conn, err := dialer.DialContext(ctx, "tcp", address)
		if err == nil {
			return conn, nil
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("%w (%w)", ctx.Err(), err)
		case <-time.After(dialEvery):
		}
	}
}
