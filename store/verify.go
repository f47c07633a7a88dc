package store

import (
	"bytes"
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"path/filepath"
	"slices"
	"strings"

	"onetrans/flows/core/txn"
)

// Fault is something that is wrong with a journal.
type Fault struct {
	// Seq is the entry that it is about; 0: the file.
	Seq uint64
	// What is wrong: mostly a [*Flaw].
	What error
	// Adopted says that a person took the journal on after this entry was written.
	Adopted bool
}

// maxFaults is how many faults are told; more say nothing more.
const maxFaults = 100

// Proof is what came of verifying a journal.
type Proof struct {
	Terminal string // the name that it goes by
	Head     Head
	Entries  uint64 // in the file
	Archived uint64 // in archives
	Trades   uint64
	Open     uint64
	Bytes    int64 // of the entries
	Faults   []Fault
	// Damaged says that the file is no whole one: a backup must take its place.
	Damaged bool
	// More says that there were more faults than are told.
	More bool
	// Before are the files that migrations have left beside it.
	Before []string
}

// Whole says whether nothing is wrong that no person has taken on.
func (p Proof) Whole() bool {
	for _, f := range p.Faults {
		if !f.Adopted {
			return false
		}
	}
	return true
}

// Verify proves the whole journal: every page, every entry's link, the head, and
// that the trades and the indexes are what the entries imply. Entries that were
// archived are proved by their archives, where these are given. An
// error is ctx's, or that the file can't be read on.
func (s *Store) Verify(ctx context.Context, archives ...*Store) (Proof, error) {
	v := verifier{Store: s, ctx: ctx, archives: map[string]*Store{}, refs: map[string]string{}, gone: map[uint64][]byte{}}
	for _, a := range archives {
		v.archives[filepath.Base(a.path)] = a
	}
	defer readAhead(s.path)()
	err := s.whole(v.all)
	v.proof.Before = Before(s.path)
	if errors.Is(err, ErrDamaged) {
		v.fault(0, err)
		v.proof.Damaged, err = true, nil
	}
	return v.proof, err
}

// verifier is a verification under way.
type verifier struct {
	*Store
	ctx      context.Context
	archives map[string]*Store
	tx       *vetted
	proof    Proof
	adopted  uint64
	// lastAdoption is the last that the log has.
	lastAdoption uint64
	// gone stand for the trades that went to archives, by the entries that say so.
	gone map[uint64][]byte
	// desk and cards are how many trades shall be in these indexes.
	desk, cards uint64
	// refs are those that a trade's entry before had, so that they are looked up once.
	refs map[string]string
}

// wrong tells a flaw that nothing but a verification finds.
func (v *verifier) wrong(seq uint64, key, text string, values ...any) {
	v.fault(seq, flaw(nil, key, text, values...))
}

// fault tells what is wrong, at an entry or, with 0, with the file.
func (v *verifier) fault(seq uint64, what error) {
	if len(v.proof.Faults) == maxFaults {
		v.proof.More = true
		return
	}
	v.proof.Faults = append(v.proof.Faults, Fault{seq, what, seq > 0 && seq < v.adopted})
}

func (v *verifier) all(tx *vetted) error {
	v.tx = tx
	if err := tx.bothMetas(); err != nil {
		v.fault(0, err)
	}
	v.checkAdoption()
	if err := v.checkChain(); err != nil {
		return err
	}
	v.checkCounts()
	if v.lastAdoption != v.adopted && !v.archive() {
		v.wrong(0, "adoption", "the last adoption is entry {entry}, and {noted} is noted", "entry", v.lastAdoption, "noted", v.adopted)
	}
	if err := v.checkSecrets(); err != nil {
		return err
	}
	if err := v.checkPruned(); err != nil {
		return err
	}
	if !v.archive() && !v.copy {
		for _, check := range []func(*vetted) error{v.checkPlace, v.checkHead, v.checkWitness} {
			if err := check(tx); err != nil {
				v.fault(0, err)
			}
		}
	}
	return nil
}

func (v *verifier) checkAdoption() {
	p, err := v.adoption(v.tx)
	if err != nil {
		v.fault(0, err)
	}
	v.adopted = p.at
	v.proof.Terminal = p.terminal(v.tx)
	if err == nil && !v.archive() && v.proof.Terminal != v.terminal {
		v.wrong(0, "terminal", `it is the journal of terminal "{theirs}", and this is "{ours}"`, "theirs", []byte(v.proof.Terminal), "ours", v.terminal)
	}
}

// archive says whether this is one: it has no head, and no end of its own.
func (v *verifier) archive() bool { return v.tx.Bucket(bucketMeta).Get(keyArchive) != nil }

// checkChain goes over all entries and gaps.
func (v *verifier) checkChain() error {
	links := v.keys.checkLinks()
	err := v.checkEntries(links)
	bad, failed := links.end()
	for _, seq := range bad {
		v.fault(seq, alteredEntry(nil, seq))
	}
	slices.SortStableFunc(v.proof.Faults, func(a, b Fault) int { return cmp.Compare(a.Seq, b.Seq) })
	return errors.Join(err, failed)
}

