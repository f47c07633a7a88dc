// Package flow is the machinery that all flows share: a flow is a table that says,
// for each state, what each event does. A step is pure; a runner carries out its
// effects and feeds their results back as events.
package flow

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// State is the name of a row of a flow's table.
type State string

// Event is something that happened. Its name is the column of the table.
type Event interface{ Name() string }

// Waited means that a second has passed. The runner sends it.
type Waited struct{ Now time.Time }

func (Waited) Name() string { return "time went by" }

// Effect is something to be done outside the flow.
type Effect any

// Model is all that a flow remembers; At is the state that it is in.
type Model interface{ At() State }

// Rule is a cell of a table: what an event does, and where it may lead.
type Rule[M Model] struct {
	event string // the name of the inner flow, for a rule made by Rest
	rest  bool
	to    []State
	// isFor reports whether an event of that name is of the type that do takes.
	isFor func(Event) bool
	do    func(M, Event) (M, []Effect)
}

// On makes the rule for the events of example's type: do returns the next model,
// whose state is one of to, and the effects.
func On[M Model, E Event](example E, do func(M, E) (M, []Effect), to ...State) Rule[M] {
	return Rule[M]{
		event: example.Name(),
		to:    to,
		isFor: func(e Event) bool { _, ok := e.(E); return ok },
		do:    func(m M, e Event) (M, []Effect) { return do(m, e.(E)) },
	}
}

// Rest makes the rule for every event that the other rules of its row do not name:
// it belongs to an inner flow of that name. do passes the event to that flow and
// follows where it leads, to one of to.
func Rest[M Model](inner string, do func(M, Event) (M, []Effect), to ...State) Rule[M] {
	return Rule[M]{event: inner, rest: true, to: to, isFor: func(Event) bool { return true }, do: do}
}

// Table is a flow: the rules of each state.
type Table[M Model] map[State][]Rule[M]

// Step applies e to m. An event without a rule in m's state changes nothing: taps
// and answers may come late, and another flow's may have the same name. It panics if a rule leads to a state that it does not
// declare, which the flow's tests would have shown.
func (t Table[M]) Step(m M, e Event) (M, []Effect) {
	rule, ok := t.rule(m.At(), e.Name())
	if !ok || !rule.isFor(e) {
		return m, nil
	}
	next, effects := rule.do(m, e)
	if !slices.Contains(rule.to, next.At()) {
		panic(fmt.Sprintf("flow: %q in %q leads to %q, which the table does not say", e.Name(), m.At(), next.At()))
	}
	return next, effects
}

// Takes reports whether the table has a rule for the event in the state, by name or
// by [Rest].
func (t Table[M]) Takes(s State, event string) bool {
	_, ok := t.rule(s, event)
	return ok
}

func (t Table[M]) rule(s State, event string) (Rule[M], bool) {
	i := slices.IndexFunc(t[s], func(r Rule[M]) bool { return !r.rest && r.event == event })
	if i < 0 {
		i = slices.IndexFunc(t[s], func(r Rule[M]) bool { return r.rest })
	}
	if i < 0 {
		return Rule[M]{}, false
	}
	return t[s][i], true
}

// Diagram draws the table in Mermaid's notation, in a stable order. Transitions of
// an inner flow are labelled with that flow's name.
func (t Table[M]) Diagram(starts ...State) string {
	var b strings.Builder
	b.WriteString("stateDiagram-v2\n")
	for _, start := range starts {
		fmt.Fprintf(&b, "    [*] --> %s\n", start)
	}
	for _, from := range slices.Sorted(maps.Keys(t)) {
		for _, rule := range t[from] {
			for _, to := range rule.to {
				if to != from || len(rule.to) == 1 {
					fmt.Fprintf(&b, "    %s --> %s : %s\n", from, to, rule.event)
				}
			}
		}
	}
	return b.String()
}
