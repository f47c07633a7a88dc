package store

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"onetrans/flows/core/txn"
	"onetrans/flows/message/onetrans"
)

// Gaps that lie side by side and lead to one file are one.
func TestGapsSideBySideThatLeadToOneFileAreOne(t *testing.T) {
	path := spoiled(t, Options{})
	s := openAt(t, path)
	type part struct {
		from, to uint64
		archive  string
	}
	for name, c := range map[string]struct{ cut, want []part }{
		"apart":            {[]part{{2, 3, "a"}, {5, 5, "a"}}, []part{{2, 3, "a"}, {5, 5, "a"}}},
		"after":            {[]part{{2, 3, "a"}, {4, 5, "a"}}, []part{{2, 5, "a"}}},
		"before":           {[]part{{4, 5, "a"}, {1, 3, "a"}}, []part{{1, 5, "a"}}},
		"between":          {[]part{{2, 2, "a"}, {4, 6, "a"}, {3, 3, "a"}}, []part{{2, 6, "a"}}},
		"to another after": {[]part{{2, 3, "a"}, {4, 5, "b"}}, []part{{2, 3, "a"}, {4, 5, "b"}}},
		"another's before": {[]part{{4, 5, "a"}, {1, 3, "b"}}, []part{{1, 3, "b"}, {4, 5, "a"}}},
	} {
		rolledBack := errors.New("rolled back")
		err := s.update(func(tx *vetted) error {
			for _, p := range c.cut {
				before, err := s.linkAt(tx, p.from-1)
				if err != nil {
					return err
				}
				after, err := s.linkAt(tx, p.to)
				if err != nil {
					return err
				}
				if err := s.cut(tx, gap{From: p.from, To: p.to, Before: bytes.Clone(before), After: bytes.Clone(after), Archive: p.archive}); err != nil {
					return err
				}
			}
			var got []part
			in := map[uint64]bool{}
			err := tx.Bucket(bucketGaps).ForEach(func(k, v []byte) error {
				g, err := s.keys.parseGap(k, v)
				before, errBefore := s.linkAt(tx, g.From-1)
				after, errAfter := s.linkAt(tx, g.To)
				if !bytes.Equal(g.Before, before) || !bytes.Equal(g.After, after) {
					t.Errorf("%s: it does not lead from what is before it to what is after", name)
				}
				got = append(got, part{g.From, g.To, g.Archive})
				for seq := g.From; seq <= g.To; seq++ {
					in[seq] = true
				}
				return errors.Join(err, errBefore, errAfter)
			})
			if err != nil || !slices.Equal(got, c.want) {
				t.Errorf("%s: %v, %v", name, got, err)
			}
			for seq := range uint64(12) {
				if _, found, err := s.gapWith(tx, seq); found != in[seq] || err != nil {
					t.Errorf("%s: entry %d: %v %v", name, seq, found, err)
				}
			}
			return rolledBack
		})
		if !errors.Is(err, rolledBack) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What the journal notes of an archive is trusted where its key wrote it, about
// that place.
func TestANoteOfWhatWasArchivedIsTheJournalsOwn(t *testing.T) {
	k := derive(make([]byte, KeySize))
	own := gap{From: 3, To: 5, Before: make([]byte, linkSize), After: make([]byte, linkSize), Archive: "a"}
	for name, c := range map[string]struct {
		change func(g *gap)
		forged bool
		ok     bool
	}{
		"its own":            {func(*gap) {}, false, true},
		"one entry":          {func(g *gap) { g.To = 3 }, false, true},
		"another place":      {func(g *gap) { g.From = 2 }, false, false},
		"it ends before":     {func(g *gap) { g.To = 2 }, false, false},
		"half a value":       {func(g *gap) { g.Before = g.Before[:8] }, false, false},
		"half a value after": {func(g *gap) { g.After = g.After[:8] }, false, false},
		"longer":             {func(g *gap) { g.To = 6 }, true, false},
		"to another file":    {func(g *gap) { g.Archive = "b" }, true, false},
	} {
		g := own
		g.MAC = k.gapMAC(g)
		if c.change(&g); !c.forged {
			g.MAC = k.gapMAC(g)
		}
		raw, err := json.Marshal(g)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := k.parseGap(number(3), raw); (err == nil) != c.ok || err != nil && !errors.Is(err, ErrAltered) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := k.parseGap(number(3), []byte("{")); !errors.Is(err, ErrAltered) {
		t.Errorf("no note: %v", err)
	}
}

func TestRunsAreWhatHasNoHole(t *testing.T) {
	for _, c := range []struct {
		of   []uint64
		want [][2]uint64
	}{
		{nil, nil},
		{[]uint64{4}, [][2]uint64{{4, 4}}},
		{[]uint64{1, 2, 3}, [][2]uint64{{1, 3}}},
		{[]uint64{1, 2, 4, 7, 8}, [][2]uint64{{1, 2}, {4, 4}, {7, 8}}},
	} {
		if got := runs(c.of); !slices.Equal(got, c.want) {
			t.Errorf("%v: %v", c.of, got)
		}
	}
}

// archived makes an archive of all that is final in a journal, and of nothing else.
func archived(t *testing.T, s *Store, archive string) *pruning {
	t.Helper()
	p := &pruning{Store: s, ctx: t.Context(), before: entry("", "").At.Add(time.Hour), name: filepath.Base(archive)}
	err := s.view(func(tx *vetted) error { return p.choose(tx) })
	if err == nil {
		err = makeAside(archive, p.fill, p.prove)
	}
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// Nothing leaves the journal before its archive is proved whole.
func TestAnArchiveIsProvedBeforeAnythingLeaves(t *testing.T) {
	path := spoiled(t, Options{})
	s := openAt(t, path)
	archive := path + ".archive"
	p := archived(t, s, archive)
	if err := p.prove(archive); err != nil {
		t.Errorf("a whole one: %v", err)
	}
	if f, err := openOnce(archive, true, false); err != nil {
		t.Errorf("it is held: %v", err)
	} else if err := f.Close(); err != nil {
		t.Error(err)
	}
	all := p.chosen
	p.chosen = append(slices.Clone(all), chosen{key: key(onetrans.TransRecharge, "lost")})
	if err := p.prove(archive); !errors.Is(err, ErrAltered) {
		t.Errorf("a trade is missing: %v", err)
	}
	p.chosen = all
	ended, end := context.WithCancel(t.Context())
	end()
	p.ctx = ended
	if err := p.prove(archive); !errors.Is(err, context.Canceled) {
		t.Errorf("nobody waits any more: %v", err)
	}
	p.ctx = t.Context()
	change(t, archive, flip(2, -1))
	if err := p.prove(archive); !errors.Is(err, ErrAltered) {
		t.Errorf("an entry was altered: %v", err)
	}
	if err := os.Truncate(archive, shortest-1); err != nil {
		t.Fatal(err)
	}
	if err := p.prove(archive); !errors.Is(err, ErrDamaged) {
		t.Errorf("it was cut off: %v", err)
	}
}

// What was archived is taken out as it stood: a trade that has gone on since stays.
func TestATradeThatHasGoneOnSinceItWasArchivedStays(t *testing.T) {
	path := spoiled(t, Options{})
	s := openAt(t, path)
	p := archived(t, s, path+".archive")
	write(t, s, "1", txn.Unknown)
	gone, entries, err := p.remove(p.chosen)
	if err != nil || gone != 1 || entries != 3 {
		t.Errorf("%d trades, %d entries, %v", gone, entries, err)
	}
	if _, found, err := s.Trade(onetrans.TransRecharge, "1"); !found || err != nil {
		t.Errorf("it is gone: %v", err)
	}
	end, err := s.Head()
	if head, errHead := readHead(HeadPath(path), s.keys); errors.Join(err, errHead) != nil || head.Seq != end.Seq || end.Seq != 11 {
		t.Errorf("the head is at %d, the log ends at %d", head.Seq, end.Seq)
	}
	if proof, err := s.Verify(t.Context()); err != nil || len(proof.Faults) > 0 {
		t.Errorf("%v %v", err, proof.Faults)
	}
}

// A journal whose chain has a hole gives nothing away over it.
func TestNothingIsArchivedOverAHole(t *testing.T) {
	for name, hole := range map[string]uint64{"before what leaves": 3, "in what leaves": 5} {
		path := spoiled(t, Options{})
		change(t, path, func(tx *vetted) error { return tx.Bucket(bucketLog).Delete(number(hole)) })
		s, err := open(path, Options{}, true)
		if err != nil {
			t.Fatal(err)
		}
		archive := path + ".archive"
		if p, err := s.Prune(t.Context(), entry("", "").At.Add(time.Hour), archive); !errors.Is(err, ErrAltered) || p.Trades > 0 {
			t.Errorf("%s: %+v, %v", name, p, err)
		}
		if _, err := os.Stat(archive); err == nil {
			t.Errorf("%s: an archive was made", name)
		}
		if left := entriesIn(t, s); len(left) != 8 {
			t.Errorf("%s: %d entries are left", name, len(left))
		}
		s.Close()
	}
}

// A pruning that nobody waits for any more ends, and takes nothing with it.
func TestAPruningEndsWithItsContext(t *testing.T) {
	path := spoiled(t, Options{})
	s := openAt(t, path)
	ended, end := context.WithCancel(t.Context())
	end()
	p, err := s.Prune(ended, entry("", "").At.Add(time.Hour), path+".archive")
	if !errors.Is(err, context.Canceled) || p != (Pruned{}) || len(entriesIn(t, s)) != 9 {
		t.Errorf("%+v, %v", p, err)
	}
}
