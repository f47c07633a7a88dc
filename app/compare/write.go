package compare

import (
	"bufio"
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"onetrans/app/sheet"
	"onetrans/flows/core/reconcile"
	"onetrans/flows/message/mask"
	"onetrans/flows/message/money"
	"onetrans/flows/message/onetrans"
)

// WriteText writes what was found as people read it.
func WriteText(w io.Writer, f Findings) error {
	var out bytes.Buffer
	say := func(key string, values ...string) { fmt.Fprintln(&out, f.Words.Say("reconcile."+key, values...)) }
	say("title", "day", f.Day.String())
	f.writeSums(say)
	for _, class := range reconcile.Classes() {
		items, count := f.Of(class), 0
		if count = len(items); class == reconcile.Matched {
			items, count = nil, f.Matched
		}
		if count > 0 {
			say("class."+string(class), "count", strconv.Itoa(count))
		}
		for _, item := range items {
			fmt.Fprintln(&out, "  "+sheet.Shown(f.line(item)))
		}
	}
	f.writeLeftOut(say)
	say("result." + f.result())
	_, err := w.Write(out.Bytes())
	return err
}

// result is what the comparison comes to. Only a statement of a day that is over
// can balance.
func (f Findings) result() string {
	switch {
	case f.File == "" && f.Balanced():
		return "asked_agrees"
	case f.File == "":
		return "asked_differs"
	case !f.Balanced():
		return "unbalanced"
	case f.unfinished:
		return "so_far"
	}
	return "balanced"
}

// writeSums says what was compared with what. The platform's sum is a
// statement's: asked trade by trade, it says nothing of what was not asked for.
func (f Findings) writeSums(say func(key string, values ...string)) {
	if f.File == "" {
		say("against.platform", "asked", strconv.Itoa(f.Asked), "answered", strconv.Itoa(f.Answered))
	} else {
		say("against.statement", "file", sheet.Shown(f.File), "layout", f.say("layout", f.statement.Layout), "rows", strconv.Itoa(f.statement.Rows))
	}
	for _, kind := range reconcile.Kinds() {
		here, there := f.Here[kind], f.There[kind]
		values := []string{"kind", f.say("kind", string(kind)), "here", strconv.Itoa(here.Count), "hereamount", money.Grouped(here.Amount)}
		if f.File == "" {
			say("sum_here", values...)
			continue
		}
		say("sum", append(values, "there", strconv.Itoa(there.Count), "thereamount", money.Grouped(there.Amount),
			"difference", money.Grouped(there.Amount-here.Amount))...)
	}
}

// writeLeftOut says what did not count, so that nobody takes it for compared.
func (f Findings) writeLeftOut(say func(key string, values ...string)) {
	for _, left := range []struct {
		what  string
		count int
	}{{"terminals", f.OtherTerminals}, {"days", f.OtherDays}, {"lines", f.statement.Skipped}} {
		if left.count > 0 {
			say("left."+left.what, "count", strconv.Itoa(left.count), "which", sheet.Shown(strings.Join(f.Terminals, ", ")))
		}
	}
	if len(f.statement.Without) > 0 {
		say("left.columns", "columns", sheet.Shown(strings.Join(f.statement.Without, ", ")))
	}
	if f.contradicts() {
		say("contradicts", "declared", strconv.Itoa(f.statement.Declared), "rows", strconv.Itoa(f.statement.Rows))
	}
	if f.elsewhere() {
		say("elsewhere")
	}
	if f.unfinished {
		say("unfinished")
	}
}

func (f Findings) say(prefix, word string, values ...string) string {
	return f.Words.Say("reconcile."+prefix+"."+word, values...)
}

// line is an item in one line.
func (f Findings) line(i reconcile.Item) string {
	parts := []string{
		cmp.Or(written(i.At()), f.Words.Say("reconcile.no_time")),
		f.say("kind", string(i.Kind)),
		cmp.Or(i.No(), f.Words.Say("reconcile.no_number")),
		f.Words.Say("money.yuan", "amount", money.Grouped(amountOf(i))),
	}
	if i.Here != nil && i.Here.CardNo != "" {
		parts = append(parts, f.Words.Say("reconcile.card", "card", mask.CardNo(i.Here.CardNo)))
	}
	return strings.Join(append(parts, f.details(i)...), "  ")
}

