package main

import (
	"bytes"
	"go/ast"
	"os"
	"slices"
	"strings"
	"testing"

	"onetrans/app/checks/rig"
	"onetrans/app/command"
	"onetrans/assets/texts"
)

// line is what is typed for a command, with the one word that it may need.
func line(c command.Command, more ...string) []string {
	words := strings.Fields(c.Name)
	if c.Name == "" {
		words = []string{"--trans_type", "hop.trade.query"}
	}
	switch c.Name {
	case "journal show", "journal retry", "journal settle", "journal backup", "journal password":
		words = append(words, "A1")
	}
	return append(words, more...)
}

// spoken runs a command line in this process, where nothing is configured but
// the language.
func spoken(t *testing.T, language string, args ...string) (out, log string, exit int) {
	t.Helper()
	folder := t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", folder)
	t.Setenv("XDG_DATA_HOME", folder)
	t.Setenv("ONETRANS_UI_LANGUAGE", language)
	var stdout, stderr bytes.Buffer
	exit = run(t.Context(), args, &stdout, &stderr)
	if entries, err := os.ReadDir(folder); err != nil || len(entries) > 0 {
		t.Errorf("%q left %v behind, %v", args, entries, err)
	}
	return stdout.String(), stderr.String(), exit
}

func TestAWordThatIsNoFlagIsRefusedByEveryCommandBeforeAnythingElse(t *testing.T) {
	for _, c := range commands() {
		stray := []string{"oops", "--config", "nowhere.toml"}
		switch c.Name {
		case "card":
			stray = []string{"张三", "oops"} // it takes one word
		case "calls", "replay", "compare", "swap":
			stray = []string{"a", "oops"} // they take one word
		case "sandbox", "version", "licences", "ui":
			stray = []string{"oops"}
		}
		for language, says := range map[string]string{"zh-CN": "不认识 oops", "en": "oops is not a flag"} {
			t.Setenv("LC_ALL", language) // counts where the configuration can't be read
			out, log, exit := spoken(t, language, line(c, stray...)...)
			if exit != exitFailed || out != "" || !strings.Contains(log, says) || strings.Count(log, "\n") != 1 {
				t.Errorf("%s: exit %d, %q, %q", c.Title(), exit, out, log)
			}
		}
	}
}

func TestAFlagThatACommandDoesNotHaveIsRefusedInOneLine(t *testing.T) {
	for _, c := range commands() {
		for flag, says := range map[string]string{"--bogus": "没有 --bogus 这个选项", "--bogus=1": "没有 --bogus", "-x": "没有 --x"} {
			out, log, exit := spoken(t, "zh-CN", line(c, flag)...)
			if exit != exitFailed || out != "" || !strings.Contains(log, says) || strings.Count(log, "\n") != 1 {
				t.Errorf("%s %s: exit %d, %q, %q", c.Title(), flag, exit, out, log)
			}
		}
	}
	for _, words := range [][]string{nil, {"kiosks"}, {"journal"}, {"journal", "mend"}, {""}, {"agent", "--config"}} {
		if out, log, exit := spoken(t, "zh-CN", words...); exit != exitFailed || out != "" || strings.Count(log, "\n") != 1 {
			t.Errorf("%q: exit %d, %q, %q", words, exit, out, log)
		}
	}
}

func TestTheHelpOfEveryCommandEndsWellAndIsOnStandardOutput(t *testing.T) {
	asks := [][]string{{"help"}, {"--help"}, {"-h"}, {"journal", "help"}, {"journal", "--help"}, {"help", "journal"}}
	for _, c := range commands() {
		if c.Name == "" {
			continue
		}
		asks = append(asks, line(c, "--help"), line(c, "-h"), append([]string{"help"}, strings.Fields(c.Title()[len("onetrans"):])...))
	}
	asks = append(asks, []string{"help", "call"}, []string{"call", "--help"})
	for _, words := range asks {
		for language, says := range map[string]string{"zh-CN": "onetrans", "en": "onetrans"} {
			out, log, exit := spoken(t, language, words...)
			if exit != exitOK || log != "" || !strings.Contains(out, says) {
				t.Errorf("%q: exit %d, %q, %q", words, exit, out, log)
			}
			if chinese := strings.ContainsFunc(out, func(r rune) bool { return r >= 0x4e00 }); chinese != (language == "zh-CN") {
				t.Errorf("%q in %s: %s", words, language, out)
			}
		}
	}
}

