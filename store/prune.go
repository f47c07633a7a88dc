package store

import (
	"bytes"
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"onetrans/flows/core/txn"
)

// Pruned is what was moved to an archive.
type Pruned struct {
	Archive string // its path; empty when there was nothing to move
	Trades  int
	Entries int
}

const eventPruned = "pruned"

// prunedAtOnce is how many trades leave in one transaction: steps of other
// trades wait meanwhile.
const prunedAtOnce = 500

// Prune moves the trades that were final before a time, and that no person
// waits for, to a new file, with all of their entries. What belongs together,
// such as an order and its refunds, goes together or stays. The archive is a
// journal of its own, and is made and proved before anything leaves this one;
// the chain goes on over what is gone. The trades' numbers stay known.
func (s *Store) Prune(ctx context.Context, before time.Time, archive string) (Pruned, error) {
	s.pruning.Lock()
	defer s.pruning.Unlock()
	p := pruning{Store: s, ctx: ctx, before: before, name: filepath.Base(archive)}
	if err := s.view(func(tx *vetted) error { return p.choose(tx) }); err != nil || len(p.chosen) == 0 {
		return Pruned{}, err
	}
	if err := makeAside(archive, p.fill, p.prove); err != nil {
		return Pruned{}, fmt.Errorf("making the archive %s: %w", archive, err)
	}
	// A head that was lost on the way must not point into what leaves.
	if err := s.renewHead(); err != nil {
		return Pruned{}, fmt.Errorf("writing the journal's head: %w", err)
	}
	done := Pruned{Archive: archive}
	for rest := p.chosen; len(rest) > 0; { // see copyAll
		if err := ctx.Err(); err != nil {
			return done, err
		}
		some := rest[:min(prunedAtOnce, len(rest))]
		rest = rest[len(some):]
		gone, entries, err := p.remove(some)
		if err != nil {
			return done, err
		}
		done.Trades += gone
		done.Entries += entries
	}
	if worth, err := s.worthCompacting(); err != nil || !worth {
		return done, err
	}
	if err := s.compact(); err != nil {
		return done, fmt.Errorf("giving the room back: %w", err)
	}
	return done, nil
}

// pruning is a pruning under way.
type pruning struct {
	*Store
	ctx    context.Context
	before time.Time
	name   string // of the archive
	// chosen are the trades that leave, in the order of their birth.
	chosen []chosen
}

// chosen is a trade that leaves, if it is still where it was.
type chosen struct {
	key      []byte
	born, at uint64
}

// choose finds the trades that may leave.
func (p *pruning) choose(tx *vetted) error {
	groups := newGroups()
	var candidates []chosen
	err := tx.Bucket(bucketTrades).ForEach(func(k, _ []byte) error {
		l, _, err := last(tx, k)
		if err != nil {
			return err
		}
		group := groups.join(append([]string{string(k)}, txn.Ties(l.Kind, l.No, l.Refs)...)...)
		if !l.Final || l.Desk || !l.At.Before(p.before) {
			groups.keep(group)
		} else {
			candidates = append(candidates, chosen{bytes.Clone(k), l.Born, l.at})
		}
		return p.ctx.Err()
	})
	for _, c := range candidates {
		if !groups.kept(string(c.key)) {
			p.chosen = append(p.chosen, c)
		}
	}
	slices.SortFunc(p.chosen, func(a, b chosen) int { return cmp.Compare(a.born, b.born) })
	return err
}

// groups are names that belong together, in a forest.
type groups struct {
	parent map[string]string
	stays  map[string]bool
}

func newGroups() groups { return groups{map[string]string{}, map[string]bool{}} }

func (g groups) root(name string) string {
	for {
		up, ok := g.parent[name]
		if !ok || up == name {
			return name
		}
		if further, ok := g.parent[up]; ok {
			g.parent[name] = further // shorter for the next
		}
		name = up
	}
}

