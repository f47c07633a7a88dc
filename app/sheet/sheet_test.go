package sheet

import (
	"encoding/csv"
	"encoding/json"
	"strings"
	"testing"
)

// written is a sheet of one column.
func written(t *testing.T, cells ...string) string {
	t.Helper()
	var out strings.Builder
	s := New(&out, "no")
	for _, c := range cells {
		if err := s.Line(c); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.End(); err != nil {
		t.Fatal(err)
	}
	return strings.TrimPrefix(out.String(), "\ufeffno\n")
}

func TestNothingFromOutsideActsInASpreadsheet(t *testing.T) {
	for cell, want := range map[string]string{
		"李四": "李四", "=1+1": "'=1+1", "@x": "'@x", "-2": "'-2", "+3": "'+3",
		"＝1+1": "'＝1+1", "＋3": "'＋3", "－2": "'－2", "＠SUM(A1)": "'＠SUM(A1)",
		"\t=1+1": `\x09=1+1`, "\r=1+1": `\x0d=1+1`, "\u200b=1+1": `\u200b=1+1`, "\ufeff=1": `\ufeff=1`,
		"a\x1b[2J\tb\n": `a\x1b[2J\x09b\x0a`, "\xff,\"": `"\xff,"""`, " =1+1": `" =1+1"`,
	} {
		if got := written(t, cell); got != want+"\n" {
			t.Errorf("%q is written as %q, want %q", cell, got, want)
		}
	}
}

// A spreadsheet keeps 15 digits of a number, no leading zeros, and takes 1E5 for
// a hundred thousand and 3-4 for a day of March.
func TestNumbersOfTradesStayTextInASpreadsheet(t *testing.T) {
	for _, number := range []string{
		"1756013331572395960", "11010519491231002", "20261127202442022123456789"[:26], "0012", "12E5", "3-4", "1/2", "1234567890123456", "12:30", "1.5", "5%",
	} {
		if got := written(t, number); got != `"`+number+"\t\"\n" {
			t.Errorf("%s is written as %q", number, got)
		}
	}
	for _, number := range []string{"0", "7", "200.00", "1234567890123", "2026-11-27 20:24:42", "R20261127202442022", "ZZJ-1"} {
		if got := written(t, number); got != number+"\n" {
			t.Errorf("%s is written as %q", number, got)
		}
	}
}

// What programs read of a sheet is what was written, but for the marks.
func TestASheetIsCSV(t *testing.T) {
	cells := []string{"1756013331572395960", `a "quoted", cell`, " x ", "", "'y"}
	records, err := csv.NewReader(strings.NewReader("no\n" + written(t, cells...))).ReadAll()
	if err != nil || len(records) != len(cells) { // an empty line is no record
		t.Fatalf("%q, %v", records, err)
	}
	for i, want := range []string{"1756013331572395960\t", `a "quoted", cell`, " x ", "'y"} {
		if got := records[i+1][0]; got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestAnEmptySheetHasItsNames(t *testing.T) {
	var out strings.Builder
	if err := New(&out, "no").End(); err != nil || out.String() != "\ufeffno\n" {
		t.Errorf("%q %v", out.String(), err)
	}
}

// A name that turns the writing round, or holds what takes no room, is shown as
// what it is; every name that people have stays.
func TestWhatCannotBeSeenIsShown(t *testing.T) {
	for text, want := range map[string]string{
		"张\u202e三": `张\u202e三`, "张\u200b三": `张\u200b三`, "a\x1b[31m": `a\x1b[31m`, "a\u2028b": `a\u2028b`,
		"\u2066x\u2069": `\u2066x\u2069`, "\u3164": `\u3164`, "\u2800": `\u2800`, "\U000e0041": `\U000e0041`, "a\xffb": `a\xffb`,
		"阿依古丽·买买提": "阿依古丽·买买提", "住院　7": "住院　7", "\ue000": "\ue000", "𠅤\U0003347f": "𠅤\U0003347f", "�": "�", "é e\u0301": "é e\u0301",
	} {
		if got := Shown(text); got != want {
			t.Errorf("%+q is shown as %+q, want %+q", text, got, want)
		}
	}
}

func TestJSONMeansTheSameWhenItIsShown(t *testing.T) {
	name := "张\u202e三\u200b\U000e0041\x7f"
	plain, err := json.Marshal(map[string]string{"name": name})
	if err != nil {
		t.Fatal(err)
	}
	shown := ShownJSON(plain)
	var back map[string]string
	if err := json.Unmarshal(shown, &back); err != nil || back["name"] != name || strings.ContainsAny(string(shown), "\u202e\u200b\U000e0041") {
		t.Errorf("%s: %v", shown, err)
	}
}
