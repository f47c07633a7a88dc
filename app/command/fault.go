package command

import (
	"errors"
	"slices"
	"strings"

	"onetrans/assets/texts"
)

// Fault is what is wrong with what a person asked for, or what is in its way. Its
// words are the text "commands.error." and its key, in each language.
type Fault struct {
	Key string
	// Values fill in the words: name, value, name, value. A value that begins with
	// @ is itself a text below "commands.".
	Values []string
	// Err is behind it, and is told as well; may be nil.
	Err error
}

// Wrong is a fault with nothing behind it.
func Wrong(key string, values ...string) *Fault { return &Fault{Key: key, Values: values} }

// Because is the same fault with what is behind it.
func (f *Fault) Because(err error) *Fault { return &Fault{f.Key, f.Values, err} }

// Error is the fault for who reads logs; [Say] has its words.
func (f *Fault) Error() string {
	text := strings.Join(append([]string{f.Key}, f.Values...), " ")
	if f.Err != nil {
		text += ": " + f.Err.Error()
	}
	return text
}

// Unwrap is what is behind it.
func (f *Fault) Unwrap() error { return f.Err }

// Is says whether the target is the same fault, whatever is behind it.
func (f *Fault) Is(target error) bool {
	other, ok := target.(*Fault)
	return ok && other.Key == f.Key
}

// Faults of command lines that others look for.
var (
	ErrNoCommand = Wrong("no_command")
	// ErrHelp: the words ask for help.
	ErrHelp = errors.New("help is asked for")
)

// Say is an error in a language: the words of what has some, and of anything else
// what went wrong, with what the system says of it in brackets.
func Say(l texts.Language, err error) string {
	switch e := err.(type) {
	case *Misread:
		return Say(l, e.Err) + l.Say("commands.help.see", "command", e.Command.help())
	case Told:
		return e.Told()
	case Worded:
		key, values, behind := e.Words()
		if behind != nil {
			values = append(slices.Clip(values), "why", Say(l, behind))
		}
		return l.Say("commands.error."+key, values...)
	case *Fault:
		return e.say(l)
	}
	var each []string
	for _, one := range joined(err) {
		each = append(each, Say(l, one))
	}
	if len(each) > 0 {
		return strings.Join(each, "\n")
	}
	return told(l, err)
}

func (f *Fault) say(l texts.Language) string {
	values := slices.Clone(f.Values)
	for i := 1; i < len(values); i += 2 {
		if key, is := strings.CutPrefix(values[i], "@"); is && l.Has("commands."+key) {
			values[i] = l.Say("commands." + key)
		}
	}
	said := l.Say("commands.error."+f.Key, values...)
	if f.Err != nil {
		said += "\n  " + Say(l, f.Err)
	}
	return said
}

// Worded is an error of another part of the program that has its words in the
// texts: of a configuration, of a place that others may change.
type Worded interface {
	error
	// Words are the key of the text, below "commands.error.", and what fills it
	// in: name, value, name, value. What is behind the error fills in {why}.
	Words() (key string, values []string, behind error)
}

// Told is an error that is in the person's language already.
type Told interface {
	error
	Told() string
}

// worded says whether an error itself has words.
func worded(err error) bool {
	switch err.(type) {
	case *Misread, *Fault, Worded, Told:
		return true
	}
	return false
}

// Misread is what is wrong with a command's words.
type Misread struct {
	Command Command
	Err     *Fault
}

// Error is the fault for who reads logs; [Say] has its words, and where help is.
func (m *Misread) Error() string { return m.Err.Error() }

// Unwrap is the fault.
func (m *Misread) Unwrap() error { return m.Err }
