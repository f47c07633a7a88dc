package store

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/fnv"
)

// The form of a bbolt file's pages, after bbolt's own source (internal/common,
// version 2 of its format): a header, elements, then keys and values without a
// hole. Numbers are in the machine's order.
const (
	pageHeader  = 16 // id, flags, count, overflow
	elementSize = 16
	inBucket    = 16 // a bucket's root and sequence, before a page that is in it
	maxKeySize  = 32768
	metaSize    = 64

	branchFlag   = 0x01
	leafFlag     = 0x02
	metaFlag     = 0x04
	freelistFlag = 0x10

	bucketElement = 0x01
	manyFree      = 0xFFFF // then the first element is the count
)

// page is a page in its bounds, with the pages that it overflows into.
type page struct {
	id    uint64
	flags uint16
	count int
	data  []byte
}

func (p page) leaf() bool           { return p.flags == leafFlag }
func (p page) element(i int) []byte { return p.data[pageHeader+i*elementSize:][:elementSize] }

// sizes are where an element's key begins, from the page's begin, and how long
// key and value are.
func (p page) sizes(i int) (at, key, value uint64) {
	e, u32 := p.element(i), binary.NativeEndian.Uint32
	begin := uint64(pageHeader + i*elementSize)
	if p.leaf() {
		return begin + uint64(u32(e[4:])), uint64(u32(e[8:])), uint64(u32(e[12:]))
	}
	return begin + uint64(u32(e)), uint64(u32(e[4:])), 0
}

func (p page) key(i int) []byte {
	at, n, _ := p.sizes(i)
	return p.data[at : at+n]
}

func (p page) value(i int) []byte {
	at, k, n := p.sizes(i)
	return p.data[at+k : at+k+n]
}

func (p page) isBucket(i int) bool {
	return binary.NativeEndian.Uint32(p.element(i))&bucketElement != 0
}
func (p page) child(i int) uint64 { return binary.NativeEndian.Uint64(p.element(i)[8:]) }

func badPage(id uint64, format string, args ...any) error {
	return flaw(ErrDamaged, "page", "page {page} {fault}", "page", id, "fault", fmt.Sprintf(format, args...))
}

// parsePage reads a page's header; what is after it is not checked.
func parsePage(data []byte) (p page, overflow uint64) {
	return page{
		id:    binary.NativeEndian.Uint64(data),
		flags: binary.NativeEndian.Uint16(data[8:]),
		count: int(binary.NativeEndian.Uint16(data[10:])),
		data:  data,
	}, uint64(binary.NativeEndian.Uint32(data[12:]))
}

// bounds are where in a tree a page is: keys are from low to before high, which
// are nil where nothing bounds them.
type bounds struct {
	low, high []byte
	root      bool // of its tree
	buckets   bool // the tree has buckets, and nothing else
}

// check checks a branch or leaf whole; pages says how many the file has.
func (p page) check(in bounds, pages uint64) error {
	switch {
	case p.flags != leafFlag && p.flags != branchFlag:
		return badPage(p.id, "is no part of a tree: %#x", p.flags)
	case p.count == 0 && (!in.root || !p.leaf()):
		return badPage(p.id, "is empty")
	case pageHeader+p.count*elementSize > len(p.data):
		return badPage(p.id, "has %d elements", p.count)
	}
	next, before := uint64(pageHeader+p.count*elementSize), in.low
	for i := range p.count {
		at, k, v := p.sizes(i)
		if at != next || k == 0 || k > maxKeySize || at+k+v > uint64(len(p.data)) {
			return badPage(p.id, "has an element out of its bounds")
		}
		next = at + k + v
		key := p.key(i)
		if order := bytes.Compare(before, key); before != nil && (order > 0 || order == 0 && i > 0) || in.high != nil && bytes.Compare(key, in.high) >= 0 {
			return badPage(p.id, "has keys out of their order")
		}
		before = key
		if err := p.checkElement(i, in, pages); err != nil {
			return err
		}
	}
	return nil
}

func (p page) checkElement(i int, in bounds, pages uint64) error {
	if !p.leaf() {
		if child := p.child(i); child < 2 || child >= pages || child == p.id {
			return badPage(p.id, "leads to page %d", child)
		}
		return nil
	}
	if flags := binary.NativeEndian.Uint32(p.element(i)); flags > bucketElement || p.isBucket(i) != in.buckets {
		return badPage(p.id, "has an element of another kind: %#x", flags)
	}
	if in.buckets {
		_, _, err := p.bucket(i)
		return err
	}
	return nil
}

// bucket is the root page of a bucket, or 0 and the page that is in it.
func (p page) bucket(i int) (root uint64, inline page, err error) {
	value := p.value(i)
	if len(value) < inBucket {
		return 0, page{}, badPage(p.id, "has a bucket of %d bytes", len(value))
	}
	if root = binary.NativeEndian.Uint64(value); root != 0 {
		if len(value) != inBucket {
			return 0, page{}, badPage(p.id, "has a bucket of %d bytes", len(value))
		}
		return root, page{}, nil
	}
	if len(value) < inBucket+pageHeader {
		return 0, page{}, badPage(p.id, "has a bucket of %d bytes", len(value))
	}
	inline, overflow := parsePage(value[inBucket:])
	if !inline.leaf() || inline.id != 0 || overflow != 0 {
		return 0, page{}, badPage(p.id, "has a bucket with a page of another kind: %#x", inline.flags)
	}
	return 0, inline, inline.check(bounds{root: true}, 0)
}

// free are the page numbers of a free list.
func (p page) free(pages uint64) ([]uint64, error) {
	count, from := uint64(p.count), uint64(pageHeader)
	if p.flags != freelistFlag {
		return nil, badPage(p.id, "is no free list: %#x", p.flags)
	}
	if count == manyFree {
		count, from = binary.NativeEndian.Uint64(p.data[from:]), from+8
	}
	if count > (uint64(len(p.data))-from)/8 {
		return nil, badPage(p.id, "lists %d free pages", count)
	}
	ids := make([]uint64, count)
	before := uint64(1)
	for i := range ids {
		ids[i] = binary.NativeEndian.Uint64(p.data[from+uint64(i)*8:])
		if ids[i] <= before || ids[i] >= pages {
			return nil, badPage(p.id, "lists page %d as free", ids[i])
		}
		before = ids[i]
	}
	return ids, nil
}

// meta is one of the two pages with which a file begins.
type meta struct{ root, freelist, pages, txid uint64 }

// noFreelist stands where a file has no list.
const noFreelist = ^uint64(0)

// parseMeta reads a meta page; ok is false when its checksum is wrong.
func parseMeta(p page) (m meta, ok bool) {
	if len(p.data) < pageHeader+metaSize || p.flags != metaFlag {
		return m, false
	}
	b, u64 := p.data[pageHeader:], binary.NativeEndian.Uint64
	sum := fnv.New64a()
	_, _ = sum.Write(b[:metaSize-8])
	m = meta{root: u64(b[16:]), freelist: u64(b[32:]), pages: u64(b[40:]), txid: u64(b[48:])}
	return m, sum.Sum64() == u64(b[metaSize-8:])
}
