// Package command reads the words of the executable's commands: what each may be
// given, how its help says that, and what is said of words that it does not take.
package command

import (
	"context"
	"io"
	"strings"
)

// Command is something that the executable can be told to do.
type Command struct {
	// Name is its name, in one word or two ("journal list"). Empty: a call of
	// HIS, which has none, as its first word is a flag.
	Name string
	// Declare declares its flags, and returns what carries it out once these are read.
	Declare func(f *Flags) Run
}

// Run carries a command out.
type Run func(ctx context.Context, s Streams) error

// Streams are what a process was given.
type Streams struct {
	In       io.Reader
	Out, Log io.Writer
}

// Table has every command once.
type Table []Command

// Find is the command that a command line names, and the words that are left
// for it. What begins with a flag is a call.
func (t Table) Find(line []string) (c Command, rest []string, err error) {
	for n := min(2, len(line)); n > 0; n-- {
		for _, c := range t {
			if c.Name != "" && c.Name == strings.Join(line[:n], " ") {
				return c, line[n:], nil
			}
		}
	}
	for _, c := range t {
		switch {
		case c.Name != "" || len(line) == 0:
		case isFlag(line[0]):
			return c, line, nil
		case len(line) == 2 && line[0] == c.key() && line[1] == "--help":
			return c, line[1:], nil
		}
	}
	switch {
	case len(line) == 0:
		return Command{}, nil, ErrNoCommand
	case len(t.Group(line[0])) > 0 && len(line) == 1:
		return Command{}, nil, Wrong("no_verb", "command", line[0])
	case len(t.Group(line[0])) > 0:
		return Command{}, nil, Wrong("unknown_verb", "command", line[0], "word", shown(line[1]))
	}
	return Command{}, nil, Wrong("unknown_command", "word", shown(line[0]))
}

// Group are the commands whose first word of two this is.
func (t Table) Group(word string) (group Table) {
	for _, c := range t {
		if strings.HasPrefix(c.Name, word+" ") {
			group = append(group, c)
		}
	}
	return group
}

// isFlag says whether a word is meant as a flag. A lone - is none: it stands for
// standard input.
func isFlag(word string) bool { return len(word) > 1 && word[0] == '-' }
