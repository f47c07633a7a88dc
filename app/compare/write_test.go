package compare

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"onetrans/assets/texts"
	"onetrans/flows/core/reconcile"
)

// The names of terminals that were left out come from the statement.
func TestWhatAStatementNamesIsShownAsWhatItIsInEachForm(t *testing.T) {
	book, err := texts.Load()
	if err != nil {
		t.Fatal(err)
	}
	sums := map[reconcile.Kind]*reconcile.Sum{}
	for _, kind := range reconcile.Kinds() {
		sums[kind] = new(reconcile.Sum)
	}
	f := Findings{
		Report: reconcile.Report{Here: sums, There: sums, OtherTerminals: 1, Terminals: []string{"T\u202e9"}},
		File:   "a\u202e.csv", statement: reconcile.Statement{Without: []string{"a\u202eb"}, Declared: -1}, Words: book.In(texts.Source),
	}
	for name, write := range map[string]func(io.Writer, Findings) error{"text": WriteText, "JSON": WriteJSON, "CSV": WriteCSV} {
		var out bytes.Buffer
		if err := write(&out, f); err != nil || strings.ContainsRune(out.String(), '\u202e') {
			t.Errorf("%s: %v, %q", name, err, out.String())
		}
	}
}
