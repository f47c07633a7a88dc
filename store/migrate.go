package store

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	bolt "go.etcd.io/bbolt"

	"onetrans/flows/core/txn"
	"onetrans/flows/message/onetrans"
)

// Schemas 1 and 2 had a log of bare entries, trades as they stood, and
// credentials, all of it plain; 2 also had refs. Only 2's entries say of which
// kind their trade is: 1 knew recharges alone. The buckets' names are today's.
// Schema 3 differs from today's in its credentials alone, which were sealed with
// the store's key.

// eventMigrated is the event with which a trade came from schema 1 or 2.
const eventMigrated = "migrated"

const schemaSealed = "3"

func old(version string) bool { return plain(version) || version == schemaSealed }

// plain says whether a schema had no key.
func plain(version string) bool { return version == "1" || version == "2" }

// versionOf is a file's schema; empty where it says none.
func (f *file) versionOf() (version string, err error) {
	err = f.View(func(tx *vetted) error {
		if meta := tx.Bucket(bucketMeta); meta != nil {
			version = string(meta.Get(keySchema))
		}
		return nil
	})
	return version, err
}

// isPlain says whether a journal is from before there were keys.
func isPlain(path string) (is bool, err error) {
	err = guard(func() error {
		f, err := openFile(path, Options{}, true)
		if err != nil {
			return err
		}
		version, err := f.versionOf()
		is = plain(version)
		return errors.Join(err, f.Close())
	})
	return is, err
}

// beforePath begins the names of what is kept of a journal from before a migration.
func beforePath(journal string) string { return journal + ".before-schema-" }

// Before are the files that migrations have left beside the journal at path.
func Before(path string) []string {
	files, _ := filepath.Glob(escaped(beforePath(path)) + "*")
	return files
}

