package config

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"golang.org/x/text/encoding/simplifiedchinese"
)

func TestHostileFiles(t *testing.T) {
	gbk, err := simplifiedchinese.GBK.NewEncoder().String("[terminal]\nfixmedins_name = '滨江市第一医院'")
	if err != nil {
		t.Fatal(err)
	}
	var wide strings.Builder
	wide.WriteString("\xff\xfe")
	for _, u := range utf16.Encode([]rune("[ui]\n")) {
		wide.Write([]byte{byte(u), byte(u >> 8)})
	}
	for name, r := range map[string]refusal{
		"a megabyte":         {strings.Repeat("#23456789012345\n", 1<<16), 0, "", ErrFile, "longer than 65536 bytes"},
		"a long line":        {"\n# " + strings.Repeat("a", 1024), 2, "", ErrFile, "line of more than 1024"},
		"GBK":                {gbk, 2, "", ErrFile, "save as UTF-8"},
		"UTF-16":             {wide.String(), 0, "", ErrFile, "save as UTF-8"},
		"binary":             {"\x7fELF\x02\x01\x01\x00\x00", 1, "", ErrFile, "zero byte"},
		"zero bytes":         {"[ui]\n\x00\x00", 2, "", ErrFile, "zero byte"},
		"control characters": {"[ui]\nlanguage = \"\x01\"", 2, "", ErrSyntax, "not valid TOML"},
		"no TOML":            {"[ui]\n\nlanguage: en\n", 3, "", ErrSyntax, "a key is followed by ="},
		"JSON":               {"{\"ui\": {}}", 1, "", ErrSyntax, "not valid TOML"},
		"no quotes":          {"[platform]\napp_key = s3cret\n", 2, "", ErrSyntax, "in quotes"},
		"a long number":      {"[platform]\napp_key = 123456789012345678901234567890\n", 2, "", ErrSyntax, ""},
		"an open quote":      {"[platform]\napp_key = 's3cret\n", 2, "", ErrSyntax, "in quotes"},
		"a key twice":        {"[ui]\nlanguage='en'\nlanguage='en'\n", 3, "", ErrSyntax, "there twice"},
		"a section twice":    {"[ui]\n\n[ui]\n", 3, "", ErrSyntax, "there twice"},
		"open lists":         {"a = " + strings.Repeat("[\n", 30000), 30000, "", ErrSyntax, ""},
		"open tables":        {"a = " + strings.Repeat("{\n", 30000), 0, "", ErrFile, "inline tables"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := load(t, r.content)
			r.check(t, err)
			if strings.Contains(err.Error(), "s3cret") || strings.Contains(err.Error(), "123456789012") {
				t.Errorf("a secret shows: %v", err)
			}
		})
	}
}

// Time must not explode with what fits into the bounds.
func TestDeepFilesAreSoonRead(t *testing.T) {
	for name, content := range map[string]string{
		"dotted keys":   strings.Repeat(strings.Repeat("a.", 500)+"a = 1\n", 60),
		"dotted tables": strings.Repeat("["+strings.Repeat("a.", 500)+"a]\n", 60),
		"inline tables": strings.Repeat("a = "+strings.Repeat("{ a = ", maxTables)+"1"+strings.Repeat("}", maxTables)+"\n", 1),
		"closed lists":  "a = " + strings.Repeat("[\n", 30000) + strings.Repeat("]", 1000),
		"accounts":      strings.Repeat("[[pay.account]]\n", 3000),
	} {
		began := time.Now()
		if _, err := load(t, content); !errors.Is(err, ErrConfig) {
			t.Errorf("%s: %v", name, err)
		}
		if took := time.Since(began); took > 20*time.Second {
			t.Errorf("%s took %v", name, took)
		}
	}
}

func TestNoRegularFile(t *testing.T) {
	if _, err := Load(Options{Path: t.TempDir(), Environ: lone()}); !errors.Is(err, ErrFile) {
		t.Errorf("a folder: %v", err)
	}
}

func FuzzLoad(f *testing.F) {
	for _, content := range []string{
		"", "\ufeff[ui]\r\n", real, "[[pay.account]]\ntype='01'\n[[pay.account]]\ntype='02'\nx=1",
		"[devices]\npcsc = { reader = '', place = '屏幕', enabled = true }", "[platform]\napp_key = 'env:HOME'",
		"a.b.'c.d'=[{x=1},{x=2}]", "ui.timeout_s = 0x3c", "[store]\npath = \"\"\"a\\\n b\"\"\"",
	} {
		f.Add([]byte(content))
	}
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, content []byte) {
		path := write(t, filepath.Join(dir, "onetrans.toml"), string(content))
		c, err := Load(Options{Path: path, Environ: lone()})
		if err != nil {
			problems, ok := errors.AsType[Problems](err)
			if !ok || len(problems) == 0 || !errors.Is(err, ErrConfig) {
				t.Fatalf("not of the family: %v", err)
			}
			for _, p := range problems {
				if lines := strings.Count(string(content), "\n") + 1; p.Line < 0 || p.Line > lines {
					t.Fatalf("line %d of %d: %v", p.Line, lines, p)
				}
			}
			return
		}
		if err := c.Platform.Keys().Check(); err != nil {
			t.Fatalf("keys that can't be used: %v", err)
		}
		for _, a := range c.Pay.Accounts {
			if a.Min < 1 || a.Min > a.Max || len(a.Quick) > maxQuick {
				t.Fatalf("account %+v", a)
			}
		}
		if !filepath.IsAbs(c.Store.Path) {
			t.Fatalf("the journal is at %q", c.Store.Path)
		}
	})
}
