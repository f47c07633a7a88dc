package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/go-json-experiment/json"

	"onetrans/store/trust"
)

// Rebuilt is what came of a rebuilding.
type Rebuilt struct {
	// Path is the fresh file; Kept is where the old one is now, empty where it
	// stays as it was.
	Path, Kept string
	// Proof is of the fresh file: what is missing from it is among its faults.
	Proof Proof
}

// ErrNothing means that nothing of a file can be proved with this key.
var ErrNothing = errors.New("nothing in it can be proved")

// Rebuild makes a fresh journal of what can be proved of the one at path,
// however damaged that is: the entries that the chain, or their own seal, says
// are this key's, and what they imply. It takes the old one's place, which is
// kept beside it; with to it becomes a new file there, and nothing else changes.
// Where entries are missing a person must adopt it.
//
// Nobody may serve the journal meanwhile: ErrInUse. Its other errors are ErrKey,
// ErrExists, ErrNothing and the file system's.
func Rebuild(ctx context.Context, path string, options Options, to string) (Rebuilt, error) {
	path = trust.Real(path)
	r := rebuilding{ctx: ctx, path: path, options: options, found: newFound()}
	done, err := r.all(to)
	if err != nil {
		return done, fmt.Errorf("rebuilding the journal %s: %w", path, err)
	}
	return done, nil
}

// rebuilding is a rebuilding under way.
type rebuilding struct {
	ctx     context.Context
	path    string
	options Options
	keys    keys
	file    *os.File
	found   found
	taken   []taken
}

// taken is what stands in the fresh log: an entry, or a gap from there on.
type taken struct {
	seq   uint64
	entry piece
	gap   *gap
}

func (r *rebuilding) all(to string) (Rebuilt, error) {
	key, err := findKey(r.path, r.options)
	if err != nil {
		return Rebuilt{}, err
	}
	r.keys = derive(key)
	held, err := r.hold()
	if err != nil {
		return Rebuilt{}, err
	}
	aside, err := r.make(held)
	if err != nil {
		return Rebuilt{}, errors.Join(err, held.letGo())
	}
	defer os.Remove(aside)
	return r.place(aside, to, held)
}

// make makes the fresh file and returns its name.
func (r *rebuilding) make(held *file) (aside string, err error) {
	if r.file, err = os.Open(r.path); err != nil {
		return "", err
	}
	defer r.file.Close()
	if err := r.scan(held); err != nil {
		return "", err
	}
	if r.choose(); len(r.taken) == 0 {
		return "", ErrNothing
	}
	if aside, err = emptyAside(r.path, r.keys, r.fresh()); err != nil {
		return "", err
	}
	if err := r.fill(aside); err != nil {
		return "", errors.Join(err, os.Remove(aside))
	}
	return aside, nil
}

// fresh are the options of the fresh file, under the name that the chain begins with.
func (r *rebuilding) fresh() Options {
	o := r.options
	o.Terminal = r.found.terminal
	return o
}

// hold takes the journal as far as its file lets anybody; nil where it does not,
// and then nobody else can have it either.
func (r *rebuilding) hold() (held *file, err error) {
	err = guard(func() (err error) {
		held, err = openOnce(r.path, true, true)
		return err
	})
	if errors.Is(err, ErrInUse) || errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	return held, nil
}

// letGo closes a file that may not be held.
func (f *file) letGo() error {
	if f == nil {
		return nil
	}
	return f.Close()
}

// place puts the fresh file where it belongs. The old one is held until then: what
// anybody wrote into it meanwhile would be lost.
func (r *rebuilding) place(aside, to string, held *file) (Rebuilt, error) {
	done := Rebuilt{Path: r.path}
	if to != "" {
		done.Path = to
		if err := errors.Join(held.letGo(), linkNew(aside, to)); err != nil {
			return Rebuilt{}, err
		}
		proof, err := r.prove(to, true)
		done.Proof = proof
		return done, err
	}
	done.Kept = r.path + ".damaged-" + time.Now().Format("20060102-150405.000000000")
	if err := os.Link(r.path, done.Kept); err != nil {
		return Rebuilt{}, errors.Join(fmt.Errorf("keeping the old file: %w", err), held.letGo())
	}
	if err := putInPlace(aside, r.path, held); err != nil {
		return done, err
	}
	proof, err := r.prove(r.path, false)
	done.Proof = proof
	return done, err
}

