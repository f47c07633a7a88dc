// Package store is the journal: the trades of one terminal and everything that
// happened to them, in one bbolt file that only its owner may open.
package store

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"github.com/go-json-experiment/json"
	bolt "go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"

	"onetrans/flows/txn"
)

// Errors of opening a journal.
var (
	// ErrInUse: another process owns this terminal.
	ErrInUse = errors.New("journal is in use by another process")
	// ErrSchema: the file was written by another version of the program.
	ErrSchema = errors.New("journal has another schema")
	// ErrDamaged: the file is no whole journal. Nothing in it is changed.
	ErrDamaged = errors.New("journal is damaged")
)

// schema is the version of the layout below.
const schema = "2"

// lockTimeout is how long to wait for the file's lock. An owner that is just
// ending needs a moment; a caller must hear 'busy' at once.
const lockTimeout = 50 * time.Millisecond

// shortest is how long a bbolt file is at least, in bytes: four pages.
const shortest = 4 * 4096

// The buckets. A trade's key is its trans_type, a zero byte and its number.
var (
	bucketMeta    = []byte("meta")    // "schema" → version
	bucketLog     = []byte("log")     // sequence, big endian → entry; never rewritten
	bucketTrades  = []byte("trades")  // key → trade as it stands
	bucketOpen    = []byte("open")    // key → nothing: the trades that are not final
	bucketSecrets = []byte("secrets") // key → credentials, while the trade is open
	bucketRefs    = []byte("refs")    // ref, key → nothing: what else a trade has been found by

	keySchema = []byte("schema")
)

func buckets() [][]byte {
	return [][]byte{bucketMeta, bucketLog, bucketTrades, bucketOpen, bucketSecrets, bucketRefs}
}

// Store is an open journal. It implements [txn.Journal].
type Store struct {
	db      *bolt.DB
	damaged atomic.Bool
}

// Options change how a journal is opened.
type Options struct {
	// NoSync leaves out the syncs; for tests in virtual time only.
	NoSync bool
}

// Open opens the journal at path, and makes it and its folder, readable by
// their owner alone, where there is none. It gives ErrInUse within 100 ms when
// another process has it, and ErrSchema or ErrDamaged for what it can't read;
// every error but the first is ErrUnusable.
func Open(path string, options Options) (_ *Store, err error) {
	defer func() { err = unusable(err) }()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("making the journal's folder: %w", err)
	}
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		if err := create(path); err != nil {
			return nil, fmt.Errorf("making the journal: %w", err)
		}
	}
	var db *bolt.DB
	err = guard(func() (err error) {
		db, err = open(path, options)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("opening the journal %s: %w", path, err)
	}
	return &Store{db: db}, nil
}

func open(path string, options Options) (*bolt.DB, error) {
	// bbolt would make a new database of an empty file.
	if info, err := os.Stat(path); err == nil && info.Size() < shortest {
		return nil, fmt.Errorf("%w: it has %d bytes", ErrDamaged, info.Size())
	}
	db, err := bolt.Open(path, 0o600, &bolt.Options{Timeout: lockTimeout, NoSync: options.NoSync})
	switch {
	case errors.Is(err, bolterrors.ErrTimeout):
		return nil, ErrInUse
	case errors.Is(err, bolterrors.ErrInvalid), errors.Is(err, bolterrors.ErrChecksum), errors.Is(err, bolterrors.ErrVersionMismatch):
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	case err != nil:
		return nil, err
	}
	if err := errors.Join(checkSize(db), checkSchema(db)); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// checkSize refuses a file that is shorter than it says: what is not there
// can't be read, and must not be taken for empty.
func checkSize(db *bolt.DB) error {
	info, err := os.Stat(db.Path())
	if err != nil {
		return err
	}
	return db.View(func(tx *bolt.Tx) error {
		if tx.Size() > info.Size() {
			return fmt.Errorf("%w: %d bytes are missing", ErrDamaged, tx.Size()-info.Size())
		}
		return nil
	})
}

func checkSchema(db *bolt.DB) error {
	return db.View(func(tx *bolt.Tx) error {
		meta := tx.Bucket(bucketMeta)
		if meta == nil {
			return fmt.Errorf("%w: none", ErrSchema)
		}
		for _, name := range buckets() {
			if tx.Bucket(name) == nil {
				return fmt.Errorf("%w: it has no %s", ErrDamaged, name)
			}
		}
		if v := string(meta.Get(keySchema)); v != schema {
			return fmt.Errorf("%w: %q, this program has %q", ErrSchema, v, schema)
		}
		return nil
	})
}

// Close closes the journal and gives the terminal free; a damaged one's lock
// goes with the process.
func (s *Store) Close() error {
	if s.damaged.Load() {
		return nil
	}
	return s.db.Close()
}

// Write appends the entry to the log and puts the trade, both or neither,
// synced when it returns. A final trade's credentials are erased.
func (s *Store) Write(e txn.Entry, t txn.Trade) error {
	entry, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("encoding an entry: %w", err)
	}
	trade, err := json.Marshal(t)
	if err != nil {
		return fmt.Errorf("encoding a trade: %w", err)
	}
	secrets, err := json.Marshal(t.Order.Secrets)
	if err != nil {
		return fmt.Errorf("encoding credentials: %w", err)
	}
	k := key(t.Order.Request.TransType.String(), t.Order.No)
	return s.update(func(tx *bolt.Tx) error {
		log := tx.Bucket(bucketLog)
		seq, err := log.NextSequence()
		if err != nil {
			return err
		}
		// Entries only ever come at the end: full pages serve best.
		log.FillPercent = 1
		if err := log.Put(sequence(seq), entry); err != nil {
			return err
		}
		if err := tx.Bucket(bucketTrades).Put(k, trade); err != nil {
			return err
		}
		for _, ref := range t.Refs() {
			if err := tx.Bucket(bucketRefs).Put(refKey(ref, k), nil); err != nil {
				return err
			}
		}
		if t.Final() {
			return errors.Join(tx.Bucket(bucketOpen).Delete(k), tx.Bucket(bucketSecrets).Delete(k))
		}
		return errors.Join(tx.Bucket(bucketOpen).Put(k, nil), tx.Bucket(bucketSecrets).Put(k, secrets))
	})
}