func (f Findings) details(i reconcile.Item) (parts []string) {
	add := func(key string, values ...string) { parts = append(parts, f.Words.Say("reconcile."+key, values...)) }
	for _, d := range i.Differences {
		switch d {
		case reconcile.InAmount:
			add("differs.amount", "here", money.Grouped(i.Here.Amount), "there", money.Grouped(i.There.Amount))
		case reconcile.InKind:
			add("differs.kind", "here", f.say("kind", string(i.Here.Kind)), "there", f.say("kind", string(i.There.Kind)))
		case reconcile.InRefunds:
			add("differs.refunds", "there", money.Grouped(i.There.Amount))
		case reconcile.InState:
			add("differs.state", "here", f.hereState(i), "there", f.say("state", string(i.There.State)))
		}
	}
	if i.Class == reconcile.Undecided || i.Class == reconcile.Waiting {
		there := reconcile.Absent
		if i.There != nil {
			there = i.There.State
		}
		add("differs.state", "here", f.hereState(i), "there", f.say("state", string(there)))
	}
	if i.Here != nil && i.Here.DecidedBy != "" {
		add("by_hand", "name", i.Here.DecidedBy)
	}
	if i.There != nil && i.There.Line > 0 {
		add("at_line", "line", strconv.Itoa(i.There.Line))
	}
	if i.There != nil && i.There.Original != "" && i.Here == nil {
		add("of_charge", "no", i.There.Original)
	}
	if i.NearMidnight {
		add("near_midnight")
	}
	return parts
}

func (f Findings) hereState(i reconcile.Item) string {
	return f.say("state", string(i.Here.State)) + " (" + i.Here.JournalState + ")"
}

// amountOf is the amount on this side where it has one.
func amountOf(i reconcile.Item) onetrans.Fen {
	if i.Here != nil {
		return i.Here.Amount
	}
	return i.There.Amount
}

func written(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(onetrans.Zone()).Format(time.DateTime)
}

// The forms of the JSON. Amounts are yuan with two decimals, times UTC+8.
type (
	foundJSON struct {
		Day string `json:"day"`
		// Agrees: nothing was found to differ. Balanced is of a statement of a day
		// that is over alone, and absent otherwise.
		Agrees   bool  `json:"agrees"`
		Balanced *bool `json:"balanced,omitzero"`
		// Asked and Answered are trades, where the platform itself was asked.
		Asked          *int                          `json:"asked,omitzero"`
		Answered       *int                          `json:"answered,omitzero"`
		Statement      string                        `json:"statement,omitzero"`
		Layout         string                        `json:"layout,omitzero"`
		Rows           int                           `json:"rows,omitzero"`
		DeclaredRows   *int                          `json:"declared_rows,omitzero"` // what the statement says it has
		Totals         map[reconcile.Kind]totalsJSON `json:"totals"`
		Items          itemsJSON                     `json:"items"`
		OtherTerminals int                           `json:"other_terminals"`
		OtherDays      int                           `json:"other_days"`
		Terminals      []string                      `json:"terminals_left_out,omitzero"`
		SkippedLines   int                           `json:"skipped_lines"`
		MissingColumns []string                      `json:"missing_columns,omitzero"`
	}
	totalsJSON struct {
		Here  sumJSON  `json:"here"`
		There *sumJSON `json:"there,omitzero"` // a statement's
	}
	sumJSON struct {
		Count  int    `json:"count"`
		Amount string `json:"amount"`
	}
	itemJSON struct {
		Class        reconcile.Class        `json:"class"`
		Kind         reconcile.Kind         `json:"kind"`
		No           string                 `json:"no"`
		Original     string                 `json:"original,omitzero"`
		Card         string                 `json:"card,omitzero"` // masked
		Here         *sideJSON              `json:"here,omitzero"`
		There        *sideJSON              `json:"there,omitzero"`
		Differences  []reconcile.Difference `json:"differences,omitzero"`
		NearMidnight bool                   `json:"near_midnight,omitzero"`
	}
	sideJSON struct {
		Kind      reconcile.Kind  `json:"kind"`
		Amount    string          `json:"amount,omitzero"` // absent where the platform does not say it
		State     reconcile.State `json:"state"`
		Word      string          `json:"word,omitzero"`
		At        string          `json:"at,omitzero"`
		Line      int             `json:"line,omitzero"`
		Trace     string          `json:"trace_no,omitzero"`
		DecidedBy string          `json:"decided_by,omitzero"`
	}
)

// itemsJSON are written one by one: there may be hundreds of thousands.
type itemsJSON []reconcile.Item

