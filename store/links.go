package store

import (
	"sync"

	"onetrans/flows/message/gm"
)

// linked is an entry, and the chain's value before it.
type linked struct {
	seq    uint64
	before []byte
	entry  value
}

// linksAtOnce is how many entries are checked in one piece.
const linksAtOnce = 256

// linkCheck checks links beside whoever goes over the log: each needs only what
// the log says of the one before. It must have ended before the transaction does.
type linkCheck struct {
	pieces chan []linked
	piece  []linked
	work   sync.WaitGroup

	mu  sync.Mutex
	bad []uint64
	err error
}

func (k keys) checkLinks() *linkCheck {
	c := &linkCheck{pieces: make(chan []linked, 4)}
	c.work.Go(func() {
		for piece := range c.pieces {
			// A fault of the memory map is the goroutine's own.
			if err := guard(func() error { c.check(k, piece); return nil }); err != nil {
				c.mu.Lock()
				c.err = err
				c.mu.Unlock()
			}
		}
	})
	return c
}

func (c *linkCheck) check(k keys, piece []linked) {
	h := gm.NewMAC(k.chain)
	for _, l := range piece {
		h.Reset()
		if !same(l.entry.link(), sum(h, l.before, number(l.seq), l.entry.body())) {
			c.mu.Lock()
			c.bad = append(c.bad, l.seq)
			c.mu.Unlock()
		}
	}
}

func (c *linkCheck) add(l linked) {
	if c.piece = append(c.piece, l); len(c.piece) == linksAtOnce {
		c.pieces <- c.piece
		c.piece = nil
	}
}

// end waits for the rest and gives the entries whose links are wrong.
func (c *linkCheck) end() ([]uint64, error) {
	c.pieces <- c.piece
	close(c.pieces)
	c.work.Wait()
	return c.bad, c.err
}
