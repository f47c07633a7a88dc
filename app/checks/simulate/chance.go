package simulate

import (
	"hash/fnv"
	"math/rand/v2"
	"sync"
	"time"
)

// dice are the randomness of one thing, such as a message, a write or a patient:
// the same seed and name always give the same, in whatever order things happen.
type dice struct{ *rand.Rand }

func diceOf(seed uint64, name string) dice {
	h := fnv.New64a()
	_, _ = h.Write([]byte(name)) // never fails
	return dice{rand.New(rand.NewPCG(seed, h.Sum64()))}
}

// hit is true with probability p.
func (d dice) hit(p float64) bool { return d.Float64() < p }

// between is a random time from least to most, in nanoseconds, so that no two
// things happen at the same instant, when their order would be undefined.
func (d dice) between(least, most time.Duration) time.Duration {
	return least + time.Duration(d.Int64N(int64(most-least)))
}

// oneOf draws one of the choices; one that is listed twice comes twice as often.
func oneOf[T any](d dice, choices ...T) T { return choices[d.IntN(len(choices))] }

// numbers are random bytes for numbers; it is safe for use by several goroutines.
type numbers struct {
	mu   sync.Mutex
	dice dice
}

func newNumbers(seed uint64, name string) *numbers { return &numbers{dice: diceOf(seed, name)} }

func (n *numbers) Read(p []byte) (int, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for i := range p {
		p[i] = byte(n.dice.Uint32())
	}
	return len(p), nil
}
