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

// Reason says what is wrong, and what to do. Its words are the text
// "commands.error.config." and its Key, in each language; none of them holds a value.
type Reason struct {
	Kind error // the member of [ErrConfig]; nil of what is within another's words
	Key  string
	// Values fill in the words: name, value, name, value.
	Values []string
	// Err is behind it, as {why} in its words; may be nil.
	Err error
}

// because is a reason of a kind.
func because(kind error, key string, values ...string) *Reason {
	return &Reason{Kind: kind, Key: key, Values: values}
}

// wrong is [ErrValue] with what the value must be.
func wrong(key string, values ...string) *Reason { return because(ErrValue, key, values...) }

// within is a reason that stands within another's words.
func within(key string, values ...string) *Reason { return because(nil, key, values...) }

// after is the same reason with what is behind it.
func (r *Reason) after(err error) *Reason { return &Reason{r.Kind, r.Key, r.Values, err} }

// english is the language of logs.
var english = sync.OnceValue(func() texts.Language {
	book, _ := texts.Load("en") // the tests hold the files
	return book.In("en")
})

// Error is the reason for who reads logs, in English.
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

// Unwrap are its kind and what is behind it.
func (r *Reason) Unwrap() []error {
	return slices.DeleteFunc([]error{r.Kind, r.Err}, func(err error) bool { return err == nil })
}

// configWords begin the keys of the words.
const configWords = "config."

// Words are the key of the words, what fills them in, and what is behind.
func (r *Reason) Words() (key string, values []string, behind error) {
	return configWords + r.Key, r.Values, r.Err
}

// Problem is one thing to put right.
type Problem struct {
	Where string // the file, or the variable; empty: nowhere yet
	Line  int    // in the file, from 1; 0: none
	Key   string // section.key; pay.account[02].key; may be empty
	Err   error  // a [*Reason], as a rule
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

// Words say where it is, and behind that what it is.
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