func (v *verifier) checkEntries(links *linkCheck) error {
	link, next := v.keys.begin(string(v.tx.Bucket(bucketMeta).Get(keyTerminal))), uint64(1)
	c := v.tx.Bucket(bucketLog).Cursor()
	for k, raw := c.First(); k != nil; k, raw = c.Next() {
		if len(k) != 8 || len(raw) < linkSize {
			v.wrong(0, "no_entry", "something in the log is no entry")
			continue
		}
		seq := binary.BigEndian.Uint64(k)
		if err := v.ctx.Err(); err != nil {
			return err
		}
		if seq < next {
			return flaw(ErrDamaged, "order", "the log's pages are not in order") // and may go in a circle
		}
		link = v.over(link, next, seq)
		if link != nil {
			links.add(linked{seq, link, raw})
		}
		v.checkEntry(seq, raw)
		link, next = value(raw).link(), seq+1
		v.proof.Entries++
		v.proof.Bytes += int64(len(raw))
	}
	end := next - 1
	if allocated := v.tx.Bucket(bucketLog).Sequence(); allocated > end && v.archive() {
		link = v.over(link, next, allocated+1)
		end = allocated
	} else if allocated != end {
		v.wrong(0, "end", "its end was cut off: it had {had} entries and has {has}", "had", allocated, "has", end)
	}
	v.proof.Head = Head{end, bytes.Clone(link)}
	return nil
}

// over goes over the gaps from next to before seq; nil when what was there is
// not known.
func (v *verifier) over(link []byte, next, seq uint64) []byte {
	for next < seq {
		g, found, err := v.gapWith(v.tx, next)
		switch {
		case err != nil:
			v.fault(next, err)
			return nil
		case !found || g.From != next || g.To >= seq:
			v.wrong(next, "entries_missing", "the entries {from} to {to} are missing", "from", next, "to", seq-1)
			return nil
		}
		if !same(g.Before, link) {
			v.wrong(next, "archive_before", "the entries {from} to {to}, now in {archive}, do not follow what is before them", "from", g.From, "to", g.To, "archive", g.Archive)
		}
		v.proof.Archived += g.To - g.From + 1
		if archive, ok := v.archives[g.Archive]; ok {
			v.checkArchived(archive, g)
		}
		link, next = g.After, g.To+1
	}
	return link
}

// checkArchived proves that an archive fills a gap.
func (v *verifier) checkArchived(archive *Store, g gap) {
	err := archive.view(func(tx *vetted) error {
		link := g.Before
		for seq := g.From; seq <= g.To; seq++ {
			entry := value(tx.Bucket(bucketLog).Get(number(seq)))
			if !same(entry.link(), v.keys.link(link, seq, entry.body())) {
				return flaw(nil, "archive_entry", "the archive {archive} does not have entry {entry} as it was", "archive", g.Archive, "entry", seq)
			}
			link = bytes.Clone(entry.link())
		}
		if !same(link, g.After) {
			return flaw(nil, "archive_after", "the archive {archive} does not lead on to entry {entry}", "archive", g.Archive, "entry", g.To+1)
		}
		return nil
	})
	if err != nil {
		v.fault(g.From, err)
	}
}

// checkEntry compares an entry with the indexes, where it is its trade's last.
func (v *verifier) checkEntry(seq uint64, entry value) {
	h, err := entry.header(seq)
	if err != nil {
		v.fault(seq, err)
		return
	}
	if h.Born == 0 {
		v.checkOwn(seq, h)
		return
	}
	if h.Prev >= seq || h.Order > seq || h.Born > seq || (h.Prev == 0) != (h.Born == seq) {
		v.wrong(seq, "entry_order", "entry {entry} does not follow its trade's others", "entry", seq)
	}
	v.checkRefs(seq, h)
	at := v.tx.Bucket(bucketTrades).Get(h.key())
	if len(at) != 8 {
		v.wrong(seq, "not_listed", "trade {trade} is not listed", "trade", h.No)
		return
	}
	switch last := binary.BigEndian.Uint64(at); {
	case last < seq:
		v.wrong(seq, "listed_before", "trade {trade} is listed as it stood at entry {listed}, and went on at entry {entry}", "trade", h.No, "listed", last, "entry", seq)
	case last == seq:
		v.checkLast(seq, h)
	}
}

// checkOwn notes what an entry about the journal itself says.
func (v *verifier) checkOwn(seq uint64, h header) {
	switch {
	case h.Event == eventAdopted:
		v.lastAdoption = seq
	case h.Event == eventPruned && len(h.Gone) > 0 && !v.archive():
		v.gone[seq] = h.Gone
	}
}

