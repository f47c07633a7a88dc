package store

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"github.com/go-json-experiment/json"

	"onetrans/flows/core/txn"
	"onetrans/flows/message/onetrans"
)

// linkSize is how many bytes a chain's value has.
const linkSize = 32

// header is what an entry says openly: nothing personal, and all that the
// indexes are made of.
type header struct {
	storedEntry `json:",embed"`

	// Born, Prev and Order are the sequences of the trade's first entry, the one
	// before this, and the one that holds the order, which may be this one. An
	// entry without Born is about the journal.
	Born  uint64 `json:"born,omitzero"`
	Prev  uint64 `json:"prev,omitzero"`
	Order uint64 `json:"order,omitzero"`
	// OrderTag says whether an order is the same without reading it.
	OrderTag []byte `json:"order_tag,omitzero"`

	Final bool     `json:"final,omitzero"`
	Desk  bool     `json:"desk,omitzero"`
	Day   string   `json:"day,omitzero"`  // of the order, yyyyMMdd
	Card  []byte   `json:"card,omitzero"` // the card's tag
	Refs  []string `json:"refs,omitzero"`

	// Open is how many trades are not final after this entry.
	Open uint64 `json:"open"`
	// Said is that the seal holds whose word the entry is, and what they said.
	Said bool `json:"said,omitzero"`
	// Terminal is the name that an adoption gives.
	Terminal string `json:"terminal,omitzero"`
	// Before is the moment before which the trades had ended that a pruning took.
	Before time.Time `json:"before,omitzero"`
	// Gone stands for the trades that it took.
	Gone []byte `json:"gone,omitzero"`
}

// content is what an entry seals: the trade as it then stood, but for an order
// that an earlier entry holds, and the words of persons, which may be about
// persons. It is empty where the entry came from an older schema.
type content struct {
	Order    *storedOrder    `json:"order,omitzero"`
	Progress *storedProgress `json:"progress,omitzero"`
	By       string          `json:"by,omitzero"`
	Said     string          `json:"said,omitzero"`
}

// newContent takes what is personal out of a header.
func newContent(h *header) content {
	if h.By == "" {
		return content{}
	}
	c := content{By: h.By, Said: h.Note}
	h.By, h.Note, h.Said = "", "", true
	return c
}

// entry is an entry as it was written.
func (k keys) entry(v value, seq uint64, h header) (txn.Entry, error) {
	if !h.Said {
		return txn.Entry(h.storedEntry), nil
	}
	c, err := k.content(v, seq)
	h.By, h.Note = c.By, c.Said
	return txn.Entry(h.storedEntry), err
}

func (h header) key() []byte { return key(h.Kind, h.No) }

// value is an entry as the log has it: the chain's value, the header's length,
// the header, the seal.
type value []byte

// body is what the chain binds, and link the value that binds it: both are short
// where the entry is, and then the chain has no such entry.
func (v value) body() []byte { return v[min(linkSize, len(v)):] }
func (v value) link() []byte { return v[:min(linkSize, len(v))] }

// parts are the header and the seal, raw; ok is false when it is no entry.
func (v value) parts() (head, seal []byte, ok bool) {
	const prefix = linkSize + 4
	if len(v) < prefix {
		return nil, nil, false
	}
	n := uint64(binary.BigEndian.Uint32(v[linkSize:]))
	if n > uint64(len(v)-prefix) {
		return nil, nil, false
	}
	return v[prefix : prefix+n], v[prefix+n:], true
}

func (v value) header(seq uint64) (header, error) {
	var h header
	raw, _, ok := v.parts()
	if !ok {
		return h, notEntry(seq)
	}
	if err := json.Unmarshal(raw, &h); err != nil {
		return h, flaw(ErrAltered, "unreadable_entry", "entry {entry} cannot be read", "entry", seq)
	}
	return h, nil
}

// newValue is an entry with what it seals, linked to the one before.
func (k keys) newValue(before []byte, seq uint64, h header, plain []byte) (value, error) {
	head, err := json.Marshal(h)
	if err != nil {
		return nil, fmt.Errorf("encoding an entry: %w", err)
	}
	body := binary.BigEndian.AppendUint32(nil, uint32(len(head)))
	body = append(body, head...)
	if len(plain) > 0 {
		body = append(body, k.sealed(plain, append(number(seq), head...))...)
	}
	return append(k.link(before, seq, body), body...), nil
}

// content opens an entry's seal, which proves header and content to be one
// entry of this key.
func (k keys) content(v value, seq uint64) (content, error) {
	var c content
	head, seal, ok := v.parts()
	if !ok {
		return c, notEntry(seq)
	}
	plain, err := k.unsealed(seal, append(number(seq), head...))
	if err == nil {
		err = json.Unmarshal(plain, &c)
	}
	if err != nil {
		return c, fmt.Errorf("entry %d: %w", seq, err)
	}
	return c, nil
}

