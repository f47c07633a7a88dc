package simulate

import (
	"errors"
	"slices"
	"sync"
	"time"

	"onetrans/flows/core/txn"
	"onetrans/flows/message/onetrans"
)

// word is what a caller was told of a trade, in the end.
type word string

const (
	unsaid   word = ""          // unknown, under way, or the process died
	taken    word = "taken"     // paid, given back, settled or cancelled
	notTaken word = "not taken" // failed, refused, closed, or nothing was sent
	undone   word = "undone"    // paid, and given back; settled, and cancelled
	underWay word = "under way" // the platform has the refund, and carries it out in its time
)

// telling is one call about a trade, and what its caller was told.
type telling struct {
	key
	at         *terminal
	terminal   string // its name
	begin, end time.Time
	said       word
	how        string
	code       onetrans.Code // of HIS's; empty where the core itself was asked
	// asks: it only asked, and so can't have changed anything.
	asks bool
	// first: nobody spoke of the trade before.
	first bool
	// content is what the call's number stood for; way how a refund was to go.
	content string
	way     way
	// before and after are what the platform had in its book as the call began,
	// and as it was answered.
	before, after fact
	// again is what HIS calls to hear once more how the trade stands.
	again onetrans.Request
	// judged: it was found wrong, or the platform had lied to this terminal.
	judged bool
	// here is what this terminal's journal had as the call began.
	here here
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
func (d *day) begin(one *telling, t *terminal) *telling {
	one.at, one.terminal, one.begin = t, t.name, time.Now()
	one.here = t.has(one)
	if one.kind == onetrans.TransSettle { // the one thing that can be undone meanwhile
		one.before = d.fact(one.key)
	}
	d.told.mu.Lock()
	defer d.told.mu.Unlock()
	one.first = len(d.told.calls[one.key]) == 0
	d.told.calls[one.key] = append(d.told.calls[one.key], one)
	return one
}

// ended notes what its caller was told, and judges it.
func (d *day) ended(one *telling, said word, how string, code onetrans.Code) {
	d.told.mu.Lock()
	one.end, one.said, one.how, one.code = time.Now(), said, how, code
	d.told.mu.Unlock()
	if one.here.like != "" { // a person may have settled it meanwhile
		one.here.like = one.at.has(one).like
	}
	if said != unsaid {
		one.after = d.fact(one.key)
	}
	d.judgeWord(one)
}

// others are the other calls that made a trade, or tried to.
func (t *told) others(c *telling) (others []*telling) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, other := range t.calls[c.key] {
		if other != c && !other.asks {
			others = append(others, other)
		}
	}
	return others
}

// elsewhere says whether somebody asked for a trade at another terminal, where it
// may have gone on.
func (t *told) elsewhere(k key, here *terminal) bool {
	return slices.ContainsFunc(t.calls[k], func(c *telling) bool { return c.terminal != here.name && !c.asks })
}

// binding are the words that must be true at the end: a success always, and
// that nothing was taken unless somebody tried again since, or elsewhere.
func binding(calls []*telling) (words []*telling) {
	for _, c := range calls {
		if c.said == unsaid || c.said == underWay || c.said == notTaken && overtaken(c, calls) || c.judged {
			continue
		}
		words = append(words, c)
	}
	return words
}

// overtaken: somebody else tried since, or elsewhere; who was turned away, and came
// again and again, knows nothing of who was served meanwhile.
func overtaken(c *telling, calls []*telling) bool {
	for _, other := range calls {
		if other != c && !other.asks && (!other.end.Before(c.end) || other.terminal != c.terminal || nothingSent(c.code)) {
			return true
		}
	}
	return false
}
