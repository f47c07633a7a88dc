package onetrans_test

import (
	"encoding/csv"
	"os"
	"slices"
	"strings"
	"testing"

	"onetrans/flows/message/onetrans"
)

// TestTheDeclarationsAreTheTables holds the declared rules against a copy of
// the specification's tables, row by row: nothing missing, nothing invented.
func TestTheDeclarationsAreTheTables(t *testing.T) {
	declared := map[string]onetrans.Rule{}
	declare := func(transType string, d onetrans.Direction, rules []onetrans.Rule) {
		for _, r := range rules {
			if r.Name != "" {
				declared[strings.Join([]string{transType, string(d), r.Node, r.Code}, " ")] = r
			}
		}
	}
	for _, d := range []onetrans.Direction{onetrans.In, onetrans.Out} {
		declare("*", d, onetrans.CommonRules(d))
		for _, transType := range onetrans.TransTypes() {
			declare(transType, d, onetrans.Rules(transType, d))
		}
	}
	for _, row := range table(t) {
		key := strings.Join(row[:4], " ")
		rule, ok := declared[key]
		if !ok {
			t.Errorf("missing: %s", key)
			continue
		}
		delete(declared, key)
		got := []string{rule.Name, rule.Type, rule.Length, rule.Required, rule.When}
		want := []string{row[4], row[5], row[6], row[7], row[9]}
		for i := range want {
			if got[i] != strings.TrimSpace(want[i]) {
				t.Errorf("%s: declared %q, the table says %q", key, got[i], want[i])
			}
		}
	}
	for key := range declared {
		if !slices.Contains(readOnly(), key) {
			t.Errorf("invented: %s", key)
		}
	}
}

// readOnly are fields of the answer that reading a card and decoding a code
// share, which only the table of reading has.
func readOnly() []string {
	const of = onetrans.TransUserThirdGet + " out data"
	return []string{
		of + " cardinfo", of + ".cardinfo balc", of + ".cardinfo card_type", of + ".cardinfo card_no",
		of + " card_code", of + " issuedeptid",
	}
}

// table is fields.csv without its head: trans_type, direction, node, code,
// name, type, length, required, note, when.
func table(t *testing.T) [][]string {
	t.Helper()
	f, err := os.Open("testdata/fields.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return lines[1:]
}
