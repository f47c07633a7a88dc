package store

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/go-json-experiment/json"

	"onetrans/flows/core/txn"
)

// Write appends the entry, with the trade as it now stands, to the log, synced
// when it returns. A final trade's credentials are erased.
func (s *Store) Write(e txn.Entry, t txn.Trade) error {
	step, err := s.prepare(e, t)
	if err != nil {
		return err
	}
	var head Head
	var used usedSlots
	err = s.update(func(tx *vetted) (err error) {
		used = usedSlots{}
		head, err = s.carryOut(tx, step, &used)
		return err
	})
	s.after(used, err)
	if err == nil {
		s.advance(head)
	}
	return err
}

// prepare does what needs no transaction.
func (s *Store) prepare(e txn.Entry, t txn.Trade) (step, error) {
	w := step{entry: e, trade: t, order: storeOrder(t.Order)}
	order, err := json.Marshal(w.order)
	if err != nil {
		return step{}, fmt.Errorf("encoding an order: %w", err)
	}
	w.orderTag = s.keys.hidden("order", string(order))
	w.entry.Kind, w.entry.No = t.Order.Kind(), t.Order.No
	if t.Order.CardNo != "" {
		w.card = s.keys.hidden("card", t.Order.CardNo)
	}
	return w, nil
}

func (s *Store) carryOut(tx *vetted, w step, used *usedSlots) (Head, error) {
	head, err := s.append(tx, func(seq uint64) (header, []byte, error) { return s.step(tx, w, seq) })
	if err != nil {
		return head, err
	}
	return head, s.keepSecrets(tx, w.trade, used)
}

// step is what there is to write.
type step struct {
	entry    txn.Entry
	trade    txn.Trade
	order    storedOrder
	orderTag []byte
	card     []byte
}

// step makes the entry of a trade's step and puts the indexes right.
func (s *Store) step(tx *vetted, w step, seq uint64) (header, []byte, error) {
	end, err := s.lastHeader(tx)
	if err != nil {
		return header{}, nil, err
	}
	s.compareClock(end.At, w.entry.At)
	open := end.Open
	before, known, err := last(tx, key(w.entry.Kind, w.entry.No))
	if err != nil {
		return header{}, nil, err
	}
	h := header{
		storedEntry: storedEntry(w.entry), Born: seq, Order: seq, OrderTag: w.orderTag,
		Final: w.trade.Final(), Desk: w.trade.AtDesk(),
		Day: day(w.trade.Order.CreatedAt), Card: w.card, Refs: w.trade.Refs(),
	}
	h.State = string(w.trade.At())
	c, progress := newContent(&h), storeProgress(w.trade.Progress)
	c.Order, c.Progress = &w.order, &progress
	if known {
		h.Born, h.Prev = before.Born, before.at
		if bytes.Equal(before.OrderTag, h.OrderTag) {
			h.Order, c.Order = before.Order, nil
		}
	}
	h.Open = open + openDelta(before.header, known, h)
	plain, err := json.Marshal(c)
	if err != nil {
		return header{}, nil, fmt.Errorf("encoding a trade: %w", err)
	}
	if known {
		err = unindex(tx, before.header, h)
	}
	return h, plain, errors.Join(err, index(tx, seq, h))
}

// openDelta is by how many the open trades change in a step, to be added: one less
// is all bits set, as the sum wraps.
func openDelta(before header, known bool, now header) uint64 {
	wasOpen := known && !before.Final
	switch {
	case wasOpen && now.Final:
		return ^uint64(0)
	case !wasOpen && !now.Final:
		return 1
	}
	return 0
}

// placed is an entry and where it is.
type placed struct {
	header
	at    uint64
	entry value
}

// last is a trade's last entry.
func last(tx *vetted, k []byte) (p placed, known bool, err error) {
	at := tx.Bucket(bucketTrades).Get(k)
	if at == nil {
		return placed{}, false, nil
	}
	if len(at) != 8 {
		return placed{}, false, badIndex(ErrAltered, bucketTrades)
	}
	p.at = binary.BigEndian.Uint64(at)
	if p.entry = tx.Bucket(bucketLog).Get(at); p.entry == nil {
		return p, false, gone(p.at)
	}
	p.header, err = p.entry.header(p.at)
	if err == nil && !bytes.Equal(p.key(), k) {
		err = flaw(ErrAltered, "other_trade", "entry {entry} is another trade's than {trade}", "entry", p.at, "trade", k)
	}
	return p, err == nil, err
}

// index notes a trade's new last entry.
func index(tx *vetted, seq uint64, h header) error {
	k, born := h.key(), number(h.Born)
	errs := []error{tx.Bucket(bucketTrades).Put(k, number(seq))}
	note := func(bucket, entry []byte) {
		// What is there already need not be written again.
		if b := tx.Bucket(bucket); b.Get(entry) == nil {
			errs = append(errs, b.Put(entry, []byte{}))
		}
	}
	for _, at := range places(h, born) {
		note(at.bucket, at.entry)
	}
	for _, ref := range h.Refs {
		note(bucketRefs, refKey(ref, k))
	}
	return errors.Join(errs...)
}

// unindex takes away what is not true of a trade any more. Refs stay: a trade
// may be looked for by what it once had.
func unindex(tx *vetted, before, now header) error {
	var errs []error
	keep := places(now, number(now.Born))
	for _, at := range places(before, number(before.Born)) {
		if !at.among(keep) {
			errs = append(errs, tx.Bucket(at.bucket).Delete(at.entry))
		}
	}
	return errors.Join(errs...)
}

// place is an entry of an index.
type place struct{ bucket, entry []byte }

func (p place) among(others []place) bool {
	for _, o := range others {
		if bytes.Equal(p.bucket, o.bucket) && bytes.Equal(p.entry, o.entry) {
			return true
		}
	}
	return false
}

// places are where a trade stands in the indexes, but for its refs.
func places(h header, born []byte) []place {
	all := []place{{bucketStates, stateKey(h.State, born)}, {bucketDays, append([]byte(h.Day), born...)}}
	if !h.Final {
		all = append(all, place{bucketOpen, h.key()})
	}
	if h.Desk {
		all = append(all, place{bucketDesk, born})
	}
	if len(h.Card) > 0 {
		all = append(all, place{bucketCards, append(append([]byte(nil), h.Card...), born...)})
	}
	return all
}

func stateKey(state string, born []byte) []byte { return append([]byte(state+"\x00"), born...) }

func key(transType, no string) []byte { return []byte(transType + "\x00" + no) }

// refKey is unmistakable because a ref's length stands before it.
func refKey(ref string, tradeKey []byte) []byte {
	k := binary.BigEndian.AppendUint32(nil, uint32(len(ref)))
	return append(append(k, ref...), tradeKey...)
}

func number(n uint64) []byte { return binary.BigEndian.AppendUint64(nil, n) }
