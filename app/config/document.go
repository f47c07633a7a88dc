package config

import (
	"errors"
	"strings"

	"github.com/BurntSushi/toml"
)

// document is a TOML file that knows the line of each key.
type document struct {
	text string
	tree map[string]any
	meta toml.MetaData
	keys map[string]toml.Primitive
}

// parse parses text; its error is [ErrSyntax], with the line. The library's own
// message is dropped: it quotes what it found, which may be a secret without
// quotes.
func parse(text string) (doc *document, line int, err error) {
	doc = &document{text: text}
	if _, err = toml.Decode(text, &doc.tree); err == nil {
		doc.meta, err = toml.Decode(text, &doc.keys)
	}
	if err == nil {
		return doc, 0, nil
	}
	hint := "syntax"
	if fault, ok := errors.AsType[toml.ParseError](err); ok {
		line = fault.Position.Line
		if strings.Contains(fault.Message, "has already been defined") {
			hint = "twice"
		}
	}
	return nil, line, because(ErrSyntax, hint)
}

// errHere is the error of [here].
var errHere = errors.New("here")

// here makes the library reveal a key's position, which it does only in errors.
type here struct{}

func (*here) UnmarshalTOML(any) error { return errHere }

// offset is where the value of a key begins, or a section's or list's last
// header; false when it is not there or the file never names it.
func (d *document) offset(path ...string) (int, bool) {
	keys := d.keys
	for i, name := range path {
		value, ok := keys[name]
		if !ok {
			return 0, false
		}
		if i == len(path)-1 {
			fault, ok := errors.AsType[toml.ParseError](d.meta.PrimitiveDecode(value, &here{}))
			return fault.Position.Start, ok && fault.Position.Line > 0
		}
		keys = d.below(value)
	}
	return 0, false
}

// below are the keys of a table, or of the last table of a list.
func (d *document) below(value toml.Primitive) map[string]toml.Primitive {
	var table map[string]toml.Primitive // stays nil, without an error, for a list
	if d.meta.PrimitiveDecode(value, &table) == nil && table != nil {
		return table
	}
	var list []map[string]toml.Primitive
	if d.meta.PrimitiveDecode(value, &list) == nil && len(list) > 0 {
		return list[len(list)-1]
	}
	return nil
}

// line is the line of a key, from 1; 0 when it is nowhere. For a table that the
// file never names, as a in a.b = 1, it is the first line that is about it.
func (d *document) line(path ...string) int {
	if at, ok := d.offset(path...); ok {
		return lineAt(d.text, at)
	}
	first := 0
	table, _ := at(d.tree, path...).(map[string]any)
	for name := range table {
		if line := d.line(append(path[:len(path):len(path)], name)...); line > 0 && (first == 0 || line < first) {
			first = line
		}
	}
	return first
}

// table is one of a file's tables, with where its keys are.
type table struct {
	values map[string]any
	line   func(key string) int
}

// list are the tables of a [[list]]; false when something else is there, or
// more than most.
//
// The library remembers one position a name, that of the last table. So each
// table's lines are looked up in the part of the file that ends with it.
func (d *document) list(most int, path ...string) ([]table, bool) {
	values, ok := tables(at(d.tree, path...))
	if !ok || len(values) > most {
		return nil, false
	}
	header := d.line(path...)
	all := make([]table, len(values))
	part := d
	for i := len(values) - 1; i >= 0; i-- {
		all[i] = table{values[i], func(string) int { return header }}
		if part != nil {
			all[i].line = part.lineBelow(path)
			part = part.before(i, path)
		}
	}
	return all, true
}

// lineBelow finds keys of the table at path; the table's own line for those it has not.
func (d *document) lineBelow(path []string) func(string) int {
	return func(key string) int {
		if line := d.line(append(path[:len(path):len(path)], key)...); line > 0 {
			return line
		}
		return d.line(path...)
	}
}

// before is the part of the file that ends before the last table of a [[list]];
// nil when that part does not have count of them, as with an inline list.
func (d *document) before(count int, path []string) *document {
	start, ok := d.offset(path...)
	if !ok || count == 0 {
		return nil
	}
	part, _, err := parse(d.text[:strings.LastIndexByte(d.text[:start], '\n')+1])
	if err != nil {
		return nil
	}
	if values, ok := tables(at(part.tree, path...)); !ok || len(values) != count {
		return nil
	}
	return part
}

// at is the value at path; nil when there is none.
func at(tree map[string]any, path ...string) any {
	var value any = tree
	for _, name := range path {
		table, ok := value.(map[string]any)
		if !ok {
			return nil
		}
		value = table[name]
	}
	return value
}

// tables is a value as a list of tables, in either way of writing it.
func tables(value any) ([]map[string]any, bool) {
	if list, ok := value.([]map[string]any); ok {
		return list, true
	}
	list, ok := value.([]any)
	all := make([]map[string]any, 0, len(list))
	for _, v := range list {
		table, isTable := v.(map[string]any)
		ok = ok && isTable
		all = append(all, table)
	}
	return all, ok
}
