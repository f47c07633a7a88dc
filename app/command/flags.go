package command

import (
	"context"
	"flag"
	"io"
	"strings"
	"time"
	"unicode"
)

// Flags are the flags of a command, and the one word that it may take besides them.
type Flags struct {
	set *flag.FlagSet

	private []*string // these may name a source instead of a value

	word     *string // the word that is not a flag; nil: none is accepted
	wordName string
	needed   bool
}

func newFlags() *Flags {
	f := &Flags{set: flag.NewFlagSet("", flag.ContinueOnError)}
	f.set.SetOutput(io.Discard)
	return f
}

// Text declares a flag with a text.
func (f *Flags) Text(into *string, name, value string) { f.set.StringVar(into, name, value, "") }

// Private declares a flag with a text that other users of the machine should not
// see among the arguments: a lone - stands for the first line of standard input,
// @FILE for that of a file.
func (f *Flags) Private(into *string, name string) {
	f.Text(into, name, "")
	f.private = append(f.private, into)
}

// Yes declares a flag without a value.
func (f *Flags) Yes(into *bool, name string) { f.set.BoolVar(into, name, false, "") }

// Number declares a flag with a whole number.
func (f *Flags) Number(into *int, name string) { f.set.IntVar(into, name, 0, "") }

// Duration declares a flag with a duration, such as 5m.
func (f *Flags) Duration(into *time.Duration, name string, value time.Duration) {
	f.set.DurationVar(into, name, value, "")
}

// Texts declares a flag with a text that may be repeated.
func (f *Flags) Texts(into *[]string, name string) {
	f.set.Func(name, "", func(s string) error { *into = append(*into, s); return nil })
}

// Word declares the one word besides flags that the command accepts. Its name says
// what it is: number, file, person, command.
func (f *Flags) Word(into *string, name string, needed bool) {
	f.word, f.wordName, f.needed = into, name, needed
}

// Read parses a command's words and returns the function that carries it out. Its
// errors are [*Misread] and [ErrHelp].
func (c Command) Read(words []string) (Run, error) {
	f := newFlags()
	run := c.Declare(f)
	err := f.read(words)
	switch {
	case err == nil:
		err = f.oneInput()
	case err == ErrHelp && c.Name == "" && len(words) > 1: // HIS would take help for its answer
		err = Wrong("unknown_flag", "flag", "help")
	}
	if fault, ok := err.(*Fault); ok {
		return nil, &Misread{c, fault}
	}
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context, s Streams) error {
		if err := f.fetch(ctx, s.In); err != nil {
			return err
		}
		return run(ctx, s)
	}, nil
}

// read parses flags, which may stand before and after the word; if one is repeated,
// the last counts. An extra word is an error: a command is never carried out in
// part.
func (f *Flags) read(words []string) error {
	var rest []string
	for len(words) > 0 {
		word := words[0]
		words = words[1:]
		if word == "--" {
			rest = append(rest, words...)
			break
		}
		if !isFlag(word) {
			rest = append(rest, word)
			continue
		}
		name, value, has := strings.Cut(strings.TrimPrefix(word[1:], "-"), "=")
		if name == "help" || name == "h" {
			return ErrHelp
		}
		known := f.set.Lookup(name)
		switch {
		case known == nil:
			return Wrong("unknown_flag", "flag", shown(name))
		case !has && isBool(known):
			value = "true"
		case !has && len(words) == 0:
			return Wrong("no_value", "flag", name)
		case !has:
			value, words = words[0], words[1:]
		}
		if value == "" { // a script's variable that was never set
			return Wrong("no_value", "flag", name)
		}
		if f.set.Set(name, value) != nil {
			return Wrong("bad_value", "flag", name, "value", shown(value))
		}
	}
	return f.setWord(rest)
}

// setWord sets the one word that is not a flag, if the command accepts one.
func (f *Flags) setWord(words []string) error {
	switch {
	case f.word == nil && len(words) > 0:
		return Wrong("stray", "word", shown(words[0]))
	case len(words) > 1:
		return Wrong("stray", "word", shown(words[1]))
	case len(words) == 1:
		*f.word = words[0]
	case f.needed:
		return Wrong("no_word", "what", "@word."+f.wordName)
	}
	return nil
}

func isBool(f *flag.Flag) bool {
	b, ok := f.Value.(interface{ IsBoolFlag() bool })
	return ok && b.IsBoolFlag()
}

// maxShown is how much of a word an error repeats, in characters.
const maxShown = 40

// shown is a word as an error repeats it: short, and harmless to a terminal.
func shown(word string) string {
	text := []rune(strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return '?'
	}, strings.ToValidUTF8(word, "?")))
	if len(text) > maxShown {
		return string(text[:maxShown]) + "…"
	}
	return string(text)
}
