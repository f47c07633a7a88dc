package ui_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"testing"

	"onetrans/assets/icons"
	"onetrans/assets/texts"
	"onetrans/flows/view"
	"onetrans/ui/screens"
)

// kindTexts says under which keys the interface looks for the texts of a kind.
var kindTexts = map[string]struct {
	prefix string
	parts  []string
}{
	"TroubleKind":   {"trouble.", []string{".title", ".text", ".money", ".next"}},
	"ServiceKind":   {"service.", []string{".title", ".hint", ".hint_large", ".account", ".balance", ".pay"}},
	"BusyKind":      {"busy.", []string{".title", ".lead", ".long"}},
	"DoubtKind":     {"doubt.", []string{".title", ".text"}},
	"AskKind":       {"ask.", []string{".title", ".text", ".go", ".stop"}},
	"SexKind":       {"sex.", []string{""}},
	"AmountProblem": {"amount.", []string{""}},
	"StepKind":      {"settling.", []string{""}},
	"StepState":     {"settling.state.", []string{""}},
	"SlipState":     {"slip.", []string{""}},
	"SlipProblem":   {"slip.", []string{".title"}},
	"FaultKind":     {"fault.", []string{""}},
	"BeforeKind":    {"before.", []string{""}},
}

func TestEveryKindOfAPageHasItsTexts(t *testing.T) {
	kinds := kindsOf(t)
	for _, kind := range kinds["WayKind"] {
		check(t, "way."+kind, []string{".title", ".hint"})
		check(t, "present."+kind, []string{".title", ".place", ".1", ".2", ".3"})
	}
	for name, where := range kindTexts {
		if len(kinds[name]) == 0 {
			t.Errorf("package view has no %s", name)
		}
		for _, kind := range kinds[name] {
			check(t, where.prefix+kind, where.parts)
		}
	}
	for _, language := range kinds["Language"] {
		if got := load(t).In(language).Name; got != language {
			t.Errorf("there is no language %s", language)
		}
	}
}

func TestEveryServiceIsDrawnOnTheFirstPageWithAPictureOfItsOwn(t *testing.T) {
	d := newDesk(t, portrait32)
	seen := map[icons.Name]string{}
	for _, kind := range kindsOf(t)["ServiceKind"] {
		icon, ok := screens.ServiceIcons()[view.ServiceKind(kind)]
		if !ok || seen[icon] != "" {
			t.Errorf("%s has no picture of its own: %q, as %q", kind, icon, seen[icon])
			continue
		}
		seen[icon] = kind
		d.show(view.Page{Content: view.Home{Services: []view.Service{{Kind: view.ServiceKind(kind), Main: true}}}})
		if _, ok := d.kiosk.Find(view.PickService, kind); !ok {
			t.Errorf("%s can't be chosen", kind)
		}
	}
}

func load(t *testing.T) texts.Book {
	t.Helper()
	book, err := texts.Load()
	if err != nil {
		t.Fatal(err)
	}
	return book
}

func check(t *testing.T, prefix string, parts []string) {
	t.Helper()
	book := load(t)
	for _, name := range book.Names() {
		for _, part := range parts {
			if !book.In(name).Has(prefix + part) {
				t.Errorf("%s has no %s", name, prefix+part)
			}
		}
	}
}

// kindsOf reads the constants of package view from its source, by their type,
// so that a kind that is added there can't be forgotten here.
func kindsOf(t *testing.T) map[string][]string {
	t.Helper()
	files, err := filepath.Glob("../flows/view/*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("no source of package view: %v", err)
	}
	kinds := map[string][]string{}
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(node ast.Node) bool {
			spec, ok := node.(*ast.ValueSpec)
			if !ok || spec.Type == nil || len(spec.Values) != 1 {
				return true
			}
			kind, named := spec.Type.(*ast.Ident)
			value, literal := spec.Values[0].(*ast.BasicLit)
			if named && literal && value.Kind == token.STRING {
				if text, err := strconv.Unquote(value.Value); err == nil {
					kinds[kind.Name] = append(kinds[kind.Name], text)
				}
			}
			return true
		})
	}
	return kinds
}