func (v *verifier) checkLast(seq uint64, h header) {
	v.proof.Trades++
	if !h.Final {
		v.proof.Open++
	}
	if h.Desk {
		v.desk++
	}
	if len(h.Card) > 0 {
		v.cards++
	}
	for _, at := range places(h, number(h.Born)) {
		if v.tx.Bucket(at.bucket).Get(at.entry) == nil {
			v.wrong(seq, "not_indexed", "trade {trade} is not in the index {index}", "trade", h.No, "index", at.bucket)
		}
	}
	if h.Order != seq && v.tx.Bucket(bucketLog).Get(number(h.Order)) == nil {
		v.wrong(seq, "no_order", "the order of trade {trade}, entry {entry}, is missing", "trade", h.No, "entry", h.Order)
	}
	if h.Final && v.tx.Bucket(bucketSecrets).Get(h.key()) != nil {
		v.wrong(seq, "not_erased", "the credentials of trade {trade} were not erased", "trade", h.No)
	}
}

// maxRefs is how many trades' refs are remembered.
const maxRefs = 4096

// checkRefs checks that a trade is found by what it has, or once had.
func (v *verifier) checkRefs(seq uint64, h header) {
	k, all := string(h.key()), strings.Join(h.Refs, "\x00")
	if len(h.Refs) == 0 || v.refs[k] == all {
		return
	}
	if len(v.refs) >= maxRefs {
		clear(v.refs)
	}
	v.refs[k] = all
	for _, ref := range h.Refs {
		if v.tx.Bucket(bucketRefs).Get(refKey(ref, h.key())) == nil {
			v.wrong(seq, "not_indexed", "trade {trade} is not in the index {index}", "trade", h.No, "index", bucketRefs)
		}
	}
}

// checkSecrets checks that what there is of credentials is as it was written.
func (v *verifier) checkSecrets() error {
	return v.tx.Bucket(bucketSecrets).ForEach(func(k, raw []byte) error {
		if _, _, err := v.keys.kept(k, raw); err != nil {
			v.fault(0, err)
		}
		return v.ctx.Err()
	})
}

// checkPruned checks the numbers that are in archives, by the entries that say so.
func (v *verifier) checkPruned() error {
	sums := map[uint64]goneSum{}
	err := v.tx.Bucket(bucketPruned).ForEach(func(k, at []byte) error {
		if len(at) != 8 {
			v.fault(0, badIndex(nil, bucketPruned))
			return nil
		}
		seq := binary.BigEndian.Uint64(at)
		sum := sums[seq]
		sum.add(v.keys, k)
		sums[seq] = sum
		return v.ctx.Err()
	})
	for seq, gone := range v.gone {
		if sum := sums[seq]; !same(gone, sum[:]) {
			v.wrong(seq, "other_archived", "the numbers that were archived at entry {entry} are not those that are listed", "entry", seq)
		}
	}
	for seq := range sums {
		if p, err := entryAt(v.tx, seq); err != nil || p.Event != eventPruned || p.Born != 0 {
			v.wrong(0, "not_archived", "entry {entry} says nothing of what was archived", "entry", seq)
		}
	}
	return err
}

// goneSum stands for a set of trades that went to an archive, in any order.
type goneSum [tagSize]byte

func (g *goneSum) add(k keys, trade []byte) {
	for i, b := range k.hidden("gone", string(trade)) {
		g[i] ^= b
	}
}

// checkCounts finds what indexes have and no entry implies.
func (v *verifier) checkCounts() {
	for _, index := range []struct {
		bucket []byte
		want   uint64
	}{
		{bucketTrades, v.proof.Trades},
		{bucketOpen, v.proof.Open},
		{bucketDesk, v.desk},
		{bucketStates, v.proof.Trades},
		{bucketDays, v.proof.Trades},
		{bucketCards, v.cards},
	} {
		if n := count(v.tx.Bucket(index.bucket)); n != index.want {
			v.wrong(0, "index_count", "the index {index} lists {listed} trades, the entries say {trades}", "index", index.bucket, "listed", n, "trades", index.want)
		}
	}
	if open, err := v.opened(v.tx); err == nil && !v.archive() && open != v.proof.Open {
		v.wrong(v.proof.Head.Seq, "last_count", "{open} trades are open, the last entry says {said}", "open", v.proof.Open, "said", open)
	}
}

// count is how many keys a bucket has.
func count(b *bucket) (n uint64) {
	_ = b.ForEach(func(_, _ []byte) error { // which only fails where this does
		n++
		return nil
	})
	return n
}

// Knows says whether the journal's chain once ended with head, such as a
// receipt has one: nil, or ErrRefused with what is wrong. It gives
// [txn.ErrArchived] when only an archive can say.
func (s *Store) Knows(head Head) error {
	return s.view(func(tx *vetted) error {
		end, err := s.end(tx)
		if err != nil {
			return err
		}
		if g, found, err := s.gapWith(tx, head.Seq); err != nil || found && head.Seq < g.To {
			return cmp.Or(err, flaw(txn.ErrArchived, "archived_entry", "entry {entry} is in {archive}", "entry", head.Seq, "archive", g.Archive))
		}
		if head.Seq > end.Seq {
			return older(end, head)
		}
		return s.checkKnown(tx, head)
	})
}
