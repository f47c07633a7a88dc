// Package judge decides whether a simulated day was right. It is a witness of its
// own: it knows nothing of the program that it judges but what the interface's
// specification and .github/docs/wire.md and design.md say of any, and it is given
// plain data: the platform's book, the rows of the terminals' journals, the messages
// as they leave, what callers asked and heard, what phones paid. What a state on disk
// promises is its own table ([promises]).
//
// While the day goes on:
//   - what is written ([Judge.Wrote]): a trade never becomes another, what is final
//     stays so, refunds never come to more than was paid;
//   - what leaves ([Judge.Leaves]): what makes a trade is in the journal, and a refund
//     in doubt is asked for before it is sent again;
//   - what is said ([Judge.End]): each word is true by the platform's book as it stands
//     at that moment, and nobody is refused who may go on.
//
// When it is over ([Judge.Close]): the platform's book, the journals, the phones and all
// words agree, nothing is left open, and what was wanted once was done once at most.
package judge

import (
	"cmp"
	"maps"
	"slices"
	"sync"
	"time"

	"onetrans/flows/message/onetrans"
)

// Judge watches one day. Its methods may be called by several at once.
type Judge struct {
	wrong func(format string, args ...any)

	mu       sync.Mutex
	journals map[string]*journal // by terminal
	calls    map[Key][]*Call
	unsaid   map[string]bool
}

// New is a judge; wrong hears a sentence about whatever must not be, and must not
// call the judge.
func New(wrong func(format string, args ...any)) *Judge {
	return &Judge{wrong: wrong, journals: map[string]*journal{}, calls: map[Key][]*Call{}, unsaid: map[string]bool{}}
}

// journal is what the judge has seen of one terminal.
type journal struct {
	rows    map[Key]Row       // as they are durable
	doubted map[string]bool   // refunds with a send that was not answered, and no query answered since
	heard   map[Key]time.Time // when the platform spoke of a trade last
}

// at is a terminal's journal. j.mu is held.
func (j *Judge) at(terminal string) *journal {
	if j.journals[terminal] == nil {
		j.journals[terminal] = &journal{map[Key]Row{}, map[string]bool{}, map[Key]time.Time{}}
	}
	return j.journals[terminal]
}

// Unsays tells the judge that the platform lies about a trade from now on.
func (j *Judge) Unsays(no string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.unsaid[no] = true
}

// HasUnsaid says whether the platform ever lied about a trade.
func (j *Judge) HasUnsaid(no string) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.unsaid[no]
}

// Day is what there is to compare when a day is over.
type Day struct {
	Book
	// Journals are the trades on disk, by terminal.
	Journals map[string][]Kept
	// Phones are the outChargeNo that patients' phones say were paid.
	Phones map[string]bool
	// Wishes are the numbers under which somebody wanted one thing once.
	Wishes map[string][]Key
}

// Close compares everything with everything.
func (j *Judge) Close(d Day) {
	j.mu.Lock()
	defer j.mu.Unlock()
	b := books{d, map[string]map[Key]Row{}}
	for terminal, all := range d.Journals {
		b.rows[terminal] = map[Key]Row{}
		for _, k := range all {
			b.rows[terminal][k.Key] = k.Row
		}
	}
	j.judgeOrders(b)
	j.judgeSettlements(b)
	for _, terminal := range slices.Sorted(maps.Keys(d.Journals)) {
		for _, k := range d.Journals[terminal] {
			j.judgeKept(terminal, k)
			j.judgeRow(b, terminal, k.Row)
		}
	}
	j.judgeWords(b)
	j.judgeWishes(b)
}

// books are a day with its rows by their keys.
type books struct {
	Day
	rows map[string]map[Key]Row // by terminal
}

// anyRow says whether some terminal's row of a trade is such.
func (b books) anyRow(k Key, such func(Row) bool) bool {
	for _, rows := range b.rows {
		if r, known := rows[k]; known && such(r) {
			return true
		}
	}
	return false
}

// judgeOrders: the platform has no money that patients' phones and the journals
// don't know of, and gave none back that nobody asked for.
func (j *Judge) judgeOrders(b books) {
	for _, no := range slices.Sorted(maps.Keys(b.Phones)) {
		if o := b.Orders[no]; b.Phones[no] && !o.Paid() {
			j.wrong("a phone paid %s, which is %s", no, cmp.Or(string(o.Result), "not there"))
		}
	}
	for _, no := range slices.Sorted(maps.Keys(b.Orders)) {
		o := b.Orders[no]
		if o.Paid() && !b.credited(o) {
			j.wrong("%s is paid, and no journal has it so", no)
		}
		if o.GivenBack() > o.Amount {
			j.wrong("%s: %s given back of %s", no, o.GivenBack(), o.Amount)
		}
		for _, r := range o.Refunds {
			if !b.anyRow(Key{onetrans.TransRefund, r.OutRefundNo}, func(row Row) bool {
				return row.Amount == r.Amount && row.done() == (r.Result == onetrans.ResultSucc)
			}) {
				j.wrong("refund %s of %s over %s is %s, and no journal has it so", r.OutRefundNo, no, r.Amount, r.Result)
			}
		}
	}
}

