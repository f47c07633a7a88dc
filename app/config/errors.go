package config

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// ErrConfig is the family of everything that makes a configuration unusable.
var ErrConfig = errors.New("unusable configuration")

// The members of the family [ErrConfig]. No text of theirs holds a value.
var (
	// ErrFile: the file isn't there, can't be read, is too large or no UTF-8 text.
	ErrFile error = member("file")
	// ErrSyntax: the file is no TOML.
	ErrSyntax error = member("not valid TOML")
	// ErrUnknownKey: nothing in this version goes by that name.
	ErrUnknownKey error = member("unknown key")
	// ErrUnknownVariable: an ONETRANS_ variable that is no key.
	ErrUnknownVariable error = member("unknown variable")
	// ErrValue: the wrong type, form or range.
	ErrValue error = member("wrong value")
	// ErrReference: a file: or env: that can't be followed.
	ErrReference error = member("reference")
	// ErrMissing: a key that what else is configured demands.
	ErrMissing error = member("missing")
	// ErrConflict: a value that does not go with another key's.
	ErrConflict error = member("conflict")
)

// member is a member of the family ErrConfig, without its name in every line.
type member string

func (m member) Error() string        { return string(m) }
func (m member) Is(target error) bool { return target == ErrConfig }

// Problem is one thing to put right.
type Problem struct {
	Where string // the file, or the variable; empty: nowhere yet
	Line  int    // in the file, from 1; 0: none
	Key   string // section.key; pay.account[02].key; may be empty
	Err   error  // one of the members of [ErrConfig], and what to do
}

// Error is the problem in one line.
func (p Problem) Error() string {
	var parts []string
	if p.Where != "" {
		parts = append(parts, p.Where)
	}
	if p.Line > 0 {
		parts = append(parts, fmt.Sprintf("line %d", p.Line))
	}
	if p.Key != "" {
		parts = append(parts, p.Key)
	}
	return strings.Join(append(parts, p.Err.Error()), ": ")
}

// Unwrap is what kind of problem it is.
func (p Problem) Unwrap() error { return p.Err }

// Problems is the error of [Load]: all there is to put right, in the file's order.
type Problems []Problem

// maxProblems is how many are told at once: who has more has another file in hand.
const maxProblems = 20

// Error has a line for every problem.
func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i := range p {
		lines[i] = p[i].Error()
	}
	return strings.Join(lines, "\n")
}

// Unwrap are the problems.
func (p Problems) Unwrap() []error {
	all := make([]error, len(p))
	for i := range p {
		all[i] = p[i]
	}
	return all
}

// sorted puts what has a line in the order of the lines, the rest behind it.
func (p Problems) sorted() Problems {
	slices.SortStableFunc(p, func(a, b Problem) int {
		if a.Line == 0 || b.Line == 0 {
			return b.Line - a.Line
		}
		return a.Line - b.Line
	})
	return p
}