// append puts an entry at the log's end; build makes it for its sequence.
func (s *Store) append(tx *vetted, build func(seq uint64) (header, []byte, error)) (Head, error) {
	end, err := s.end(tx)
	if err != nil {
		return end, err
	}
	seq := end.Seq + 1
	h, plain, err := build(seq)
	if err != nil {
		return end, err
	}
	v, err := s.keys.newValue(end.Value, seq, h, plain)
	if err != nil {
		return end, err
	}
	log := tx.Bucket(bucketLog)
	// Entries only ever come at the end: full pages serve best.
	log.FillPercent = 1
	// The bucket's own sequence outlives a last entry that is deleted.
	return Head{seq, v.link()}, errors.Join(log.SetSequence(seq), log.Put(number(seq), v))
}

// Note appends an entry about the journal itself, synced when it returns. Whose
// word it is, and what it says, are sealed.
func (s *Store) Note(e txn.Entry) error {
	var head Head
	err := s.update(func(tx *vetted) error {
		open, err := s.opened(tx)
		if err != nil {
			return err
		}
		e.Kind, e.No = "", ""
		head, err = s.append(tx, func(uint64) (header, []byte, error) {
			h := header{storedEntry: storedEntry(e), Open: open}
			plain, err := json.Marshal(newContent(&h))
			return h, plain, err
		})
		return err
	})
	if err == nil {
		s.advance(head)
	}
	return err
}

// end is the log's end. It is never in a gap: what was archived is followed by
// the entry that says so.
func (s *Store) end(tx *vetted) (Head, error) {
	k, v := tx.Bucket(bucketLog).Cursor().Last()
	switch {
	case k == nil:
		return Head{0, s.keys.begin(string(tx.Bucket(bucketMeta).Get(keyTerminal)))}, nil
	case len(k) != 8 || len(v) < linkSize:
		return Head{}, flaw(ErrAltered, "last_entry", "the last entry is none")
	}
	return Head{binary.BigEndian.Uint64(k), bytes.Clone(value(v).link())}, nil
}

// opened is how many trades are open, as the last entry says.
func (s *Store) opened(tx *vetted) (uint64, error) {
	h, err := s.lastHeader(tx)
	return h.Open, err
}

// lastHeader is the last entry's; the zero one where there is none.
func (s *Store) lastHeader(tx *vetted) (header, error) {
	k, v := tx.Bucket(bucketLog).Cursor().Last()
	if k == nil {
		return header{}, nil
	}
	return value(v).header(binary.BigEndian.Uint64(k))
}

// Entries calls yield with every entry that was not archived, oldest first,
// until it returns false. An entry without a kind is about the journal itself.
func (s *Store) Entries(yield func(seq uint64, e txn.Entry) bool) error {
	return s.view(func(tx *vetted) error {
		c := tx.Bucket(bucketLog).Cursor()
		for k, v := c.First(); k != nil; k, v = c.Next() {
			seq := binary.BigEndian.Uint64(k)
			e, err := s.read(seq, v)
			if err != nil || !yield(seq, e) {
				return err
			}
		}
		return nil
	})
}

// PrunedBefore is before when the trades had ended that were moved to archives:
// zero when none were, or an older version moved them. No entry's time decides
// what is looked at; those of trades are passed over unread.
func (s *Store) PrunedBefore() (latest time.Time, err error) {
	err = s.view(func(tx *vetted) error {
		return tx.Bucket(bucketLog).ForEach(func(k, v []byte) error {
			raw, _, _ := value(v).parts()
			if !bytes.Contains(raw, []byte(eventPruned)) {
				return nil
			}
			h, err := value(v).header(binary.BigEndian.Uint64(k))
			if err == nil && h.Event == eventPruned && h.Before.After(latest) {
				latest = h.Before
			}
			return err
		})
	})
	return latest, err
}

// clockBack is by how much a clock may be behind the last entry before that is told.
// clockPause is between two such words.
const (
	clockBack  = time.Minute
	clockPause = time.Hour
)

// checkClock tells that the clock has gone back behind the last entry. That stops
// nobody: no entry's time decides what is looked at.
func (s *Store) checkClock(now time.Time) {
	_ = s.db.View(func(tx *vetted) error {
		k, v := tx.Bucket(bucketLog).Cursor().Last()
		if len(k) != 8 {
			return nil
		}
		h, err := value(v).header(binary.BigEndian.Uint64(k))
		if err == nil {
			s.compareClock(h.At, now)
		}
		return nil
	})
}

func (s *Store) compareClock(last, now time.Time) {
	if last.Sub(now) <= clockBack {
		return
	}
	told, here := s.clockTold.Load(), time.Now() // by which the wrong clock does not pass: it is monotonic
	if told != nil && here.Sub(*told) < clockPause || !s.clockTold.CompareAndSwap(told, &here) {
		return
	}
	s.log.Error("the clock has gone back behind the journal's last entry: set it right", "last entry", last, "now", now)
}

// read opens one entry of the log.
func (s *Store) read(seq uint64, v []byte) (txn.Entry, error) {
	h, err := value(v).header(seq)
	if err != nil {
		return txn.Entry{}, err
	}
	return s.keys.entry(v, seq, h)
}

// day is an order's day as its index has it.
func day(at time.Time) string { return at.In(onetrans.Zone()).Format("20060102") }
