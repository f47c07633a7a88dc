package config

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"onetrans/assets/texts"
)

// reasons are the keys of the reasons that the source makes, and what fills in
// the words of each.
func reasons(t *testing.T) map[string][]string {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	found := map[string][]string{"at": {"where", "why"}, "at_line": {"where", "line", "why"}, "plain": {"why"}, "syntax": nil, "twice": nil, "not_for_sandbox": nil}
	at := map[string]int{"wrong": 0, "within": 0, "because": 1, "conflict": 1}
	set := token.NewFileSet()
	for _, path := range files {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(set, path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			name := callee(call)
			i, makes := at[name]
			if !makes || len(call.Args) <= i {
				if (name == "Errorf" || name == "New") && path != "errors.go" && path != "document.go" {
					t.Errorf("%s: an error has its words in the source", set.Position(call.Pos()))
				}
				return true
			}
			if k, ok := literal(call.Args[i]); ok {
				found[k] = append(found[k], "why")
				for i++; i < len(call.Args); i += 2 {
					if value, ok := literal(call.Args[i]); ok {
						found[k] = append(found[k], value)
					} else {
						found[k] = append(found[k], "low", "high") // of [between]
					}
				}
			}
			return true
		})
	}
	return found
}

func callee(call *ast.CallExpr) string {
	switch f := call.Fun.(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		return f.Sel.Name
	}
	return ""
}

func literal(e ast.Expr) (string, bool) {
	l, ok := e.(*ast.BasicLit)
	if !ok || l.Kind != token.STRING {
		return "", false
	}
	s, err := strconv.Unquote(l.Value)
	return s, err == nil
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
