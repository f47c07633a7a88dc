package command

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"
)

// taker is a command that takes everything that a command can.
func taker(name string) Command {
	return Command{Name: name, Declare: func(f *Flags) Run {
		var text, private string
		var number int
		var span time.Duration
		var texts []string
		var yes bool
		f.Text(&text, "text", "its default")
		f.Private(&private, "private")
		f.Number(&number, "number")
		f.Duration(&span, "span", time.Minute)
		f.Texts(&texts, "texts")
		f.Yes(&yes, "yes")
		return func(context.Context, Streams) error { return nil }
	}}
}

func TestAFlagWhoseContentIsEmptyIsRefusedAndNotAsOneThatWasNotGiven(t *testing.T) {
	for _, flag := range []string{"text", "private", "number", "span", "texts", "yes"} {
		for _, words := range [][]string{{"--" + flag + "="}, {"--" + flag, ""}} {
			if flag == "yes" && len(words) == 2 {
				continue // it takes nothing, and the empty word is one too much
			}
			if _, err := taker("find").Read(words); !errors.Is(err, Wrong("no_value")) {
				t.Errorf("%q: %v", words, err)
			}
		}
	}
}

func TestAPersonsWordsLeaveWhatFollowsThemToBeRead(t *testing.T) {
	var card, by string
	run, err := named(&card, &by).Read([]string{"--by", "-"})
	if err != nil {
		t.Fatal(err)
	}
	in := strings.NewReader("王五\na password\n")
	if err := run(t.Context(), Streams{In: in}); err != nil || by != "王五" {
		t.Fatalf("%q, %v", by, err)
	}
	if rest, err := io.ReadAll(in); err != nil || string(rest) != "a password\n" {
		t.Errorf("what is left is %q, %v", rest, err)
	}
}
