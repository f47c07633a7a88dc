package store

import (
	"bytes"
	"errors"
	"os"
	"sort"
	"sync"
	"unsafe"

	bolt "go.etcd.io/bbolt"
)

// Bbolt trusts its file: on a page that leads to itself, or says that it has
// more than it has, it takes all memory or ends the process. So it never gets to
// a page that was not checked: each is, once, before it is first read. What is
// written later is this process's own.

// pages know which pages of an open file were checked.
type pages struct {
	db   *bolt.DB
	size int // of a page, in bytes

	mu   sync.RWMutex
	seen bits
	// all were checked.
	all bool
}

// bits are a set of page numbers: a few of a large file take little room.
type bits map[uint64]*[bitWords]uint64

// bitWords is how many words of bits are kept together.
const bitWords = 64

func (b bits) has(n uint64) bool {
	words := b[n/64/bitWords]
	return words != nil && words[n/64%bitWords]&(1<<(n%64)) != 0
}

func (b *bits) add(n uint64) {
	if *b == nil {
		*b = bits{}
	}
	words := (*b)[n/64/bitWords]
	if words == nil {
		words = new([bitWords]uint64)
		(*b)[n/64/bitWords] = words
	}
	words[n/64%bitWords] |= 1 << (n % 64)
}

// file is an open bbolt file whose pages are checked before they are read.
type file struct {
	*bolt.DB
	pages *pages
}

// own is a file that this process has made.
func own(db *bolt.DB) *file {
	f := &file{db, newPages(db)}
	f.pages.noteAll()
	return f
}

func (f *file) View(do func(*vetted) error) error {
	return f.DB.View(func(tx *bolt.Tx) error { return do(f.pages.vet(tx)) })
}

func (f *file) Update(do func(*vetted) error) error {
	return f.DB.Update(func(tx *bolt.Tx) error { return do(f.pages.vet(tx)) })
}

func newPages(db *bolt.DB) *pages { return &pages{db: db, size: db.Info().PageSize} }

func (p *pages) checked(id uint64) bool {
	p.mu.RLock()
	defer p.mu.RUnlock()
	return p.all || p.seen.has(id)
}

func (p *pages) note(id uint64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.seen.add(id)
}

func (p *pages) noteAll() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.all, p.seen = true, nil
}

func (p *pages) allChecked() bool {
	p.mu.RLock()
	defer p.mu.RUnlock()
	return p.all
}

// vetted is a transaction that checks a page before bbolt reads it. A bad one
// is a panic with ErrDamaged, which [guard] makes an error of.
type vetted struct {
	*bolt.Tx
	pages *pages
	data  []byte // the file's pages, as this transaction may see them
	trust bool   // nothing more is to be checked
}

func (p *pages) vet(tx *bolt.Tx) *vetted {
	info := p.db.Info()
	// What bbolt has mapped stays where it is until the transaction allocates
	// pages, which it does when it is committed.
	begin := *(*unsafe.Pointer)(unsafe.Pointer(&info.Data))
	return &vetted{Tx: tx, pages: p, data: unsafe.Slice((*byte)(begin), tx.Size()), trust: p.allChecked()}
}

// count is how many pages the file has.
func (t *vetted) count() uint64 { return uint64(len(t.data) / t.pages.size) }

// page reads a page of a tree, or of the free list, with what it overflows into.
func (t *vetted) page(id uint64) (page, error) {
	if id < 2 || id >= t.count() {
		return page{}, badPage(id, "is not in the file")
	}
	size := uint64(t.pages.size)
	p, overflow := parsePage(t.data[id*size:])
	if p.id != id || overflow >= t.count()-id {
		return page{}, badPage(id, "says that it is page %d and %d more", p.id, overflow)
	}
	p.data = p.data[:(overflow+1)*size]
	return p, nil
}

// in reads and checks a page of a tree.
func (t *vetted) in(id uint64, in bounds) (page, error) {
	p, err := t.page(id)
	if err == nil && !t.pages.checked(id) {
		if err = p.check(in, t.count()); err == nil {
			t.pages.note(id)
		}
	}
	return p, err
}

// deepest is how deep a tree may be: one of so many levels would fill any disk.
const deepest = 24

// turn says which way to go at a branch.
type turn func(p page) int

func toFirst(page) int  { return 0 }
func toLast(p page) int { return p.count - 1 }

// toKey goes where bbolt looks for a key.
func toKey(key []byte) turn {
	return func(p page) int {
		return max(0, sort.Search(p.count, func(i int) bool { return bytes.Compare(p.key(i), key) > 0 })-1)
	}
}

// toBefore goes where the last key before this one is.
func toBefore(key []byte) turn {
	return func(p page) int {
		return max(0, sort.Search(p.count, func(i int) bool { return bytes.Compare(p.key(i), key) >= 0 })-1)
	}
}

// span is a leaf that was checked: its first and last keys, and where the leaves
// before and after it are.
type span struct {
	first, last []byte
	bounds
}

