package config

import (
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// The examples, whose comments are in English and in Chinese.
const (
	example      = "../../.github/docs/onetrans.example.toml"
	staffExample = "../../.github/docs/staff/onetrans.example.toml"
)

func TestTheExampleIsTheDefault(t *testing.T) {
	t.Setenv("HOME", "/home/nobody")
	t.Setenv("XDG_DATA_HOME", "")
	c, err := Load(Options{Path: example, Environ: lone()})
	if err != nil {
		t.Fatal(err)
	}
	c.Source = ""
	if want := Default(); !reflect.DeepEqual(c, want) {
		t.Errorf("got %+v\nwant %+v", c, want)
	}
}

func TestTheExampleHasEveryKey(t *testing.T) {
	data, err := os.ReadFile(example)
	if err != nil {
		t.Fatal(err)
	}
	doc, _, err := parse(string(data))
	if err != nil {
		t.Fatal(err)
	}
	var c Config
	for _, f := range fields(&c) {
		if at(doc.tree, strings.Split(f.key, ".")...) == nil {
			t.Errorf("%s is not in it", f.key)
		}
	}
	list, _ := doc.list(maxAccounts, "pay", "account")
	if len(list) != 2 {
		t.Fatalf("%d accounts", len(list))
	}
	for _, account := range list {
		for _, f := range accountFields(&Account{}) {
			if account.values[last(f.key)] == nil {
				t.Errorf("%s is not in the account %v", last(f.key), account.values["type"])
			}
		}
	}
	for l := range strings.Lines(string(data)) {
		if regexp.MustCompile(`^\s+\S`).MatchString(l) {
			t.Errorf("keys stand at the line's beginning: %q", l)
		}
	}
}

// The Chinese one is what hospitals start from.
func TestTheExamplesDifferInTheirCommentsAlone(t *testing.T) {
	comment := regexp.MustCompile(`^((?:[^#"]|"[^"]*")*?) *#.*`)
	statements := func(path string) (found []string) {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for l := range strings.Lines(string(data)) {
			if l = strings.TrimSpace(comment.ReplaceAllString(l, "$1")); l != "" {
				found = append(found, l)
			}
		}
		return found
	}
	english, chinese := statements(example), statements(staffExample)
	if !slices.Equal(english, chinese) {
		t.Errorf("got %q\nwant %q", chinese, english)
	}
	if len(english) < 80 {
		t.Errorf("only %d statements", len(english))
	}
}
