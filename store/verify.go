package store

import (
	"bytes"
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"onetrans/flows/txn"
)

// About is what of a journal a fault is in.
type About string

// What a fault may be in.
const (
	AboutPages       About = "pages"       // the file's own structure
	AboutEntries     About = "entries"     // an entry altered or missing
	AboutTrades      About = "trades"      // the list of trades, or an index, is not what the entries say
	AboutArchive     About = "archive"     // what was archived
	AboutCredentials About = "credentials" // the credentials of trades
	AboutAdoption    About = "adoption"    // the note of who took it on
	AboutPlace       About = "place"       // another terminal's, machine's or folder's
	AboutHead        About = "head"        // a head, beside it or elsewhere, that is missing or says nothing
	AboutAge         About = "age"         // older than a head knows it
	AboutLoss        About = "loss"        // a journal that is gone
)

// Abouts are all that a fault may be in.
func Abouts() []About {
	return []About{AboutPages, AboutEntries, AboutTrades, AboutArchive, AboutCredentials, AboutAdoption, AboutPlace, AboutHead, AboutAge, AboutLoss}
}

// Fault is something that is wrong with a journal.
type Fault struct {
	About About
	// Seq is the entry that it is about; 0: the file.
	Seq uint64
	// What is wrong, in words.
	What string
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
	v := verifier{Store: s, ctx: ctx, archives: map[string]*Store{}, refs: map[string]string{}}
	for _, a := range archives {
		v.archives[filepath.Base(a.path)] = a
	}
	defer readAhead(s.path)()
	err := s.whole(v.all)
	v.proof.Before = Before(s.path)
	if errors.Is(err, ErrDamaged) {
		v.fault(0, AboutPages, "%v", err)
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
	// desk and cards are how many trades shall be in these indexes.
	desk, cards uint64
	// refs are those that a trade's entry before had, so that they are looked up once.
	refs map[string]string
}

func (v *verifier) fault(seq uint64, about About, format string, args ...any) {
	if len(v.proof.Faults) == maxFaults {
		v.proof.More = true
		return
	}
	v.proof.Faults = append(v.proof.Faults, Fault{about, seq, fmt.Sprintf(format, args...), seq > 0 && seq < v.adopted})
}

func (v *verifier) all(tx *vetted) error {
	v.tx = tx
	if err := tx.bothMetas(); err != nil {
		v.fault(0, AboutPages, "%v", err)
	}
	v.checkAdoption()
	if err := v.checkChain(); err != nil {
		return err
	}
	v.checkCounts()
	if v.lastAdoption != v.adopted && !v.archive() {
		v.fault(0, AboutAdoption, "the last adoption is entry %d, and %d is noted", v.lastAdoption, v.adopted)
	}
	if err := v.checkSecrets(); err != nil {
		return err
	}
	if err := v.checkPruned(); err != nil {
		return err
	}
	if !v.archive() && !v.copy {
		for _, check := range []struct {
			about About
			check func(*vetted) error
		}{
			{AboutPlace, v.checkPlace},
			{AboutHead, v.checkHead},
			{AboutHead, v.checkWitness},
		} {
			if err := check.check(tx); errors.Is(err, ErrPutBack) {
				v.fault(0, AboutAge, "%v", err)
			} else if err != nil {
				v.fault(0, check.about, "%v", err)
			}
		}
	}
	return nil
}

func (v *verifier) checkAdoption() {
	p, err := v.adoption(v.tx)
	if err != nil {
		v.fault(0, AboutAdoption, "%v", err)
	}
	v.adopted = p.at
	v.proof.Terminal = p.terminal(v.tx)
	if err == nil && !v.archive() && v.proof.Terminal != v.terminal {
		v.fault(0, AboutPlace, "it is the journal of terminal %q, and this is %q", v.proof.Terminal, v.terminal)
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
		v.fault(seq, AboutEntries, "entry %d was altered", seq)
	}
	slices.SortStableFunc(v.proof.Faults, func(a, b Fault) int { return cmp.Compare(a.Seq, b.Seq) })
	return errors.Join(err, failed)
}

func (v *verifier) checkEntries(links *linkCheck) error {
	link, next := v.keys.begin(string(v.tx.Bucket(bucketMeta).Get(keyTerminal))), uint64(1)
	c := v.tx.Bucket(bucketLog).Cursor()
	for k, raw := c.First(); k != nil; k, raw = c.Next() {
		if len(k) != 8 || len(raw) < linkSize {
			v.fault(0, AboutEntries, "something in the log is no entry")
			continue
		}
		seq := binary.BigEndian.Uint64(k)
		if err := v.ctx.Err(); err != nil {
			return err
		}
		if seq < next {
			return fmt.Errorf("%w: the log's pages are not in order", ErrDamaged) // and may go in a circle
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
		v.fault(0, AboutEntries, "its end is at entry %d, and it had %d", end, allocated)
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
			v.fault(next, AboutArchive, "%v", err)
			return nil
		case !found || g.From != next || g.To >= seq:
			v.fault(next, AboutEntries, "the entries %d to %d are missing", next, seq-1)
			return nil
		}
		if !same(g.Before, link) {
			v.fault(next, AboutArchive, "the entries %d to %d, now in %s, do not follow what is before them", g.From, g.To, g.Archive)
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
				return fmt.Errorf("the archive %s does not have entry %d as it was", g.Archive, seq)
			}
			link = bytes.Clone(entry.link())
		}
		if !same(link, g.After) {
			return fmt.Errorf("the archive %s does not lead on to entry %d", g.Archive, g.To+1)
		}
		return nil
	})
	if err != nil {
		v.fault(g.From, AboutArchive, "%v", err)
	}
}