func (g groups) join(names ...string) string {
	root := g.root(names[0])
	for _, name := range names[1:] {
		other := g.root(name)
		if other == root {
			continue
		}
		g.parent[other] = root
		if g.stays[other] {
			g.stays[root] = true
		}
	}
	return root
}

func (g groups) keep(name string)      { g.stays[g.root(name)] = true }
func (g groups) kept(name string) bool { return g.stays[g.root(name)] }

// entriesOf are the sequences of trades' entries, rising.
func entriesOf(tx *vetted, trades []chosen) ([]uint64, error) {
	var all []uint64
	for _, c := range trades {
		for p, err := range backwards(tx, c.key) {
			if err != nil {
				return nil, err
			}
			all = append(all, p.at)
		}
	}
	slices.Sort(all)
	return all, nil
}

// runs are the ranges of sequences without a hole.
func runs(sequences []uint64) [][2]uint64 {
	var all [][2]uint64
	for _, seq := range sequences {
		if n := len(all); n > 0 && all[n-1][1]+1 == seq {
			all[n-1][1] = seq
			continue
		}
		all = append(all, [2]uint64{seq, seq})
	}
	return all
}

// fill makes the archive: a journal with the same beginning, the entries of the
// chosen trades, and gaps where the others are, with no page that is not in use.
func (p *pruning) fill(aside *os.File) error {
	return p.view(func(tx *vetted) error {
		terminal := string(tx.Bucket(bucketMeta).Get(keyTerminal))
		options := Options{Terminal: terminal, NoSync: true}
		scratch, err := emptyAside(aside.Name(), p.keys, options)
		if err != nil {
			return err
		}
		defer os.Remove(scratch)
		db, err := openAside(scratch)
		if err != nil {
			return err
		}
		end, err := p.end(tx)
		if err == nil {
			err = p.copyAll(tx, db)
		}
		if err == nil {
			err = db.Update(func(into *vetted) error { return p.close(tx, into, end) })
		}
		if err == nil {
			// Trades come in the order of their birth, not of the file's keys.
			err = lay(aside.Name(), p.keys, options, p.keys.place(p.path))
		}
		if err == nil {
			err = compactInto(aside.Name(), db)
		}
		return errors.Join(err, db.Close())
	})
}

// copyAll copies all chosen trades. It goes without [slices.Chunk]: in a loop over a
// sequence Go 1.27.3 puts the closure on the heap with a pointer to the pruning on the
// stack, and the collector ends the process once the stack has grown.
func (p *pruning) copyAll(tx *vetted, into *file) error {
	for rest := p.chosen; len(rest) > 0; {
		some := rest[:min(prunedAtOnce, len(rest))]
		rest = rest[len(some):]
		if err := into.Update(func(into *vetted) error { return p.copy(tx, into, some) }); err != nil {
			return err
		}
	}
	return nil
}

// copy copies trades with their entries and makes their indexes.
func (p *pruning) copy(tx, into *vetted, trades []chosen) error {
	sequences, err := entriesOf(tx, trades)
	if err != nil {
		return err
	}
	for _, seq := range sequences {
		if err := into.Bucket(bucketLog).Put(number(seq), tx.Bucket(bucketLog).Get(number(seq))); err != nil {
			return err
		}
	}
	for _, c := range trades {
		l, _, err := last(tx, c.key)
		if err == nil {
			err = index(into, l.at, l.header)
		}
		if err != nil {
			return err
		}
	}
	return p.ctx.Err()
}

// close puts the gaps in.
func (p *pruning) close(tx, into *vetted, end Head) error {
	link, next := p.keys.begin(string(tx.Bucket(bucketMeta).Get(keyTerminal))), uint64(1)
	leave := func(to uint64) error {
		if to < next {
			return nil
		}
		after, err := p.linkAt(tx, to)
		if err != nil {
			return err
		}
		return p.cut(into, gap{From: next, To: to, Before: link, After: after, Archive: filepath.Base(p.path)})
	}
	c := into.Bucket(bucketLog).Cursor()
	for k, v := c.First(); k != nil; k, v = c.Next() {
		seq := binary.BigEndian.Uint64(k)
		if err := leave(seq - 1); err != nil {
			return err
		}
		link, next = bytes.Clone(value(v).link()), seq+1
	}
	if err := leave(end.Seq); err != nil {
		return err
	}
	return errors.Join(into.Bucket(bucketLog).SetSequence(end.Seq), into.Bucket(bucketMeta).Put(keyArchive, []byte("1")))
}