// Who makes a call takes what is on standard output for its answer.
func TestACallGivesNoHelpInPlaceOfItsAnswer(t *testing.T) {
	for _, words := range [][]string{
		{"--trans_type", "hop.trade.query", "-h"},
		{"--trans_type", "hop.trade.query", "--help", "--in", "nothing"},
		{"-h", "--trans_type", "hop.trade.query"},
		{"help", "--trans_type", "hop.trade.query"},
	} {
		if out, log, exit := spoken(t, "en", words...); exit != exitFailed || out != "" || !strings.Contains(log, "nothing was done") {
			t.Errorf("%q: exit %d, %q, %q", words, exit, out, log)
		}
	}
}

func TestHelpWithWhatThereIsNotNamesIt(t *testing.T) {
	for _, words := range [][]string{{"help", "bogus"}, {"--help", "bogus"}, {"bogus", "--help"}, {"help", "journal", "bogus"}} {
		if out, log, exit := spoken(t, "en", words...); exit != exitFailed || out != "" || !strings.Contains(log, "bogus") {
			t.Errorf("%q: exit %d, %q, %q", words, exit, out, log)
		}
	}
}

// A file may have been named by somebody else.
func TestAnErrorShowsWhatItNamesAsWhatItIs(t *testing.T) {
	for _, words := range [][]string{
		{"--trans_type", "hop.trade.query", "--in", "a\x1b[31m\u202eb"}, {"card", "a\x1b[31m\u202eb"},
	} {
		out, log, exit := spoken(t, "en", words...)
		if exit != exitFailed || out != "" || strings.ContainsAny(log, "\x1b\u202e") || !strings.Contains(log, `a\x1b[31m\u202eb`) {
			t.Errorf("%q: exit %d, %q, %q", words, exit, out, log)
		}
	}
}

// wrongs are the keys of the faults that the source in a folder makes, and the
// places where an error has its words in the source instead.
func wrongs(t *testing.T, folder string) (keys, bare []string) {
	t.Helper()
	for _, call := range rig.Calls(t, folder) {
		text, ok := call.Text(0)
		switch {
		case call.Name == "say" && len(call.Args) > 1:
			g, graded := call.Args[0].(*ast.Ident)
			key, is := call.Text(1)
			if graded && is && slices.Contains([]string{"fine", "doubt", "faulty"}, g.Name) {
				keys = append(keys, "check."+key)
			}
		case !ok:
		case call.Name == "Wrong":
			keys = append(keys, "error."+text)
		case call.Name == "New" || call.Name == "Errorf" && !strings.Contains(text, "%w"):
			bare = append(bare, call.At.String())
		}
	}
	return keys, bare
}

// Who reads what the commands say reads it in the hospital's language.
func TestEveryCommandFlagAndErrorHasItsWordsInEachLanguage(t *testing.T) {
	book, err := texts.Load()
	if err != nil {
		t.Fatal(err)
	}
	keys := []string{"commands.check.clock", "commands.check.clock_fine"} // which a variable names
	for _, g := range []grade{fine, doubt, faulty} {
		keys = append(keys, "commands.check.is_"+string(g))
	}
	for _, c := range commands() {
		keys = append(keys, c.Keys()...)
	}
	for _, folder := range []string{".", "command", "compare", "journal", "terminal"} {
		faults, bare := wrongs(t, folder)
		for _, key := range faults {
			keys = append(keys, "commands."+key)
		}
		if (folder == "." || folder == "compare") && len(bare) > 0 {
			t.Errorf("errors of the commands with their words in the source: %q", bare)
		}
	}
	for _, name := range book.Names() {
		for _, key := range keys {
			if !book.In(name).Has(key) {
				t.Errorf("%s has no %s", name, key)
			}
		}
	}
}

func TestTheVersionSaysWhatItIsMadeOf(t *testing.T) {
	metadata, err := os.ReadFile("../FyneApp.toml")
	if err != nil || !strings.Contains(string(metadata), `Version = "`+release+`"`) {
		t.Errorf("the release is not FyneApp.toml's: %v", err)
	}
	for _, words := range [][]string{{"version"}, {"--version"}} {
		out, log, exit := spoken(t, "zh-CN", words...)
		for _, says := range []string{release, "commit ", "go       go1.", "journal  schema ", "socket   version "} {
			if exit != exitOK || !strings.Contains(out, says) {
				t.Errorf("%q: exit %d, %q has no %q, %q", words, exit, out, says, log)
			}
		}
	}
}