// checkEntry compares an entry with the indexes, where it is its trade's last.
func (v *verifier) checkEntry(seq uint64, entry value) {
	h, err := entry.header(seq)
	if err != nil {
		v.fault(seq, AboutEntries, "%v", err)
		return
	}
	if h.Born == 0 {
		if h.Event == eventAdopted {
			v.lastAdoption = seq
		}
		return
	}
	if h.Prev >= seq || h.Order > seq || h.Born > seq || (h.Prev == 0) != (h.Born == seq) {
		v.fault(seq, AboutTrades, "entry %d does not follow its trade's others", seq)
	}
	v.checkRefs(seq, h)
	at := v.tx.Bucket(bucketTrades).Get(h.key())
	if len(at) != 8 {
		v.fault(seq, AboutTrades, "trade %s is not listed", h.No)
		return
	}
	switch last := binary.BigEndian.Uint64(at); {
	case last < seq:
		v.fault(seq, AboutTrades, "trade %s is listed as it stood at entry %d, and went on at entry %d", h.No, last, seq)
	case last == seq:
		v.checkLast(seq, h)
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
			v.fault(seq, AboutTrades, "trade %s is not in the index %s", h.No, at.bucket)
		}
	}
	if h.Order != seq && v.tx.Bucket(bucketLog).Get(number(h.Order)) == nil {
		v.fault(seq, AboutTrades, "the order of trade %s, entry %d, is missing", h.No, h.Order)
	}
	if h.Final && v.tx.Bucket(bucketSecrets).Get(h.key()) != nil {
		v.fault(seq, AboutCredentials, "the credentials of trade %s were not erased", h.No)
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
			v.fault(seq, AboutTrades, "trade %s is not in the index %s", h.No, bucketRefs)
		}
	}
}

// checkSecrets checks that what there is of credentials is as it was written.
func (v *verifier) checkSecrets() error {
	return v.tx.Bucket(bucketSecrets).ForEach(func(k, raw []byte) error {
		if _, _, err := v.keys.kept(k, raw); err != nil {
			v.fault(0, AboutCredentials, "%v", err)
		}
		return v.ctx.Err()
	})
}

// checkPruned checks the numbers that are in archives, by the entries that say so.
func (v *verifier) checkPruned() error {
	sums := map[uint64]goneSum{}
	err := v.tx.Bucket(bucketPruned).ForEach(func(k, at []byte) error {
		if len(at) != 8 {
			v.fault(0, AboutArchive, "the index %s", bucketPruned)
			return nil
		}
		seq := binary.BigEndian.Uint64(at)
		sum := sums[seq]
		sum.add(v.keys, k)
		sums[seq] = sum
		return v.ctx.Err()
	})
	for seq, sum := range sums {
		p, err := entryAt(v.tx, seq)
		switch {
		case err != nil || p.Event != eventPruned || p.Born != 0:
			v.fault(0, AboutArchive, "entry %d says nothing of what was archived", seq)
		case len(p.Gone) > 0 && !same(p.Gone, sum[:]):
			v.fault(seq, AboutArchive, "the numbers that were archived at entry %d are not those that are listed", seq)
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
			v.fault(0, AboutTrades, "the index %s lists %d trades, the entries say %d", index.bucket, n, index.want)
		}
	}
	if open, err := v.opened(v.tx); err == nil && !v.archive() && open != v.proof.Open {
		v.fault(v.proof.Head.Seq, AboutTrades, "%d trades are open, the last entry says %d", v.proof.Open, open)
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
			return cmp.Or(err, fmt.Errorf("%w: entry %d is in %s", txn.ErrArchived, head.Seq, g.Archive))
		}
		if head.Seq > end.Seq {
			return fmt.Errorf("%w: it has %d entries, and had %d", ErrPutBack, end.Seq, head.Seq)
		}
		return s.checkKnown(tx, head)
	})
}
