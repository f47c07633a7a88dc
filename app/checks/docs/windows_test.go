package main

import (
	"html"
	"net/url"
	"path"
	"regexp"
	"strings"
	"testing"
)

var (
	hrefs   = regexp.MustCompile(`<a href="([^"]*)"`)
	htmlIDs = regexp.MustCompile(` id="([^"]*)"`)
	nowhere = regexp.MustCompile(`<a>([^<]*)</a>`)
)

// Staff who unpack the zip have no other copy, and often no network.
func TestEveryLinkOfThePagesInTheZipLeadsIntoTheZip(t *testing.T) {
	files, err := zipFiles(root)
	if err != nil {
		t.Fatal(err)
	}
	links := 0
	for name, page := range files {
		if path.Ext(name) != ".html" {
			continue
		}
		for _, l := range hrefs.FindAllSubmatch(page, -1) {
			to, err := url.Parse(html.UnescapeString(string(l[1])))
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			if to.IsAbs() {
				continue
			}
			links++
			target, ok := files[to.Path]
			if to.Path == "" {
				target, ok = page, true
			}
			if !ok {
				t.Errorf("%s leads to %s, which is not there", name, l[1])
			} else if to.Fragment != "" && !strings.Contains(string(target), ` id="`+to.Fragment+`"`) {
				t.Errorf("%s leads to %s: there is no such heading: %q", name, l[1], htmlIDs.FindAllStringSubmatch(string(target), -1))
			}
		}
		// The other language is the only thing that is left out.
		for _, words := range nowhere.FindAllSubmatch(page, -1) {
			if string(words[1]) != "English" {
				t.Errorf("%s: %q leads to what is not in the zip", name, words[1])
			}
		}
		if !strings.Contains(string(page), `<meta charset="utf-8">`) || strings.Count(string(page), "\n") != strings.Count(string(page), "\r\n") {
			t.Errorf("%s is not as Windows reads it", name)
		}
	}
	if links < 50 {
		t.Errorf("only %d links", links)
	}
}

// A page of Windows' own says what each file is, and nothing of what is not there.
func TestThePageAboutTheZipNamesWhatIsInIt(t *testing.T) {
	about, _, _ := strings.Cut(pageAt(t, ".github/docs/staff/windows.zh-CN.md"), "\n## 安装")
	files, err := zipFiles(root)
	if err != nil {
		t.Fatal(err)
	}
	for _, program := range []string{"onetrans.exe", "OneTrans2.dll", "onetrans-vendor.exe", "onetrans-vendor32.exe"} {
		files[program] = nil
	}
	for name := range files {
		if !strings.Contains(about, "`"+name+"`") {
			t.Errorf("it does not name %s", name)
		}
	}
	for _, name := range regexp.MustCompile("`([A-Za-z0-9.-]+\\.(?:exe|dll|txt|html|h|toml))`").FindAllStringSubmatch(about, -1) {
		if _, ok := files[name[1]]; !ok && name[1] != "onetrans.toml" {
			t.Errorf("%s is not in it", name[1])
		}
	}
}
