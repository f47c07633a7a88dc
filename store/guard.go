package store

import (
	"errors"
	"runtime/debug"
)

// guard turns into ErrDamaged the panics with which bbolt meets a damaged
// file, and the faults of a memory map whose file has been cut short. bbolt has
// rolled its transaction back by then.
func guard(f func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if p := recover(); p != nil {
			err = broken(p)
		}
	}()
	return f()
}

func (s *Store) update(f func(*vetted) error) error {
	s.swapping.RLock()
	defer s.swapping.RUnlock()
	return s.guarded(func() error { return s.db.Update(f) })
}

func (s *Store) view(f func(*vetted) error) error {
	s.swapping.RLock()
	defer s.swapping.RUnlock()
	return s.guarded(func() error { return s.db.View(f) })
}

// guarded does nothing any more once the file has proved damaged: a rollback
// that broke off may hold bbolt's locks.
func (s *Store) guarded(f func() error) error {
	if s.damaged.Load() {
		return ErrDamaged
	}
	err := guard(f)
	if errors.Is(err, ErrDamaged) {
		s.damaged.Store(true)
	}
	return err
}
