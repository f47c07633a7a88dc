// Package flow holds what all flows share: a machine is a table that says, for
// each state, what each event does. A step is pure; effects are carried out by
// a runner, and what comes of them is fed back as events.
package flow

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// State names a row of a flow's table.
type State string

// Event is something that happened. Its name is the column of the table.
type Event interface{ Name() string }

// Waited: time went by. A runner lets it happen once a second.
type Waited struct{ Now time.Time }

func (Waited) Name() string { return "time went by" }

// Effect is something to be done outside the machine.
type Effect any

// Model is a flow's whole memory; At is the state it is in.
type Model interface{ At() State }

// Rule is one cell of a table: what an event does and where it may lead.
type Rule[M Model] struct {
	event string // an inner flow's name, of a rule for the rest
	rest  bool
	to    []State
	do    func(M, Event) (M, []Effect)
}

// On makes the rule for the event that example stands for: do returns the next
// model, whose state is one of to, and what has to be done.
func On[M Model, E Event](example E, do func(M, E) (M, []Effect), to ...State) Rule[M] {
	return Rule[M]{
		event: example.Name(),
		to:    to,
		do:    func(m M, e Event) (M, []Effect) { return do(m, e.(E)) },
	}
}

// Rest makes the rule for whatever the other rules of its row do not name: an
// inner flow of that name has the state, and do lets it have the event and
// follows where it leads, which is to one of to.
func Rest[M Model](inner string, do func(M, Event) (M, []Effect), to ...State) Rule[M] {
	return Rule[M]{event: inner, rest: true, to: to, do: do}
}

// Table is a machine.
type Table[M Model] map[State][]Rule[M]

// Step lets e happen to m. An event without a rule in m's state changes
// nothing: taps and answers may come late. It panics when a rule leads to a
// state that it does not declare, which the flow's tests would have shown.
func (t Table[M]) Step(m M, e Event) (M, []Effect) {
	rule, ok := t.rule(m.At(), e.Name())
	if !ok {
		return m, nil
	}
	next, effects := rule.do(m, e)
	if !slices.Contains(rule.to, next.At()) {
		panic(fmt.Sprintf("flow: %q in %q leads to %q, which the table does not say", e.Name(), m.At(), next.At()))
	}
	return next, effects
}

// Takes says whether the table decides the event in the state, by name or with the rest.
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

// Diagram draws the table in Mermaid's notation, in a stable order. What an
// inner flow leads to bears that flow's name.
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