// prove refuses an archive that is not proved whole.
func (p *pruning) prove(aside string) error {
	archive := &Store{path: aside, terminal: p.terminal, keys: p.keys, slots: &slots{}, log: p.log}
	var err error
	if archive.db, err = openFile(aside, Options{}, true); err != nil {
		return err
	}
	proof, err := archive.Verify(p.ctx)
	switch {
	case err != nil:
	case len(proof.Faults) > 0:
		err = fmt.Errorf("%w: %w", ErrAltered, proof.Faults[0].What)
	case proof.Trades != uint64(len(p.chosen)):
		err = flaw(ErrAltered, "archive_lacks", "it has {has} trades of {needs}", "has", proof.Trades, "needs", len(p.chosen))
	}
	return errors.Join(err, archive.Close())
}

// remove takes archived trades out, and says in the log where they are. One
// that has gone on since it was archived stays.
func (p *pruning) remove(trades []chosen) (gone, entries int, err error) {
	var head Head
	err = p.update(func(tx *vetted) error {
		trades := slices.DeleteFunc(slices.Clone(trades), func(c chosen) bool {
			return !bytes.Equal(tx.Bucket(bucketTrades).Get(c.key), number(c.at))
		})
		sequences, err := entriesOf(tx, trades)
		if err != nil {
			return err
		}
		gone, entries = len(trades), len(sequences)
		open, err := p.opened(tx)
		if err != nil {
			return err
		}
		// First, so that the log's end is never what leaves.
		head, err = p.append(tx, func(uint64) (header, []byte, error) {
			return p.said(trades, entries, open), nil, nil
		})
		if err != nil {
			return err
		}
		for _, c := range trades {
			if err := forget(tx, c.key, number(head.Seq)); err != nil {
				return err
			}
		}
		for _, run := range runs(sequences) {
			if err := p.take(tx, run[0], run[1]); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		p.advance(head)
	}
	return gone, entries, err
}

// said is the entry that says which trades have left, with how many entries; open
// is how many are open.
func (p *pruning) said(trades []chosen, entries int, open uint64) header {
	note := fmt.Sprintf("%d trades, %d entries, to %s", len(trades), entries, p.name)
	var sum goneSum
	for _, c := range trades {
		sum.add(p.keys, c.key)
	}
	return header{storedEntry: storedEntry{At: time.Now(), Event: eventPruned, Note: note}, Open: open, Before: p.before.UTC(), Gone: sum[:]}
}

// forget takes a trade out of the indexes and keeps its number.
func forget(tx *vetted, k, at []byte) error {
	for p, err := range backwards(tx, k) {
		if err != nil {
			return err
		}
		for _, ref := range p.Refs {
			if err := tx.Bucket(bucketRefs).Delete(refKey(ref, k)); err != nil {
				return err
			}
		}
	}
	l, _, err := last(tx, k)
	if err == nil {
		err = unindex(tx, l.header, header{})
	}
	return errors.Join(err, tx.Bucket(bucketTrades).Delete(k), tx.Bucket(bucketPruned).Put(k, at))
}

// take takes a run of entries out of the log.
func (p *pruning) take(tx *vetted, from, to uint64) error {
	before, err := p.linkAt(tx, from-1)
	if err != nil {
		return err
	}
	after, err := p.linkAt(tx, to)
	if err != nil {
		return err
	}
	g := gap{From: from, To: to, Before: bytes.Clone(before), After: bytes.Clone(after), Archive: p.name}
	for seq := from; seq <= to; seq++ {
		if err := tx.Bucket(bucketLog).Delete(number(seq)); err != nil {
			return err
		}
	}
	return p.cut(tx, g)
}
