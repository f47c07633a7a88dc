// Package store is the journal: the trades of one terminal and everything that
// happened to them, in one bbolt file that only its owner may open.
//
// Its log is append-only. Every entry is bound to the one before by HMAC-SM3,
// and holds the trade as it then stood, sealed with SM4-GCM; a trade is its last
// entry, and everything else in the file is an index that the log implies. What
// the log's end was stands beside the file as well, in <path>.head, so that a
// journal that was rolled back to an older state is noticed.
package store

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	bolt "go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"

	"onetrans/store/trust"
)

// Errors of opening a journal.
var (
	// ErrInUse: another process owns this terminal.
	ErrInUse = errors.New("journal is in use by another process")
	// ErrSchema: the file was written by a version of the program that this one does not know.
	ErrSchema = errors.New("journal has another schema")
	// ErrDamaged: the file is no whole journal. Nothing in it is changed.
	ErrDamaged = errors.New("journal is damaged")
	// ErrKey: the journal's key is missing, unusable, or another journal's.
	ErrKey = errors.New("journal's key does not fit")
	// ErrPlatform: the journal has seen another kind of platform than this one:
	// play money and real money never stand in one.
	ErrPlatform = errors.New("journal is another platform's")
	// ErrRefused is the family of journals that can be read and are not
	// trusted: no money is served on one before a person takes it on ([Adopt]).
	ErrRefused = errors.New("journal is not trusted")
	// ErrRolledBack: the journal is older than its head, or was written on from an older state.
	ErrRolledBack error = refusal("journal was rolled back to an older state")
	// ErrTerminal: the journal was begun by another terminal.
	ErrTerminal error = refusal("journal is another terminal's")
	// ErrLost: there was a journal, and it is gone.
	ErrLost error = refusal("journal was lost")
	// ErrMoved: the journal was made at another place or on another machine, where
	// it may still be served.
	ErrMoved error = refusal("journal was moved or copied")
	// ErrAltered: entries are not what they were when they were written.
	ErrAltered error = refusal("journal was altered")
)

// refusal is an error of the family [ErrRefused].
type refusal string

func (r refusal) Error() string        { return string(r) }
func (r refusal) Is(target error) bool { return target == ErrRefused }

// advised is an error with what to do about it.
func advised(err error) error {
	switch {
	case errors.Is(err, ErrLost):
		return fmt.Errorf("%w. No money is served before it is brought back, or a person's word begins a new one ('onetrans journal adopt')", err)
	case errors.Is(err, ErrRefused):
		return fmt.Errorf("%w. No money is served on it. 'onetrans journal verify' says what is wrong with it; "+
			"'onetrans journal adopt' takes it on by a person's word", err)
	case errors.Is(err, ErrDamaged):
		return fmt.Errorf("%w. 'onetrans journal rebuild' brings back what can be proved of it; else a backup, which 'onetrans journal adopt' takes on", err)
	case errors.Is(err, ErrKey):
		return fmt.Errorf("%w. Without its own key nobody can read a journal: bring that back, "+
			"to the configuration's store.key or to the file beside the journal", err)
	}
	return err
}

// schema is the version of the layout below.
const schema = "4"

// needs is what a program must be to read this schema; a journal says it itself,
// so that an older program can say it too.
const needs = "onetrans 0.2.0"

// Schema is the version of what is on disk.
const Schema = schema

// lockTimeout is how long to wait for the file's lock. An owner that is just
// ending needs a moment; a caller must hear 'busy' at once.
const lockTimeout = 50 * time.Millisecond

// shortest is how long a bbolt file is at least, in bytes: four pages.
const shortest = 4 * 4096

// growth is by how much a file grows at once, in bytes: bbolt syncs it then.
const growth = 1 << 20

// The buckets. A trade's key is its trans_type, a zero byte and its number;
// where it was born is the sequence of its first entry. Numbers are big endian.
var (
	bucketMeta    = []byte("meta")    // see below
	bucketLog     = []byte("log")     // sequence → entry; never rewritten
	bucketGaps    = []byte("gaps")    // first sequence → where the entries went that were archived
	bucketTrades  = []byte("trades")  // key → sequence of the last entry
	bucketOpen    = []byte("open")    // key → nothing: the trades that are not final
	bucketDesk    = []byte("desk")    // born → nothing: the trades that wait for a person
	bucketStates  = []byte("states")  // state, 0, born → nothing
	bucketDays    = []byte("days")    // yyyyMMdd, born → nothing
	bucketCards   = []byte("cards")   // the card's tag, born → nothing
	bucketRefs    = []byte("refs")    // ref, key → nothing: what else a trade has been found by
	bucketPruned  = []byte("pruned")  // key → sequence of the entry that says which archive has the trade
	bucketSecrets = []byte("secrets") // key → sealed credentials, while the trade is open

	keySchema   = []byte("schema")   // version
	keyTerminal = []byte("terminal") // the name that the chain was begun with
	keyCheck    = []byte("check")    // by which the right key is known
	keyAdopted  = []byte("adopted")  // sequence of the last adoption
	keyArchive  = []byte("archive")  // set in an archive
	keyPlace    = []byte("place")    // stands for the machine and folder that it belongs to
	keyPlatform = []byte("platform") // stands for the kind of platform that it has seen
	keyWitness  = []byte("witness")  // set once there is one elsewhere
	keyNeeds    = []byte("needs")    // the program that can read this schema, for people
)

