package config

import (
	"slices"
	"strings"
)

// prefix begins the variables that are keys.
const prefix = "ONETRANS_"

// variables are the environment, and which parts of it were used.
type variables struct {
	values map[string]string
	used   map[string]bool
	// secrets are the names of those that references named.
	secrets []string
}

func newVariables(environ []string) *variables {
	v := &variables{values: make(map[string]string), used: make(map[string]bool)}
	for _, line := range environ {
		// Windows keeps folders in variables like "=C:".
		if name, text, ok := strings.Cut(line, "="); ok && name != "" {
			v.values[variableCase(name)] = text
		}
	}
	return v
}

// lookup is the value of the variable, and marks it as known.
func (v *variables) lookup(name string) (string, bool) {
	name = variableCase(name)
	v.used[name] = true
	text, ok := v.values[name]
	return text, ok
}

// unknown are the variables with our prefix that nothing asked for.
func (v *variables) unknown() []string {
	var names []string
	for name := range v.values {
		if strings.HasPrefix(name, prefix) && !v.used[name] {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// variableOf is the name of the variable for a key.
func variableOf(key string) string {
	return prefix + strings.ToUpper(strings.NewReplacer(".", "_", "[", "_", "]", "").Replace(key))
}
