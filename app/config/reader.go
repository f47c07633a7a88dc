package config

import (
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// maxAccounts is how many accounts a file may list; each but the first costs a
// search through the file.
const maxAccounts = 8

// maxKeyShown is how many characters of an unknown key an error repeats: it may be
// a secret in the wrong place.
const maxKeyShown = 40

// readAll reads every key, from its variable or else from the file.
func (r *reader) readAll() {
	known := make(map[string]bool)
	for _, f := range fields(&r.config) {
		known[f.key] = true
		r.read(f, r.inFile(f.key))
	}
	r.readAccounts()
	if r.doc != nil {
		r.refuseUnknown(r.doc.tree, nil, known)
	}
	for _, name := range r.vars.unknown() {
		r.sayAt(origin{where: name}, "", because(ErrUnknownVariable, "unknown_variable"))
	}
}

// found is a key's value in the file, and its place.
type found struct {
	raw  any
	from origin
}

// inFile is the file's value of a key; nil if it has none.
func (r *reader) inFile(key string) *found {
	if r.doc == nil {
		return nil
	}
	path := strings.Split(key, ".")
	raw := at(r.doc.tree, path...)
	if raw == nil {
		return nil
	}
	return &found{raw, origin{r.config.Source, r.doc.line(path...)}}
}

// read reads a key: its variable takes precedence over the file.
func (r *reader) read(f field, said *found) {
	in := input{vars: r.vars}
	var v value
	text, ok := "", false
	if !f.list {
		text, ok = r.vars.lookup(variableOf(f.key))
	}
	switch {
	case ok:
		v = value{raw: text, typed: true}
		r.origins[f.key] = origin{where: variableOf(f.key)}
	case said != nil:
		v = value{raw: said.raw}
		r.origins[f.key] = said.from
		in.folder, in.file, in.mode = filepath.Dir(r.config.Source), r.config.Source, r.mode
	default:
		return
	}
	if err := f.read(in, v); err != nil {
		r.say(f.key, err)
	}
}

// readAccounts reads the accounts: those in the file by their type, the others with
// their defaults.
func (r *reader) readAccounts() {
	inFile := r.accountsInFile()
	for i := range r.config.Pay.Accounts {
		a := &r.config.Pay.Accounts[i]
		t, ok := inFile[a.Type]
		for _, f := range accountFields(a) {
			var said *found
			if raw := t.values[last(f.key)]; ok && raw != nil {
				said = &found{raw, origin{r.config.Source, t.line(last(f.key))}}
			}
			r.read(f, said)
		}
		r.dropQuick(a)
	}
}

// dropQuick removes the default amounts that the configured limits rule out.
func (r *reader) dropQuick(a *Account) {
	if _, said := r.origins[accountKey(a.Type, "quick_amounts")]; said {
		return
	}
	kept := a.Quick[:0]
	for _, fen := range a.Quick {
		if fen >= a.Min && fen <= a.Max {
			kept = append(kept, fen)
		}
	}
	a.Quick = kept
}

// accountsInFile are the file's [[pay.account]] by type.
func (r *reader) accountsInFile() map[string]table {
	byType := make(map[string]table)
	if r.doc == nil || at(r.doc.tree, "pay", "account") == nil {
		return byType
	}
	list, ok := r.doc.list(maxAccounts, "pay", "account")
	if !ok {
		line := r.doc.line("pay", "account")
		r.sayAt(origin{r.config.Source, line}, accounts,
			wrong("account_list", "list", accounts))
		return byType
	}
	for _, t := range list {
		r.addAccount(byType, t)
	}
	return byType
}

// addAccount adds an account from the file, if its type and its keys are known.
func (r *reader) addAccount(byType map[string]table, t table) {
	from := func(key string) origin { return origin{r.config.Source, t.line(key)} }
	accountType, _ := t.values["type"].(string)
	model, known := r.config.Pay.Account(accountType)
	if !known {
		r.sayAt(from("type"), accounts+".type", wrong("account_type"))
		return
	}
	if _, twice := byType[accountType]; twice {
		r.sayAt(from("type"), accounts+".type", wrong("account_twice"))
		return
	}
	byType[accountType] = t
	keys := map[string]bool{"type": true}
	for _, f := range accountFields(&model) {
		keys[last(f.key)] = true
	}
	for _, key := range slices.Sorted(maps.Keys(t.values)) {
		if !keys[key] && len(r.problems) <= maxProblems {
			r.sayAt(from(key), accounts+"."+shown(key), because(ErrUnknownKey, "unknown_key"))
		}
	}
}

// refuseUnknown reports the keys of a table that this version does not have.
func (r *reader) refuseUnknown(tree map[string]any, path []string, known map[string]bool) {
	for _, name := range slices.Sorted(maps.Keys(tree)) {
		if len(r.problems) > maxProblems {
			return // finding a line costs time
		}
		here := append(path[:len(path):len(path)], name)
		key := strings.Join(here, ".")
		switch below, isTable := tree[name].(map[string]any); {
		case strings.Contains(name, "."):
			r.refuse(here, because(ErrUnknownKey, "unknown_key"))
		case known[key], key == accounts:
		case !isSection(key, known):
			r.refuse(here, because(ErrUnknownKey, "unknown_key"))
		case !isTable:
			r.refuse(here, wrong("section", "section", key))
		default:
			r.refuseUnknown(below, here, known)
		}
	}
}

func (r *reader) refuse(path []string, err error) {
	names := make([]string, len(path))
	for i, name := range path {
		names[i] = shown(name)
	}
	line := 0
	for up := path; line == 0 && len(up) > 0; up = up[:len(up)-1] {
		line = r.doc.line(up...) // the library books a key without a name on its section
	}
	r.sayAt(origin{r.config.Source, line}, strings.Join(names, "."), err)
}

// isSection reports whether keys begin with this one.
func isSection(key string, known map[string]bool) bool {
	for k := range known {
		if strings.HasPrefix(k, key+".") {
			return true
		}
	}
	return false
}

// shown is a key that somebody else made up, in a form that can be printed.
func shown(key string) string {
	runes := []rune(key)
	if len(runes) > maxKeyShown {
		key = string(runes[:maxKeyShown]) + "…"
	}
	quoted := strconv.Quote(key)
	if quoted == `"`+key+`"` && key != "" && !strings.ContainsAny(key, " .") {
		return key
	}
	return quoted
}
