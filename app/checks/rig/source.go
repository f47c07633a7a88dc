package rig

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// Source goes over everything in the source of a folder's package, without its
// tests; at says where that is.
func Source(t testing.TB, folder string, look func(n ast.Node, at func() token.Position)) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil || len(files) == 0 {
		t.Fatal(folder, files, err)
	}
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
			if n != nil {
				look(n, func() token.Position { return set.Position(n.Pos()) })
			}
			return true
		})
	}
}

// FuncCall is a call of a function, or of a method, in a source.
type FuncCall struct {
	Name string
	Args []ast.Expr
	At   token.Position
}

// Text is an argument that is a text in the source.
func (c FuncCall) Text(i int) (string, bool) {
	if i >= len(c.Args) {
		return "", false
	}
	return Literal(c.Args[i])
}

// Calls are all calls in the source of a folder's package.
func Calls(t testing.TB, folder string) (calls []FuncCall) {
	t.Helper()
	Source(t, folder, func(n ast.Node, at func() token.Position) {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return
		}
		switch f := call.Fun.(type) {
		case *ast.Ident:
			calls = append(calls, FuncCall{f.Name, call.Args, at()})
		case *ast.SelectorExpr:
			calls = append(calls, FuncCall{f.Sel.Name, call.Args, at()})
		}
	})
	return calls
}

// Literal is a text that stands in the source.
func Literal(e ast.Expr) (string, bool) {
	l, ok := e.(*ast.BasicLit)
	if !ok || l.Kind != token.STRING {
		return "", false
	}
	text, err := strconv.Unquote(l.Value)
	return text, err == nil
}
