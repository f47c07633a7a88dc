package flow_test

import (
	"strings"
	"testing"

	"onetrans/flows/flow"
)

type model struct{ state flow.State }

func (m model) At() flow.State { return m.state }

type (
	open  struct{ far bool }
	close struct{}
)

func (open) Name() string  { return "open" }
func (close) Name() string { return "close" }

func to(s flow.State) func(model, open) (model, []flow.Effect) {
	return func(model, open) (model, []flow.Effect) { return model{s}, []flow.Effect{"creak"} }
}

func door() flow.Table[model] {
	return flow.Table[model]{
		"shut": {flow.On(open{}, func(m model, e open) (model, []flow.Effect) {
			if e.far {
				return model{"wide"}, nil
			}
			return model{"ajar"}, []flow.Effect{"creak"}
		}, "ajar", "wide")},
		"ajar": {flow.On(open{}, to("wide"), "wide")},
		"wide": {flow.On(close{}, func(m model, _ close) (model, []flow.Effect) { return model{"shut"}, nil }, "shut")},
	}
}

func TestStep(t *testing.T) {
	tests := map[string]struct {
		from flow.State
		e    flow.Event
		to   flow.State
		does int
	}{
		"a rule":                           {"shut", open{}, "ajar", 1},
		"the event's content counts":       {"shut", open{far: true}, "wide", 0},
		"no rule: nothing happens":         {"ajar", close{}, "ajar", 0},
		"no row: nothing happens":          {"gone", open{}, "gone", 0},
		"the example's content is nothing": {"wide", close{}, "shut", 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			m, effects := door().Step(model{test.from}, test.e)
			if m.At() != test.to || len(effects) != test.does {
				t.Errorf("%q with %v, want %q", m.At(), effects, test.to)
			}
		})
	}
}

// house is a door in which a lodger has whatever the house does not decide.
func house() flow.Table[model] {
	lodger := func(m model, e flow.Event) (model, []flow.Effect) { return m, []flow.Effect{"lodger: " + e.Name()} }
	return flow.Table[model]{
		"shut": {flow.On(open{}, to("let"), "let")},
		"let": {
			flow.Rest("lodger", lodger, "let"),
			flow.On(close{}, func(model, close) (model, []flow.Effect) { return model{"shut"}, nil }, "shut"),
		},
	}
}

func TestAnInnerFlowHasWhateverItsRowDoesNotName(t *testing.T) {
	if m, effects := house().Step(model{"let"}, open{}); m.At() != "let" || len(effects) != 1 || effects[0] != "lodger: open" {
		t.Errorf("%q with %v", m.At(), effects)
	}
	if m, effects := house().Step(model{"let"}, close{}); m.At() != "shut" || len(effects) != 0 {
		t.Errorf("%q with %v", m.At(), effects)
	}
	if problems := house().Check("shut"); len(problems) != 0 {
		t.Error(problems)
	}
	if got := house().Diagram("shut"); !strings.Contains(got, "let --> let : lodger\n") {
		t.Error(got)
	}
}

// openedElsewhere is another flow's event of the same name.
type openedElsewhere struct{}

func (openedElsewhere) Name() string { return open{}.Name() }

func TestAnotherFlowsEventOfTheSameNameChangesNothing(t *testing.T) {
	if m, effects := door().Step(model{"shut"}, openedElsewhere{}); m.At() != "shut" || len(effects) != 0 {
		t.Errorf("%q with %v", m.At(), effects)
	}
}

func TestAStepThatTheTableDoesNotSayPanics(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	table := flow.Table[model]{"shut": {flow.On(open{}, to("wide"), "ajar")}}
	table.Step(model{"shut"}, open{})
}

func TestCheck(t *testing.T) {
	if problems := door().Check("shut"); len(problems) != 0 {
		t.Error(problems)
	}
	tests := map[string]struct {
		spoil func(flow.Table[model])
		want  string
	}{
		"twice": {func(d flow.Table[model]) { d["ajar"] = append(d["ajar"], d["ajar"]...) }, "decided twice"},
		"two lodgers": {func(d flow.Table[model]) {
			lodger := func(m model, _ flow.Event) (model, []flow.Effect) { return m, nil }
			d["ajar"] = append(d["ajar"], flow.Rest("one", lodger, "ajar"), flow.Rest("other", lodger, "ajar"))
		}, "the rest of"},
		"no row":      {func(d flow.Table[model]) { delete(d, "wide") }, "has no row"},
		"unreachable": {func(d flow.Table[model]) { d["lost"] = nil }, `to "lost"`},
		"two that know only each other": {func(d flow.Table[model]) {
			d["here"] = []flow.Rule[model]{flow.On(open{}, to("there"), "there")}
			d["there"] = []flow.Rule[model]{flow.On(open{}, to("here"), "here")}
		}, `to "there"`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			table := door()
			test.spoil(table)
			var all []string
			for _, p := range table.Check("shut") {
				all = append(all, p.Error())
			}
			if !strings.Contains(strings.Join(all, "\n"), test.want) {
				t.Errorf("%q, want %q", all, test.want)
			}
		})
	}
}

func TestReach(t *testing.T) {
	reached := door().Reach("shut", func(event string) bool { return event == "open" })
	if len(reached) != 3 {
		t.Error(reached)
	}
	if reached := door().Reach("wide", func(event string) bool { return event == "open" }); len(reached) != 1 {
		t.Error(reached)
	}
}

func TestDiagram(t *testing.T) {
	want := "stateDiagram-v2\n" +
		"    [*] --> shut\n" +
		"    ajar --> wide : open\n" +
		"    shut --> ajar : open\n" +
		"    shut --> wide : open\n" +
		"    wide --> shut : close\n"
	if got := door().Diagram("shut"); got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
}
