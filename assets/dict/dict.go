// Package dict holds the specification's dictionaries: codes and the names
// that people see instead.
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

// Open reads a dictionary by its field's name, such as "insutype".
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
	names := make(map[string]string, len(rows))
	for _, row := range rows[1:] {
		names[row[0]] = row[1]
	}
	return Dictionary{names}, nil
}

// Name is what a code means; the code itself when the dictionary lacks it.
func (d Dictionary) Name(code string) string {
	if name, ok := d.names[code]; ok {
		return name
	}
	return code
}
