package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"
)

// The witness is the head once more, on another volume: where a machine is rolled back
// to an older state at each start, journal and head go back together, and only what
// is elsewhere knows better.

// witnessWait is how long the other volume may take: a server that went away takes
// for ever.
const witnessWait = time.Second

var errWitnessHangs = flaw(nil, "witness_hangs", "its volume has not answered for {time}", "time", witnessWait)

// elsewhere does something on the other volume, and waits for it no longer than
// witnessWait. Nothing more is begun there while that still hangs.
func (s *Store) elsewhere(do func() error) error {
	select {
	case s.witnessing <- struct{}{}:
	default:
		return errWitnessHangs
	}
	done := make(chan error, 1)
	go func() {
		err := do()
		<-s.witnessing
		done <- err
	}()
	select {
	case err := <-done:
		return err
	case <-time.After(witnessWait):
		return errWitnessHangs
	}
}

// testify writes the head to the witness, where there is one. That it can't be
// written is told once, and served on.
func (s *Store) testify(h Head) {
	if s.witness == "" {
		return
	}
	err := s.elsewhere(func() error { return writeHead(s.witness, h, s.keys) })
	if (err != nil) != s.witnessLost {
		s.witnessLost = err != nil
		if err != nil {
			s.log.Error("the journal's witness cannot be written", "error", err)
		}
	}
}

func (s *Store) readWitness() (Head, error) {
	read := make(chan Head, 1)
	err := s.elsewhere(func() error {
		head, err := readHead(s.witness, s.keys)
		read <- head
		return err
	})
	if err != nil {
		return Head{}, err
	}
	return <-read, nil
}

// checkWitness compares the log with the witness. One that was there and is not,
// or says nothing, is as a head that is missing.
func (s *Store) checkWitness(tx *vetted) error {
	if s.witness == "" {
		return nil
	}
	head, err := s.readWitness()
	switch {
	case errors.Is(err, fs.ErrNotExist) && tx.Bucket(bucketMeta).Get(keyWitness) == nil:
		return nil // there was never one
	case err != nil:
		return fmt.Errorf("%w: %w", flaw(ErrAltered, "witness", "its witness, {file}, cannot be read", "file", s.witness), err)
	}
	end, err := s.end(tx)
	if err == nil && head.Seq > end.Seq {
		err = flaw(ErrRolledBack, "witness_older", "it has {has} entries, and its witness knows of {had}", "has", end.Seq, "had", head.Seq)
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
			noSync := s.db.NoSync
			err = s.elsewhere(func() error { return replaceHead(s.witness, end, s.keys, noSync) })
		}
		return errors.Join(err, tx.Bucket(bucketMeta).Put(keyWitness, []byte("1")))
	})
	if errors.Is(err, os.ErrNotExist) {
		err = fmt.Errorf("%w: %w", flaw(nil, "no_witness", "the folder of the journal's witness, {file}, is not there", "file", s.witness), err)
	}
	return err
}
