package store

import (
	"errors"
	"fmt"
	"strings"
)

// Flaw is what exactly is wrong with a journal, of one of the families of errors.
type Flaw struct {
	family error  // nil where only [Store.Verify] finds it
	key    string // of its words for persons
	text   string // for who reads logs, with {names} for the values
	values []string
}

// flaw is one of a family, with a name and its value for each {name} in text.
// Bytes are what the file itself says, whatever that is.
func flaw(family error, key, text string, values ...any) error {
	f := &Flaw{family: family, key: key, text: text}
	for _, v := range values {
		if b, ok := v.([]byte); ok {
			v = readable(b)
		}
		f.values = append(f.values, fmt.Sprint(v))
	}
	return f
}

// readable is text in which nothing is hidden, such as the key of a trade.
func readable(b []byte) string {
	quoted := fmt.Sprintf("%q", b)
	return strings.ReplaceAll(quoted[1:len(quoted)-1], `\x00`, " ")
}

// Error says it for who reads logs.
func (f *Flaw) Error() string {
	pairs := make([]string, 0, len(f.values))
	for i := 0; i+1 < len(f.values); i += 2 {
		pairs = append(pairs, "{"+f.values[i]+"}", f.values[i+1])
	}
	said := strings.NewReplacer(pairs...).Replace(f.text)
	if f.family != nil {
		said = f.family.Error() + ": " + said
	}
	return said
}

// Words are the key of the flaw's words for persons, and what fills them in.
func (f *Flaw) Words() (key string, values []string, behind error) {
	return "journal." + f.key, f.values, nil
}

// Unwrap is the family.
func (f *Flaw) Unwrap() error { return f.family }

// Flaws that are found in several places.

func gone(seq uint64) error {
	return flaw(ErrAltered, "entry_gone", "entry {entry} is gone", "entry", seq)
}

func notEntry(seq uint64) error {
	return flaw(ErrAltered, "not_entry", "entry {entry} is none", "entry", seq)
}

func alteredEntry(family error, seq uint64) error {
	return flaw(family, "entry", "entry {entry} was altered", "entry", seq)
}

func badIndex(family error, bucket []byte) error {
	return flaw(family, "index", "the index {index} is not as it was", "index", bucket)
}

// notThere: an index leads to a trade that the journal does not have.
func notThere(trade []byte) error {
	return flaw(ErrAltered, "no_trade", "trade {trade} is not in the journal", "trade", trade)
}

func older(end, head Head) error {
	return flaw(ErrRolledBack, "older", "it has {has} entries, and had {had}", "has", end.Seq, "had", head.Seq)
}

// broken is what bbolt said when it met a damaged file.
func broken(said any) error {
	if err, ok := said.(error); ok && errors.Is(err, ErrDamaged) {
		return err
	}
	return flaw(ErrDamaged, "file", "{fault}", "fault", said)
}

// otherCopy: the copy that a migration keeps is not as the journal is.
func otherCopy(bucket []byte) error {
	return flaw(ErrDamaged, "copy", "the copy's {part} are not as they are", "part", bucket)
}

func oldTradeBroken(trade []byte) error {
	return flaw(ErrDamaged, "old_trade", "trade {trade} cannot be read", "trade", trade)
}
