package onetrans_test

import (
	"errors"
	"math"
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"onetrans/flows/message/onetrans"
)

func TestParseFen(t *testing.T) {
	for s, want := range map[string]onetrans.Fen{
		"0":                0,
		"0.0":              0,
		"0.00":             0,
		"0.01":             1,
		"0.1":              10,
		"1":                100,
		"10":               1000,
		"200.00":           20000,
		"19.9":             1990,
		"9999999999999.99": 999999999999999,
	} {
		if got, err := onetrans.ParseFen(s); err != nil || got != want {
			t.Errorf("%q is %d, %v; want %d", s, got, err, want)
		}
	}
}

func TestParseFenRefuses(t *testing.T) {
	for _, s := range []string{
		"", " ", ".", "0.", ".1", "1.", "00", "01", "00.1", "-1", "+1", "1e3", "1E3", "1,000",
		" 1", "1 ", "1\n", "0.001", "1.234", "1.2.3", "0x10", "１", "1.１", "NaN", "Inf",
		"10000000000000", "99999999999999999999", "1_000", "true", "null", "1.-1",
	} {
		if got, err := onetrans.ParseFen(s); !errors.Is(err, onetrans.ErrAmount) {
			t.Errorf("%q is %d, %v", s, got, err)
		}
	}
}

func TestPayableIsAboveZero(t *testing.T) {
	for _, s := range []string{"0", "0.0", "0.00", "", "-0.01"} {
		if _, err := onetrans.ParsePayable(s); !errors.Is(err, onetrans.ErrAmount) {
			t.Errorf("%q: %v", s, err)
		}
		if _, err := onetrans.AmountOf(onetrans.T(s)).Payable(); !errors.Is(err, onetrans.ErrAmount) {
			t.Errorf("a field of %q: %v", s, err)
		}
	}
	if f, err := onetrans.ParsePayable("0.01"); err != nil || f != 1 {
		t.Errorf("0.01 is %d, %v", f, err)
	}
	if f, err := onetrans.Yuan(1).Payable(); err != nil || f != 1 {
		t.Errorf("a field of 0.01 is %d, %v", f, err)
	}
}

func TestFenString(t *testing.T) {
	for f, want := range map[onetrans.Fen]string{
		0: "0.00", 1: "0.01", 10: "0.10", 20000: "200.00", -1: "-0.01", -150: "-1.50",
		math.MinInt64: "-92233720368547758.08",
	} {
		if got := f.String(); got != want {
			t.Errorf("%d fen is %q, want %q", int64(f), got, want)
		}
	}
}

func TestAmountInEitherForm(t *testing.T) {
	for in, want := range map[string]string{
		`{"v":0.01}`:   "0.01",
		`{"v":"0.01"}`: "0.01",
		`{"v":5000}`:   "5000.00",
		`{"v":0.10}`:   "0.10",
	} {
		var h struct {
			V onetrans.Amount `json:"v,omitzero"`
		}
		if err := onetrans.Unmarshal([]byte(in), &h); err != nil {
			t.Fatal(err)
		}
		f, err := h.V.Fen()
		if err != nil || f.String() != want {
			t.Errorf("%s is %v, %v", in, f, err)
		}
		if out, _ := onetrans.Marshal(h); string(out) != in {
			t.Errorf("%s came back as %s", in, out)
		}
	}
}

func TestAmountThatIsNone(t *testing.T) {
	for _, in := range []string{`{}`, `{"v":""}`, `{"v":null}`, `{"v":true}`, `{"v":1E2}`, `{"v":-1}`, `{"v":0.123}`} {
		var h struct {
			V onetrans.Amount `json:"v,omitzero"`
		}
		if err := onetrans.Unmarshal([]byte(in), &h); err != nil {
			t.Fatal(err)
		}
		if f, err := h.V.Fen(); !errors.Is(err, onetrans.ErrAmount) {
			t.Errorf("%s is %v, %v", in, f, err)
		}
	}
}

func TestYuanComesBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := onetrans.Fen(rapid.Int64Range(0, 999999999999999).Draw(t, "fen"))
		if got, err := onetrans.Yuan(f).Fen(); err != nil || got != f {
			t.Fatalf("%d fen became %d: %v", f, got, err)
		}
	})
}

func FuzzParseFen(f *testing.F) {
	form := regexp.MustCompile(`^(0|[1-9][0-9]{0,12})(\.[0-9]{1,2})?$`)
	for _, s := range []string{"0.01", "200", "0.", "1\n", "9999999999999.99"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		fen, err := onetrans.ParseFen(s)
		if want := form.MatchString(s) && !strings.HasSuffix(s, "\n"); (err == nil) != want {
			t.Fatalf("%q: %v", s, err)
		}
		if err == nil && fen < 0 {
			t.Fatalf("%q is negative", s)
		}
	})
}
