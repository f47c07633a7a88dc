package store

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
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

// piece is where a value is in the old file.
type piece struct {
	at   int64
	size int
}

// found is what a damaged file has that may be of a journal.
type found struct {
	entries  map[uint64][]piece
	gaps     map[uint64][]gap
	numbers  map[string][]uint64 // what a trade's key leads to
	secrets  map[string][][]byte
	names    []string
	terminal string // of names, the one that the chain begins with
	archive  bool
	// platform and place are what the journal was bound to; nil where that is lost.
	platform, place []byte
}

func newFound() found {
	return found{
		entries: map[uint64][]piece{}, gaps: map[uint64][]gap{},
		numbers: map[string][]uint64{}, secrets: map[string][][]byte{},
	}
}

// scan goes over the old file's pages: those of its trees where these are whole,
// else all of them, since nothing says any more which are in use, nor surely how
// long one is.
func (r *rebuilding) scan(held *file) error {
	sizes := []int{os.Getpagesize()}
	if held != nil {
		if reached := held.reached(); reached != nil {
			return r.pages(held.pages.size, reached)
		}
		sizes = append(sizes, held.pages.size)
	}
	slices.Sort(sizes)
	for _, size := range slices.Compact(sizes) {
		if size < pageHeader+elementSize {
			continue
		}
		if err := r.pages(size, nil); err != nil {
			return err
		}
	}
	return nil
}

// pages goes over those pages of a file that are reached, or over all.
func (r *rebuilding) pages(size int, reached bits) error {
	buffer := make([]byte, size)
	for id := uint64(0); ; id++ {
		if err := r.ctx.Err(); err != nil {
			return err
		}
		n, err := r.file.ReadAt(buffer, int64(id)*int64(size))
		if n < pageHeader {
			return ignoreEnd(err)
		}
		if reached == nil || reached.has(id) {
			r.page(buffer[:n], int64(id)*int64(size), false)
		}
	}
}

