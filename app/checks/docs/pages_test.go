package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// root is the project's folder.
const root = "../../.."

// testsOf are the tests of this module, with its benchmarks and fuzz tests.
func testsOf(t *testing.T, root string) map[string]bool {
	t.Helper()
	tests := map[string]bool{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		for _, declared := range file.Decls {
			if f, ok := declared.(*ast.FuncDecl); ok && f.Recv == nil {
				tests[f.Name.Name] = true
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return tests
}

// pageAt is a page by its path from the project's folder.
func pageAt(t *testing.T, path string) string {
	t.Helper()
	page, err := os.ReadFile(filepath.Join(root, path))
	if err != nil {
		t.Fatal(err)
	}
	return string(page)
}

var testName = regexp.MustCompile("`((?:Test|Fuzz)[A-Za-z0-9_]+)`")

// named are the tests that a text names.
func named(text string) (names []string) {
	for _, found := range testName.FindAllStringSubmatch(text, -1) {
		names = append(names, found[1])
	}
	return names
}

func TestEachLineAboutThreatsNamesTestsThatAreThere(t *testing.T) {
	tests := testsOf(t, root)
	lines := 0
	for line := range strings.Lines(pageAt(t, ".github/docs/threats.md")) {
		if !strings.HasPrefix(line, "| ") || strings.Contains(line, "| test |") {
			continue
		}
		lines++
		names := named(line)
		if len(names) == 0 {
			t.Errorf("names no test: %s", line)
		}
		for _, name := range names {
			if !tests[name] {
				t.Errorf("there is no %s, which is to hold: %s", name, line)
			}
		}
	}
	if lines < 10 {
		t.Errorf("only %d lines", lines)
	}
}

var partBegins = regexp.MustCompile(`\n\n(?:#|\*\*)`)

// parts are a page's parts, each from its heading, or from the bold words that
// begin a paragraph, up to the next. What stands before the first is none.
func parts(page string) (all []string) {
	begins := partBegins.FindAllStringIndex(page, -1)
	for i, begin := range begins {
		end := len(page)
		if i+1 < len(begins) {
			end = begins[i+1][0]
		}
		all = append(all, strings.TrimSpace(page[begin[0]:end]))
	}
	return all
}

// heldBy are the tests of the paragraph with which a part says what holds it.
func heldBy(part string) []string {
	_, said, _ := strings.Cut(part, "\n\nHeld by ")
	said, _, _ = strings.Cut(said, "\n\n")
	return named(said)
}

func TestEveryRuleOfTheDesignNamesTestsThatHoldIt(t *testing.T) {
	tests := testsOf(t, root)
	numbered := regexp.MustCompile(`^### [0-9]+\. `)
	for page, states := range map[string]func(part, next string) bool{
		"design.md": func(part, _ string) bool { return numbered.MatchString(part) },
		// A heading over bold parts leaves the rules to them.
		"wire.md": func(part, next string) bool { return !strings.HasPrefix(part, "#") || !strings.HasPrefix(next, "**") },
	} {
		text := pageAt(t, filepath.Join(".github/docs", page))
		for _, name := range named(text) {
			if !tests[name] {
				t.Errorf("%s: there is no %s", page, name)
			}
		}
		all, rules := parts(text), 0
		for i, part := range all {
			next := ""
			if i+1 < len(all) {
				next = all[i+1]
			}
			if !states(part, next) {
				continue
			}
			rules++
			if len(heldBy(part)) == 0 {
				title, _, _ := strings.Cut(part, "\n")
				t.Errorf("%s: no test is said to hold: %s", page, title)
			}
		}
		if rules < 10 {
			t.Errorf("%s: only %d rules", page, rules)
		}
	}
}

// Who looks for a rule of the core finds the file in which it is written; that the
// link leads there is seen to with all others.
func TestEveryRuleOfTheCoreSaysWhereItIsWritten(t *testing.T) {
	_, core, _ := strings.Cut(pageAt(t, ".github/docs/design.md"), "\n## The rules of the core\n")
	core, _, _ = strings.Cut(core, "\n## ")
	rules := strings.Split(core, "\n### ")[1:]
	for _, rule := range rules {
		if _, place, _ := strings.Cut(rule, "\n\nWritten in "); !link.MatchString(place) {
			title, _, _ := strings.Cut(rule, "\n")
			t.Errorf("nothing says where it is written: %s", title)
		}
	}
	if len(rules) < 10 {
		t.Errorf("only %d rules", len(rules))
	}
}

// writtenPages are the paths of all pages, from the project's folder.
func writtenPages(t *testing.T) []string {
	t.Helper()
	pages := []string{"README.md", "README.zh-CN.md"}
	err := filepath.WalkDir(filepath.Join(root, ".github"), func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && filepath.Ext(path) == ".md" {
			path, err = filepath.Rel(root, path)
			pages = append(pages, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return pages
}

var (
	fenced  = regexp.MustCompile("(?ms)^```.*?^```")
	heading = regexp.MustCompile(`(?m)^#+ +(.+?)[ #]*$`)
	link    = regexp.MustCompile(`\]\(([^()\s]+)\)`)
)

// anchors are what links may name of a page after their #.
func anchors(page string) map[string]bool {
	found, taken := map[string]bool{}, ids{}
	for _, title := range heading.FindAllStringSubmatch(fenced.ReplaceAllString(page, ""), -1) {
		found[string(taken.Generate([]byte(title[1]), 0))] = true
	}
	return found
}

func TestAnchorsAreGitHubs(t *testing.T) {
	found := anchors("# What speaks of a `trade`\n\ntext\n\n## 3. A like charge, in doubt\n\n```sh\n# no heading\n```\n\n## 装 到 一台机器上：两步\n\n### again\n\n### again ###\n")
	for _, want := range []string{"what-speaks-of-a-trade", "3-a-like-charge-in-doubt", "装-到-一台机器上两步", "again", "again-1"} {
		if !found[want] {
			t.Errorf("no %s in %v", want, found)
		}
	}
	if len(found) != 5 {
		t.Errorf("%v", found)
	}
}

func TestLinksBetweenPagesLeadSomewhere(t *testing.T) {
	links := 0
	for _, page := range writtenPages(t) {
		for _, found := range link.FindAllStringSubmatch(fenced.ReplaceAllString(pageAt(t, page), ""), -1) {
			to, err := url.Parse(found[1])
			if err != nil {
				t.Errorf("%s: %v", page, err)
				continue
			}
			if to.IsAbs() {
				continue // elsewhere
			}
			links++
			target := page
			if to.Path != "" {
				target = filepath.Join(filepath.Dir(page), to.Path)
			}
			if _, err := os.Stat(filepath.Join(root, target)); err != nil {
				t.Errorf("%s leads to %s: %v", page, found[1], err)
			} else if to.Fragment != "" && filepath.Ext(target) == ".md" && !anchors(pageAt(t, target))[to.Fragment] {
				t.Errorf("%s leads to %s: there is no such heading", page, found[1])
			}
		}
	}
	if links < 10 {
		t.Errorf("only %d links", links)
	}
}
