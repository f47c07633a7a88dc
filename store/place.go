package store

import (
	"bytes"
	"fmt"
	"path/filepath"

	"onetrans/store/trust"
)

// A journal is bound to its machine and to where it is: a copy of it that is
// served elsewhere would take money under the same terminal's name.

// place stands for where a journal is; it says nothing of it to who lacks the key.
func (k keys) place(path string) []byte {
	if whole, err := filepath.Abs(path); err == nil {
		path = whole
	}
	return k.hidden("place", machine()+"\x00"+trust.Real(path))
}

// checkPlace says whether the journal is where it was made, or was taken on.
func (s *Store) checkPlace(tx *vetted) error {
	bound := tx.Bucket(bucketMeta).Get(keyPlace)
	if bound == nil || bytes.Equal(bound, s.keys.place(s.path)) {
		return nil
	}
	return fmt.Errorf("%w: it belongs to another folder or machine than %s here, and must not be served there any more", ErrMoved, s.path)
}

// bind binds a journal that is not bound yet to where it is.
func (s *Store) bind() error {
	bound := false
	err := s.db.View(func(tx *vetted) error {
		bound = tx.Bucket(bucketMeta).Get(keyPlace) != nil
		return nil
	})
	if err != nil || bound {
		return err
	}
	return s.db.Update(func(tx *vetted) error { return tx.Bucket(bucketMeta).Put(keyPlace, s.keys.place(s.path)) })
}
