package sheet

import (
	"strings"
	"testing"
)

func TestNothingFromOutsideActs(t *testing.T) {
	var out strings.Builder
	s := New(&out, "no", "name")
	for _, line := range [][]string{{"1", "李四"}, {"=1+1", "@x"}, {"-2", "+3"}, {"a\x1b[2J\tb\n", "\xff,\""}} {
		if err := s.Line(line...); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.End(); err != nil {
		t.Fatal(err)
	}
	want := "\ufeffno,name\n1,李四\n'=1+1,'@x\n'-2,'+3\na?[2J?b?,\"?,\"\"\"\n"
	if out.String() != want {
		t.Errorf("%q\n%q", out.String(), want)
	}
}

func TestAnEmptySheetHasItsNames(t *testing.T) {
	var out strings.Builder
	if err := New(&out, "no").End(); err != nil || out.String() != "\ufeffno\n" {
		t.Errorf("%q %v", out.String(), err)
	}
}
