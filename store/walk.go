package store

import (
	"bytes"
	"time"
)

// walker goes over a file's pages, each once.
type walker struct {
	*vetted
	reached bits
	n       uint64 // how many
}

// walk checks the file's free list and tree of buckets, and with whole every
// page: what is in a tree is in one and not free, and there is no other.
func (t *vetted) walk(whole bool) error {
	w := walker{vetted: t}
	free, err := w.list()
	if err != nil {
		return err
	}
	err = w.tree(t.rootPage(), bounds{root: true, buckets: true}, whole, deepest)
	if err != nil || !whole {
		return err
	}
	for _, id := range free {
		if w.reached.has(id) {
			return badPage(id, "is in use and listed as free")
		}
	}
	if lost := t.count() - 2 - w.n - uint64(len(free)); lost != 0 {
		return flaw(ErrDamaged, "free_list", "the free list has lost {pages} pages", "pages", lost)
	}
	return nil
}

// reach notes a page, and those that it overflows into.
func (w *walker) reach(p page) error {
	for id := p.id; id < p.id+uint64(len(p.data)/w.pages.size); id++ {
		if w.reached.has(id) {
			return badPage(id, "is reached twice")
		}
		w.reached.add(id)
		w.n++
	}
	return nil
}

// metaOf is a meta page; ok is false while it is being written.
func (t *vetted) metaOf(id uint64) (meta, bool) {
	size := uint64(t.pages.size)
	if uint64(len(t.data)) < (id+1)*size {
		return meta{}, false
	}
	p, _ := parsePage(t.data[id*size:][:size])
	return parseMeta(p)
}

// begin is what the meta page of the transaction's state says; ok is false when it
// has been written over since.
func (t *vetted) begin() (m meta, ok bool) {
	p, ok := t.beginPage()
	if ok {
		m, ok = parseMeta(p)
	}
	return m, ok
}

// beginPage is a copy of that page.
func (t *vetted) beginPage() (page, bool) {
	for id := range uint64(2) { // in a backup it is not where its number says
		if m, ok := t.metaOf(id); ok && m.txid == uint64(t.ID()) {
			data := bytes.Clone(t.data[int(id)*t.pages.size:][:t.pages.size])
			p, _ := parsePage(data)
			again, ok := parseMeta(p)
			return p, ok && again == m
		}
	}
	return page{}, false
}

// list reads the free list of the transaction's state.
func (w *walker) list() ([]uint64, error) {
	m, ok := w.begin()
	if !ok {
		return nil, errMoved
	}
	if m.freelist == noFreelist {
		return nil, badPage(0, "has no free list")
	}
	p, err := w.page(m.freelist)
	if err != nil {
		return nil, err
	}
	free, err := p.free(w.count())
	if err != nil {
		return nil, err
	}
	return free, w.reach(p)
}

// tree checks a tree from a page on; of the tree of buckets also the buckets.
func (w *walker) tree(id uint64, in bounds, whole bool, depth int) error {
	p, err := w.page(id)
	if err == nil {
		err = p.check(in, w.count())
	}
	if err == nil {
		err = w.reach(p)
	}
	if err != nil {
		return err
	}
	w.pages.note(id)
	if depth == 0 {
		return badPage(id, "is too deep")
	}
	for i := range p.count {
		switch {
		case !p.leaf():
			if in.buckets || whole {
				err = w.tree(p.child(i), p.within(i, in), whole, depth-1)
			}
		case in.buckets:
			var root uint64
			if root, _, err = p.bucket(i); err == nil && root != 0 {
				err = w.tree(root, bounds{root: true}, whole, deepest)
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// metaWait is how long a beginning may be under way, while its owner writes it.
const metaWait = 20 * time.Millisecond

// bothMetas says whether both of a file's beginnings are whole: where one is not,
// bbolt goes on from the state before. A power cut may leave one so until the
// next step.
func (t *vetted) bothMetas() error {
	for id := range uint64(2) {
		_, ok := t.metaOf(id)
		for until := time.Now().Add(metaWait); !ok && time.Now().Before(until); _, ok = t.metaOf(id) {
			time.Sleep(time.Millisecond)
		}
		if !ok {
			return flaw(nil, "beginning", "page {page} is no beginning of a file: the last step may be missing", "page", id)
		}
	}
	return nil
}
