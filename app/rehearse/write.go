package rehearse

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"onetrans/app/record"
	"onetrans/app/sheet"
	"onetrans/assets/texts"
	"onetrans/devices"
	"onetrans/flows/message/onetrans"
)

// maxShown is how many differing calls a report lists field by field.
const maxShown = 200

// between stands between the items of an enumeration.
const between = " · "

// Report is what came of a rehearsal, for people.
type Report struct {
	Words  texts.Language
	Played []Played
	// Of is the recording that it was.
	Of record.Recording
}

// Differs says that a call would be answered otherwise.
func (r Report) Differs() bool {
	return slices.ContainsFunc(r.Played, func(p Played) bool { return p.Kind != "" })
}

// Proves says that some call was compared at all.
func (r Report) Proves() bool { return r.counts()[""].same > 0 }

// enough is how many calls of a trans_type must have been carried out, and not differ,
// before it counts as compared: with fewer, one in seven may still differ.
const enough = 20

// Justifies says that moving over is justified, as far as trans_types were seen.
func (r Report) Justifies() bool {
	return r.Proves() && !r.Differs() && len(r.few()) == 0 && r.Of.Whole()
}

// few are the trans_types of HIS's calls of which fewer than enough have been carried
// out and compared. Refusals alike say nothing of what happens to money.
func (r Report) few() (names []string) {
	counts := r.counts()
	for _, name := range onetrans.TransTypes() {
		if c := counts[name]; c != nil && c.carried < enough {
			names = append(names, name)
		}
	}
	return names
}

// WriteReplay writes what a replay against the sandbox has shown.
func (r Report) WriteReplay(w io.Writer) error { return r.write(w, "replay") }

// WriteCompare writes in what this program would have answered otherwise than the one
// that answers today, and whether that speaks against moving over.
func (r Report) WriteCompare(w io.Writer) error { return r.write(w, "compare") }

func (r Report) write(w io.Writer, what string) error {
	var out bytes.Buffer
	say := func(key string, values ...string) { fmt.Fprintln(&out, r.Words.Say("rehearse."+key, values...)) }
	counts := r.counts()
	all := counts[""]
	if len(r.Played) > 0 {
		say(what+".title", "count", strconv.Itoa(len(r.Played)), "since", r.at(0), "until", r.at(len(r.Played)-1))
		out.WriteString(r.table(counts))
	}
	writeGaps(say, r.Of)
	r.writeDifferences(&out, say, what)
	r.writeSent(say, what)
	for _, reason := range reasons() {
		if n := all.why[reason]; n > 0 {
			say("why."+string(reason), "count", strconv.Itoa(n))
		}
	}
	r.writeVerdict(say, what, all)
	_, err := w.Write(out.Bytes())
	return err
}

// writeGaps says what of a recording is not there.
func writeGaps(say func(string, ...string), of record.Recording) {
	for _, gap := range []struct {
		key   string
		count int
	}{{"unread", of.Unread}, {"lost", of.Missing}, {"moved", of.Moved}} {
		if gap.count > 0 {
			say(gap.key, "count", strconv.Itoa(gap.count))
		}
	}
}

// noType counts the calls without a trans_type: none is written so.
const noType = "-"

// typeIn is a call's trans_type in a list. One that there is not was masked.
func typeIn(words texts.Language, transType string) string {
	switch {
	case transType == "" || transType == noType:
		return words.Say("rehearse.nothing")
	case slices.Contains(onetrans.TransTypes(), transType):
		return transType
	}
	return words.Say("rehearse.masked_type", "trans_type", sheet.Shown(transType))
}

// count is what came of calls.
type count struct {
	calls, same, differ, open int
	carried                   int // of the same, those that were carried out
	why                       map[Reason]int
	kinds                     map[Kind]int
}

