package vendorlib

import (
	"bufio"
	_ "embed"
	"errors"
	"io"
	"maps"
	"regexp"
	"strings"
	"testing"
)

func TestLinesOfTheHelperAreUnderstoodAndNothingElse(t *testing.T) {
	for line, want := range map[string]said{
		"loaded 2 32 held":      {what: "loaded", bits: 32},
		"loaded 2 64 loose":     {what: "loaded", bits: 64, loose: true},
		"failed library 126":    {what: "failed", why: "library", code: 126},
		"beat":                  {what: "beat"},
		"begun 7":               {what: "begun", number: 7},
		"fault 7 crash SIGSEGV": {what: "fault", number: 7, why: "crash", detail: "SIGSEGV"},
		"fault 7 overrun -":     {what: "fault", number: 7, why: "overrun"},
	} {
		got, err := parseLine(line)
		if err != nil || got.what != want.what || got.bits != want.bits || got.loose != want.loose || got.why != want.why || got.code != want.code || got.number != want.number || got.detail != want.detail {
			t.Errorf("%s: %+v, %v", line, got, err)
		}
	}
	if got, err := parseLine("done 9 -1 dw e30="); err != nil || got.number != 9 || got.result != -1 || got.left != "dw" || string(got.out) != "{}" {
		t.Errorf("%+v, %v", got, err)
	}
	for _, line := range []string{
		"", " ", "loaded 1 64 held", "loaded 1 64", "loaded 2 16 held", "loaded 2 64", "loaded 2 64 free", "loaded 2", "beat 1", "begun -1", "begun x", "done 1 0 -", "done 1 0 x e30=", "done 1 0 - e30",
		"done 1 4294967296 - e30=", "done 1 0 dcwud e30=", "fault 1 a/b -", "fault 1 crash " + strings.Repeat("x", 33), "failed x y", "hello 1", "beat\r",
	} {
		if got, err := parseLine(line); !errors.Is(err, errLine) {
			t.Errorf("%q: %+v, %v", line, got, err)
		}
	}
}

//go:embed helper/helper.h
var helperWords string

// A word that helper and program share is said by both, and known to both.
func TestTheHelpersWordsAreThoseThatAreKnownHere(t *testing.T) {
	want := map[string]bool{}
	for _, o := range helperObstacles {
		want["WHY_"+string(o)] = true
	}
	for _, f := range helperFaults {
		want["FAULT_"+string(f)] = true
	}
	for _, word := range []string{"HOLD_" + held, "HOLD_" + loose, "PROTOCOL_" + protocol} {
		want[word] = true
	}
	got := map[string]bool{}
	for _, word := range regexp.MustCompile(`#define ((?:WHY|FAULT|HOLD|PROTOCOL)_)\w+ "(\w+)"`).FindAllStringSubmatch(helperWords, -1) {
		got[word[1]+word[2]] = true
	}
	if !maps.Equal(got, want) {
		t.Errorf("the helper says %v, and known are %v", got, want)
	}
}

func TestALineIsBounded(t *testing.T) {
	endless := io.MultiReader(strings.NewReader("done 1 0 - "), zeros{})
	if _, err := readLine(bufio.NewReader(endless)); !errors.Is(err, errLine) {
		t.Errorf("%v", err)
	}
	if _, err := readLine(bufio.NewReader(strings.NewReader("begun 1"))); !errors.Is(err, errLine) {
		t.Errorf("cut off: %v", err)
	}
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = 'A'
	}
	return len(b), nil
}

func FuzzLine(f *testing.F) {
	for _, line := range []string{"loaded 2 64 held", "failed library 126", "beat", "begun 1", "done 1 0 - e30=", "done 18446744073709551615 -2147483648 dcwu -", "fault 1 overrun -"} {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, line string) {
		s, err := parseLine(line)
		if err != nil && !errors.Is(err, errLine) {
			t.Errorf("%q: %v", line, err)
		}
		if err == nil && (len(s.out) > maxOut || s.why != "" && !plain(s.why) || s.detail != "" && !plain(s.detail)) {
			t.Errorf("%q: %+v", line, s)
		}
	})
}

// FuzzAnswer: whatever a library answers is an answer or a fault, and what was taken
// stays what it is.
func FuzzAnswer(f *testing.F) {
	for _, out := range []string{`{"code":"000000","data":{"result":"succ"}}`, "{\"err_msg\":\"\xb3\xc9\xb9\xa6\"}", `{"app_id":"x"}`, "{", "\xff"} {
		f.Add([]byte(out))
	}
	f.Fuzz(func(t *testing.T, out []byte) {
		answer, fault := read(out)
		if fault != "" && (!answer.Code.IsZero() || answer.Data != nil) {
			t.Errorf("%q: %+v, %v", out, answer, fault)
		}
	})
}
