package main

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"onetrans/app/sheet"
	"onetrans/flows/mask"
	"onetrans/flows/money"
	"onetrans/flows/onetrans"
	"onetrans/flows/reconcile"
)

// writeText writes what was found as people read it.
func writeText(w io.Writer, f findings) error {
	var out bytes.Buffer
	say := func(key string, values ...string) { fmt.Fprintln(&out, f.words.Say("reconcile."+key, values...)) }
	say("title", "day", f.Day.String())
	if f.File == "" {
		say("against.platform")
	} else {
		say("against.statement", "file", f.File)
	}
	for _, kind := range reconcile.Kinds() {
		here, there := f.Here[kind], f.There[kind]
		say("sum", "kind", f.say("kind", string(kind)),
			"here", strconv.Itoa(here.Count), "hereamount", money.Grouped(here.Amount),
			"there", strconv.Itoa(there.Count), "thereamount", money.Grouped(there.Amount),
			"difference", money.Grouped(there.Amount-here.Amount))
	}
	for _, class := range reconcile.Classes() {
		items := f.Of(class)
		if len(items) == 0 {
			continue
		}
		say("class."+string(class), "count", strconv.Itoa(len(items)))
		if class == reconcile.Matched {
			continue
		}
		for _, item := range items {
			fmt.Fprintln(&out, "  "+sheet.Shown(f.line(item)))
		}
	}
	f.writeLeftOut(say)
	if f.Balanced() {
		say("balanced")
	} else {
		say("unbalanced")
	}
	_, err := w.Write(out.Bytes())
	return err
}

// writeLeftOut says what did not count, so that nobody takes it for compared.
func (f findings) writeLeftOut(say func(key string, values ...string)) {
	for _, left := range []struct {
		what  string
		count int
	}{{"terminals", f.OtherTerminals}, {"days", f.OtherDays}, {"lines", f.Skipped}} {
		if left.count > 0 {
			say("left."+left.what, "count", strconv.Itoa(left.count))
		}
	}
	if len(f.Without) > 0 {
		say("left.columns", "columns", strings.Join(f.Without, ", "))
	}
}

func (f findings) say(prefix, word string, values ...string) string {
	return f.words.Say("reconcile."+prefix+"."+word, values...)
}

// line is an item in one line.
func (f findings) line(i reconcile.Item) string {
	parts := []string{
		cmp.Or(written(i.At()), f.words.Say("reconcile.no_time")),
		f.say("kind", string(i.Kind)),
		cmp.Or(i.No(), f.words.Say("reconcile.no_number")),
		f.words.Say("money.yuan", "amount", money.Grouped(amountOf(i))),
	}
	if i.Here != nil && i.Here.CardNo != "" {
		parts = append(parts, f.words.Say("reconcile.card", "card", mask.CardNo(i.Here.CardNo)))
	}
	return strings.Join(append(parts, f.details(i)...), "  ")
}

func (f findings) details(i reconcile.Item) (parts []string) {
	add := func(key string, values ...string) { parts = append(parts, f.words.Say("reconcile."+key, values...)) }
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

func (f findings) hereState(i reconcile.Item) string {
	return f.say("state", string(i.Here.State)) + " (" + i.Here.Word + ")"
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
		Day            string                        `json:"day"`
		Balanced       bool                          `json:"balanced"`
		Statement      string                        `json:"statement,omitzero"`
		Totals         map[reconcile.Kind]totalsJSON `json:"totals"`
		Items          []itemJSON                    `json:"items"`
		OtherTerminals int                           `json:"other_terminals"`
		OtherDays      int                           `json:"other_days"`
		SkippedLines   int                           `json:"skipped_lines"`
		MissingColumns []string                      `json:"missing_columns,omitzero"`
	}
	totalsJSON struct {
		Here  sumJSON `json:"here"`
		There sumJSON `json:"there"`
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

func writeJSON(w io.Writer, f findings) error {
	out := foundJSON{
		Day: f.Day.String(), Balanced: f.Balanced(), Statement: f.File,
		Totals: make(map[reconcile.Kind]totalsJSON), Items: []itemJSON{},
		OtherTerminals: f.OtherTerminals, OtherDays: f.OtherDays, SkippedLines: f.Skipped, MissingColumns: f.Without,
	}
	for _, kind := range reconcile.Kinds() {
		out.Totals[kind] = totalsJSON{sumOf(f.Here[kind]), sumOf(f.There[kind])}
	}
	for _, i := range f.Items {
		out.Items = append(out.Items, itemOf(i))
	}
	if err := json.MarshalWrite(w, out, json.Deterministic(true), jsontext.WithIndent("  ")); err != nil {
		return err
	}
	_, err := fmt.Fprintln(w)
	return err
}

func sumOf(s *reconcile.Sum) sumJSON { return sumJSON{s.Count, s.Amount.String()} }

func itemOf(i reconcile.Item) itemJSON {
	out := itemJSON{Class: i.Class, Kind: i.Kind, No: i.No(), Differences: i.Differences, NearMidnight: i.NearMidnight}
	if t := i.Here; t != nil {
		out.Original, out.Card = t.Original, mask.CardNo(t.CardNo)
		out.Here = &sideJSON{Kind: t.Kind, Amount: t.Amount.String(), State: t.State, Word: t.Word, At: written(t.At), Trace: t.TraceNo, DecidedBy: t.DecidedBy}
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

// writeCSV writes a line an item, for spreadsheets.
func writeCSV(w io.Writer, f findings) error {
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
