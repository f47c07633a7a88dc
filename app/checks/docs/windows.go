package main

import (
	"bytes"
	"fmt"
	"html"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"strings"
	"unicode"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
)

// inZip are the pages that lie in the zip for Windows, by their paths from the project's
// folder. They lie beside one another there: as HTML, since what a hospital's machine has
// for Markdown is Notepad, in which links lead nowhere and tables fall apart.
var inZip = []string{
	"README.zh-CN.md",
	".github/docs/staff/windows.zh-CN.md", ".github/docs/staff/install.zh-CN.md", ".github/docs/staff/move.zh-CN.md",
	".github/docs/staff/operate.zh-CN.md", ".github/docs/staff/change.zh-CN.md", ".github/docs/staff/trouble.zh-CN.md",
	".github/docs/his.zh-CN.md", ".github/docs/library.zh-CN.md", ".github/docs/interface.md", ".github/docs/wire.md",
}

// besidePages are what else lies there, to which pages link. Notepad knows UTF-8 by its mark.
var besidePages = []string{".github/docs/staff/onetrans.example.toml", "app/library/onetrans.h", "assets/licences/licences.txt"}

// nameInZip is under which name a file of inZip or besidePages lies there; empty of any other.
func nameInZip(from string) string {
	for _, page := range inZip {
		if page == from {
			return strings.TrimSuffix(strings.TrimSuffix(path.Base(from), ".md"), ".zh-CN") + ".html"
		}
	}
	for _, file := range besidePages {
		if file == from {
			return path.Base(from)
		}
	}
	return ""
}

// zipFiles are the content of all that lies there to be read, by name.
func zipFiles(root string) (map[string][]byte, error) {
	files := map[string][]byte{}
	for _, from := range append(inZip, besidePages...) {
		source, err := os.ReadFile(filepath.Join(root, from))
		if err != nil {
			return nil, err
		}
		name := nameInZip(from)
		switch path.Ext(name) {
		case ".html":
			files[name], err = pageInZip(from, source)
		case ".h":
			files[name] = windowsLines(source)
		default:
			files[name] = append([]byte("\ufeff"), windowsLines(source)...)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", from, err)
		}
	}
	return files, nil
}

func windowsLines(source []byte) []byte {
	return bytes.ReplaceAll(source, []byte("\n"), []byte("\r\n"))
}

// anchorOf is what a link names after its # for a heading, by GitHub's rule: letters,
// digits, - and _ alone, in lower case, with - for each space.
func anchorOf(title string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == ' ':
			return '-'
		case r == '-' || r == '_' || unicode.In(r, unicode.L, unicode.M, unicode.Nd):
			return unicode.ToLower(r)
		}
		return -1
	}, title)
}

// ids are a page's anchors: one that comes again has a number behind it.
type ids map[string]int

func (i ids) Generate(title []byte, _ ast.NodeKind) []byte {
	anchor := anchorOf(string(title))
	again := i[anchor]
	i[anchor]++
	if again > 0 {
		anchor = fmt.Sprintf("%s-%d", anchor, again)
	}
	return []byte(anchor)
}

func (i ids) Put([]byte) {}

// style is how pages look: nothing of it comes from elsewhere, as there may be no network.
const style = `body{font:16px/1.7 "Microsoft YaHei","Noto Sans CJK SC",sans-serif;max-width:60em;margin:2em auto;padding:0 1em;color:#1a1a1a}
h1,h2,h3{line-height:1.3;margin-top:1.6em}pre,code{font-family:Consolas,"Noto Sans Mono CJK SC",monospace;background:#f3f4f6}
pre{padding:.8em;overflow:auto}table{border-collapse:collapse;display:block;overflow:auto}th,td{border:1px solid #c8ccd2;padding:.3em .6em;text-align:left;vertical-align:top}
td code{white-space:nowrap}a{color:#0b57a4}`

// pageInZip is a page as HTML. A link to what is not in the zip would lead nowhere there,
// and is its own words alone.
func pageInZip(from string, source []byte) ([]byte, error) {
	markdown := goldmark.New(goldmark.WithExtensions(extension.Table), goldmark.WithParserOptions(parser.WithAutoHeadingID()))
	document := markdown.Parser().Parse(text.NewReader(source), parser.WithContext(parser.NewContext(parser.WithIDs(ids{}))))
	if err := ast.Walk(document, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if l, ok := n.(*ast.Link); ok && entering {
			return ast.WalkContinue, relink(from, l)
		}
		return ast.WalkContinue, nil
	}); err != nil {
		return nil, err
	}
	var body bytes.Buffer
	if err := markdown.Renderer().Render(&body, source, document); err != nil {
		return nil, err
	}
	title, _, _ := strings.Cut(strings.TrimLeft(string(source), "# "), "\n")
	return windowsLines(fmt.Appendf(nil, "<!DOCTYPE html>\n<html lang=\"zh-CN\">\n<meta charset=\"utf-8\">\n<title>%s</title>\n<style>%s</style>\n%s</html>\n",
		html.EscapeString(title), style, bytes.ReplaceAll(body.Bytes(), []byte(`<a href="">`), []byte(`<a>`)))), nil
}

// relink has a link lead to where its target lies in the zip.
func relink(from string, l *ast.Link) error {
	to, err := url.Parse(string(l.Destination))
	if err != nil || to.IsAbs() || to.Path == "" {
		return err
	}
	if to.Path = nameInZip(path.Join(path.Dir(from), to.Path)); to.Path == "" {
		l.Destination = nil
		return nil
	}
	l.Destination = []byte(to.String())
	return nil
}

// writeZipFiles writes them into a folder.
func writeZipFiles(root, folder string) error {
	files, err := zipFiles(root)
	if err != nil {
		return err
	}
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(folder, name), content, 0o644); err != nil {
			return err
		}
	}
	return nil
}
