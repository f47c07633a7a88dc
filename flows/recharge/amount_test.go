package recharge_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"onetrans/flows/message/onetrans"
	"onetrans/flows/recharge"
	"onetrans/flows/view"
)

func typed(m recharge.Model, keys string) view.Amount {
	for _, k := range strings.Fields(keys) {
		m = after(m, key(k))
	}
	return m.Content().(view.Amount)
}

func TestTyping(t *testing.T) {
	tests := map[string]struct {
		keys, typed string
		problem     view.AmountProblem
		ready       bool
	}{
		"nothing":            {"", "", "", false},
		"whole yuan":         {"2 0 0", "200", "", true},
		"with fen":           {"1 . 0 5", "1.05", "", true},
		"a third decimal":    {"1 . 0 5 7", "1.05", "", true},
		"no leading zero":    {"0 5", "5", "", true},
		"a point first":      {". 5", "0.5", view.AmountTooSmall, false},
		"two points":         {"1 . .", "1.", "", true},
		"a point at the end": {"1 .", "1.", "", true},
		"too large":          {"5 0 0 0 . 0 1", "5000.01", view.AmountTooLarge, false},
		"the largest":        {"5 0 0 0", "5000", "", true},
		"zero":               {"0", "0", "", false},
		"deleted":            {"2 0 delete", "2", "", true},
		"deleted too often":  {"2 delete delete", "", "", false},
		"cleared":            {"2 0 clear", "", "", false},
		"no key at all":      {"2 x 55 -", "2", "", true},
		"far too long":       {"9 9 9 9 9 9 9 9 9 9 9 9 9 9 9", "9999999999", view.AmountTooLarge, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := typed(start(), test.keys)
			if got.Typed != test.typed || got.Problem != test.problem || got.Ready != test.ready {
				t.Errorf("%q %q %v", got.Typed, got.Problem, got.Ready)
			}
		})
	}
}

func TestQuickAmounts(t *testing.T) {
	m := after(start(), view.Tap{Action: view.Quick, Value: "1"})
	if got := m.Content().(view.Amount); got.Typed != "200" || got.Selected != 1 || !got.Ready {
		t.Errorf("%+v", got)
	}
	for _, value := range []string{"2", "-1", "x", ""} {
		if got := after(start(), view.Tap{Action: view.Quick, Value: value}).Content().(view.Amount); got.Typed != "" {
			t.Errorf("%q typed %q", value, got.Typed)
		}
	}
}

// Whatever is tapped, what is paid is what stood in the display, and within
// the hospital's limits.
func TestWhatIsTypedIsPaid(t *testing.T) {
	keys := rapid.SampledFrom(append(strings.Split("0123456789", ""), ".", view.KeyDelete, view.KeyClear, "x", ""))
	rapid.Check(t, func(t *rapid.T) {
		m := start()
		for _, k := range rapid.SliceOf(keys).Draw(t, "keys") {
			m = after(m, key(k))
		}
		shown := m.Content().(view.Amount)
		m, _ = m.Step(tap(view.Next))
		if (screen(m) == recharge.Confirming) != shown.Ready {
			t.Fatalf("%q: ready %v, then %q", shown.Typed, shown.Ready, screen(m))
		}
		if !shown.Ready {
			return
		}
		_, effects := m.Step(tap(view.Pay))
		charge := effects[0].(recharge.Place).Charge
		want, err := onetrans.ParseFen(strings.TrimSuffix(shown.Typed, "."))
		if err != nil || charge.Amount != want || want < terms.Min || want > terms.Max {
			t.Fatalf("%q is paid as %v: %v", shown.Typed, charge.Amount, err)
		}
	})
}
