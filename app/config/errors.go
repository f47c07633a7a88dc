package config

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"onetrans/assets/texts"
)

// ErrConfig is the family of errors that make a configuration unusable.
var ErrConfig = errors.New("unusable configuration")

// The members of the family [ErrConfig]. Their texts hold no values.
var (
	// ErrFile means that the file is missing, unreadable, too large or not UTF-8.
	ErrFile error = member("file")
	// ErrSyntax means that the file is not TOML.
	ErrSyntax error = member("not valid TOML")
	// ErrUnknownKey means that this version has no such key.
	ErrUnknownKey error = member("unknown key")
	// ErrUnknownVariable means that an ONETRANS_ variable is not a key.
	ErrUnknownVariable error = member("unknown variable")
	// ErrValue means that a value has the wrong type, form or range.
	ErrValue error = member("wrong value")
	// ErrReference means that a file: or env: reference cannot be followed.
	ErrReference error = member("reference")
	// ErrMissing means that a key is missing that other keys demand.
	ErrMissing error = member("missing")
	// ErrConflict means that a value contradicts that of another key.
	ErrConflict error = member("conflict")
)

// member is a member of the family [ErrConfig], without the family's name in every
// line.
type member string

func (m member) Error() string        { return string(m) }
func (m member) Is(target error) bool { return target == ErrConfig }

// Reason says what is wrong, and what to do. Its text has the key
// "commands.error.config." and Key, in each language; it holds no value.
type Reason struct {
	Kind error // the member of [ErrConfig]; nil for a reason within another's text
	Key  string
	// Values fill in the text: name, value, name, value.
	Values []string
	// Err is the cause, {why} in the text; may be nil.
	Err error
}

// because is a reason of a kind.
func because(kind error, key string, values ...string) *Reason {
	return &Reason{Kind: kind, Key: key, Values: values}
}

// wrong is [ErrValue] with what the value must be.
func wrong(key string, values ...string) *Reason { return because(ErrValue, key, values...) }

// within is a reason that is part of another's text.
func within(key string, values ...string) *Reason { return because(nil, key, values...) }

// after is the same reason with a cause.
func (r *Reason) after(err error) *Reason { return &Reason{r.Kind, r.Key, r.Values, err} }

// english is the language of logs.
var english = sync.OnceValue(func() texts.Language {
	book, _ := texts.Load("en") // the tests hold the files
	return book.In("en")
})

// Error is the reason for the log, in English.
func (r *Reason) Error() string {
	values := slices.Clone(r.Values)
	if r.Err != nil {
		values = append(values, "why", r.Err.Error())
	}
	text := english().Say("commands.error."+configWords+r.Key, values...)
	if r.Kind != nil {
		text = r.Kind.Error() + ": " + text
	}
	return text
}

// Unwrap returns its kind and the cause.
func (r *Reason) Unwrap() []error {
	return slices.DeleteFunc([]error{r.Kind, r.Err}, func(err error) bool { return err == nil })
}

// configWords begin the keys of the texts.
const configWords = "config."

// Words are the key of the text, what fills it in, and the cause.
func (r *Reason) Words() (key string, values []string, behind error) {
	return configWords + r.Key, r.Values, r.Err
}

// Problem is one thing to correct.
type Problem struct {
	Where string // the file, or the variable; empty: not known yet
	Line  int    // in the file, from 1; 0: none
	Key   string // section.key; pay.account[02].key; may be empty
	Err   error  // usually a [*Reason]
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

// Unwrap returns the kind of problem.
func (p Problem) Unwrap() error { return p.Err }

// Words say where it is, followed by what it is.
func (p Problem) Words() (key string, values []string, behind error) {
	switch rest := (Problem{Key: p.Key, Err: p.Err}); {
	case p.Where != "" && p.Line > 0:
		return configWords + "at_line", []string{"where", p.Where, "line", strconv.Itoa(p.Line)}, rest
	case p.Where != "":
		return configWords + "at", []string{"where", p.Where}, rest
	case p.Key != "":
		return configWords + "at", []string{"where", p.Key}, p.Err
	}
	return configWords + "plain", nil, p.Err
}

// Problems is the error of [Load]: everything to correct, in the order of the file.
type Problems []Problem

// maxProblems is how many are told at once: a file with more is some other file.
const maxProblems = 20

// Error has a line for every problem.
func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i := range p {
		lines[i] = p[i].Error()
	}
	return strings.Join(lines, "\n")
}

// Unwrap returns the problems.
func (p Problems) Unwrap() []error {
	all := make([]error, len(p))
	for i := range p {
		all[i] = p[i]
	}
	return all
}

// sorted puts problems with a line in the order of their lines, the others after
// them.
func (p Problems) sorted() Problems {
	slices.SortStableFunc(p, func(a, b Problem) int {
		if a.Line == 0 || b.Line == 0 {
			return b.Line - a.Line
		}
		return a.Line - b.Line
	})
	return p
}