// escaped is a name as a pattern.
func escaped(name string) string {
	return strings.NewReplacer(`*`, `\*`, `?`, `\?`, `[`, `\[`, `\`, `\\`).Replace(name)
}

// migrate makes a journal of an older one, aside, and puts it in its place once
// every trade in it reads as it did. A copy of the older one stays beside it,
// proved, for who must go back to the older program.
func (s *Store) migrate(options Options) error {
	version, err := s.db.versionOf()
	if err != nil {
		return err
	}
	kept := beforePath(s.path) + schema + "-" + time.Now().Format("20060102-150405.000000000")
	if err := s.db.copyTo(kept); err != nil {
		return fmt.Errorf("keeping the journal as it was: %w", err)
	}
	s.log.Warn("the journal is migrated; what it was is kept beside it, for the older program: remove it once that is not needed any more",
		"from", version, "to", schema, "kept", kept, "in the clear", plain(version))
	aside, err := emptyAside(s.path, s.keys, options)
	if err != nil {
		return err
	}
	defer os.Remove(aside)
	if err := s.migrateInto(aside, version, options); err != nil {
		return fmt.Errorf("migrating the journal: %w", err)
	}
	older := s.db
	s.db = nil
	if err := putInPlace(aside, s.path, older); err != nil {
		return err
	}
	s.db, err = openFile(s.path, options, false)
	return err
}

// copyTo copies a whole file to a new one, and compares the two.
func (f *file) copyTo(path string) error {
	return makeAside(path, func(aside *os.File) error {
		return f.View(func(tx *vetted) error {
			return tx.writeTo(aside)
		})
	}, f.compareWith)
}

// compareWith says whether a copy of the file is whole, and the same.
func (f *file) compareWith(path string) error {
	other, err := openFile(path, Options{}, true)
	if err != nil {
		return err
	}
	err = other.pages.walk(true)
	if err == nil {
		err = f.View(func(tx *vetted) error {
			return other.View(func(copied *vetted) error { return sameContent(tx, copied) })
		})
	}
	return errors.Join(err, other.Close())
}

// sameContent says whether two files have the same in the same buckets.
func sameContent(a, b *vetted) error {
	return a.ForEach(func(name []byte, _ *bolt.Bucket) error {
		other := b.Bucket(name)
		if other == nil {
			return otherCopy(name)
		}
		c := other.Cursor()
		ck, cv := c.First()
		err := a.Bucket(name).ForEach(func(k, v []byte) error {
			if !bytes.Equal(k, ck) || !bytes.Equal(v, cv) {
				return otherCopy(name)
			}
			ck, cv = c.Next()
			return nil
		})
		if err == nil && ck != nil {
			err = otherCopy(name)
		}
		return err
	})
}

func (s *Store) migrateInto(aside, version string, options Options) error {
	db, err := openAside(aside)
	if err != nil {
		return err
	}
	m := migration{Store: &Store{db: db, path: s.path, terminal: options.Terminal, keys: s.keys, log: s.log}, ends: map[string]placed{}}
	if m.slots, err = openSlots(s.path, options.NoSync); err != nil {
		return errors.Join(err, db.Close())
	}
	steps := []func(*vetted) error{m.all, m.reseal, m.compareSealed}
	if plain(version) {
		steps = []func(*vetted) error{m.entries, m.trades, m.compare}
	}
	err = s.db.View(func(tx *vetted) error {
		for _, step := range steps {
			if err := step(tx); err != nil {
				return err
			}
		}
		return nil
	})
	head, failed := m.Head()
	if err = errors.Join(err, failed, db.Sync(), db.Close(), m.slots.close()); err != nil || !plain(version) {
		return err
	}
	return replaceHead(HeadPath(s.path), head, s.keys, options.NoSync)
}

// all takes over what is as it is today.
func (m *migration) all(from *vetted) error {
	for _, name := range buckets() {
		if bytes.Equal(name, bucketSecrets) || bytes.Equal(name, bucketMeta) {
			continue
		}
		if err := copyBucket(from, m.db, name); err != nil {
			return err
		}
	}
	return m.db.Update(func(tx *vetted) error {
		meta := from.Bucket(bucketMeta)
		for _, k := range [][]byte{keyTerminal, keyAdopted} {
			if v := meta.Get(k); v != nil {
				if err := tx.Bucket(bucketMeta).Put(k, v); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// reseal takes over credentials, which schema 3 sealed with the store's key.
func (m *migration) reseal(from *vetted) error {
	return m.db.Update(func(tx *vetted) error {
		return from.Bucket(bucketSecrets).ForEach(func(k, _ []byte) error {
			secrets, err := m.oldSecrets(from, k)
			if err != nil {
				return err
			}
			r, found, err := m.record(tx, k)
			if err != nil || !found || r.Trade.Final() {
				return err
			}
			r.Trade.Order.Secrets = secrets
			return m.keepSecrets(tx, r.Trade, &usedSlots{})
		})
	})
}

// oldSecrets are a trade's credentials as schema 3 kept them.
func (m *migration) oldSecrets(from *vetted, k []byte) (secrets txn.Secrets, err error) {
	kept := from.Bucket(bucketSecrets).Get(k)
	plain, err := m.keys.unsealed(kept[min(tagSize, len(kept)):], append([]byte("secrets "), k...))
	if err == nil {
		secrets, err = readSecrets(plain)
	}
	if err != nil {
		return secrets, fmt.Errorf("credentials of %q: %w", k, err)
	}
	return secrets, nil
}

// compareSealed says whether every open trade has the credentials that it had.
func (m *migration) compareSealed(from *vetted) error {
	return m.db.View(func(tx *vetted) error {
		return from.Bucket(bucketOpen).ForEach(func(k, _ []byte) error {
			if from.Bucket(bucketSecrets).Get(k) == nil {
				return nil
			}
			before, err := m.oldSecrets(from, k)
			if err != nil {
				return err
			}
			now, err := m.secrets(tx, k)
			if err == nil && now != before {
				err = flaw(ErrDamaged, "migrated_credentials", "the credentials of {trade} did not come over whole", "trade", k)
			}
			return err
		})
	})
}

// migration is a migration under way.
type migration struct {
	*Store
	// ends are the last entries so far, by the trades' keys.
	ends map[string]placed
}

// perCommit is how many entries are written at once.
const perCommit = 1000

// entries takes over the old log: what happened, without how the trade then stood.
func (m *migration) entries(from *vetted) error {
	c := from.Bucket(bucketLog).Cursor()
	k, v := c.First()
	for k != nil {
		err := m.db.Update(func(tx *vetted) error {
			for range perCommit {
				if k == nil {
					return nil
				}
				var e storedEntry
				if err := json.Unmarshal(v, &e); err != nil {
					return fmt.Errorf("entry %x: %w", k, err)
				}
				if e.Kind == "" {
					e.Kind = onetrans.TransRecharge
				}
				known := from.Bucket(bucketTrades).Get(key(e.Kind, e.No)) != nil
				if err := m.entry(tx, header{storedEntry: e}, known, nil); err != nil {
					return err
				}
				k, v = c.Next()
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// entry writes an entry; of a trade that is not known it is one about the journal.
func (m *migration) entry(tx *vetted, h header, known bool, plain []byte) error {
	before := m.ends[string(h.key())]
	end, err := m.append(tx, func(seq uint64) (header, []byte, error) {
		if known {
			h.Born, h.Prev = before.Born, before.at
			if before.at == 0 {
				h.Born = seq
			}
		}
		if plain != nil {
			h.Order = seq
		}
		return h, plain, nil
	})
	if known && err == nil {
		m.ends[string(h.key())] = placed{header: h, at: end.Seq}
	}
	return err
}

// trades takes over the trades as they stood.
func (m *migration) trades(from *vetted) error {
	c := from.Bucket(bucketTrades).Cursor()
	k, _ := c.First()
	open := uint64(0)
	for k != nil {
		err := m.db.Update(func(tx *vetted) error {
			for range perCommit {
				if k == nil {
					return nil
				}
				t, err := oldTrade(from, k)
				if err != nil {
					return err
				}
				if !t.Final() {
					open++
				}
				if err := m.trade(tx, t, open); err != nil {
					return err
				}
				k, _ = c.Next()
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (m *migration) trade(tx *vetted, t txn.Trade, open uint64) error {
	stored, progress := storeOrder(t.Order), storeProgress(t.Progress)
	order, err := json.Marshal(stored)
	if err != nil {
		return err
	}
	plain, err := json.Marshal(content{Order: &stored, Progress: &progress})
	if err != nil {
		return err
	}
	h := header{
		storedEntry: storedEntry{At: time.Now(), Kind: t.Order.Kind(), No: t.Order.No, Event: eventMigrated, State: string(t.At())},
		OrderTag:    m.keys.hidden("order", string(order)),
		Final:       t.Final(), Desk: t.AtDesk(), Day: day(t.Order.CreatedAt), Refs: t.Refs(), Open: open,
	}
	if t.Order.CardNo != "" {
		h.Card = m.keys.hidden("card", t.Order.CardNo)
	}
	if err := m.entry(tx, h, true, plain); err != nil {
		return err
	}
	p := m.ends[string(h.key())]
	return errors.Join(index(tx, p.at, p.header), m.keepSecrets(tx, t, &usedSlots{}))
}

// compare says whether every trade reads as it did.
func (m *migration) compare(from *vetted) error {
	return m.db.View(func(tx *vetted) error {
		return from.Bucket(bucketTrades).ForEach(func(k, _ []byte) error {
			before, err := oldTrade(from, k)
			if err != nil {
				return err
			}
			r, found, err := m.record(tx, k)
			if err == nil && (!found || !reflect.DeepEqual(r.Trade, before)) {
				err = flaw(ErrDamaged, "migrated_trade", "trade {trade} did not come over whole", "trade", k)
			}
			return err
		})
	})
}

// storedTrade is a trade as schemas 1 and 2 have it.
type storedTrade struct {
	Order    storedOrder    `json:"order"`
	Progress storedProgress `json:"progress"`
}

// oldTrade is a trade of an older journal. Its key was made as now.
func oldTrade(tx *vetted, k []byte) (t txn.Trade, err error) {
	var old storedTrade
	if err := json.Unmarshal(tx.Bucket(bucketTrades).Get(k), &old); err != nil {
		return t, oldTradeBroken(k)
	}
	t = txn.Trade{Order: old.Order.order(), Progress: old.Progress.progress()}
	if !bytes.Equal(k, key(t.Order.Kind(), t.Order.No)) {
		return t, oldTradeBroken(k)
	}
	if secrets := tx.Bucket(bucketSecrets).Get(k); secrets != nil && !t.Final() {
		if t.Order.Secrets, err = readSecrets(secrets); err != nil {
			return t, oldTradeBroken(k)
		}
	}
	return t, nil
}
