package main

import (
	"encoding/json"
	"go/parser"
	"go/token"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// goPackage is what go list says of a package.
type goPackage struct {
	ImportPath string
	// Imports are what it imports itself, Deps what comes with them, too.
	Imports, Deps []string
}

func packages(t *testing.T) []goPackage {
	t.Helper()
	list := exec.Command("go", "list", "-tags", "x11", "-json=ImportPath,Imports,Deps", "onetrans/...")
	out, err := list.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []goPackage
	for decoder := json.NewDecoder(strings.NewReader(string(out))); decoder.More(); {
		var p goPackage
		if err := decoder.Decode(&p); err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	return all
}

// floors are the rooms of flows from the bottom up: an import goes down, or stays
// in its room.
var floors = [][]string{
	{"onetrans/flows/flow", "onetrans/flows/view", "onetrans/flows/message"},
	{"onetrans/flows/core"},
	{"onetrans/flows/identify", "onetrans/flows/authorise", "onetrans/flows/receipt"},
	{"onetrans/flows/cashier"},
	{"onetrans/flows/recharge", "onetrans/flows/settle"},
	{"onetrans/flows/kiosk"},
}

// never are the imports that would cost the program a rule, and why; by way of another
// package neither.
var never = []struct{ from, imported, why string }{
	{"onetrans/app/sandbox", "onetrans/flows/core", "its book is the second witness of what the core did"},
	{"onetrans/app/sandbox", "onetrans/store", "its book is the second witness of what the journal says"},
	{"onetrans/app/checks/simulate/judge", "onetrans/flows/core", "who takes the core's word finds no fault with it"},
	{"onetrans/app/checks/simulate/judge", "onetrans/store", "it is shown what is on disk as rows of its own"},
	{"onetrans/app/checks/simulate/judge", "onetrans/app", "it is shown what everybody did as plain data"},
	{"onetrans/flows/core", "onetrans/flows/view", "what moves money knows no screen"},
	{"onetrans/app/terminal", "onetrans/ui", "a terminal's owner has a process that draws, and never does"},
	{"onetrans/app/terminal", "onetrans/app/window", "a terminal's owner has a process that draws, and never does"},
}

// windows have one: the process that draws, and what it is measured against.
var windows = []string{"onetrans/app/window", "onetrans/app/checks/bench/emptywindow"}

// forbidden says why a package may not import another; empty when it may.
func forbidden(from, imported string) string {
	folder, _, _ := strings.Cut(strings.TrimPrefix(from, "onetrans/"), "/")
	if why := forbiddenAltogether(from, imported); why != "" {
		return why
	}
	switch {
	case imported == "fyne.io/fyne/v2/app":
		if !within(from, windows...) {
			return "only the process that draws may"
		}
	case within(imported, "fyne.io/fyne/v2"):
		if folder != "ui" && !within(from, windows...) {
			return "only ui and the process that draws may"
		}
	case !within(imported, "onetrans"):
	case from == "onetrans/devices":
		return "the root says what any reader delivers, and knows no driver"
	case within(imported, path.Join("onetrans", folder)):
		if folder == "flows" && floor(imported) >= floor(from) && room(imported) != room(from) {
			return "an import inside flows goes down"
		}
	case !mayImport(folder, imported):
		return folder + " may not"
	}
	return ""
}

// forbiddenAltogether says why a package may not even come by another by way of a third;
// empty when it may.
func forbiddenAltogether(from, imported string) string {
	for _, n := range never {
		if within(from, n.from) && within(imported, n.imported) {
			return n.why
		}
	}
	return ""
}

// faults are a package's imports that are forbidden.
func (p goPackage) faults() (faults []string) {
	for _, imported := range p.Imports {
		if why := forbidden(p.ImportPath, imported); why != "" {
			faults = append(faults, p.ImportPath+" imports "+imported+": "+why)
		}
	}
	for _, dep := range p.Deps {
		if why := forbiddenAltogether(p.ImportPath, dep); why != "" && !slices.Contains(p.Imports, dep) {
			faults = append(faults, p.ImportPath+" imports what imports "+dep+": "+why)
		}
	}
	return faults
}

// mayImport says which packages of ours a folder may use, beside itself.
func mayImport(folder, imported string) bool {
	switch folder {
	case "app":
		return true
	case "ui":
		return within(imported, "onetrans/flows", "onetrans/assets")
	case "flows":
		return imported == "onetrans/devices" || imported == "onetrans/assets/dict"
	case "store":
		return within(imported, "onetrans/flows")
	}
	return false // devices and assets know nobody
}

func within(imported string, folders ...string) bool {
	return slices.ContainsFunc(folders, func(f string) bool {
		return imported == f || strings.HasPrefix(imported, f+"/")
	})
}

// floor is how high a package of flows stands; -1: on none.
func floor(pkg string) int {
	return slices.IndexFunc(floors, func(rooms []string) bool { return within(pkg, rooms...) })
}

// room is the room of flows that a package is in; empty: none.
func room(pkg string) string {
	for _, rooms := range floors {
		for _, r := range rooms {
			if within(pkg, r) {
				return r
			}
		}
	}
	return ""
}

func TestImportsFollowTheDesign(t *testing.T) {
	all := packages(t)
	if len(all) < 10 {
		t.Fatalf("only %d packages found", len(all))
	}
	for _, p := range all {
		if within(p.ImportPath, "onetrans/flows") && floor(p.ImportPath) < 0 {
			t.Errorf("%s stands on no floor", p.ImportPath)
		}
		for _, fault := range p.faults() {
			t.Error(fault)
		}
	}
}

// Each rule is broken once, by an import that nobody wrote.
func TestAnImportThatIsForbiddenIsFound(t *testing.T) {
	for _, planted := range [][2]string{
		{"onetrans/app/sandbox", "onetrans/flows/core/txn"},
		{"onetrans/app/sandbox", "onetrans/store"},
		{"onetrans/app/checks/simulate/judge", "onetrans/flows/core/txn"},
		{"onetrans/app/checks/simulate/judge", "onetrans/store"},
		{"onetrans/app/checks/simulate/judge", "onetrans/app/sandbox"},
		{"onetrans/flows/core/txn", "onetrans/flows/view"},
		{"onetrans/flows/core/reconcile", "onetrans/flows/recharge"},
		{"onetrans/flows/core/txn", "onetrans/flows/kiosk"},
		{"onetrans/flows/core/txn", "onetrans/flows/cashier"},
		{"onetrans/flows/cashier", "onetrans/flows/recharge"},
		{"onetrans/flows/identify", "onetrans/flows/cashier"},
		{"onetrans/flows/message/wire", "onetrans/flows/flow"},
		{"onetrans/flows/recharge", "onetrans/flows/settle"},
		{"onetrans/flows/receipt", "onetrans/flows/recharge"},
		{"onetrans/devices", "onetrans/devices/sscard"},
		{"onetrans/devices/sscard", "onetrans/flows/core/txn"},
		{"onetrans/flows/kiosk", "onetrans/ui"},
		{"onetrans/flows/kiosk", "onetrans/devices/sscard"},
		{"onetrans/store", "onetrans/app/config"},
		{"onetrans/assets/texts", "onetrans/flows/view"},
		{"onetrans/flows/view", "fyne.io/fyne/v2"},
		{"onetrans/ui", "fyne.io/fyne/v2/app"},
		{"onetrans/app", "fyne.io/fyne/v2"},
		{"onetrans/app", "fyne.io/fyne/v2/app"},
		{"onetrans/app/terminal", "fyne.io/fyne/v2"},
		{"onetrans/app/terminal/screen", "fyne.io/fyne/v2"},
		{"onetrans/app/terminal", "onetrans/ui/theme"},
		{"onetrans/app/terminal/screen", "onetrans/app/window"},
	} {
		if forbidden(planted[0], planted[1]) == "" {
			t.Errorf("nobody minds that %s imports %s", planted[0], planted[1])
		}
	}
	roundabout := goPackage{
		"onetrans/app/checks/simulate/judge",
		[]string{"onetrans/flows/cashier"},
		[]string{"onetrans/flows/cashier", "onetrans/flows/core/txn"},
	}
	if len(roundabout.faults()) != 1 {
		t.Errorf("nobody minds a never that is broken by way of another package: %q", roundabout.faults())
	}
	for _, allowed := range [][2]string{
		{"onetrans/flows/message/wire", "onetrans/flows/message/gm"},
		{"onetrans/flows/settle", "onetrans/flows/cashier"},
		{"onetrans/flows/settle", "onetrans/flows/identify"},
		{"onetrans/devices/sscard", "onetrans/devices"},
		{"onetrans/app/checks/e2e", "onetrans/app/sandbox"},
		{"onetrans/app/checks/simulate", "onetrans/flows/core/txn"},
		{"onetrans/app/checks/simulate/judge", "onetrans/flows/message/onetrans"},
		{"onetrans/app/window", "fyne.io/fyne/v2/app"},
	} {
		if why := forbidden(allowed[0], allowed[1]); why != "" {
			t.Errorf("%s imports %s: %s", allowed[0], allowed[1], why)
		}
	}
}

// The command that draws is a file of the executable's own package, as those of the
// owners are: what a package imports can't tell them apart.
func TestOfTheCommandsOnlyTheOneThatDrawsKnowsTheWindow(t *testing.T) {
	draws := func(file string, imports []string) bool {
		return slices.ContainsFunc(imports, func(i string) bool {
			return within(i, "fyne.io/fyne/v2", "onetrans/ui", "onetrans/app/window")
		}) != (file == "ui.go")
	}
	if !draws("kiosk.go", []string{"onetrans/app/window"}) || !draws("agent.go", []string{"fyne.io/fyne/v2"}) || !draws("ui.go", nil) {
		t.Error("nobody minds an owner that draws")
	}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range files {
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		var imports []string
		for _, i := range file.Imports {
			imports = append(imports, strings.Trim(i.Path.Value, `"`))
		}
		if !strings.HasSuffix(path, "_test.go") && draws(path, imports) {
			t.Errorf("%s: %q", path, imports)
		}
	}
}

func TestTopLevelHoldsTheDesignsFoldersOnly(t *testing.T) {
	allowed := strings.Fields("app ui flows devices assets store FyneApp.toml go.mod go.sum Makefile README.md README.zh-CN.md LICENSE")
	out, err := exec.Command("git", "-C", "..", "ls-files", "--cached").Output()
	if err != nil {
		t.Fatalf("git: %v", err)
	}
	for name := range strings.Lines(string(out)) {
		top, _, _ := strings.Cut(strings.TrimSpace(name), "/")
		if !strings.HasPrefix(top, ".") && !slices.Contains(allowed, top) {
			t.Errorf("%s does not belong at the top level", top)
		}
	}
}