// Trade finds a trade by its kind and number.
func (s *Store) Trade(transType, no string) (t txn.Trade, found bool, err error) {
	err = s.view(func(tx *bolt.Tx) error {
		t, found, err = read(tx, key(transType, no))
		return err
	})
	return t, found, err
}

// Open lists the trades that are not final.
func (s *Store) Open() ([]txn.Trade, error) {
	var trades []txn.Trade
	err := s.view(func(tx *bolt.Tx) error {
		return tx.Bucket(bucketOpen).ForEach(func(k, _ []byte) error {
			t, found, err := read(tx, k)
			if err != nil {
				return err
			}
			if !found {
				return fmt.Errorf("open trade %q is not in the journal", k)
			}
			trades = append(trades, t)
			return nil
		})
	})
	return trades, err
}

// Related lists the trades that have, or once had, ref among their Refs.
func (s *Store) Related(ref string) ([]txn.Trade, error) {
	var trades []txn.Trade
	err := s.view(func(tx *bolt.Tx) error {
		prefix := refKey(ref, nil)
		c := tx.Bucket(bucketRefs).Cursor()
		for k, _ := c.Seek(prefix); k != nil && bytes.HasPrefix(k, prefix); k, _ = c.Next() {
			t, found, err := read(tx, k[len(prefix):])
			if err != nil {
				return err
			}
			if !found {
				return fmt.Errorf("trade %q is not in the journal", k)
			}
			trades = append(trades, t)
		}
		return nil
	})
	return trades, err
}

// Entries calls yield with every entry, oldest first, until it returns false.
func (s *Store) Entries(yield func(seq uint64, e txn.Entry) bool) error {
	return s.view(func(tx *bolt.Tx) error {
		c := tx.Bucket(bucketLog).Cursor()
		for k, v := c.First(); k != nil; k, v = c.Next() {
			var e txn.Entry
			if err := json.Unmarshal(v, &e); err != nil {
				return fmt.Errorf("entry %d: %w", binary.BigEndian.Uint64(k), err)
			}
			if !yield(binary.BigEndian.Uint64(k), e) {
				return nil
			}
		}
		return nil
	})
}

func read(tx *bolt.Tx, k []byte) (txn.Trade, bool, error) {
	value := tx.Bucket(bucketTrades).Get(k)
	if value == nil {
		return txn.Trade{}, false, nil
	}
	var t txn.Trade
	if err := json.Unmarshal(value, &t); err != nil {
		return t, false, fmt.Errorf("trade %q: %w", k, err)
	}
	if secrets := tx.Bucket(bucketSecrets).Get(k); secrets != nil {
		if err := json.Unmarshal(secrets, &t.Order.Secrets); err != nil {
			return t, false, fmt.Errorf("credentials of %q: %w", k, err)
		}
	}
	return t, true, nil
}

func key(transType, no string) []byte { return []byte(transType + "\x00" + no) }

// refKey is unmistakable because a ref's length stands before it.
func refKey(ref string, tradeKey []byte) []byte {
	k := binary.BigEndian.AppendUint32(nil, uint32(len(ref)))
	return append(append(k, ref...), tradeKey...)
}

func sequence(n uint64) []byte { return binary.BigEndian.AppendUint64(nil, n) }
