package store

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"fmt"
	"iter"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"onetrans/flows/core/txn"
)

// Trade finds a trade by its kind and number. It gives [txn.ErrArchived] for
// one that was moved to an archive.
func (s *Store) Trade(transType, no string) (t txn.Trade, found bool, err error) {
	err = s.view(func(tx *vetted) error {
		var r Record
		k := key(transType, no)
		r, found, err = s.record(tx, k)
		t = r.Trade
		if err == nil && !found && tx.Bucket(bucketPruned).Get(k) != nil {
			return fmt.Errorf("%w: %s", txn.ErrArchived, no)
		}
		return err
	})
	return t, found, err
}

// Open lists the trades that are not final. It gives ErrAltered when the log's
// end says that there are more or fewer.
func (s *Store) Open() ([]txn.Trade, error) {
	var trades []txn.Trade
	err := s.view(func(tx *vetted) error {
		open, err := s.opened(tx)
		if err != nil {
			return err
		}
		var all []located
		err = tx.Bucket(bucketOpen).ForEach(func(k, _ []byte) error {
			l, err := locate(tx, k, true)
			all = append(all, l)
			return err
		})
		if err != nil {
			return err
		}
		records, err := s.records(all)
		for _, r := range records {
			trades = append(trades, r.Trade)
		}
		if err == nil && uint64(len(trades)) != open {
			err = flaw(ErrAltered, "open_count", "{open} trades are open, and {listed} are listed", "open", open, "listed", len(trades))
		}
		return err
	})
	return trades, advised(err)
}

// Related lists the trades that have, or once had, ref among their Refs.
func (s *Store) Related(ref string) ([]txn.Trade, error) {
	var trades []txn.Trade
	err := s.view(func(tx *vetted) error {
		prefix := refKey(ref, nil)
		c := tx.Bucket(bucketRefs).Cursor()
		for k, _ := c.Seek(prefix); bytes.HasPrefix(k, prefix); k, _ = c.Next() {
			r, found, err := s.record(tx, k[len(prefix):])
			if err != nil {
				return err
			}
			if !found {
				return notThere(k[len(prefix):])
			}
			trades = append(trades, r.Trade)
		}
		return nil
	})
	return trades, err
}

// Record is a trade, and its last entry.
type Record struct {
	Trade txn.Trade
	Seq   uint64
	Last  txn.Entry

	order uint64
}

// located is a trade as the file has it: its last entry, the one that holds its
// order, and its credentials where they are wanted.
type located struct {
	placed
	order value
	kept  []byte
	index []byte // the key of the index's entry that led to it
}

// locate finds a trade that an index names.
func locate(tx *vetted, k []byte, secrets bool) (located, error) {
	l, found, err := find(tx, k, secrets)
	if err == nil && !found {
		err = notThere(k)
	}
	return l, err
}

func find(tx *vetted, k []byte, secrets bool) (l located, found bool, err error) {
	p, found, err := last(tx, k)
	if err != nil || !found {
		return l, false, err
	}
	if l, err = locateAt(tx, p); err != nil {
		return l, false, fmt.Errorf("trade %q: %w", k, err)
	}
	if secrets {
		l.kept = tx.Bucket(bucketSecrets).Get(k)
	}
	return l, true, nil
}

// locateAt is a trade as it stood at one of its entries.
func locateAt(tx *vetted, p placed) (located, error) {
	l := located{placed: p, order: p.entry}
	if p.Order == p.at {
		return l, nil
	}
	if l.order = tx.Bucket(bucketLog).Get(number(p.Order)); l.order == nil {
		return l, gone(p.Order)
	}
	return l, nil
}

// record reads a trade, its credentials too.
func (s *Store) record(tx *vetted, k []byte) (r Record, found bool, err error) {
	l, found, err := find(tx, k, true)
	if err != nil || !found {
		return r, false, err
	}
	r, err = s.recordOf(l)
	return r, err == nil, err
}

// recordOf opens what is sealed of a trade.
func (s *Store) recordOf(l located) (Record, error) {
	r, err := s.unsealed(l)
	if err == nil && l.kept != nil {
		r.Trade.Order.Secrets, err = s.secretsIn(l.key(), l.kept)
	}
	if err != nil {
		err = fmt.Errorf("trade %q: %w", l.key(), err)
	}
	return r, err
}

