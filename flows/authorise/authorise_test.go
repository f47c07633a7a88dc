package authorise_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"onetrans/flows/authorise"
	"onetrans/flows/flow"
	"onetrans/flows/message/onetrans"
	"onetrans/flows/view"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

func tap(a view.Action) view.Tap { return view.Tap{Action: a} }

func at(d time.Duration) flow.Waited { return flow.Waited{Now: noon.Add(d)} }

func after(events ...flow.Event) (authorise.Model, []flow.Effect) {
	m, effects := authorise.Start(noon)
	for _, e := range events {
		m, effects = m.Step(e)
	}
	return m, effects
}

func TestTheTableIsWhole(t *testing.T) {
	for _, problem := range authorise.Table().Check(authorise.Asking) {
		t.Error(problem)
	}
	for state := range authorise.Table() {
		out := authorise.Table().Reach(state, func(event string) bool { return strings.HasPrefix(event, "tap ") })
		if !out[authorise.Over] {
			t.Errorf("no tap leads out of %q", state)
		}
	}
}

func TestWhatLeadsWhere(t *testing.T) {
	coded := authorise.Coded{No: 1, Code: "https://code"}
	agreed := authorise.Agreed{No: 1, Answer: onetrans.AuthQueryOut{IDNo: onetrans.T("35")}}
	refused := authorise.Failed{No: 1, Why: view.TroubleAuthRefused}
	stop := authorise.Stop{}
	tests := map[string]struct {
		events  []flow.Event
		to      flow.State
		effects []flow.Effect
	}{
		"begun":                 {nil, authorise.Asking, []flow.Effect{authorise.Begin{No: 1}}},
		"a code":                {[]flow.Event{coded}, authorise.Showing, nil},
		"agreed":                {[]flow.Event{coded, agreed}, authorise.Over, []flow.Effect{stop, authorise.Authorised{Answer: agreed.Answer}}},
		"no code":               {[]flow.Event{refused}, authorise.Troubled, []flow.Effect{stop}},
		"refused":               {[]flow.Event{coded, refused}, authorise.Troubled, []flow.Effect{stop}},
		"silent":                {[]flow.Event{coded, authorise.Silent{No: 1, Offline: true}}, authorise.Showing, nil},
		"time left":             {[]flow.Event{coded, at(119 * time.Second)}, authorise.Showing, nil},
		"time over":             {[]flow.Event{coded, at(120 * time.Second)}, authorise.Troubled, []flow.Effect{stop}},
		"agreed too late":       {[]flow.Event{coded, at(120 * time.Second), agreed}, authorise.Troubled, nil},
		"again":                 {[]flow.Event{refused, tap(view.Retry)}, authorise.Asking, []flow.Effect{authorise.Begin{No: 2}}},
		"the code before":       {[]flow.Event{refused, tap(view.Retry), coded}, authorise.Asking, nil},
		"refused before":        {[]flow.Event{refused, tap(view.Retry), refused}, authorise.Asking, nil},
		"agreed before":         {[]flow.Event{refused, tap(view.Retry), authorise.Coded{No: 2}, agreed}, authorise.Showing, nil},
		"back":                  {[]flow.Event{coded, tap(view.Back)}, authorise.Over, []flow.Effect{stop, authorise.Left{}}},
		"home while it is made": {[]flow.Event{tap(view.GoHome)}, authorise.Over, []flow.Effect{stop, authorise.Left{Home: true}}},
		"home from trouble":     {[]flow.Event{refused, tap(view.GoHome)}, authorise.Over, []flow.Effect{stop, authorise.Left{Home: true}}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			m, effects := after(test.events...)
			if m.At() != test.to || len(effects) != len(test.effects) || len(effects) > 0 && !reflect.DeepEqual(effects, test.effects) {
				t.Errorf("%q with %+v, want %q with %+v", m.At(), effects, test.to, test.effects)
			}
		})
	}
}

func TestThePages(t *testing.T) {
	m, _ := after(authorise.Coded{No: 1, Code: "https://code"}, at(30*time.Second), authorise.Silent{No: 1, Offline: true})
	if want := (view.Authorise{QRCode: "https://code", Left: 90, Total: 120, Offline: true}); m.Content() != view.Content(want) {
		t.Errorf("%+v", m.Content())
	}
	m, _ = after(at(9 * time.Second))
	if m.Content() != view.Content(view.Busy{Kind: view.BusyAuthorise, Long: true}) {
		t.Errorf("%+v", m.Content())
	}
	m, _ = after(authorise.Coded{No: 1, Code: "https://code"}, tap(view.Back))
	if strings.Contains(fmt.Sprintf("%+v", m), "https://code") {
		t.Error("the code stays")
	}
}
