package store

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"reflect"
	"time"

	"github.com/go-json-experiment/json"
	bolt "go.etcd.io/bbolt"

	"onetrans/flows/onetrans"
	"onetrans/flows/txn"
)

// Schemas 1 and 2 had a log of bare entries, trades as they stood, and
// credentials, all of it plain; 2 also had refs. Only 2's entries say of which
// kind their trade is: 1 knew recharges alone. The buckets' names are today's.

// eventMigrated is the event with which a trade came from an older schema.
const eventMigrated = "migrated"

func old(version string) bool { return version == "1" || version == "2" }

// isOld says whether a journal has an older schema.
func isOld(path string) (is bool, err error) {
	err = guard(func() error {
		db, err := openFile(path, false, true)
		if err != nil {
			return err
		}
		err = db.View(func(tx *vetted) error {
			if meta := tx.Bucket(bucketMeta); meta != nil {
				is = old(string(meta.Get(keySchema)))
			}
			return nil
		})
		return errors.Join(err, db.Close())
	})
	return is, err
}

// migrate makes a journal of an older one, aside, and puts it in its place once
// every trade in it reads as it did. The older one, which is plain, does not stay.
func migrate(from *file, path string, k keys, options Options) (*file, error) {
	aside, err := emptyAside(path, k, options)
	if err != nil {
		return from, err
	}
	defer os.Remove(aside)
	head, err := migrateInto(aside, from, k, options)
	if err != nil {
		return from, fmt.Errorf("migrating the journal: %w", err)
	}
	if err := replaceHead(path, head, k, options.NoSync); err != nil {
		return from, err
	}
	if err := putInPlace(aside, path, from); err != nil {
		return nil, err
	}
	return openFile(path, options.NoSync, false)
}

func migrateInto(aside string, from *file, k keys, options Options) (head Head, err error) {
	db, err := bolt.Open(aside, 0o600, &bolt.Options{Timeout: lockTimeout, NoSync: true})
	if err != nil {
		return head, err
	}
	s := &Store{db: own(db), path: aside, terminal: options.Terminal, keys: k, log: options.logger()}
	m := migration{Store: s, ends: map[string]placed{}}
	err = from.View(func(tx *vetted) error {
		for _, step := range []func(*vetted) error{m.entries, m.trades, m.compare} {
			if err := step(tx); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		head, err = s.Head()
	}
	return head, errors.Join(err, db.Sync(), db.Close())
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
			for n := 0; n < perCommit && k != nil; n++ {
				var e txn.Entry
				if err := json.Unmarshal(v, &e); err != nil {
					return fmt.Errorf("entry %x: %w", k, err)
				}
				if e.Kind == "" {
					e.Kind = onetrans.TransRecharge
				}
				known := from.Bucket(bucketTrades).Get(key(e.Kind, e.No)) != nil
				if err := m.entry(tx, header{Entry: e}, known, nil); err != nil {
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
		if h.Born == 0 {
			h.Born = end.Seq
		}
		m.ends[string(h.key())] = placed{h, end.Seq}
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
			for n := 0; n < perCommit && k != nil; n++ {
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
	order, err := json.Marshal(t.Order)
	if err != nil {
		return err
	}
	plain, err := json.Marshal(content{Order: &t.Order, Progress: &t.Progress})
	if err != nil {
		return err
	}
	h := header{
		Entry:    txn.Entry{At: time.Now(), Kind: t.Order.Kind(), No: t.Order.No, Event: eventMigrated, State: string(t.At())},
		OrderTag: m.keys.hidden("order", string(order)),
		Final:    t.Final(), Desk: t.AtDesk(), Day: day(t.Order.CreatedAt), Refs: t.Refs(), Open: open,
	}
	if t.Order.CardNo != "" {
		h.Card = m.keys.hidden("card", t.Order.CardNo)
	}
	if err := m.entry(tx, h, true, plain); err != nil {
		return err
	}
	p := m.ends[string(h.key())]
	return errors.Join(index(tx, p.at, p.header), m.keepSecrets(tx, t))
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
				err = fmt.Errorf("trade %q did not come over whole", k)
			}
			return err
		})
	})
}

// oldTrade is a trade of an older journal. Its key was made as now.
func oldTrade(tx *vetted, k []byte) (t txn.Trade, err error) {
	if err := json.Unmarshal(tx.Bucket(bucketTrades).Get(k), &t); err != nil {
		return t, fmt.Errorf("%w: trade %q: %w", ErrDamaged, k, err)
	}
	if !bytes.Equal(k, key(t.Order.Kind(), t.Order.No)) {
		return t, fmt.Errorf("%w: trade %q is another", ErrDamaged, k)
	}
	if secrets := tx.Bucket(bucketSecrets).Get(k); secrets != nil && !t.Final() {
		if err := json.Unmarshal(secrets, &t.Order.Secrets); err != nil {
			return t, fmt.Errorf("%w: credentials of %q", ErrDamaged, k)
		}
	}
	return t, nil
}
