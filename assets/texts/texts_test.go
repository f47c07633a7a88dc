package texts

import (
	"errors"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

var placeholder = regexp.MustCompile(`\{[a-z]+\}`)

func load(t *testing.T) Book {
	t.Helper()
	book, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	return book
}

func TestEveryLanguageSaysTheSame(t *testing.T) {
	book := load(t)
	source := book.In(Source)
	for _, name := range book.Names() {
		language := book.In(name)
		if !slices.Equal(language.Keys(), source.Keys()) {
			t.Errorf("%s has other keys than %s: %q", name, Source, difference(language.Keys(), source.Keys()))
		}
		for _, key := range source.Keys() {
			want, got := places(source.texts[key]), places(language.texts[key])
			if !slices.Equal(want, got) {
				t.Errorf("%s: %s has placeholders %q, want %q", name, key, got, want)
			}
			if text := language.texts[key]; strings.TrimSpace(text) != text || text == "" {
				t.Errorf("%s: %s is empty or has space around it", name, key)
			}
			if strings.Count(language.texts[key], "**")%2 != 0 {
				t.Errorf("%s: %s opens ** without closing it", name, key)
			}
		}
	}
}

func places(text string) []string {
	found := placeholder.FindAllString(text, -1)
	slices.Sort(found)
	return slices.Compact(found)
}

func difference(a, b []string) []string {
	var only []string
	for _, key := range append(slices.Clone(a), b...) {
		if slices.Contains(a, key) != slices.Contains(b, key) {
			only = append(only, key)
		}
	}
	return only
}

func TestSay(t *testing.T) {
	book := load(t)
	zh, en := book.In("zh-CN"), book.In("en")
	for _, c := range []struct{ name, got, want string }{
		{"filled in", zh.Say("amount.too_large", "max", "5,000"), "最多 5,000 元"},
		{"in English", en.Say("amount.too_large", "max", "5,000"), "At most ¥5,000"},
		{"a value is not a template", zh.Say("cashier.payee", "payee", "{amount}", "amount", "1"), "向 {amount} 支付"},
		{"an odd value is ignored", zh.Say("frame.back", "stray"), "返回"},
		{"unknown keys show themselves", zh.Say("no.such"), "no.such"},
		{"unknown languages speak the source", book.In("xx").Say("frame.back"), "返回"},
	} {
		if c.got != c.want {
			t.Errorf("%s: %q, want %q", c.name, c.got, c.want)
		}
	}
}

func TestMissingTextsAreSaidInTheSource(t *testing.T) {
	book, err := read(fstest.MapFS{
		"zh-CN.json": {Data: []byte(`{"a":"甲","b":"乙"}`)},
		"fr.json":    {Data: []byte(`{"a":"un"}`)},
	})
	if err != nil {
		t.Fatal(err)
	}
	french := book.In("fr")
	if french.Say("a") != "un" || french.Say("b") != "乙" || french.Has("b") {
		t.Errorf("got %q and %q", french.Say("a"), french.Say("b"))
	}
	if missing := french.Missing(); !slices.Equal(missing, []string{"b"}) || book.In(Source).Missing() != nil {
		t.Errorf("missing %q", missing)
	}
	if got := book.Names(); !slices.Equal(got, []string{"zh-CN", "fr"}) {
		t.Errorf("languages %q", got)
	}
}

func TestALanguageIsAFile(t *testing.T) {
	folder := fstest.MapFS{"zh-CN.json": {Data: []byte(`{}`)}, "ja.json": {Data: []byte(`{}`)}, "en.json": {Data: []byte(`{}`)}, "README.md": {}}
	if names := namesIn(folder); !slices.Equal(names, []string{"zh-CN", "en", "ja"}) {
		t.Errorf("%q", names)
	}
	if !slices.Equal(Names(), load(t).Names()) {
		t.Errorf("%q, and loaded %q", Names(), load(t).Names())
	}
}

func TestBadFilesAreRefused(t *testing.T) {
	for name, folder := range map[string]fstest.MapFS{
		"no source":  {"en.json": {Data: []byte(`{}`)}},
		"not JSON":   {"zh-CN.json": {Data: []byte(`{"a"`)}},
		"no strings": {"zh-CN.json": {Data: []byte(`{"a":1}`)}},
		"key twice":  {"zh-CN.json": {Data: []byte(`{"a":"1","a":"2"}`)}},
	} {
		if _, err := read(folder); !errors.Is(err, ErrBadFile) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
