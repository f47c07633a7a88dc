package library_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"onetrans/assets/texts"
	"onetrans/flows/message/onetrans"
)

var update = flag.Bool("update", false, "write the generated header")

// said are the library's own words: a name in C, a code, and a sentence of assets/texts.
var said = []struct {
	name string
	code onetrans.Code
	key  string
}{
	{"busy", onetrans.CodeBusy, "call.busy"},
	{"not_json", onetrans.CodeNotJSON, "call.not_json"},
	{"utf16", onetrans.CodeNotJSON, "call.utf16"},
	{"unreadable", onetrans.CodeNotJSON, "library.unreadable"},
	{"unended", onetrans.CodeNotJSON, "library.unended"},
	{"silent", onetrans.CodeDevice, "call.silent_owner"},
	{"no_program", onetrans.CodeDevice, "library.no_program"},
	{"not_started", onetrans.CodeDevice, "library.not_started"},
	{"unknown", onetrans.CodeUnknown, "call.unknown"},
	{"too_long", onetrans.CodeTooLong, "call.too_long"},
	{"other_version", onetrans.CodeInternal, "call.other_version"},
	{"internal", onetrans.CodeInternal, "call.internal"},
}

// header is c/words.h: the words in GBK, in Chinese as the interface has them.
func header(t *testing.T) []byte {
	t.Helper()
	book, err := texts.Load(texts.Source)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	b.WriteString(`/* Written by go test ./app/library -run TestTheWords -update. */
#ifndef WORDS_H
#define WORDS_H

/* saying is a code of pOutData and its sentence, in GBK and as JSON has it. */
typedef struct {
    const char *code, *words;
} saying;

`)
	for _, s := range said {
		quoted, err := onetrans.Marshal(onetrans.T(book.In(texts.Source).Say(s.key)))
		if err != nil {
			t.Fatal(err)
		}
		gbk, err := onetrans.EncodeGBK(quoted)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "static const saying said_%s = {\"%s\", \"%s\"};\n", s.name, s.code, inC(gbk[1:len(gbk)-1]))
	}
	b.WriteString("\n#endif\n")
	return b.Bytes()
}

// inC is bytes as a string of C has them.
func inC(text []byte) string {
	var b strings.Builder
	for _, c := range text {
		if c < ' ' || c > '~' || c == '"' || c == '\\' || c == '?' {
			fmt.Fprintf(&b, "\\%03o", c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

func TestTheWordsOfTheLibraryAreThoseOfTheProgram(t *testing.T) {
	const path = "c/words.h"
	want := header(t)
	if *update {
		if err := os.WriteFile(path, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s is out of date: go test ./app/library -run TestTheWords -update", path)
	}
}

func TestThePagesHaveWhatTheLibrarySaysOfItself(t *testing.T) {
	book, err := texts.Load(texts.Source)
	if err != nil {
		t.Fatal(err)
	}
	for _, page := range []string{"library.md", "library.zh-CN.md"} {
		content, err := os.ReadFile("../../.github/docs/" + page)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range said {
			words := book.In(texts.Source).Say(s.key)
			if strings.HasPrefix(s.key, "library.") && !strings.Contains(string(content), words) {
				t.Errorf("%s does not explain %q", page, words)
			}
		}
	}
}