func (s *Store) unsealed(l located) (Record, error) {
	r := Record{Seq: l.at, Last: txn.Entry(l.storedEntry), order: l.Order}
	c, err := s.keys.content(l.entry, l.at)
	if err != nil {
		return r, err
	}
	if l.Order != l.at {
		first, err := s.keys.content(l.order, l.Order)
		if err != nil {
			return r, err
		}
		c.Order = first.Order
	}
	if c.Order == nil || c.Progress == nil || !bytes.Equal(l.key(), c.Order.key()) {
		return r, flaw(ErrAltered, "other_content", "entry {entry} has another trade's content", "entry", l.at)
	}
	if l.Said {
		r.Last.By, r.Last.Note = c.By, c.Said
	}
	r.Trade = txn.Trade{Order: c.Order.order(), Progress: c.Progress.progress()}
	return r, nil
}

// records opens many trades on all processors, which is most of what reading them
// costs. The transaction that located them must still stand.
func (s *Store) records(all []located) ([]Record, error) {
	records, errs := make([]Record, len(all)), make([]error, len(all))
	var next atomic.Int64
	work := func() {
		for i := int(next.Add(1)) - 1; i < len(all); i = int(next.Add(1)) - 1 {
			// A fault of the memory map is the goroutine's own.
			errs[i] = guard(func() (err error) { records[i], err = s.recordOf(all[i]); return err })
		}
	}
	var others sync.WaitGroup
	for range min(len(all), runtime.GOMAXPROCS(0)) - 1 {
		others.Go(work)
	}
	work()
	others.Wait()
	return records, cmp.Or(errs...)
}

// Filter says which trades to list; what is empty does not matter.
type Filter struct {
	No     string
	CardNo string
	States []string
	// From and To are days, yyyyMMdd, both among them.
	From, To string
	// Open lists what is not final, Desk what waits for a person.
	Open, Desk bool
}

func (f Filter) takes(r Record) bool {
	t, d := r.Trade, day(r.Trade.Order.CreatedAt)
	return (f.No == "" || t.Order.No == f.No) &&
		(f.CardNo == "" || t.Order.CardNo == f.CardNo) &&
		(len(f.States) == 0 || slices.Contains(f.States, string(t.At()))) &&
		(f.From == "" || d >= f.From) && (f.To == "" || d <= f.To) &&
		(!f.Open || !t.Final()) && (!f.Desk || t.AtDesk())
}

// batch is how many trades are read in one transaction: a reader that takes
// its time must not keep the file from using its pages again.
const batch = 200

// List calls yield with the trades that the filter takes, the newest first,
// until it returns false. Its cost follows what the narrowest index has of the
// filter. Trades carry no credentials here.
func (s *Store) List(f Filter, yield func(Record) bool) error {
	if f.No != "" {
		return s.listNumber(f, yield)
	}
	for _, scan := range s.scans(f) {
		for before := []byte(nil); ; {
			var some []Record
			err := s.view(func(tx *vetted) (err error) {
				some, before, err = s.scan(tx, scan, before, f)
				return err
			})
			if err != nil {
				return err
			}
			for _, r := range some {
				if !yield(r) {
					return nil
				}
			}
			if before == nil {
				break
			}
		}
	}
	return nil
}

// listNumber is List of the trades with one number, a kind each.
func (s *Store) listNumber(f Filter, yield func(Record) bool) error {
	for _, kind := range txn.Kinds() {
		var r Record
		var found bool
		err := s.view(func(tx *vetted) (err error) {
			r, found, err = s.record(tx, key(kind, f.No))
			return err
		})
		if err != nil {
			return err
		}
		r.Trade.Order.Secrets = txn.Secrets{}
		if found && f.takes(r) && !yield(r) {
			return nil
		}
	}
	return nil
}

// scan is a part of an index: the keys from low on, up to and with those that
// begin with high.
type scan struct{ bucket, low, high []byte }

// scanOf is the part of an index whose keys begin with prefix.
func scanOf(bucket, prefix []byte) scan { return scan{bucket, prefix, prefix} }