// MarshalJSONTo writes an [itemJSON] each.
func (items itemsJSON) MarshalJSONTo(out *jsontext.Encoder) error {
	err := out.WriteToken(jsontext.BeginArray)
	for _, i := range items {
		text, failed := json.Marshal(itemOf(i))
		if err = errors.Join(err, failed); err == nil {
			err = out.WriteValue(sheet.ShownJSON(text))
		}
	}
	return errors.Join(err, out.WriteToken(jsontext.EndArray))
}

func WriteJSON(w io.Writer, f Findings) error {
	out := foundJSON{
		Day: f.Day.String(), Agrees: f.Balanced(), Totals: make(map[reconcile.Kind]totalsJSON), Items: f.Items,
	}
	for _, kind := range reconcile.Kinds() {
		totals := totalsJSON{Here: *sumOf(f.Here[kind])}
		if f.File != "" {
			totals.There = sumOf(f.There[kind])
		}
		out.Totals[kind] = totals
	}
	if f.File == "" {
		out.Asked, out.Answered = &f.Asked, &f.Answered
	} else {
		f.statementJSON(&out)
	}
	lines := bufio.NewWriter(w)
	err := json.MarshalWrite(lines, out, json.Deterministic(true), jsontext.WithIndent("  "), jsontext.PreserveRawStrings(true))
	_ = lines.WriteByte('\n') // whose error comes with what is flushed
	return errors.Join(err, lines.Flush())
}

// statementJSON is what there is to say of a statement.
func (f Findings) statementJSON(out *foundJSON) {
	s := f.statement
	out.Statement, out.Layout, out.Rows, out.SkippedLines, out.MissingColumns = sheet.Shown(f.File), s.Layout, s.Rows, s.Skipped, allShown(s.Without)
	out.OtherTerminals, out.OtherDays, out.Terminals = f.OtherTerminals, f.OtherDays, allShown(f.Terminals)
	if balanced := f.Balanced(); !f.unfinished {
		out.Balanced = &balanced
	}
	if s.Declared >= 0 {
		out.DeclaredRows = &s.Declared
	}
}

func allShown(names []string) []string {
	var all []string
	for _, name := range names {
		all = append(all, sheet.Shown(name))
	}
	return all
}

func sumOf(s *reconcile.Sum) *sumJSON { return &sumJSON{s.Count, s.Amount.String()} }

func itemOf(i reconcile.Item) itemJSON {
	out := itemJSON{Class: i.Class, Kind: i.Kind, No: i.No(), Differences: i.Differences, NearMidnight: i.NearMidnight}
	if t := i.Here; t != nil {
		out.Original, out.Card = t.Original, mask.CardNo(t.CardNo)
		out.Here = &sideJSON{Kind: t.Kind, Amount: t.Amount.String(), State: t.State, Word: t.JournalState, At: written(t.At), Trace: t.TraceNo, DecidedBy: t.DecidedBy}
	}
	if r := i.There; r != nil {
		out.Original = cmp.Or(out.Original, r.Original)
		out.There = &sideJSON{Kind: r.Kind, Amount: r.Amount.String(), State: r.State, At: written(r.At), Line: r.Line, Trace: r.Trace}
		if r.Unpriced {
			out.There.Amount = ""
		}
	}
	return out
}

// WriteCSV writes a line an item, for spreadsheets.
func WriteCSV(w io.Writer, f Findings) error {
	out := sheet.New(w,
		"class", "kind", "no", "original", "card", "here_amount", "here_state", "here_at",
		"there_amount", "there_state", "there_at", "line", "differences", "near_midnight", "decided_by")
	for _, i := range f.Items {
		j := itemOf(i)
		here, there := orEmpty(j.Here), orEmpty(j.There)
		line, differences := "", make([]string, len(j.Differences))
		if there.Line > 0 {
			line = strconv.Itoa(there.Line)
		}
		for n, d := range j.Differences {
			differences[n] = string(d)
		}
		if err := out.Line(
			string(j.Class), string(j.Kind), j.No, j.Original, j.Card, here.Amount, string(here.State), here.At,
			there.Amount, string(there.State), there.At, line, strings.Join(differences, " "), strconv.FormatBool(j.NearMidnight), here.DecidedBy,
		); err != nil {
			return err
		}
	}
	return out.End()
}

func orEmpty(s *sideJSON) sideJSON {
	if s == nil {
		return sideJSON{}
	}
	return *s
}
