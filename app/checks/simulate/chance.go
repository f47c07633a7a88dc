package simulate

import (
	"hash/fnv"
	"math/rand/v2"
	"sync"
	"time"
)

// dice are the randomness of one thing alone, such as a message, a write or a
// patient: the same seed and name always throw the same, in whatever order the
// things come to pass.
type dice struct{ *rand.Rand }

func diceOf(seed uint64, name string) dice {
	h := fnv.New64a()
	_, _ = h.Write([]byte(name)) // never fails
	return dice{rand.New(rand.NewPCG(seed, h.Sum64()))}
}

// hit is true with probability p.
func (d dice) hit(p float64) bool { return d.Float64() < p }

// between is a time from least to most. It has nanoseconds, so that no two
// things happen at the same instant, where their order would be nobody's.
func (d dice) between(least, most time.Duration) time.Duration {
	return least + time.Duration(d.Int64N(int64(most-least)))
}

// oneOf draws from what there is to choose; what is there twice comes twice as often.
func oneOf[T any](d dice, choices ...T) T { return choices[d.IntN(len(choices))] }

// numbers are random bytes for who makes numbers; several may read at once.
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