func (r *rebuilding) prove(path string, alone bool) (Proof, error) {
	s := &Store{path: path, terminal: r.options.Terminal, copy: alone || r.options.Copy, keys: r.keys, slots: &slots{}, log: r.options.logger()}
	var err error
	if s.db, err = openFile(path, Options{}, true); err != nil {
		return Proof{}, err
	}
	proof, err := s.Verify(r.ctx)
	return proof, errors.Join(err, s.Close())
}

// fill writes what was chosen, and what it implies, to the fresh file.
func (r *rebuilding) fill(aside string) error {
	db, err := openAside(aside)
	if err != nil {
		return err
	}
	s := &Store{db: db, path: aside, terminal: r.options.Terminal, keys: r.keys, log: r.options.logger()}
	s.slots, err = readSlots(r.path)
	for rest := r.taken; err == nil && len(rest) > 0; {
		some := rest[:min(perCommit, len(rest))]
		rest = rest[len(some):]
		err = db.Update(func(tx *vetted) error { return r.put(tx, some) })
	}
	if err == nil {
		err = db.Update(func(tx *vetted) error {
			if _, err := s.reindex(tx); err != nil {
				return err
			}
			return errors.Join(r.putSecrets(s, tx), r.putPruned(tx))
		})
	}
	return errors.Join(err, s.slots.close(), db.Sync(), db.Close())
}

func (r *rebuilding) put(tx *vetted, some []taken) error {
	log, errs := tx.Bucket(bucketLog), []error{r.ctx.Err()}
	log.FillPercent = 1
	for _, t := range some {
		if t.gap != nil {
			raw, err := json.Marshal(t.gap)
			errs = append(errs, err, tx.Bucket(bucketGaps).Put(number(t.seq), raw), log.SetSequence(t.gap.To))
			continue
		}
		v := value(r.read(t.entry))
		errs = append(errs, log.Put(number(t.seq), v), log.SetSequence(t.seq))
		if h, err := v.header(t.seq); err == nil && h.Born == 0 && h.Event == eventAdopted {
			errs = append(errs, tx.Bucket(bucketMeta).Put(keyAdopted, number(t.seq)))
		}
	}
	for _, bound := range []struct{ key, value []byte }{{keyPlatform, r.found.platform}, {keyPlace, r.found.place}} {
		if bound.value != nil {
			errs = append(errs, tx.Bucket(bucketMeta).Put(bound.key, bound.value))
		}
	}
	if r.found.archive {
		errs = append(errs, tx.Bucket(bucketMeta).Put(keyArchive, []byte("1")))
	}
	return errors.Join(errs...)
}

// putSecrets keeps what can be read of the open trades' credentials.
func (r *rebuilding) putSecrets(s *Store, tx *vetted) error {
	for k, all := range r.found.secrets {
		if tx.Bucket(bucketOpen).Get([]byte(k)) == nil {
			continue
		}
		for _, raw := range all {
			if s.readable([]byte(k), raw) {
				if err := tx.Bucket(bucketSecrets).Put([]byte(k), raw); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// putPruned keeps the numbers of trades that are in archives.
func (r *rebuilding) putPruned(tx *vetted) error {
	for k, all := range r.found.numbers {
		for _, seq := range all {
			p, err := entryAt(tx, seq)
			if err != nil || p.Event != eventPruned || p.Born != 0 {
				continue
			}
			if err := tx.Bucket(bucketPruned).Put([]byte(k), number(seq)); err != nil {
				return err
			}
		}
	}
	return nil
}
