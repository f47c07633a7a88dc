package config

import (
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"onetrans/app/checks/rig"
	"onetrans/assets/texts"
)

// reasons are the keys of the reasons that the source makes, and what fills in
// the words of each.
func reasons(t *testing.T) map[string][]string {
	t.Helper()
	found := map[string][]string{"at": {"where", "why"}, "at_line": {"where", "line", "why"}, "plain": {"why"}, "syntax": nil, "twice": nil, "not_for_sandbox": nil}
	at := map[string]int{"wrong": 0, "within": 0, "because": 1, "conflict": 1}
	for _, call := range rig.Calls(t, ".") {
		i, makes := at[call.Name]
		file := filepath.Base(call.At.Filename)
		if (call.Name == "Errorf" || call.Name == "New") && file != "errors.go" && file != "document.go" {
			t.Errorf("%s: an error has its words in the source", call.At)
		}
		key, ok := call.Text(i)
		if !makes || !ok {
			continue
		}
		found[key] = append(found[key], "why")
		for i++; i < len(call.Args); i += 2 {
			if value, ok := call.Text(i); ok {
				found[key] = append(found[key], value)
			} else {
				found[key] = append(found[key], "low", "high") // of [between]
			}
		}
	}
	return found
}

var placeholder = regexp.MustCompile(`\{(\w+)\}`)

func TestEveryKindOfProblemHasItsWordsInEachLanguage(t *testing.T) {
	book, err := texts.Load()
	if err != nil {
		t.Fatal(err)
	}
	found := reasons(t)
	if len(found) < 60 {
		t.Fatalf("only %d kinds of problem were found", len(found))
	}
	for _, name := range book.Names() {
		language := book.In(name)
		for _, key := range slices.Sorted(maps.Keys(found)) {
			whole := "commands.error." + configWords + key
			if !language.Has(whole) {
				t.Errorf("%s has no %s", name, whole)
			}
			for _, p := range placeholder.FindAllStringSubmatch(language.Say(whole), -1) {
				if !slices.Contains(found[key], p[1]) {
					t.Errorf("%s: nothing fills in %s of %s", name, p[0], whole)
				}
			}
		}
		for _, key := range language.Keys() {
			if k, ours := strings.CutPrefix(key, "commands.error."+configWords); ours {
				if _, used := found[k]; !used {
					t.Errorf("%s: nobody says %s", name, key)
				}
			}
		}
	}
}