// down checks all pages on the way to a leaf, with beside those next to them too:
// bbolt reads these when a key is deleted.
func (t *vetted) down(root uint64, buckets, beside bool, where turn) span {
	in, id := bounds{root: true, buckets: buckets}, root
	for range deepest {
		p, err := t.in(id, in)
		if err != nil {
			panic(err)
		}
		if p.leaf() {
			s := span{bounds: in}
			if p.count > 0 {
				s.first, s.last = p.key(0), p.key(p.count-1)
			}
			return s
		}
		i := where(p)
		if beside {
			for _, next := range []int{i - 1, i + 1} {
				if next >= 0 && next < p.count {
					if _, err := t.in(p.child(next), p.within(next, in)); err != nil {
						panic(err)
					}
				}
			}
		}
		in, id = p.within(i, in), p.child(i)
	}
	panic(badPage(id, "is too deep"))
}

// within are the bounds of a branch's child.
func (p page) within(i int, in bounds) bounds {
	child := bounds{low: in.low, high: in.high, buckets: in.buckets}
	if i > 0 {
		child.low = p.key(i)
	}
	if i+1 < p.count {
		child.high = p.key(i + 1)
	}
	return child
}

// rootPage is where the file's tree of buckets begins.
func (t *vetted) rootPage() uint64 { return uint64(t.Cursor().Bucket().Root()) }

// Bucket is bbolt's.
func (t *vetted) Bucket(name []byte) *bucket {
	if !t.trust {
		t.down(t.rootPage(), true, false, toKey(name))
	}
	b := t.Tx.Bucket(name)
	if b == nil {
		return nil
	}
	return &bucket{b, t}
}

// bucket is bbolt's, its pages checked.
type bucket struct {
	*bolt.Bucket
	tx *vetted
}

func (b *bucket) down(beside bool, where turn) span {
	root := uint64(b.Root())
	if b.tx.trust || root == 0 { // within its parent's page
		return span{}
	}
	return b.tx.down(root, false, beside, where)
}

func (b *bucket) Get(key []byte) []byte {
	b.down(false, toKey(key))
	return b.Bucket.Get(key)
}

func (b *bucket) Put(key, value []byte) error {
	b.down(false, toKey(key))
	return b.Bucket.Put(key, value)
}

func (b *bucket) Delete(key []byte) error {
	b.down(true, toKey(key))
	return b.Bucket.Delete(key)
}

func (b *bucket) ForEach(do func(k, v []byte) error) error {
	c := b.Cursor()
	for k, v := c.First(); k != nil; k, v = c.Next() {
		if err := do(k, v); err != nil {
			return err
		}
	}
	return nil
}

func (b *bucket) Cursor() *cursor { return &cursor{Cursor: b.Bucket.Cursor(), b: b} }

// cursor is bbolt's; it knows when it leaves a leaf that was checked.
type cursor struct {
	*bolt.Cursor
	b    *bucket
	key  []byte
	leaf span
}

func (c *cursor) at(k, v []byte) (key, value []byte) {
	c.key = k
	return k, v
}

func (c *cursor) First() (key, value []byte) {
	c.leaf = c.b.down(false, toFirst)
	return c.at(c.Cursor.First())
}

func (c *cursor) Last() (key, value []byte) {
	c.leaf = c.b.down(false, toLast)
	return c.at(c.Cursor.Last())
}

func (c *cursor) Seek(key []byte) (k, v []byte) {
	c.leaf = c.b.down(false, toKey(key))
	for c.leaf.high != nil && bytes.Compare(key, c.leaf.last) > 0 {
		c.leaf = c.b.down(false, toKey(c.leaf.high))
	}
	return c.at(c.Cursor.Seek(key))
}

func (c *cursor) Next() (key, value []byte) {
	for c.leaf.high != nil && bytes.Compare(c.key, c.leaf.last) >= 0 {
		c.leaf = c.b.down(false, toKey(c.leaf.high))
	}
	return c.at(c.Cursor.Next())
}

func (c *cursor) Prev() (key, value []byte) {
	for c.leaf.low != nil && bytes.Compare(c.key, c.leaf.first) <= 0 {
		c.leaf = c.b.down(false, toBefore(c.leaf.low))
	}
	return c.at(c.Cursor.Prev())
}

// smallFile is up to which size a file is checked whole when it is opened, in
// bytes: that takes some milliseconds.
const smallFile = 16 << 20

// lookOver checks a file before anything is read of it: whole where that is
// small, else its beginning.
func (f *file) lookOver(small int64) error {
	info, err := os.Stat(f.Path())
	if err != nil {
		return err
	}
	if err := checkSize(f.DB, info.Size()); err != nil {
		return err
	}
	return f.pages.walk(info.Size() <= small)
}

// triesToRead is how often a file's beginning is read while its owner writes on.
const triesToRead = 10

var errMoved = errors.New("the file went on meanwhile")

// walk checks a whole file, or its free list and buckets.
func (p *pages) walk(whole bool) (err error) {
	for range triesToRead {
		err = p.db.View(func(tx *bolt.Tx) error { return p.vet(tx).walk(whole) })
		if err == nil && whole {
			p.noteAll()
		}
		if !errors.Is(err, errMoved) {
			return err
		}
	}
	return flaw(ErrDamaged, "no_state", "its beginning is of no state of it") // nobody else writes in it
}
