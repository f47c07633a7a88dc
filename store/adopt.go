package store

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/go-json-experiment/json"
)

// eventAdopted is the event of an adoption.
const eventAdopted = "adopted"

// Adopt takes on the journal at path by a person's word, whatever was wrong
// with its head, its terminal or its entries: all of that is written into it.
// Where one was lost, that word begins a new one. What can't be read, by page or
// by key, can't be adopted. Its errors are those of [Open] but ErrRefused.
func Adopt(ctx context.Context, path string, options Options, by, why string) (Proof, error) {
	s, err := open(path, options, true)
	gone := error(nil)
	if errors.Is(err, fs.ErrNotExist) {
		if gone = Lost(path); gone != nil {
			if err = begin(path, options); err == nil {
				s, err = open(path, options, true)
			}
		}
	}
	if err != nil {
		return Proof{}, advised(fmt.Errorf("opening the journal %s: %w", path, err))
	}
	proof, err := s.adopt(ctx, by, why, gone)
	return proof, advised(errors.Join(err, s.Close()))
}

func (s *Store) adopt(ctx context.Context, by, why string, gone error) (Proof, error) {
	proof, err := s.Verify(ctx)
	if err != nil {
		return proof, err
	}
	if proof.Damaged {
		return proof, fmt.Errorf("%w: %w", ErrDamaged, proof.Faults[0].What)
	}
	if gone != nil {
		proof.Faults = append(proof.Faults, Fault{What: gone})
	}
	head := Head{}
	err = s.update(func(tx *vetted) error {
		if tx.Bucket(bucketMeta).Get(keyArchive) != nil {
			return flaw(ErrRefused, "archive", "it is an archive")
		}
		open, err := s.reindex(tx)
		if err != nil {
			return err
		}
		head, err = s.append(tx, func(seq uint64) (header, []byte, error) {
			h := header{storedEntry: storedEntry{At: time.Now(), Event: eventAdopted, Note: adoptedNote(proof, why), By: by}, Open: open, Terminal: s.terminal}
			plain, err := json.Marshal(newContent(&h))
			meta := tx.Bucket(bucketMeta)
			return h, plain, errors.Join(err, meta.Put(keyAdopted, number(seq)), meta.Put(keyPlace, s.keys.place(s.path)))
		})
		return err
	})
	if err == nil {
		err = errors.Join(replaceHead(HeadPath(s.path), head, s.keys, s.db.NoSync), s.renewWitness())
	}
	return proof, err
}

// adoptedNote says what was wrong when a person took the journal on.
func adoptedNote(proof Proof, why string) string {
	note := why
	for i, f := range proof.Faults {
		if i == 5 {
			return note + fmt.Sprintf("; and %d more", len(proof.Faults)-i)
		}
		note += "; " + f.What.Error()
	}
	return note
}

// reindex makes the indexes anew from what can be read of the log, and says how
// many trades are open.
func (s *Store) reindex(tx *vetted) (open uint64, err error) {
	for _, name := range indexes() {
		if err := tx.DeleteBucket(name); err != nil {
			return 0, err
		}
		if _, err := tx.CreateBucket(name); err != nil {
			return 0, err
		}
	}
	c := tx.Bucket(bucketLog).Cursor() // whose order was verified before
	for k, v := c.First(); k != nil; k, v = c.Next() {
		if len(k) != 8 {
			continue
		}
		seq := binary.BigEndian.Uint64(k)
		h, err := value(v).header(seq)
		if err != nil || h.Born == 0 {
			continue
		}
		if err := s.relist(tx, placed{h, seq, v}); err != nil {
			return 0, err
		}
	}
	return count(tx.Bucket(bucketOpen)), s.dropSecrets(tx)
}

// relist lists a trade by one of its entries, if that can be read: one whose
// content is broken leaves the trade as it stood before.
func (s *Store) relist(tx *vetted, p placed) error {
	l, err := locateAt(tx, p)
	if err == nil {
		_, err = s.unsealed(l)
	}
	if err != nil {
		return nil
	}
	before, known, err := last(tx, p.key())
	if err != nil {
		return err
	}
	if known {
		if err := unindex(tx, before.header, p.header); err != nil {
			return err
		}
	}
	return index(tx, p.at, p.header)
}

// dropSecrets erases the credentials of trades that are not open.
func (s *Store) dropSecrets(tx *vetted) error {
	var gone [][]byte
	b := tx.Bucket(bucketSecrets)
	err := b.ForEach(func(k, _ []byte) error {
		if tx.Bucket(bucketOpen).Get(k) == nil {
			gone = append(gone, bytes.Clone(k))
		}
		return nil
	})
	for _, k := range gone {
		err = errors.Join(err, b.Delete(k))
	}
	return err
}
