// Package dict holds the specification's dictionaries: codes, and the names that
// people see instead of them.
package dict

import (
	"embed"
	"encoding/csv"
	"fmt"
	"strings"
)

//go:embed *.csv
var files embed.FS

// Dictionary is one of the specification's dictionaries.
type Dictionary struct{ names, codes map[string]string }

// Fields lists the dictionaries by the names of their fields.
func Fields() []string {
	entries, err := files.ReadDir(".")
	if err != nil {
		return nil
	}
	var fields []string
	for _, e := range entries {
		fields = append(fields, strings.TrimSuffix(e.Name(), ".csv"))
	}
	return fields
}

// Open reads the dictionary of a field, such as "insutype".
func Open(field string) (Dictionary, error) {
	f, err := files.Open(field + ".csv")
	if err != nil {
		return Dictionary{}, fmt.Errorf("dictionary %s: %w", field, err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		return Dictionary{}, fmt.Errorf("dictionary %s: %w", field, err)
	}
	d := Dictionary{map[string]string{}, map[string]string{}}
	entries := entriesOf(rows[0])
	for _, row := range rows[1:] {
		for _, e := range entries(row) {
			d.add(e)
		}
	}
	return d, nil
}

type entry struct{ code, name string }

// add adds an entry. A code that repeats keeps its first name, and a name that
// repeats keeps its first code.
func (d Dictionary) add(e entry) {
	if e.code == "" || e.name == "" {
		return
	}
	if _, known := d.names[e.code]; !known {
		d.names[e.code] = e.name
	}
	if _, known := d.codes[e.name]; !known {
		d.codes[e.name] = e.code
	}
}

// entriesOf says where a file has its codes and names. Most files have two columns;
// two of the dictionaries are flattened trees. A tree's deepest level comes first,
// so that a name shared by two levels leads to the deeper code.
func entriesOf(head []string) func(row []string) []entry {
	switch head[0] {
	case "level1": // 用码业务类型: 01 + 104
		return func(row []string) []entry {
			return []entry{{row[0] + row[2], row[3]}, {row[0], row[1]}}
		}
	case "parent": // 诊疗环节编码: three levels, the last not always there
		return func(row []string) []entry {
			return []entry{{row[4], row[5]}, {row[2], row[3]}, {row[0], row[1]}}
		}
	}
	return func(row []string) []entry { return []entry{{row[0], row[1]}} }
}

// Name is the name of a code, or the code itself when the dictionary lacks it. A
// leading zero may be missing: the specification's samples write 2 for 02.
func (d Dictionary) Name(code string) string {
	for _, known := range []string{code, "0" + code} {
		if name, ok := d.names[known]; ok {
			return name
		}
	}
	return code
}

// Code is the code with this name.
func (d Dictionary) Code(name string) (code string, ok bool) {
	code, ok = d.codes[name]
	return code, ok
}

// Len is the number of codes.
func (d Dictionary) Len() int { return len(d.names) }
