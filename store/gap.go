package store

import (
	"bytes"

	"github.com/go-json-experiment/json"
)

// gap stands for entries that are in another file. It has the chain's values
// around them, so that the chain goes on over it, and that file can be proved
// to fill it.
type gap struct {
	From    uint64 `json:"from"`
	To      uint64 `json:"to"`
	Before  []byte `json:"before"` // the chain's value before From
	After   []byte `json:"after"`  // the chain's value at To
	Archive string `json:"archive"`
	MAC     []byte `json:"mac"`
}

func (k keys) gapMAC(g gap) []byte {
	return mac(k.chain, []byte("gap"), number(g.From), number(g.To), g.Before, g.After, []byte(g.Archive))
}

func (k keys) parseGap(at, raw []byte) (gap, error) {
	var g gap
	err := json.Unmarshal(raw, &g)
	if err != nil || !bytes.Equal(at, number(g.From)) || g.To < g.From || len(g.Before) != linkSize || len(g.After) != linkSize ||
		!same(g.MAC, k.gapMAC(g)) {
		return g, flaw(ErrAltered, "gap", "the note of what was archived is not as it was")
	}
	return g, nil
}

// gapWith is the gap that an entry is in.
func (s *Store) gapWith(tx *vetted, seq uint64) (g gap, found bool, err error) {
	c := tx.Bucket(bucketGaps).Cursor()
	k, v := c.Seek(number(seq))
	if k == nil { // it is past the last gap's beginning
		k, v = c.Last()
	} else if !bytes.Equal(k, number(seq)) {
		k, v = c.Prev()
	}
	if k == nil {
		return g, false, nil
	}
	if g, err = s.keys.parseGap(k, v); err != nil {
		return g, false, err
	}
	return g, g.From <= seq && seq <= g.To, nil
}

// cut notes a gap, as one with the gaps beside it that lead to the same file.
func (s *Store) cut(tx *vetted, g gap) error {
	b := tx.Bucket(bucketGaps)
	if before, found, err := s.gapWith(tx, g.From-1); err != nil {
		return err
	} else if found && before.Archive == g.Archive {
		g.From, g.Before = before.From, before.Before
	}
	if next, found, err := s.gapWith(tx, g.To+1); err != nil {
		return err
	} else if found && next.Archive == g.Archive {
		if err := b.Delete(number(next.From)); err != nil {
			return err
		}
		g.To, g.After = next.To, next.After
	}
	g.MAC = s.keys.gapMAC(g)
	raw, err := json.Marshal(g)
	if err != nil {
		return err
	}
	return b.Put(number(g.From), raw)
}
