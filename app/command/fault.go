package command

import (
	"errors"
	"slices"
	"strings"

	"onetrans/assets/texts"
)

// Fault is an error about what a person asked for, or about what prevents it. Its
// text has the key "commands.error." and Key, in each language.
type Fault struct {
	Key string
	// Values fill in the text: name, value, name, value. A value that begins with @
	// is itself a key below "commands.".
	Values []string
	// Err is the cause, which is told as well; may be nil.
	Err error
}

// Wrong is a fault without a cause.
func Wrong(key string, values ...string) *Fault { return &Fault{Key: key, Values: values} }

// Because is the same fault with a cause.
func (f *Fault) Because(err error) *Fault { return &Fault{f.Key, f.Values, err} }

// Error is the fault for the log; [Say] says it to people.
func (f *Fault) Error() string {
	text := strings.Join(append([]string{f.Key}, f.Values...), " ")
	if f.Err != nil {
		text += ": " + f.Err.Error()
	}
	return text
}

// Unwrap returns the cause.
func (f *Fault) Unwrap() error { return f.Err }

// Is reports whether the target is the same fault, whatever its cause.
func (f *Fault) Is(target error) bool {
	other, ok := target.(*Fault)
	return ok && other.Key == f.Key
}

// Faults of command lines that callers distinguish.
var (
	ErrNoCommand = Wrong("no_command")
	// ErrHelp means that the command line asks for help.
	ErrHelp = errors.New("help is asked for")
)

// Say is an error in a language: its own text if it has one, and otherwise what
// went wrong, with what the system says about it in brackets.
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

// Worded is an error of another part of the program that has a text: of a
// configuration, or of a place that others may change.
type Worded interface {
	error
	// Words are the key of the text, below "commands.error.", and what fills it in:
	// name, value, name, value. The cause fills in {why}.
	Words() (key string, values []string, behind error)
}

// Told is an error that is already in the person's language.
type Told interface {
	error
	Told() string
}

// worded reports whether an error itself has a text.
func worded(err error) bool {
	switch err.(type) {
	case *Misread, *Fault, Worded, Told:
		return true
	}
	return false
}

// Misread is an error in a command's words.
type Misread struct {
	Command Command
	Err     *Fault
}

// Error is the fault for the log; [Say] says it to people, and where to find help.
func (m *Misread) Error() string { return m.Err.Error() }

// Unwrap returns the fault.
func (m *Misread) Unwrap() error { return m.Err }