// counts are what came of the calls of each trans_type, and under "" of all.
func (r Report) counts() map[string]*count {
	counts := map[string]*count{}
	for _, p := range r.Played {
		for _, of := range []string{"", cmp.Or(p.Call.TransType, noType)} {
			c := counts[of]
			if c == nil {
				c = &count{why: map[Reason]int{}, kinds: map[Kind]int{}}
				counts[of] = c
			}
			c.calls++
			switch {
			case p.Kind != "":
				c.differ++
				c.kinds[p.Kind]++
			case p.Reason != "":
				c.open++
				c.why[p.Reason]++
			default:
				c.same++
				if answer, ok := answerOf(p.Call.Out); ok && answer.Code.String() == string(onetrans.CodeOK) {
					c.carried++
				}
			}
		}
	}
	if counts[""] == nil {
		counts[""] = &count{}
	}
	return counts
}

// table counts by trans_type, the interface's first.
func (r Report) table(counts map[string]*count) string {
	names := onetrans.TransTypes()
	for name := range counts {
		if name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	slices.Sort(names[len(onetrans.TransTypes()):])
	rows := [][]string{{r.Words.Say("rehearse.column.trans_type")}}
	for _, column := range []string{"calls", "same", "differ", "open"} {
		rows[0] = append(rows[0], r.Words.Say("rehearse.column."+column))
	}
	for _, name := range names {
		if c := counts[name]; c != nil {
			rows = append(rows, []string{typeIn(r.Words, name), strconv.Itoa(c.calls), strconv.Itoa(c.same), strconv.Itoa(c.differ), strconv.Itoa(c.open)})
		}
	}
	return aligned(1, rows)
}

// aligned are rows in columns that fit wide characters: so many of the first to the
// left, the others to the right.
func aligned(left int, rows [][]string) string {
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], devices.Columns(cell))
		}
	}
	var out strings.Builder
	for _, row := range rows {
		for i, cell := range row {
			pad := strings.Repeat(" ", widths[i]-devices.Columns(cell))
			if i < left {
				out.WriteString("  " + cell + pad)
			} else {
				out.WriteString("  " + pad + cell)
			}
		}
		out.WriteByte('\n')
	}
	return out.String()
}

// writeDifferences lists the calls that differ, field by field.
func (r Report) writeDifferences(out io.Writer, say func(string, ...string), what string) {
	shown := 0
	for i, p := range r.Played {
		if p.Kind == "" {
			continue
		}
		if shown++; shown > maxShown {
			continue
		}
		say("call", "number", strconv.Itoa(i+1), "at", r.at(i), "trans_type", typeIn(r.Words, p.Call.TransType), "kind", r.Words.Say("rehearse.kind."+string(p.Kind)))
		for _, d := range p.Differences {
			fmt.Fprintln(out, "    "+r.difference(what, d))
		}
	}
	if shown > maxShown {
		say("more", "count", strconv.Itoa(shown-maxShown))
	}
}

func (r Report) difference(what string, d Difference) string {
	value := func(text string) string {
		if text == "" {
			return r.Words.Say("rehearse.nothing")
		}
		return sheet.Shown(text)
	}
	if d.Field == formOf {
		d.Then, d.Now = r.fault(record.Fault(d.Then)), r.fault(record.FaultNone)
	}
	name := d.Field
	if known := r.nameOf(d.Field); known != "" {
		name = r.Words.Say("rehearse.field", "code", d.Field, "name", known)
	}
	return r.Words.Say("rehearse."+what+".difference", "field", sheet.Shown(name), "then", value(d.Then), "now", value(d.Now))
}

// fault is what is wrong with a text, in words.
func (r Report) fault(f record.Fault) string { return faultIn(r.Words, f) }

func faultIn(words texts.Language, f record.Fault) string {
	if f == record.FaultNone {
		return words.Say("rehearse.fault.none")
	}
	return words.Say("rehearse.fault." + string(f))
}

// nameOf is the specification's name of an answer's field, or ours of what is none.
func (r Report) nameOf(path string) string {
	switch path {
	case exitOf, returnedOf:
		return r.Words.Say("rehearse.name." + path)
	}
	code := path[strings.LastIndexByte(path, '.')+1:]
	for _, transType := range append([]string{""}, onetrans.TransTypes()...) {
		rules := onetrans.CommonRules(onetrans.Out)
		if transType != "" {
			rules = onetrans.Rules(transType, onetrans.Out)
		}
		for _, r := range rules {
			if r.Code == code && r.Name != "" {
				return r.Name
			}
		}
	}
	return ""
}

