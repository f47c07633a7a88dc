package simulate

import (
	"errors"
	"sync"
	"time"

	"onetrans/flows/txn"
)

// word is what a caller was told of a trade, in the end.
type word string

const (
	unsaid   word = ""          // unknown, under way, or the process died
	taken    word = "taken"     // paid, given back, settled or cancelled
	notTaken word = "not taken" // failed, refused, closed, or nothing was sent
	undone   word = "undone"    // paid, and given back
)

// telling is one call about a trade, and what its caller was told.
type telling struct {
	terminal   string
	begin, end time.Time
	said       word
	how        string
	// asks: it only asked, and so can't have changed anything.
	asks bool
	// first: nobody spoke of the trade before.
	first bool
}

// failed is what a caller makes of an error. That nothing was sent for this
// call says nothing of the calls before it, or of one under the same number.
func (t *telling) failed(err error) word {
	if !t.first || errors.Is(err, txn.ErrNumberReused) || errors.Is(err, txn.ErrNotNow) {
		return unsaid
	}
	return notTaken
}

// told is everything that callers were told.
type told struct {
	mu    sync.Mutex
	calls map[key][]*telling
}

// begin notes a call as it begins.
func (t *told) begin(k key, terminal string, asks bool) *telling {
	t.mu.Lock()
	defer t.mu.Unlock()
	one := &telling{terminal: terminal, begin: time.Now(), asks: asks, first: len(t.calls[k]) == 0}
	t.calls[k] = append(t.calls[k], one)
	return one
}

// ended notes what its caller was told.
func (t *told) ended(one *telling, said word, how string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	one.end, one.said, one.how = time.Now(), said, how
}

// binding are the words that must be true at the end: a success always, and
// that nothing was taken unless somebody tried again since, or elsewhere.
func binding(calls []*telling) (words []*telling) {
	for _, c := range calls {
		if c.said == unsaid || c.said == notTaken && overtaken(c, calls) {
			continue
		}
		words = append(words, c)
	}
	return words
}

func overtaken(c *telling, calls []*telling) bool {
	for _, other := range calls {
		if other != c && !other.asks && (!other.end.Before(c.end) || other.terminal != c.terminal) {
			return true
		}
	}
	return false
}