// indexes are the buckets that the log implies.
func indexes() [][]byte {
	return [][]byte{bucketTrades, bucketOpen, bucketDesk, bucketStates, bucketDays, bucketCards, bucketRefs}
}

func buckets() [][]byte {
	return append(indexes(), bucketMeta, bucketLog, bucketGaps, bucketPruned, bucketSecrets)
}

// Store is an open journal. It implements [txn.Journal].
type Store struct {
	db       *file
	path     string
	terminal string
	platform string
	keys     keys
	log      *slog.Logger
	copy     bool
	slots    *slots
	witness  string
	// witnessing is held by who does something on the witness's volume.
	witnessing chan struct{}
	damaged    atomic.Bool

	// swapping is held for writing while another file takes the place of db.
	swapping sync.RWMutex
	// pruning lets one pruning go on at a time.
	pruning sync.Mutex

	// headMu keeps heads in the order of their commits.
	headMu sync.Mutex
	headAt uint64
	// headLost: the head could not be written last time.
	headLost bool
	// witnessLost: nor could the witness.
	witnessLost bool
	// clockTold is when it was told last that the clock went back.
	clockTold atomic.Pointer[time.Time]
}

// Options say whose journal it is.
type Options struct {
	// Terminal is the name that the chain of a new journal is begun with, and
	// that an older one must have.
	Terminal string
	// Platform says which kind of platform it is, real or the sandbox; empty: any.
	Platform string
	// Key is the store's key, [KeySize] bytes. Empty: it is in a file beside the
	// journal that only its owner can read, made with the journal.
	Key []byte
	// Witness is a file on another volume that gets the journal's head too, so that
	// a journal that is rolled back together with its head is noticed. Empty: none.
	Witness string
	// Copy says that the file is a backup or an archive, with no head beside it.
	// Nothing is served on one.
	Copy bool
	// NoSync leaves out the syncs; for tests in virtual time only.
	NoSync bool
	// Log gets what is wrong and no reason to stop; nil: nobody does.
	Log *slog.Logger

	// small is up to which size a file is checked whole when it is opened; 0:
	// smallFile.
	small int64
}

func (o Options) logger() *slog.Logger {
	if o.Log == nil {
		return slog.New(slog.DiscardHandler)
	}
	return o.Log
}

// Open opens the journal at path to serve money on it, and makes it, its key
// and its folder, readable by their owner alone, where there is none. One of an
// older schema is migrated.
//
// It gives ErrInUse within 100 ms when another process has it, ErrSchema,
// ErrDamaged or ErrKey for what it can't read, trust.ErrOthers and ErrRefused for
// what it does not trust. What it checks of a journal costs the same however long
// that is, from some size on: who else may change it, key, terminal, head and the
// chain's end. [Store.Verify] checks all. Every error but ErrInUse is ErrUnusable.
func Open(path string, options Options) (_ *Store, err error) {
	defer func() { err = unusable(err) }()
	path = trust.Real(path)
	if err := Trusted(path); err != nil {
		return nil, fmt.Errorf("trusting the journal's place: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("making the journal's folder: %w", err)
	}
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		if err := create(path, options); err != nil {
			return nil, advised(fmt.Errorf("making the journal: %w", err))
		}
	}
	s, err := open(path, options, true)
	if err == nil {
		if err = s.guarded(s.serve); err == nil {
			return s, nil
		}
		err = errors.Join(err, s.Close())
	}
	return nil, advised(fmt.Errorf("opening the journal %s: %w", path, err))
}

// Trusted says whether others may change the journal at path, its key, its head or
// its credentials; its errors are those of [trust.Path].
func Trusted(path string) error {
	path = trust.Real(path)
	for _, file := range []string{path, KeyPath(path), HeadPath(path), SecretsPath(path)} {
		if err := trust.Path(file); err != nil {
			return err
		}
	}
	return nil
}

// Inspect opens the journal at path to read it, whatever is to be thought of
// it. Its errors are fs.ErrNotExist, and those of [Open] but ErrRefused.
func Inspect(path string, options Options) (*Store, error) {
	s, err := open(path, options, false)
	if err != nil {
		return nil, fmt.Errorf("opening the journal %s: %w", path, err)
	}
	return s, nil
}