// scans are the parts of the narrowest index that have all that f may take.
func (s *Store) scans(f Filter) []scan {
	switch {
	case f.CardNo != "":
		return []scan{scanOf(bucketCards, s.keys.hidden("card", f.CardNo))}
	case f.Desk:
		return []scan{{bucket: bucketDesk}}
	case f.Open && len(f.States) == 0:
		return []scan{{bucket: bucketOpen}}
	case f.From == "" && f.To == "" && len(f.States) > 0:
		var all []scan
		for _, state := range f.States {
			all = append(all, scanOf(bucketStates, stateKey(state, nil)))
		}
		return all
	}
	return []scan{{bucketDays, []byte(f.From), []byte(f.To)}}
}

// scan reads a batch backwards, from before; next is where to go on, nil at the end.
func (s *Store) scan(tx *vetted, what scan, before []byte, f Filter) (some []Record, next []byte, err error) {
	c := tx.Bucket(what.bucket).Cursor()
	k := seekBefore(c, before, what)
	var all []located
	for ; k != nil && bytes.Compare(k, what.low) >= 0; k, _ = c.Prev() {
		if len(all) == batch {
			next = all[batch-1].index
			break
		}
		l, err := indexed(tx, what.bucket, k)
		if err != nil {
			return nil, nil, err
		}
		l.index = bytes.Clone(k)
		all = append(all, l)
	}
	records, err := s.records(all)
	return slices.DeleteFunc(records, func(r Record) bool { return !f.takes(r) }), next, err
}

// seekBefore is the last key of the scan that is before the given one, if any.
func seekBefore(c *cursor, before []byte, what scan) []byte {
	end := before
	if end == nil {
		end = after(what.high)
	}
	if end == nil {
		k, _ := c.Last()
		return k
	}
	if k, _ := c.Seek(end); k == nil {
		k, _ = c.Last()
		return k
	}
	k, _ := c.Prev()
	return k
}

// after is the first key that is after all with a prefix; nil when there is none.
func after(prefix []byte) []byte {
	end := bytes.Clone(prefix)
	for i := len(end) - 1; i >= 0; i-- {
		if end[i]++; end[i] != 0 {
			return end[:i+1]
		}
	}
	return nil
}

// indexed locates the trade of an index's entry.
func indexed(tx *vetted, bucket, k []byte) (located, error) {
	if bytes.Equal(bucket, bucketOpen) {
		return locate(tx, k, false)
	}
	if len(k) < 8 {
		return located{}, badIndex(ErrAltered, bucket)
	}
	born, err := entryAt(tx, binary.BigEndian.Uint64(k[len(k)-8:]))
	if err != nil {
		return located{}, err
	}
	return locate(tx, born.key(), false)
}

// Event is an entry of a trade's history.
type Event struct {
	txn.Entry
	Seq uint64
}

// maxHistory bounds how much of a trade's history is read.
const maxHistory = 10000

// History lists a trade's entries, oldest first, the latest ten thousand at
// most. There are none when the journal does not know it.
func (s *Store) History(transType, no string) (events []Event, err error) {
	err = s.view(func(tx *vetted) error {
		for p, err := range backwards(tx, key(transType, no)) {
			if err != nil {
				return err
			}
			e, err := s.keys.entry(p.entry, p.at, p.header)
			if err != nil {
				return err
			}
			if events = append(events, Event{e, p.at}); len(events) == maxHistory {
				break
			}
		}
		return nil
	})
	slices.Reverse(events)
	return events, err
}

// backwards are a trade's entries, from its last to its first.
func backwards(tx *vetted, k []byte) iter.Seq2[placed, error] {
	return func(yield func(placed, error) bool) {
		p, known, err := last(tx, k)
		for known && yield(p, err) && err == nil && p.Prev != 0 {
			if p.Prev >= p.at {
				yield(p, alteredEntry(ErrAltered, p.at))
				return
			}
			p, err = entryAt(tx, p.Prev)
		}
		if !known && err != nil {
			yield(p, err)
		}
	}
}

func entryAt(tx *vetted, seq uint64) (placed, error) {
	v := tx.Bucket(bucketLog).Get(number(seq))
	if v == nil {
		return placed{}, gone(seq)
	}
	h, err := value(v).header(seq)
	return placed{h, seq, v}, err
}

// Changed is when the trade's last entry was written.
func (r Record) Changed() time.Time { return r.Last.At }
