package store

import (
	"encoding/binary"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// pair is an element of a page: a key and a value, of a branch the child's number.
type pair struct{ key, value string }

// to is a branch's element.
func to(key string, id uint64) pair {
	return pair{key, string(binary.NativeEndian.AppendUint64(nil, id))}
}

const testPage = 4096

// pageOf is page id of a file, laid out as bbolt does it.
func pageOf(id uint64, flags uint16, pairs ...pair) page {
	var elements, content []byte
	u32 := binary.NativeEndian.AppendUint32
	for i, e := range pairs {
		at := uint32(elementSize*(len(pairs)-i) + len(content))
		if flags == branchFlag {
			elements = append(u32(u32(elements, at), uint32(len(e.key))), e.value...)
			content = append(content, e.key...)
			continue
		}
		elements = u32(u32(u32(u32(elements, 0), at), uint32(len(e.key))), uint32(len(e.value)))
		content = append(append(content, e.key...), e.value...)
	}
	data := headerOf(id, flags, uint16(len(pairs)), 0)
	data = append(append(data, elements...), content...)
	data = append(data, make([]byte, max(0, testPage-len(data)))...)
	p, _ := parsePage(data)
	return p
}

func headerOf(id uint64, flags, count uint16, overflow uint32) []byte {
	header := binary.NativeEndian.AppendUint64(nil, id)
	header = binary.NativeEndian.AppendUint16(header, flags)
	header = binary.NativeEndian.AppendUint16(header, count)
	return binary.NativeEndian.AppendUint32(header, overflow)
}

// marked is a leaf whose first element has these flags.
func marked(flags uint32, p page) page {
	binary.NativeEndian.PutUint32(p.element(0), flags)
	return p
}

// bucketOf is a bucket's value: its root, and what follows.
func bucketOf(root uint64, after ...byte) string {
	value := binary.NativeEndian.AppendUint64(nil, root)
	return string(append(binary.NativeEndian.AppendUint64(value, 0), after...))
}

// A page of a tree is taken for one only where each of its elements is in its
// bounds, in order, and leads to where something can be.
func TestAPageIsCheckedBeforeItIsTrusted(t *testing.T) {
	const pages = 10
	leaf := func(pairs ...pair) page { return pageOf(3, leafFlag, pairs...) }
	branch := func(pairs ...pair) page { return pageOf(3, branchFlag, pairs...) }
	counted := func(n int) page {
		p := leaf(pair{"a", ""})
		p.count = n
		return p
	}
	header, _ := parsePage(headerOf(3, leafFlag, 1, 0)[:pageHeader:pageHeader])
	longKey := func(n int) page { return leaf(pair{strings.Repeat("k", n), ""}) }
	between := bounds{low: []byte("b"), high: []byte("y")}
	inline := pageOf(0, leafFlag, pair{"k", "v"}).data
	for name, c := range map[string]struct {
		page page
		in   bounds
		ok   bool
	}{
		"a leaf":                        {leaf(pair{"c", "1"}, pair{"d", "2"}), between, true},
		"a branch":                      {branch(to("b", 2), to("d", 9)), between, true},
		"of another kind":               {pageOf(3, freelistFlag), bounds{root: true}, false},
		"an empty leaf at a root":       {leaf(), bounds{root: true}, true},
		"an empty leaf within":          {leaf(), bounds{}, false},
		"an empty branch":               {branch(), bounds{root: true}, false},
		"more elements than room":       {counted(testPage/elementSize + 1), bounds{}, false},
		"far more elements":             {counted(0xffff), bounds{}, false},
		"no room for its only element":  {header, bounds{}, false},
		"an element out of its place":   {counted(2), bounds{}, false},
		"no key":                        {leaf(pair{"", "v"}), bounds{}, false},
		"the longest key":               {longKey(maxKeySize), bounds{}, true},
		"a longer one":                  {longKey(maxKeySize + 1), bounds{}, false},
		"a value up to the end":         {leaf(pair{"a", strings.Repeat("v", testPage-pageHeader-elementSize-1)}), bounds{}, true},
		"keys that fall":                {leaf(pair{"d", ""}, pair{"c", ""}), between, false},
		"a key twice":                   {leaf(pair{"c", ""}, pair{"c", ""}), between, false},
		"the least key":                 {leaf(pair{"b", ""}, pair{"c", ""}), between, true},
		"one before it":                 {leaf(pair{"a", ""}, pair{"c", ""}), between, false},
		"the first key too many":        {leaf(pair{"c", ""}, pair{"y", ""}), between, false},
		"one after it":                  {leaf(pair{"c", ""}, pair{"z", ""}), between, false},
		"a child in a file's beginning": {branch(to("c", 1)), between, false},
		"the last page as a child":      {branch(to("c", pages-1)), between, true},
		"a child beyond it":             {branch(to("c", pages)), between, false},
		"itself as a child":             {branch(to("c", 3)), between, false},
		"a bucket among keys":           {marked(bucketElement, leaf(pair{"c", bucketOf(4)})), bounds{}, false},
		"a key among buckets":           {leaf(pair{"c", bucketOf(4)}), bounds{buckets: true}, false},
		"an element of no kind":         {marked(2, leaf(pair{"c", ""})), bounds{}, false},
		"a bucket":                      {marked(bucketElement, leaf(pair{"c", bucketOf(4)})), bounds{buckets: true}, true},
		"a bucket with a page in it":    {marked(bucketElement, leaf(pair{"c", bucketOf(0, inline[:100]...)})), bounds{buckets: true}, true},
		"a bucket that is too short":    {marked(bucketElement, leaf(pair{"c", bucketOf(4)[:inBucket-1]})), bounds{buckets: true}, false},
		"a bucket that is too long":     {marked(bucketElement, leaf(pair{"c", bucketOf(4, 0)})), bounds{buckets: true}, false},
		"a bucket with nothing in it":   {marked(bucketElement, leaf(pair{"c", bucketOf(0)})), bounds{buckets: true}, false},
		"a bucket with half a header":   {marked(bucketElement, leaf(pair{"c", bucketOf(0, inline[:pageHeader-1]...)})), bounds{buckets: true}, false},
		"a bucket with no page's rest":  {marked(bucketElement, leaf(pair{"c", bucketOf(0, inline[:pageHeader]...)})), bounds{buckets: true}, false},
		"an empty bucket":               {marked(bucketElement, leaf(pair{"c", bucketOf(0, headerOf(0, leafFlag, 0, 0)...)})), bounds{buckets: true}, true},
		"a bucket with a branch in it":  {marked(bucketElement, leaf(pair{"c", bucketOf(0, headerOf(0, branchFlag, 0, 0)...)})), bounds{buckets: true}, false},
		"a bucket with a numbered page": {marked(bucketElement, leaf(pair{"c", bucketOf(0, headerOf(7, leafFlag, 0, 0)...)})), bounds{buckets: true}, false},
		"a bucket that overflows":       {marked(bucketElement, leaf(pair{"c", bucketOf(0, headerOf(0, leafFlag, 0, 1)...)})), bounds{buckets: true}, false},
	} {
		err := c.page.check(c.in, pages)
		if (err == nil) != c.ok || err != nil && !errors.Is(err, ErrDamaged) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A free list says which pages are free, rising, and none that no file has.
func TestAFreeListIsCheckedBeforeItIsTrusted(t *testing.T) {
	const pages = 600
	list := func(flags uint16, count uint16, ids ...uint64) page {
		data := headerOf(2, flags, count, 0)
		for _, id := range ids {
			data = binary.NativeEndian.AppendUint64(data, id)
		}
		p, _ := parsePage(append(data, make([]byte, max(0, testPage-len(data)))...))
		return p
	}
	upTo := func(last uint64) (ids []uint64) {
		for id := uint64(2); id <= last; id++ {
			ids = append(ids, id)
		}
		return ids
	}
	const room = (testPage - pageHeader) / 8
	for name, c := range map[string]struct {
		page page
		want []uint64
		ok   bool
	}{
		"none":                    {list(freelistFlag, 0), nil, true},
		"some":                    {list(freelistFlag, 2, 2, 9), []uint64{2, 9}, true},
		"no list":                 {list(leafFlag, 0), nil, false},
		"a page of the beginning": {list(freelistFlag, 1, 1), nil, false},
		"the last page":           {list(freelistFlag, 1, pages-1), []uint64{pages - 1}, true},
		"a page that is none":     {list(freelistFlag, 1, pages), nil, false},
		"a page twice":            {list(freelistFlag, 2, 5, 5), nil, false},
		"falling":                 {list(freelistFlag, 2, 6, 5), nil, false},
		"as many as it holds":     {list(freelistFlag, room, upTo(room+1)...), upTo(room + 1), true},
		"one more":                {list(freelistFlag, room+1, upTo(room+1)...), nil, false},
		"many":                    {list(freelistFlag, manyFree, 3, 4, 6, 8), []uint64{4, 6, 8}, true},
		"as many as it holds then": {
			list(freelistFlag, manyFree, append([]uint64{room - 1}, upTo(room)...)...), upTo(room), true,
		},
		"one more then":            {list(freelistFlag, manyFree, append([]uint64{room}, upTo(room)...)...), nil, false},
		"more than can be counted": {list(freelistFlag, manyFree, 1<<61+3, 4, 6, 8), nil, false},
	} {
		got, err := c.page.free(pages)
		if (err == nil) != c.ok || !slices.Equal(got, c.want) || err != nil && !errors.Is(err, ErrDamaged) {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
}

// fileOf are the pages of a file, from number 2 on, as a transaction sees them.
func fileOf(all ...page) *vetted {
	data := make([]byte, 2*testPage)
	for _, p := range all {
		data = append(data, p.data...)
	}
	return &vetted{data: data, pages: &pages{size: testPage}}
}

// What a page says of itself is trusted up to the file's end.
func TestAPageIsReadInTheFilesBounds(t *testing.T) {
	overflowing := func(id uint64, overflow uint32) page {
		data := append(headerOf(id, leafFlag, 0, overflow), make([]byte, testPage-pageHeader)...)
		p, _ := parsePage(data)
		return p
	}
	file := fileOf(overflowing(2, 0), overflowing(3, 1), overflowing(9, 0), overflowing(5, 3), overflowing(6, 1), overflowing(7, 0))
	for id, pages := range []int{0, 0, 1, 2, 0, 0, 2, 1, 0, 0} {
		p, err := file.page(uint64(id))
		if (err == nil) != (pages > 0) || len(p.data) != pages*testPage || err != nil && !errors.Is(err, ErrDamaged) {
			t.Errorf("page %d: %d bytes, %v", id, len(p.data), err)
		}
	}
	if last := file.count(); last != 8 {
		t.Errorf("%d pages", last)
	}
	if _, err := file.page(1 << 60); !errors.Is(err, ErrDamaged) {
		t.Errorf("a page far away: %v", err)
	}
}

// A tree that goes too deep is damage, for who goes over all of it and for who
// looks for a key.
func TestATreeHasAnEnd(t *testing.T) {
	deep := func(levels int) *vetted {
		var all []page
		for id := uint64(2); len(all) < levels-1; id++ {
			all = append(all, pageOf(id, branchFlag, to("k", id+1)))
		}
		return fileOf(append(all, pageOf(uint64(levels)+1, leafFlag, pair{"k", "v"}))...)
	}
	for levels, ok := range map[int]bool{1: true, 2: true, deepest: true, deepest + 1: false, deepest + 9: false} {
		w := walker{vetted: deep(levels)}
		if err := w.tree(2, bounds{root: true}, true, deepest); (err == nil) != ok || !ok && !strings.Contains(fmt.Sprint(err), "too deep") {
			t.Errorf("%d levels, over all: %v", levels, err)
		}
		err := guard(func() error { deep(levels).down(2, false, false, toFirst); return nil })
		if (err == nil) != ok || !ok && !strings.Contains(fmt.Sprint(err), "too deep") {
			t.Errorf("%d levels, down: %v", levels, err)
		}
	}
}

// A page is checked once, with those beside it where bbolt will read them.
func TestThePagesBesideAKeyAreCheckedWhereOneIsDeleted(t *testing.T) {
	leaf := func(id uint64, key string) page { return pageOf(id, leafFlag, pair{key, "v"}) }
	good := func() []page {
		return []page{pageOf(2, branchFlag, to("a", 3), to("c", 4), to("e", 5), to("g", 6)), leaf(3, "a"), leaf(4, "c"), leaf(5, "e"), leaf(6, "g")}
	}
	for key, c := range map[string]struct{ on, beside []int }{
		"a": {[]int{3}, []int{4}},
		"c": {[]int{4}, []int{3, 5}},
		"f": {[]int{5}, []int{4, 6}},
		"z": {[]int{6}, []int{5}},
	} {
		for bad := 3; bad <= 6; bad++ {
			for _, beside := range []bool{false, true} {
				all := good()
				all[bad-2] = pageOf(uint64(bad), leafFlag) // empty
				err := guard(func() error { fileOf(all...).down(2, false, beside, toKey([]byte(key))); return nil })
				want := slices.Contains(c.on, bad) || beside && slices.Contains(c.beside, bad)
				if (err != nil) != want || want && !strings.Contains(err.Error(), fmt.Sprint("page ", bad)) {
					t.Errorf("to %s, beside %v, page %d is bad: %v", key, beside, bad, err)
				}
			}
		}
	}
	file := fileOf(good()...)
	s := file.down(2, false, false, toKey([]byte("d")))
	if string(s.first) != "c" || string(s.last) != "c" || string(s.low) != "c" || string(s.high) != "e" {
		t.Errorf("%+v", s)
	}
	if empty := fileOf(pageOf(2, leafFlag)).down(2, false, false, toFirst); empty.first != nil || empty.last != nil {
		t.Errorf("nothing has a first and a last: %+v", empty)
	}
	copy(file.data[4*testPage:], make([]byte, testPage))
	copy(file.data[4*testPage:], headerOf(4, leafFlag, 0, 0))
	if err := guard(func() error { file.down(2, false, false, toKey([]byte("d"))); return nil }); err != nil {
		t.Errorf("it is checked again: %v", err)
	}
}

// A set of page numbers has what was added, and takes room where there are some.
func TestASetOfPageNumbersHasWhatWasAdded(t *testing.T) {
	var b bits
	added := []uint64{0, 1, 63, 64, 65, 4095, 4096, 1 << 20}
	for _, n := range added {
		if b.has(n) {
			t.Errorf("%d before it is added", n)
		}
		b.add(n)
	}
	for _, n := range added {
		if !b.has(n) || b.has(n+7) {
			t.Errorf("%d: %v, %d: %v", n, b.has(n), n+7, b.has(n+7))
		}
	}
	if len(b) != 3 {
		t.Errorf("%d pieces for eight numbers in three places", len(b))
	}
}

// A file's beginning is one only where it is whole.
func TestABeginningIsAWholeOne(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal")
	s := openAt(t, path)
	err := s.view(func(tx *vetted) error {
		first, ok := tx.beginPage()
		if _, again := parseMeta(first); !ok || !again {
			t.Error("the file's own is none")
		}
		for size, want := range map[int]bool{pageHeader + metaSize: true, pageHeader + metaSize - 1: false, pageHeader: false} {
			short := first
			short.data = first.data[:size:size]
			if _, ok := parseMeta(short); ok != want {
				t.Errorf("%d bytes: %v", size, ok)
			}
		}
		for pages, want := range map[int][2]bool{0: {}, 1: {true, false}, 2: {true, true}} {
			size := tx.pages.size
			file := &vetted{data: tx.data[: pages*size : pages*size], pages: tx.pages}
			for id, want := range want {
				if _, ok := file.metaOf(uint64(id)); ok != want {
					t.Errorf("beginning %d of %d pages: %v", id, pages, ok)
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}
