package store

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"unicode"
)

// tail is how many of the last entries are checked at each start.
const tail = 64

// ErrOldSchema is an [ErrSchema] of an older version, which opening migrates.
var ErrOldSchema = fmt.Errorf("%w: an older one", ErrSchema)

// checkSchema says whether this program can read the file, with this key.
func (s *Store) checkSchema() error {
	return s.db.View(func(tx *vetted) error {
		meta := tx.Bucket(bucketMeta)
		if meta == nil {
			return flaw(ErrSchema, "no_schema", "it names none")
		}
		switch v := string(meta.Get(keySchema)); {
		case v == schemaSealed && meta.Get(keyArchive) != nil: // its trades have no credentials
		case old(v):
			return flaw(ErrOldSchema, "old_schema", `"{is}", this program has "{ours}"; it is migrated when the terminal is started`, "is", []byte(v), "ours", schema)
		case v != schema:
			return flaw(ErrSchema, "schema", `"{is}", this program has "{ours}"; it needs {program}`, "is", []byte(v), "ours", schema, "program", neededBy(meta.Get(keyNeeds)))
		}
		for _, name := range buckets() {
			if tx.Bucket(name) == nil {
				return flaw(ErrDamaged, "no_part", "it has no {part}", "part", name)
			}
		}
		if !same(meta.Get(keyCheck), s.keys.check) {
			return flaw(ErrKey, "other_key", "it is another journal's")
		}
		return nil
	})
}

// maxNeeds bounds what a newer journal says of the program that it needs, in bytes.
const maxNeeds = 64

// neededBy is the program that a newer journal needs, as it says itself.
func neededBy(said []byte) string {
	if len(said) == 0 || len(said) > maxNeeds || bytes.ContainsFunc(said, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return "a newer version"
	}
	return string(said)
}

// judge says whether money may be served on the journal, by its end.
func (s *Store) judge() error {
	return s.db.View(func(tx *vetted) error {
		if tx.Bucket(bucketMeta).Get(keyArchive) != nil {
			return flaw(ErrRefused, "archive", "it is an archive")
		}
		if err := s.checkPlace(tx); err != nil {
			return err
		}
		if err := s.checkTail(tx); err != nil {
			return err
		}
		return errors.Join(s.checkHead(tx), s.checkWitness(tx))
	})
}

// checkHead compares the log with the head beside the file. A log that is ahead
// of it was interrupted.
func (s *Store) checkHead(tx *vetted) error {
	end, err := s.end(tx)
	if err != nil {
		return err
	}
	if allocated := tx.Bucket(bucketLog).Sequence(); allocated > end.Seq {
		return flaw(ErrAltered, "end", "its end was cut off: it had {had} entries and has {has}", "had", allocated, "has", end.Seq)
	}
	var head Head
	if err = regular(HeadPath(s.path)); err == nil {
		head, err = readHead(HeadPath(s.path), s.keys)
	}
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, fs.ErrInvalid):
		return flaw(ErrAltered, "no_head", "its head, {file}, is missing", "file", HeadPath(s.path))
	case err != nil:
		return err
	case head.Seq > end.Seq:
		return older(end, head)
	}
	return s.checkKnown(tx, head)
}

// checkKnown says whether the chain once ended, or ends, with head.
func (s *Store) checkKnown(tx *vetted, head Head) error {
	link, err := s.linkAt(tx, head.Seq)
	if err != nil {
		return err
	}
	if !bytes.HasPrefix(link, head.Value) || len(head.Value) == 0 {
		return flaw(ErrRolledBack, "other_entry", "its entry {entry} is another than it was", "entry", head.Seq)
	}
	return nil
}

// linkAt is the chain's value at an entry, or at a gap's end.
func (s *Store) linkAt(tx *vetted, seq uint64) ([]byte, error) {
	if seq == 0 {
		return s.keys.begin(string(tx.Bucket(bucketMeta).Get(keyTerminal))), nil
	}
	if v := tx.Bucket(bucketLog).Get(number(seq)); len(v) >= linkSize {
		return value(v).link(), nil
	}
	g, found, err := s.gapWith(tx, seq)
	switch {
	case err != nil:
		return nil, err
	case !found:
		return nil, gone(seq)
	case g.To == seq:
		return g.After, nil
	}
	return nil, flaw(ErrAltered, "entry_archived", "entry {entry} is in the archive {archive}", "entry", seq, "archive", g.Archive)
}

// checkTail checks the last entries' links, and that the terminal is ours.
// What a person has adopted is not judged again.
func (s *Store) checkTail(tx *vetted) error {
	adopted, err := s.adoption(tx)
	if err != nil {
		return err
	}
	if name := adopted.terminal(tx); name != s.terminal {
		return flaw(ErrTerminal, "terminal", `it was begun by "{theirs}", this is "{ours}"`, "theirs", []byte(name), "ours", s.terminal)
	}
	c := tx.Bucket(bucketLog).Cursor()
	k, v := c.Last()
	for n := 0; k != nil && n < tail; n++ {
		seq := binary.BigEndian.Uint64(k)
		if seq <= adopted.at {
			return nil
		}
		if err := s.checkLink(tx, seq, v); err != nil {
			return err
		}
		k, v = c.Prev()
	}
	return nil
}

// checkLink says whether an entry follows the one before it.
func (s *Store) checkLink(tx *vetted, seq uint64, v value) error {
	before, err := s.linkAt(tx, seq-1)
	if err == nil && !same(v.link(), s.keys.link(before, seq, v.body())) {
		err = alteredEntry(ErrAltered, seq)
	}
	return err
}

// adoption is the last adoption's entry; the zero one when there was none.
func (s *Store) adoption(tx *vetted) (placed, error) {
	at := tx.Bucket(bucketMeta).Get(keyAdopted)
	if len(at) != 8 {
		return placed{}, nil
	}
	seq := binary.BigEndian.Uint64(at)
	p, err := entryAt(tx, seq)
	if err == nil && (p.Born != 0 || p.Event != eventAdopted) {
		err = flaw(ErrAltered, "no_adoption", "entry {entry} is no adoption", "entry", seq)
	}
	if err == nil {
		err = s.checkLink(tx, seq, tx.Bucket(bucketLog).Get(number(seq)))
	}
	return p, err
}

// terminal is the name that the journal goes by since the adoption.
func (p placed) terminal(tx *vetted) string {
	if p.at == 0 {
		return string(tx.Bucket(bucketMeta).Get(keyTerminal))
	}
	return p.Terminal
}
