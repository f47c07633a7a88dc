package store

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"iter"
	"slices"
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
		err = tx.Bucket(bucketOpen).ForEach(func(k, _ []byte) error {
			r, found, err := s.record(tx, k)
			if err == nil && !found {
				err = notThere(k)
			}
			trades = append(trades, r.Trade)
			return err
		})
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

// record reads a trade, its credentials too.
func (s *Store) record(tx *vetted, k []byte) (r Record, found bool, err error) {
	p, found, err := last(tx, k)
	if err != nil || !found {
		return r, false, err
	}
	if r, err = s.recordAt(tx, p); err != nil {
		return r, false, fmt.Errorf("trade %q: %w", k, err)
	}
	r.Trade.Order.Secrets, err = s.secrets(tx, k)
	return r, err == nil, err
}

// recordAt is a trade as it stood at one of its entries.
func (s *Store) recordAt(tx *vetted, p placed) (Record, error) {
	r := Record{Seq: p.at, Last: p.Entry, order: p.Order}
	c, err := s.contentAt(tx, p.at)
	if err != nil {
		return r, err
	}
	if p.Order != p.at {
		first, err := s.contentAt(tx, p.Order)
		if err != nil {
			return r, err
		}
		c.Order = first.Order
	}
	if c.Order == nil || c.Progress == nil || !bytes.Equal(p.key(), key(c.Order.Kind(), c.Order.No)) {
		return r, flaw(ErrAltered, "other_content", "entry {entry} has another trade's content", "entry", p.at)
	}
	if p.Said {
		r.Last.By, r.Last.Note = c.By, c.Said
	}
	r.Trade = txn.Trade{Order: *c.Order, Progress: *c.Progress}
	return r, nil
}

func (s *Store) contentAt(tx *vetted, seq uint64) (content, error) {
	v := tx.Bucket(bucketLog).Get(number(seq))
	if v == nil {
		return content{}, gone(seq)
	}
	return s.keys.content(v, seq)
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
	for n := 0; k != nil && bytes.Compare(k, what.low) >= 0; k, _ = c.Prev() {
		if n++; n > batch {
			return some, next, nil
		}
		r, err := s.indexed(tx, what.bucket, k)
		if err != nil {
			return nil, nil, err
		}
		if f.takes(r) {
			some = append(some, r)
		}
		next = bytes.Clone(k)
	}
	return some, nil, nil
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

// indexed is the trade of an index's entry.
func (s *Store) indexed(tx *vetted, bucket, k []byte) (Record, error) {
	if !bytes.Equal(bucket, bucketOpen) {
		if len(k) < 8 {
			return Record{}, badIndex(ErrAltered, bucket)
		}
		born := binary.BigEndian.Uint64(k[len(k)-8:])
		v := tx.Bucket(bucketLog).Get(number(born))
		if v == nil {
			return Record{}, gone(born)
		}
		h, err := value(v).header(born)
		if err != nil {
			return Record{}, err
		}
		k = h.key()
	}
	r, found, err := s.record(tx, k)
	if err == nil && !found {
		err = notThere(k)
	}
	r.Trade.Order.Secrets = txn.Secrets{}
	return r, err
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
			e, err := s.keys.entry(tx.Bucket(bucketLog).Get(number(p.at)), p.at, p.header)
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
	return placed{h, seq}, err
}

// Changed is when the trade's last entry was written.
func (r Record) Changed() time.Time { return r.Last.At }
