package store

import (
	"bytes"
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
	return flaw(ErrMoved, "moved", "it belongs to another folder or machine than {file} here, and must not be served there any more", "file", s.path)
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

// bindPlatform binds a journal to the kind of platform that it sees first, and
// refuses another: a configuration that was lost must not turn a real terminal
// into a toy. One without entries has seen none yet.
func (s *Store) bindPlatform() error {
	if s.platform == "" {
		return nil
	}
	var bound []byte
	var end Head
	err := s.db.View(func(tx *vetted) (err error) {
		bound = bytes.Clone(tx.Bucket(bucketMeta).Get(keyPlatform))
		end, err = s.end(tx)
		return err
	})
	ours := s.keys.hidden("platform", s.platform)
	switch {
	case err != nil || bytes.Equal(bound, ours):
		return err
	case bound != nil && end.Seq > 0:
		return flaw(ErrPlatform, "platform", `this one is "{platform}"; bring the configuration back that it was written under, or give this one a journal of its own (store.path)`, "platform", s.platform)
	}
	return s.db.Update(func(tx *vetted) error { return tx.Bucket(bucketMeta).Put(keyPlatform, ours) })
}
