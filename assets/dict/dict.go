// Package dict holds the specification's dictionaries: codes, and the names that
// people see instead of them.
package dict

import (
	"embed"
	"encoding/csv"
	"fmt"
)

//go:embed *.csv
var files embed.FS

// Dictionary is one of the specification's dictionaries.
type Dictionary struct{ names map[string]string }

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
	d := Dictionary{map[string]string{}}
	entries := entriesOf(rows[0])
	for _, row := range rows[1:] {
		for _, e := range entries(row) {
			d.add(e)
		}
	}
	return d, nil
}

type entry struct{ code, name string }

// add adds an entry. A code that repeats keeps its first name.
func (d Dictionary) add(e entry) {
	if e.code == "" || e.name == "" {
		return
	}
	if _, known := d.names[e.code]; !known {
		d.names[e.code] = e.name
	}
}

// entriesOf says where a file has its codes and names. Most files have two columns;
// two of the dictionaries are flattened trees.
func entriesOf(head []string) func(row []string) []entry {
	switch head[0] {
	case "level1": // 用码业务类型: 01 + 104
		return func(row []string) []entry {
			return []entry{{row[0], row[1]}, {row[0] + row[2], row[3]}}
		}
	case "parent": // 诊疗环节编码: three levels, the last not always there
		return func(row []string) []entry {
			return []entry{{row[0], row[1]}, {row[2], row[3]}, {row[4], row[5]}}
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
