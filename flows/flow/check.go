package flow

import (
	"fmt"
	"maps"
	"slices"
)

// Check reports what is wrong with a table that begins in one of the starts: an
// event, or the rest, decided twice in a state; a target without a row; a state
// that cannot be reached.
func (t Table[M]) Check(starts ...State) []error {
	var problems []error
	for _, from := range slices.Sorted(maps.Keys(t)) {
		seen := map[string]bool{}
		if inner := t.inner(from); len(inner) > 1 {
			problems = append(problems, fmt.Errorf("the rest of %q is decided twice, by %q", from, inner))
		}
		for _, r := range t[from] {
			if seen[r.event] {
				problems = append(problems, fmt.Errorf("%q is decided twice in %q", r.event, from))
			}
			seen[r.event] = true
			for _, to := range r.to {
				if _, ok := t[to]; !ok {
					problems = append(problems, fmt.Errorf("%q in %q leads to %q, which has no row", r.event, from, to))
				}
			}
		}
	}
	reached := map[State]bool{}
	for _, start := range starts {
		maps.Copy(reached, t.Reach(start, func(string) bool { return true }))
	}
	for _, s := range slices.Sorted(maps.Keys(t)) {
		if !reached[s] {
			problems = append(problems, fmt.Errorf("nothing leads from %q to %q", starts, s))
		}
	}
	return problems
}

// inner are the names of the inner flows to which a state leaves other events.
func (t Table[M]) inner(s State) (names []string) {
	for _, r := range t[s] {
		if r.rest {
			names = append(names, r.event)
		}
	}
	return names
}

// Reach is every state that can be reached by the events that keep accepts.
func (t Table[M]) Reach(start State, keep func(event string) bool) map[State]bool {
	reached := map[State]bool{start: true}
	for next := []State{start}; len(next) > 0; next = next[1:] {
		for _, r := range t[next[0]] {
			for _, to := range r.to {
				if keep(r.event) && !reached[to] {
					reached[to] = true
					next = append(next, to)
				}
			}
		}
	}
	return reached
}
