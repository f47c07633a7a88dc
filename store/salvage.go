package store

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"maps"
	"os"
	"slices"
)

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
