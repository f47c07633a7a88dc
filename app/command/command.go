// Package command parses the command lines of the executable: which flags each
// command accepts, its help, and the errors about everything else.
package command

import (
	"context"
	"io"
	"strings"
)

// Command is one of the executable's commands.
type Command struct {
	// Name is its name, in one word or two ("journal list"). It is empty for a call
	// of HIS, whose first word is a flag.
	Name string
	// Declare declares its flags and returns the function that carries it out once
	// they have been parsed.
	Declare func(f *Flags) Run
}

// Run carries out a command.
type Run func(ctx context.Context, s Streams) error

// Streams are the standard streams of the process.
type Streams struct {
	In       io.Reader
	Out, Log io.Writer
}

// Table lists all commands.
type Table []Command

// Find is the command that a command line names, and the remaining words. A command
// line that begins with a flag is a call.
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

// Group are the commands of two words that begin with this one.
func (t Table) Group(word string) (group Table) {
	for _, c := range t {
		if strings.HasPrefix(c.Name, word+" ") {
			group = append(group, c)
		}
	}
	return group
}

// isFlag reports whether a word is meant as a flag. A lone - is not: it stands for
// standard input.
func isFlag(word string) bool { return len(word) > 1 && word[0] == '-' }