// credited says whether a journal has the money of an order.
func (b books) credited(o Order) bool {
	return b.anyRow(Key{onetrans.TransRecharge, o.OutChargeNo}, func(r Row) bool { return r.done() && r.Amount == o.Amount }) ||
		b.anyRow(Key{onetrans.TransSettle, o.OutChargeNo}, func(r Row) bool { return r.Paid && r.Cash == o.Amount })
}

// judgeSettlements: nothing is left open, and no share is kept of what was not settled.
func (j *Judge) judgeSettlements(b books) {
	for _, no := range slices.Sorted(maps.Keys(b.Settlements)) {
		s := b.Settlements[no]
		o, asked := b.Orders[no]
		if asks := b.refundsOf(o); asked && len(asks) > 1 {
			j.wrong("the share of settlement %s is asked for under %v", no, asks)
		}
		switch {
		case s.State == "open":
			j.wrong("settlement %s is still open at the platform", no)
		case s.State == "settled":
			if asked && (!o.Paid() || o.GivenBack() > 0) {
				j.wrong("settlement %s stands, its order is %s, %s given back", no, o.Result, o.GivenBack())
			}
		case o.Paid() && o.GivenBack() < o.Amount:
			j.wrong("settlement %s is %s, and its share is kept", no, s.State)
		}
	}
}

// refundsOf are the numbers under which a payment is to be given back, anywhere.
func (b books) refundsOf(o Order) (nos []string) {
	payment := Row{Key: Key{onetrans.TransRecharge, o.OutChargeNo}, TraceNo: o.TraceNo}
	for _, rows := range b.rows {
		for k, r := range rows {
			if k.Kind == onetrans.TransRefund && o.TraceNo != "" && payment.isOriginalOf(r) && !slices.Contains(nos, k.No) {
				nos = append(nos, k.No)
			}
		}
	}
	slices.Sort(nos)
	return nos
}

// judgeKept: a journal says everywhere the same of a trade.
func (j *Judge) judgeKept(terminal string, k Kept) {
	if k.State != k.Logged {
		j.wrong("%s %s is %q at %s, and was %q last in its log", k.Kind, k.No, k.State, terminal, k.Logged)
	}
	if k.Open == k.final() {
		j.wrong("%s %s is %q at %s, and listed as open: %v", k.Kind, k.No, k.State, terminal, k.Open)
	}
}

// judgeRow: what a journal says is so at the platform, and nothing is left in doubt.
func (j *Judge) judgeRow(b books, terminal string, r Row) {
	if r.Alarm != "" && !j.unsaid[r.No] && !j.elsewhere(r.Key, terminal) {
		j.wrong("%s %s: alarm: %s", r.Kind, r.No, r.Alarm)
	}
	if !r.final() {
		j.wrong("%s %s is still %s at %s: %q", r.Kind, r.No, r.State, terminal, r.Desk)
	}
	// What was given up at one terminal, another may have carried out.
	if has := b.Has(r.Key); r.done() != has && !(has && b.anyRow(r.Key, Row.done)) {
		j.wrong("%s %s is %s at %s; at the platform: %v", r.Kind, r.No, r.State, terminal, has)
	}
	if r.Kind != onetrans.TransSettle {
		return
	}
	s := b.Settlements[r.No]
	cancel := b.rows[terminal][Key{onetrans.TransSettleCancel, s.SetlID}]
	if says := r.State == "cancelled"; says && s.State != "cancelled" || !says && cancel.done() {
		j.wrong("%s %s is %s at %s; at the platform: %s", r.Kind, r.No, r.State, terminal, s.State)
	}
}

// judgeWords: what callers were told is true, if nothing came in between.
func (j *Judge) judgeWords(b books) {
	for k, calls := range j.calls {
		for _, c := range binding(calls) {
			if !b.bears(k, c.said) {
				j.wrong("%s %s was told as %q (%s) at %s; at the platform: %v", k.Kind, k.No, c.said, c.how, c.Terminal, b.Has(k))
			}
		}
	}
}

// bears says whether the book bears out a word that must be true at the end.
func (b Book) bears(k Key, w Word) bool {
	switch o := b.Orders[k.No]; w {
	case Taken:
		return b.Has(k)
	case Undone:
		return b.Has(k) || o.GivenBack() == o.Amount
	}
	return !b.Has(k)
}

// binding are the words that must be true at the end: a success always, and that
// nothing was taken unless somebody tried again since, or elsewhere.
func binding(calls []*Call) (words []*Call) {
	for _, c := range calls {
		if c.said == Unsaid || c.said == UnderWay || c.said == NotTaken && overtaken(c, calls) || c.judged {
			continue
		}
		words = append(words, c)
	}
	return words
}

// overtaken: somebody else tried since, or elsewhere; who was turned away, and came
// again and again, knows nothing of who was served meanwhile.
func overtaken(c *Call, calls []*Call) bool {
	return slices.ContainsFunc(calls, func(other *Call) bool {
		return other != c && !other.Asks && (!other.end.Before(c.end) || other.Terminal != c.Terminal || nothingSent(c.code))
	})
}

// judgeWishes: what somebody wanted once was done once at most.
func (j *Judge) judgeWishes(b books) {
	for _, who := range slices.Sorted(maps.Keys(b.Wishes)) {
		var done []string
		for _, k := range b.Wishes[who] {
			if b.Has(k) {
				done = append(done, k.No)
			}
		}
		if len(done) > 1 {
			j.wrong("%s was done more than once: %v", who, done)
		}
	}
}