// writeSent says in which fields what would have been sent differs from what HIS said:
// that is as it should be, and good to know.
func (r Report) writeSent(say func(string, ...string), what string) {
	fields := map[string]int{}
	for _, p := range r.Played {
		for _, d := range p.Sent {
			fields[d.Field]++
		}
	}
	if what != "compare" || len(fields) == 0 {
		return
	}
	var names []string
	for name := range fields {
		names = append(names, name)
	}
	slices.Sort(names)
	for i, name := range names {
		names[i] = r.Words.Say("rehearse.sent_field", "field", sheet.Shown(name), "count", strconv.Itoa(fields[name]))
	}
	say("sent", "fields", strings.Join(names, between))
}

// writeVerdict says what it comes to.
func (r Report) writeVerdict(say func(string, ...string), what string, all *count) {
	values := []string{"count", strconv.Itoa(all.same), "differ", strconv.Itoa(all.differ), "open", strconv.Itoa(all.open), "since", r.at(0)}
	switch {
	case len(r.Played) == 0:
		say(what + ".none")
	case all.differ > 0:
		say(what+".differs", values...)
	case all.same == 0:
		say(what+".nothing_compared", values...)
	case what == "compare" && !r.Of.Whole():
		say("compare.not_whole", values...)
	case what == "compare" && len(r.few()) > 0:
		var few []string
		for _, name := range r.few() {
			few = append(few, r.Words.Say("rehearse.few", "trans_type", name, "count", strconv.Itoa(r.counts()[name].carried)))
		}
		say("compare.too_few", append(values, "enough", strconv.Itoa(enough), "types", strings.Join(few, between))...)
	default:
		say(what+".agrees", values...)
	}
	if missing := r.missing(); what == "compare" && len(r.Played) > 0 && len(missing) > 0 {
		say("compare.missing", "types", strings.Join(missing, between))
	}
}

// missing are the trans_types of which none has been carried out and compared.
func (r Report) missing() (names []string) {
	counts := r.counts()
	for _, name := range onetrans.TransTypes() {
		if c := counts[name]; c == nil || c.carried+c.differ == 0 {
			names = append(names, name)
		}
	}
	return names
}

// at is when a call was made; empty without it.
func (r Report) at(i int) string {
	if i < 0 || i >= len(r.Played) {
		return ""
	}
	return Local(r.Played[i].Call.At)
}

// Local is a time as people read it.
func Local(t time.Time) string { return t.Local().Format("2006-01-02 15:04:05") }

func reasons() []Reason {
	return []Reason{NoContent, NoAnswer, Unknown, OnAPage, Circumstance, Earlier, NeedsMore}
}

// WriteList lists recorded calls.
func WriteList(w io.Writer, words texts.Language, of record.Recording) error {
	rows := [][]string{nil}
	for _, column := range []string{"at", "trans_type", "by", "code", "exit", "took", "sizes"} {
		rows[0] = append(rows[0], words.Say("rehearse.column."+column))
	}
	for _, c := range of.Calls {
		answer, ok := answerOf(c.Out)
		code := answer.Code.String()
		if !ok {
			code = faultIn(words, c.Out.Fault)
		}
		rows = append(rows, []string{
			Local(c.At), typeIn(words, c.TransType), words.Say("rehearse.by." + c.By), sheet.Shown(code), strconv.Itoa(c.Exit),
			fmt.Sprintf("%.3f", float64(c.TookMS)/1000), fmt.Sprintf("%d/%d", c.In.Bytes, c.Out.Bytes),
		})
	}
	var out bytes.Buffer
	out.WriteString(aligned(3, rows))
	writeGaps(func(key string, values ...string) { fmt.Fprintln(&out, words.Say("rehearse."+key, values...)) }, of)
	_, err := w.Write(out.Bytes())
	return err
}
