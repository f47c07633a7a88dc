package main

import (
	"encoding/json"
	"os/exec"
	"path"
	"slices"
	"strings"
	"testing"
)

// goPackage is what go list says of a package.
type goPackage struct {
	ImportPath                         string
	Imports, TestImports, XTestImports []string
}

func packages(t *testing.T) []goPackage {
	t.Helper()
	list := exec.Command("go", "list", "-json=ImportPath,Imports,TestImports,XTestImports", "onetrans/...")
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

func TestImportsFollowTheDesign(t *testing.T) {
	all := packages(t)
	if len(all) < 10 {
		t.Fatalf("only %d packages found", len(all))
	}
	for _, p := range all {
		folder, _, _ := strings.Cut(strings.TrimPrefix(p.ImportPath, "onetrans/"), "/")
		for _, imported := range p.Imports {
			switch {
			case within(imported, "onetrans"):
				if !within(imported, path.Join("onetrans", folder)) && !mayImport(folder, imported) {
					t.Errorf("%s imports %s", p.ImportPath, imported)
				}
			case imported == "fyne.io/fyne/v2/app":
				if folder != "app" {
					t.Errorf("%s imports %s: only app may", p.ImportPath, imported)
				}
			case within(imported, "fyne.io/fyne/v2"):
				if folder != "app" && folder != "ui" {
					t.Errorf("%s imports %s: only ui and app may", p.ImportPath, imported)
				}
			}
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
