package main

import (
	"go/ast"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"

	"onetrans/app/checks/rig"
	"onetrans/flows/message/onetrans"
)

// chineseInGo are the folders whose source may hold Chinese texts, and what those are:
// no sentence of this program's for people, whose place is assets/texts.
var chineseInGo = map[string]string{
	"app/checks/simulate":    "what a hospital's requests hold",
	"app/checks/standin":     "a folder's name, and a word of another vendor's",
	"app/config":             "names of a hospital that has not said its own",
	"app/record":             "the characters that stand for those of a name",
	"app/sandbox":            "the platform's words and phone pages, which it says of itself",
	"devices":                "what a card holds",
	"flows/core/reconcile":   "words of others' statements",
	"flows/message/mask":     "surnames",
	"flows/message/onetrans": "the specification's names",
}

func TestNoSentenceForPeopleStandsInGo(t *testing.T) {
	var names []string // of fields, which sentences name
	for _, transType := range onetrans.TransTypes() {
		for _, r := range append(onetrans.CommonRules(onetrans.In), onetrans.Rules(transType, onetrans.In)...) {
			names = append(names, r.Name)
		}
	}
	met := map[string]bool{}
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case !d.IsDir():
			return nil
		case d.Name() == "testdata" || strings.HasPrefix(d.Name(), ".") && path != "..":
			return filepath.SkipDir
		}
		if found, _ := filepath.Glob(filepath.Join(path, "*.go")); len(found) == 0 {
			return nil
		}
		folder := filepath.ToSlash(strings.TrimPrefix(path, ".."+string(filepath.Separator)))
		rig.Source(t, path, func(n ast.Node, at func() token.Position) {
			e, ok := n.(ast.Expr)
			if !ok {
				return
			}
			text, ok := rig.Literal(e)
			if !ok || !strings.ContainsFunc(text, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
				return
			}
			met[folder] = true
			if chineseInGo[folder] == "" && !slices.Contains(names, text) {
				t.Errorf("%s: %q belongs into assets/texts", at(), text)
			}
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for folder := range chineseInGo {
		if !met[folder] {
			t.Errorf("%s holds no Chinese text any more", folder)
		}
	}
}
