package flow

import "fmt"

// Check reports what is wrong with a table: an event decided twice in a
// state, a target without a row of its own, a state that nothing leads to.
func (t Table[M]) Check(start State) []error {
	var problems []error
	reached := map[State]bool{start: true}
	for from, rules := range t {
		seen := map[string]bool{}
		for _, r := range rules {
			if seen[r.event] {
				problems = append(problems, fmt.Errorf("%q is decided twice in %q", r.event, from))
			}
			seen[r.event] = true
			for _, to := range r.to {
				if _, ok := t[to]; !ok {
					problems = append(problems, fmt.Errorf("%q in %q leads to %q, which has no row", r.event, from, to))
				}
				if to != from {
					reached[to] = true
				}
			}
		}
	}
	for s := range t {
		if !reached[s] {
			problems = append(problems, fmt.Errorf("nothing leads to %q", s))
		}
	}
	return problems
}