// open opens what is there; an old schema is migrated where it may be changed.
func open(path string, options Options, change bool) (*Store, error) {
	key, err := findKey(path, options)
	if errors.Is(err, fs.ErrNotExist) && change {
		key, err = keyForPlain(path)
	}
	if err != nil {
		return nil, err
	}
	s := &Store{
		path: path, terminal: options.Terminal, platform: options.Platform, copy: options.Copy, witness: options.Witness, witnessing: make(chan struct{}, 1),
		keys: derive(key), slots: &slots{}, log: options.logger(),
	}
	err = guard(func() (err error) {
		if s.db, err = openFile(path, options, !change); err != nil {
			return err
		}
		return s.ready(options, change)
	})
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// ready makes an open file's schema this one, where it may be changed, and reads
// what is beside it.
func (s *Store) ready(options Options, change bool) error {
	err := s.checkSchema()
	if old := errors.Is(err, ErrOldSchema); err != nil && (!old || !change) {
		return err
	} else if old {
		if err := s.migrate(options); err != nil {
			return err
		}
		if err := s.checkSchema(); err != nil {
			return err
		}
	}
	switch {
	case s.copy:
		return nil
	case change:
		s.slots, err = openSlots(s.path, options.NoSync)
	default:
		s.slots, err = readSlots(s.path)
	}
	return err
}

// serve makes ready to serve money on the journal, where that may be.
func (s *Store) serve() error {
	if err := s.judge(); err != nil {
		return err
	}
	if err := s.bindPlatform(); err != nil {
		return err
	}
	s.checkClock(time.Now())
	return errors.Join(s.bind(), s.beginSlots(), s.beginWitness(), forgetBegun(s.path))
}

// openFile opens a bbolt file that is there, whose beginning is whole, and that
// is still the one at path once it is locked.
func openFile(path string, options Options, readOnly bool) (*file, error) {
	f, err := openOnce(path, options.NoSync, true)
	if err == nil {
		err = f.lookOver(cmp.Or(options.small, smallFile))
	}
	if err != nil || readOnly {
		return f.unless(err)
	}
	if err := f.Close(); err != nil {
		return nil, err
	}
	// Bbolt loads the free list of a file that it may write.
	all := f.pages.allChecked()
	if f, err = openOnce(path, options.NoSync, false); err != nil {
		return nil, err
	}
	if all {
		f.pages.noteAll()
	}
	return f, nil
}

// unless is the file, or the error, and then it is closed.
func (f *file) unless(err error) (*file, error) {
	if err == nil || f == nil {
		return f, err
	}
	return nil, errors.Join(err, f.Close())
}

func openOnce(path string, noSync, readOnly bool) (*file, error) {
	// bbolt would make a new database of an empty file.
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.Size() < shortest {
		return nil, flaw(ErrDamaged, "short", "it has {bytes} bytes", "bytes", info.Size())
	}
	var opened fs.FileInfo
	options := bolt.Options{
		Timeout: lockTimeout, NoSync: noSync, ReadOnly: readOnly,
		OpenFile: func(name string, flag int, mode fs.FileMode) (*os.File, error) {
			file, err := trust.OpenFile(name, flag, mode)
			if err == nil {
				opened, err = file.Stat()
			}
			return file, err
		},
	}
	if !readOnly {
		options.InitialMmapSize = roomFor(info.Size())
	}
	db, err := bolt.Open(path, 0o600, &options)
	switch {
	case errors.Is(err, bolterrors.ErrTimeout):
		return nil, ErrInUse
	case errors.Is(err, bolterrors.ErrInvalid), errors.Is(err, bolterrors.ErrChecksum), errors.Is(err, bolterrors.ErrVersionMismatch):
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	case err != nil && opened != nil && !fromSystem(err): // what bbolt makes of the file
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	case err != nil:
		return nil, err
	}
	// A migration puts another file in its place.
	if info, err := os.Stat(path); err != nil || !os.SameFile(info, opened) {
		return nil, errors.Join(ErrInUse, db.Close())
	}
	db.AllocSize = growth
	return &file{db, newPages(db)}, nil
}

// fromSystem says whether an error is the file system's.
func fromSystem(err error) bool {
	_, is := errors.AsType[syscall.Errno](err)
	return is
}

// checkSize refuses a file that is shorter than it says: what is not there
// can't be read, and must not be taken for empty.
func checkSize(db *bolt.DB, size int64) error {
	return db.View(func(tx *bolt.Tx) error {
		if tx.Size() > size {
			return flaw(ErrDamaged, "cut_off", "it was cut off, {bytes} bytes are missing", "bytes", tx.Size()-size)
		}
		return nil
	})
}

// Close closes the journal and gives the terminal free; a damaged one's lock
// goes with the process.
func (s *Store) Close() error {
	err := s.slots.close()
	if s.damaged.Load() || s.db == nil {
		return err
	}
	return errors.Join(err, s.db.Close())
}

// Archive opens an archive or a backup of this journal, to read it. Its errors
// are those of [Inspect].
func (s *Store) Archive(path string) (*Store, error) {
	a := &Store{path: path, terminal: s.terminal, copy: true, keys: s.keys, slots: &slots{}, log: s.log}
	err := guard(func() (err error) {
		if a.db, err = openFile(path, Options{}, true); err != nil {
			return err
		}
		a.db, err = a.db.unless(a.checkSchema())
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("opening %s: %w", path, err)
	}
	return a, nil
}

// Path is where the journal is.
func (s *Store) Path() string { return s.path }