func ignoreEnd(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

// reached are the pages of a file's trees; nil where these are not whole.
func (f *file) reached() (all bits) {
	err := guard(func() error {
		return f.View(func(tx *vetted) error {
			w := walker{vetted: tx}
			err := w.tree(tx.rootPage(), bounds{root: true, buckets: true}, true, deepest)
			all = w.reached
			return err
		})
	})
	if err != nil {
		return nil
	}
	return all
}

// page notes what a page may have, whatever its header says; at is where it is in
// the file. One that is in its parent's page has no buckets.
func (r *rebuilding) page(data []byte, at int64, inline bool) {
	p, _ := parsePage(data)
	p.flags = leafFlag
	for i := range min(p.count, (len(data)-pageHeader)/elementSize) {
		from, keys, values := p.sizes(i)
		if keys == 0 || keys > maxKeySize || from+keys > uint64(len(data)) {
			continue
		}
		value := piece{at + int64(from+keys), int(values)}
		if p.isBucket(i) {
			if !inline {
				r.inline(value, len(data))
			}
			continue
		}
		r.pair(p.data[from:from+keys], value)
	}
}

// inline notes what a bucket has that is in its parent's page, of this size.
func (r *rebuilding) inline(value piece, size int) {
	if raw := r.readUpTo(value, size); len(raw) > inBucket+pageHeader {
		r.page(raw[inBucket:], value.at+inBucket, true)
	}
}

// Bounds of what is taken for a value, in bytes.
const (
	maxPiece = 16 << 20
	// maxNote is for what is no entry: names, numbers, gaps, credentials.
	maxNote = 64 << 10
)

// read reads an entry; nil when the file does not have it.
func (r *rebuilding) read(p piece) []byte { return r.readUpTo(p, maxPiece) }

// note reads what is no entry.
func (r *rebuilding) note(p piece) []byte { return r.readUpTo(p, maxNote) }

func (r *rebuilding) readUpTo(p piece, most int) []byte {
	if p.size > most {
		return nil
	}
	raw := make([]byte, p.size)
	if _, err := r.file.ReadAt(raw, p.at); err != nil {
		return nil
	}
	return raw
}

// pair notes a key and its value by what they look like.
func (r *rebuilding) pair(key []byte, value piece) {
	switch isTrade := bytes.IndexByte(key, 0) > 0; {
	case string(key) == string(keyTerminal):
		r.found.names = append(r.found.names, string(r.note(value)))
	case string(key) == string(keyArchive):
		r.found.archive = true
	case string(key) == string(keyPlatform) && value.size == tagSize:
		r.bound(&r.found.platform, r.keys.hidden("platform", r.options.Platform), value)
	case string(key) == string(keyPlace) && value.size == tagSize:
		r.bound(&r.found.place, r.keys.place(r.path), value)
	case len(key) == 8 && value.size > linkSize:
		seq := binary.BigEndian.Uint64(key)
		if raw := r.note(value); bytes.HasPrefix(raw, []byte("{")) {
			if g, err := r.keys.parseGap(key, raw); err == nil {
				r.found.gaps[seq] = append(r.found.gaps[seq], g)
				return
			}
		}
		r.found.entries[seq] = append(r.found.entries[seq], value)
	case isTrade && value.size == 8:
		if raw := r.note(value); raw != nil {
			r.found.numbers[string(key)] = append(r.found.numbers[string(key)], binary.BigEndian.Uint64(raw))
		}
	case isTrade:
		if raw := r.note(value); raw != nil {
			r.found.secrets[string(key)] = append(r.found.secrets[string(key)], raw)
		}
	}
}

// bound notes what the journal was bound to. Where a file has more than one word
// for that, the one that can be proved here counts.
func (r *rebuilding) bound(into *[]byte, here []byte, value piece) {
	if raw := r.note(value); raw != nil && !bytes.Equal(*into, here) {
		*into = raw
	}
}

// choose picks what is proved, in the order of the log.
func (r *rebuilding) choose() {
	sequences := slices.Sorted(maps.Keys(r.found.entries))
	sequences = append(sequences, slices.Collect(maps.Keys(r.found.gaps))...)
	slices.Sort(sequences)
	sequences = slices.Compact(sequences)
	link := r.begin()
	next := uint64(1)
	for _, seq := range sequences {
		if r.ctx.Err() != nil {
			return // whoever fills the fresh file says so
		}
		if seq < next {
			continue // a gap went over it
		}
		if seq > next {
			link = nil // what was before it is missing
		}
		t, after, ok := r.proved(seq, link)
		if !ok {
			continue
		}
		r.taken = append(r.taken, t)
		if link, next = after, seq+1; t.gap != nil {
			next = t.gap.To + 1
		}
	}
}

// begin finds the name with which the chain begins, and its first value.
func (r *rebuilding) begin() []byte {
	names := append([]string{r.options.Terminal}, r.found.names...)
	for _, name := range names {
		link := r.keys.begin(name)
		_, _, linked := r.linked(1, link)
		for _, g := range r.found.gaps[1] {
			linked = linked || same(g.Before, link)
		}
		if linked {
			r.found.terminal = name
			return link
		}
	}
	r.found.terminal = names[len(names)-1]
	return nil
}

// proved is what stands at a sequence after link, which is nil when it is not
// known, and the chain's value after it.
func (r *rebuilding) proved(seq uint64, link []byte) (t taken, after []byte, ok bool) {
	var longest *gap
	for i, g := range r.found.gaps[seq] {
		if (link == nil || same(g.Before, link)) && (longest == nil || g.To > longest.To) {
			longest = &r.found.gaps[seq][i]
		}
	}
	if longest != nil {
		return taken{seq: seq, gap: longest}, longest.After, true
	}
	if p, after, ok := r.linked(seq, link); ok {
		return taken{seq: seq, entry: p}, after, true
	}
	// The seal alone says that the entry is this key's, and which.
	for _, p := range r.found.entries[seq] {
		v := value(r.read(p))
		if _, err := r.keys.content(v, seq); err == nil {
			return taken{seq: seq, entry: p}, v.link(), true
		}
	}
	return taken{}, nil, false
}

// linked is the entry that follows link.
func (r *rebuilding) linked(seq uint64, link []byte) (p piece, after []byte, ok bool) {
	if link == nil {
		return p, nil, false
	}
	for _, p := range r.found.entries[seq] {
		if v := value(r.read(p)); same(v.link(), r.keys.link(link, seq, v.body())) {
			return p, v.link(), true
		}
	}
	return p, nil, false
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
