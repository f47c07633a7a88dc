package config

import (
	"slices"
	"strings"

	"onetrans/flows/reconcile"
)

// Bounds of the words of a statement.
const (
	maxWords      = 32
	maxWordLength = 64
)

// Reconcile is what there is to say about the platform's statements.
type Reconcile struct {
	Format reconcile.Format
	// Scope is what of a hospital's statement is this terminal's. Without
	// terminals it is terminal.term_no.
	Scope reconcile.Scope
}

func reconcileFields(r *Reconcile) []field {
	f := &r.Format
	return []field{
		text("reconcile.number", &f.Number, 1, maxWordLength),
		text("reconcile.amount", &f.Amount, 1, maxWordLength),
		text("reconcile.type", &f.Type, 0, maxWordLength),
		text("reconcile.time", &f.Time, 0, maxWordLength),
		text("reconcile.state", &f.State, 0, maxWordLength),
		text("reconcile.terminal", &f.Terminal, 0, maxWordLength),
		text("reconcile.trace", &f.Trace, 0, maxWordLength),
		words("reconcile.charge_words", &f.ChargeWords),
		words("reconcile.refund_words", &f.RefundWords),
		words("reconcile.done_words", &f.DoneWords),
		words("reconcile.failed_words", &f.FailedWords),
		words("reconcile.terminals", &r.Scope.Terminals),
		text("reconcile.prefix", &r.Scope.Prefix, 0, 32),
	}
}

// words is a list of texts, none of them empty; it may be empty itself.
func words(key string, into *[]string) field {
	return field{key: key, into: into, list: true, read: func(_ input, v value) error {
		list, ok := v.raw.([]any)
		if !ok || len(list) > maxWords {
			return wrong("must be a list of at most %d texts in quotes", maxWords)
		}
		var all []string
		for _, item := range list {
			word, err := value{raw: item}.line(maxWordLength)
			if err == nil && word == "" {
				err = wrong("must not list an empty text")
			}
			if err != nil {
				return err
			}
			all = append(all, word)
		}
		*into = all
		return nil
	}}
}

// checkReconcile refuses one column for both, and words that mean both.
func (r *reader) checkReconcile(f reconcile.Format) {
	for _, two := range []struct {
		key, other string
		a, b       []string
	}{
		{"reconcile.amount", "number", []string{f.Number}, []string{f.Amount}},
		{"reconcile.refund_words", "charge_words", f.ChargeWords, f.RefundWords},
		{"reconcile.failed_words", "done_words", f.DoneWords, f.FailedWords},
	} {
		if meet(two.a, two.b) {
			r.conflict(two.key, "has a text that %s has too", two.other)
		}
	}
}

// meet says whether two lists have a text in common, whatever its case.
func meet(a, b []string) bool {
	return slices.ContainsFunc(a, func(one string) bool {
		return slices.ContainsFunc(b, func(other string) bool { return strings.EqualFold(one, other) })
	})
}
