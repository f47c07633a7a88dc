package store

import (
	"encoding/binary"
	"errors"
	"hash/fnv"
	"io"
	"os"

	bolt "go.etcd.io/bbolt"
)

// copiedAtOnce is how many bytes are copied in one transaction.
const copiedAtOnce = 4 << 20

// copyBucket copies a bucket into a fresh file, whose pages it fills.
func copyBucket(from *vetted, into *file, name []byte) error {
	b := from.Bucket(name)
	c := b.Cursor()
	k, v := c.First()
	for {
		err := into.Update(func(tx *vetted) error {
			to := tx.Bucket(name)
			to.FillPercent = 1
			for size := 0; k != nil && size < copiedAtOnce; k, v = c.Next() {
				if err := to.Put(k, v); err != nil {
					return err
				}
				size += len(k) + len(v)
			}
			return to.SetSequence(b.Sequence())
		})
		if err != nil || k == nil {
			return err
		}
	}
}

// copyAll copies a journal into a fresh file that has its buckets.
func copyAll(from *vetted, into *file) error {
	for _, name := range buckets() {
		if err := copyBucket(from, into, name); err != nil {
			return err
		}
	}
	return nil
}

// compactInto copies a journal to a laid file, durably.
func compactInto(path string, from *file) error {
	into, err := openAside(path)
	if err != nil {
		return err
	}
	into.AllocSize = growth
	err = from.View(func(tx *vetted) error { return copyAll(tx, into) })
	return errors.Join(err, into.Sync(), into.Close())
}

// writeTo writes the file as the transaction sees it; who writes on meanwhile does
// not wait. Both of the copy's beginnings are this state's.
func (t *vetted) writeTo(out io.Writer) error {
	m, ok := t.beginPage()
	if !ok {
		return errMoved
	}
	for id := range uint64(2) {
		if _, err := out.Write(m.asBeginning(id)); err != nil {
			return err
		}
	}
	for rest := t.data[2*t.pages.size:]; len(rest) > 0; rest = rest[min(len(rest), copiedAtOnce):] {
		if _, err := out.Write(rest[:min(len(rest), copiedAtOnce)]); err != nil {
			return err
		}
	}
	return nil
}

// asBeginning is a meta page under another number, of which the second is older.
func (p page) asBeginning(id uint64) []byte {
	data := append([]byte(nil), p.data...)
	binary.NativeEndian.PutUint64(data, id)
	b := data[pageHeader:][:metaSize]
	binary.NativeEndian.PutUint64(b[48:], binary.NativeEndian.Uint64(b[48:])-id)
	sum := fnv.New64a()
	_, _ = sum.Write(b[:metaSize-8])
	binary.NativeEndian.PutUint64(b[metaSize-8:], sum.Sum64())
	return data
}

// Compaction: a file from which much was taken gets no smaller by itself.

// muchOf says whether more than a quarter of a file, and more than it grows by, is
// free, in bytes.
func muchOf(free, size uint64) bool { return free > growth && free > size/4 }

// worthCompacting says whether much of the file is free.
func (s *Store) worthCompacting() (worth bool, err error) {
	err = s.view(func(tx *vetted) error {
		w := walker{vetted: tx}
		free, err := w.list()
		worth = muchOf(uint64(len(free))*uint64(tx.pages.size), uint64(len(tx.data)))
		return err
	})
	if errors.Is(err, errMoved) {
		return false, nil // the next pruning does it
	}
	return worth, err
}

// compact puts a fresh copy in the journal's place. It is made while service goes
// on, and only waits for a moment with what came meanwhile. Whenever the process
// ends, the one or the other is there, whole.
func (s *Store) compact() error {
	aside, err := emptyAside(s.path, s.keys, Options{NoSync: true})
	if err != nil {
		return err
	}
	defer os.Remove(aside)
	fresh, err := s.openFresh(aside)
	if err != nil {
		return err
	}
	var upTo Head
	err = s.view(func(tx *vetted) (err error) {
		if upTo, err = s.end(tx); err != nil {
			return err
		}
		return copyAll(tx, fresh)
	})
	if err == nil {
		// What is left to be done must wait for as little as can be.
		err = fresh.Sync()
	}
	if err != nil {
		return errors.Join(err, fresh.Close())
	}
	return s.swap(fresh, aside, upTo)
}

// openFresh opens a file that is to take the journal's place.
func (s *Store) openFresh(aside string) (*file, error) {
	info, err := os.Stat(s.path)
	if err != nil {
		return nil, err
	}
	db, err := bolt.Open(aside, 0o600, &bolt.Options{Timeout: lockTimeout, NoSync: true, InitialMmapSize: roomFor(info.Size() / 2)})
	if err != nil {
		return nil, err
	}
	db.AllocSize = growth
	return own(db), nil
}

// swap brings a fresh copy up to date and puts it in the journal's place; everybody
// waits meanwhile. A copy that did not come there is closed.
func (s *Store) swap(fresh *file, aside string, upTo Head) error {
	s.swapping.Lock()
	defer s.swapping.Unlock()
	err := guard(func() error {
		return s.db.View(func(tx *vetted) error {
			return fresh.Update(func(into *vetted) error { return s.follow(tx, into, upTo.Seq) })
		})
	})
	if err == nil {
		err = fresh.pages.walk(true)
	}
	if err = errors.Join(err, fresh.Sync()); err != nil {
		return errors.Join(err, fresh.Close())
	}
	fresh.NoSync = s.db.NoSync
	now, err := exchange(aside, s.path, s.db, fresh)
	if now == nil {
		return errors.Join(err, fresh.Close())
	}
	s.db = now
	return err
}

// follow does in the copy what was done since it was made.
func (s *Store) follow(tx, into *vetted, upTo uint64) error {
	log := tx.Bucket(bucketLog)
	c := log.Cursor()
	for k, v := c.Seek(number(upTo + 1)); k != nil; k, v = c.Next() {
		seq := binary.BigEndian.Uint64(k)
		h, err := value(v).header(seq)
		if err != nil {
			return err
		}
		if h.Born == 0 { // about the journal itself
			if err := into.Bucket(bucketLog).Put(k, v); err != nil {
				return err
			}
			continue
		}
		before, known, err := last(into, h.key())
		if err == nil && known {
			err = unindex(into, before.header, h)
		}
		if err = errors.Join(err, into.Bucket(bucketLog).Put(k, v), index(into, seq, h)); err != nil {
			return err
		}
	}
	if err := into.DeleteBucket(bucketSecrets); err != nil {
		return err
	}
	if _, err := into.CreateBucket(bucketSecrets); err != nil {
		return err
	}
	err := tx.Bucket(bucketSecrets).ForEach(func(k, v []byte) error { return into.Bucket(bucketSecrets).Put(k, v) })
	return errors.Join(err, into.Bucket(bucketLog).SetSequence(log.Sequence()))
}
