package rehearse

import (
	"bytes"
	"cmp"
	"maps"
	"slices"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"

	"onetrans/app/record"
	"onetrans/flows/message/onetrans"
)

// field is a field of a message: where it is ("data.extra.callsn", "data.orderList.0"),
// its name, and what it holds.
type field struct {
	path, within, name string
	text               string
	object             bool // text that says nothing: an object or a list stands there
}

// fieldsOf are a message's fields, by where they are. Text that holds JSON is looked
// into as the JSON itself.
func fieldsOf(message jsontext.Value) map[string]field {
	all := map[string]field{}
	collect(all, message, field{})
	return all
}

func collect(all map[string]field, v jsontext.Value, at field) {
	switch v = bytes.TrimSpace(v); v.Kind() {
	case '{', '[':
		if !collectWithin(all, v, at) {
			return
		}
		at.object = true
	case '"':
		text, err := jsontext.AppendUnquote(nil, v)
		if err != nil {
			return
		}
		if inner := jsontext.Value(bytes.TrimSpace(text)); len(inner) > 0 && (inner[0] == '{' || inner[0] == '[') && onetrans.Check(inner) == nil {
			collect(all, inner, at)
			return
		}
		at.text = string(text)
	case 'n':
	default:
		at.text = string(v)
	}
	if at.path != "" {
		all[at.path] = at
	}
}

// collectWithin collects the members of an object, or the items of a list.
func collectWithin(all map[string]field, v jsontext.Value, at field) (whole bool) {
	if v.Kind() == '{' {
		var members map[string]jsontext.Value
		if onetrans.Unmarshal(v, &members) != nil {
			return false
		}
		for name, member := range members {
			path := name
			if at.path != "" {
				path = at.path + "." + name
			}
			collect(all, member, field{path: path, within: at.name, name: name})
		}
		return true
	}
	var items []jsontext.Value
	if onetrans.Unmarshal(v, &items) != nil {
		return false
	}
	for i, item := range items {
		collect(all, item, field{path: at.path + "." + strconv.Itoa(i), within: at.within, name: at.name})
	}
	return true
}

// says reports whether a field says anything.
func (f field) says() bool { return f.object || f.text != "" }

// Difference is a field in which two messages differ.
type Difference struct {
	Field string
	// Then is what was recorded, masked; Now what it is in the rehearsal, whose persons
	// are nobody. Empty: it is not there, or says nothing.
	Then, Now string
}

// decisive are the differences between two messages that say something: where the code is
// another, the other fields follow from that, and the sentence says why.
func decisive(all []Difference, before, after map[string]field) []Difference {
	if len(all) == 0 || all[0].Field != "code" {
		return all
	}
	all = slices.DeleteFunc(all, func(d Difference) bool { return d.Field != "code" && d.Field != "data.result" })
	if then, now := before["err_msg"].text, after["err_msg"].text; then != now {
		all = append(all, Difference{Field: "err_msg", Then: then, Now: now})
	}
	return all
}

// paths are where either of two messages has a field: what decides first, then by name.
func paths(a, b map[string]field) []string {
	all := maps.Clone(a)
	maps.Copy(all, b)
	return slices.SortedFunc(maps.Keys(all), func(x, y string) int {
		return cmp.Or(cmp.Compare(rank(x), rank(y)), cmp.Compare(x, y))
	})
}

func rank(path string) int {
	switch path {
	case "code":
		return 0
	case "data.result":
		return 1
	}
	return 2
}

// numbers hold which number of a rehearsal stands for which that was recorded.
type numbers struct{ now, then map[string]string }

func newNumbers() *numbers { return &numbers{map[string]string{}, map[string]string{}} }

// same says whether two numbers may stand for one another: neither does for another yet.
func (n *numbers) same(then, now string) bool {
	if a, known := n.now[then]; known {
		return a == now
	}
	if b, known := n.then[now]; known {
		return b == then
	}
	n.now[then], n.then[now] = now, then
	return true
}

// leastNumber is how long a text is at least that stands for one thing alone.
const leastNumber = 5

// isNumber says whether a field holds a number that stands for one thing.
func (f field) isNumber() bool {
	return len(f.text) >= leastNumber && record.Compares(f.within, f.name) == record.ByWhichIsTheSame && ascii(f.text) && roleOf(f.name) == ""
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}
