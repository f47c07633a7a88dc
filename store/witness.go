package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// The witness is the head once more, on another volume: where a machine is put back
// to an older state at each start, journal and head go back together, and only what
// is elsewhere knows better.

// testify writes the head to the witness, where there is one. That it can't be
// written is told once, and served on.
func (s *Store) testify(h Head) {
	if s.witness == "" {
		return
	}
	err := writeHead(s.witness, h, s.keys)
	if (err != nil) != s.witnessLost {
		s.witnessLost = err != nil
		if err != nil {
			s.log.Error("the journal's witness cannot be written", "error", err)
		}
	}
}

// checkWitness compares the log with the witness. One that was there and is not,
// or says nothing, is as a head that is missing.
func (s *Store) checkWitness(tx *vetted) error {
	if s.witness == "" {
		return nil
	}
	head, err := readHead(s.witness, s.keys)
	switch {
	case errors.Is(err, fs.ErrNotExist) && tx.Bucket(bucketMeta).Get(keyWitness) == nil:
		return nil // there was never one
	case err != nil:
		return fmt.Errorf("%w: %w", flaw(ErrAltered, "witness", "its witness, {file}, cannot be read", "file", s.witness), err)
	}
	end, err := s.end(tx)
	if err == nil && head.Seq > end.Seq {
		err = flaw(ErrPutBack, "witness_older", "it has {has} entries, and its witness knows of {had}", "has", end.Seq, "had", head.Seq)
	} else if err == nil {
		err = s.checkKnown(tx, head)
	}
	return err
}

// beginWitness makes the witness of a journal that had none.
func (s *Store) beginWitness() error {
	if s.witness == "" {
		return nil
	}
	had := false
	err := s.db.View(func(tx *vetted) error {
		had = tx.Bucket(bucketMeta).Get(keyWitness) != nil
		return nil
	})
	if err != nil || had {
		return err
	}
	return s.renewWitness()
}

// renewWitness makes the witness say what the log says now.
func (s *Store) renewWitness() error {
	if s.witness == "" {
		return nil
	}
	err := s.db.Update(func(tx *vetted) error {
		end, err := s.end(tx)
		if err == nil {
			err = replaceHead(s.witness, end, s.keys, s.db.NoSync)
		}
		return errors.Join(err, tx.Bucket(bucketMeta).Put(keyWitness, []byte("1")))
	})
	if errors.Is(err, os.ErrNotExist) {
		err = fmt.Errorf("%w: %w", flaw(nil, "no_witness", "the folder of the journal's witness, {file}, is not there", "file", s.witness), err)
	}
	return err
}
