package wedge

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unicode"
	"unicode/utf8"

	"pgregory.net/rapid"

	"onetrans/devices"
)

var _ devices.Scanner = (*Scanner)(nil)

// keys are pressed one after another, each after gap.
type keys struct {
	text string
	gap  time.Duration
}

func scans(a *Assembler, runs ...keys) (codes []string) {
	at := time.Date(2026, 1, 1, 8, 0, 0, 0, time.UTC)
	for _, run := range runs {
		for _, key := range run.text {
			at = at.Add(run.gap)
			if code, kind := a.Key(key, at); kind == Scan {
				codes = append(codes, code)
			}
		}
	}
	return codes
}

func TestAssembler(t *testing.T) {
	const (
		fast  = 8 * time.Millisecond
		human = 120 * time.Millisecond
		pause = 2 * time.Second
	)
	code := "134567890123456789"
	tests := map[string]struct {
		runs []keys
		want []string
	}{
		"a scan":                              {[]keys{{code + "\r", fast}}, []string{code}},
		"ended by a line feed":                {[]keys{{code + "\n", fast}}, []string{code}},
		"ended by CR LF: one scan":            {[]keys{{code + "\r\n", fast}}, []string{code}},
		"a tab before and after":              {[]keys{{"\t" + code + "\t\r", fast}}, []string{code}},
		"spaces around":                       {[]keys{{" " + code + "  \r", fast}}, []string{code}},
		"two scans":                           {[]keys{{code + "\r", fast}, {"9787302511850\r", fast}}, []string{code, "9787302511850"}},
		"as slow as it may be":                {[]keys{{code + "\r", MaxGap}}, []string{code}},
		"a person types the same":             {[]keys{{code + "\r", human}}, nil},
		"just too slow":                       {[]keys{{code + "\r", MaxGap + 1}}, nil},
		"a person typed before it":            {[]keys{{"12", human}, {code[:1], pause}, {code[1:] + "\r", fast}}, []string{code}},
		"a person presses Enter in the end":   {[]keys{{code, fast}, {"\r", pause}}, nil},
		"the window was busy in the middle":   {[]keys{{code[:9], fast}, {code[9:10], 400 * time.Millisecond}, {code[10:] + "\r", fast}}, []string{code}},
		"half a code is none":                 {[]keys{{code[:4], fast}, {code[4:5], 100 * time.Millisecond}, {code[5:8] + "\r", fast}}, nil},
		"a burst without Enter, then a scan":  {[]keys{{"99999999", fast}, {code[:1], pause}, {code[1:] + "\r", fast}}, []string{code}},
		"too short":                           {[]keys{{"1234\r", fast}}, nil},
		"short, and padded with spaces":       {[]keys{{"123    \r", fast}}, nil},
		"two characters in spaces":            {[]keys{{"  张三  \r", fast}}, nil},
		"the longest":                         {[]keys{{strings.Repeat("7", MaxLength) + "\r", fast}}, []string{strings.Repeat("7", MaxLength)}},
		"too long":                            {[]keys{{strings.Repeat("7", MaxLength+1) + "\r", fast}}, nil},
		"too long, then a scan":               {[]keys{{strings.Repeat("7", 5000) + "\r", fast}, {code + "\r", fast}}, []string{code}},
		"an editing key is a person's":        {[]keys{{"1234567\b89\r", fast}}, nil},
		"Enter alone, again and again":        {[]keys{{"\r\r\n\n", fast}}, nil},
		"a code beyond ASCII":                 {[]keys{{"健康码ABCDE:1\r", fast}}, []string{"健康码ABCDE:1"}},
		"keys that come all at the same time": {[]keys{{code + "\r", 0}}, []string{code}},
		"a clock put back begins a new burst": {[]keys{{code[:9], fast}, {code[9:10], -time.Hour}, {code[10:12] + "\r", fast}}, nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := scans(new(Assembler), test.runs...)
			if strings.Join(got, "|") != strings.Join(test.want, "|") {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// The Enter of a scan must not press the button that has the focus.
func TestScannersKeysAreToldFromAPersons(t *testing.T) {
	var a Assembler
	at := time.Date(2026, 1, 1, 8, 0, 0, 0, time.UTC)
	var got strings.Builder
	press := func(text string, gap time.Duration) {
		for _, key := range text {
			at = at.Add(gap)
			_, kind := a.Key(key, at)
			got.WriteByte("tBS"[kind])
		}
	}
	press("12\r", 200*time.Millisecond)
	press("1234567\t\r\n", 5*time.Millisecond)
	press("\r", time.Second)
	press("12\r", 200*time.Millisecond)
	if want := "ttt" + "ttttBBBBSB" + "t" + "ttt"; got.String() != want {
		t.Errorf("got %s, want %s", got.String(), want)
	}
}

func TestForgottenKeysAreInNoCode(t *testing.T) {
	var a Assembler
	if codes := scans(&a, keys{"12345678", time.Millisecond}); codes != nil {
		t.Fatal(codes)
	}
	a.Reset()
	if a.code.Len() != 0 {
		t.Error("keys are kept")
	}
}

// However keys come, a code is bounded and clean, and what a scanner types
// after a long enough silence is always had whole.
func TestAssemblerAgainstAnyKeys(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var a Assembler
		at := time.Date(2026, 1, 1, 8, 0, 0, 0, time.UTC)
		gaps := rapid.SampledFrom([]time.Duration{0, time.Millisecond, MaxGap, MaxGap + 1, maxStall, maxStall + 1, -time.Second})
		alphabet := rapid.SampledFrom([]rune("0123456789ABC: \t\r\n\b张"))
		for range rapid.IntRange(0, 700).Draw(t, "keys") {
			at = at.Add(gaps.Draw(t, "gap"))
			code, kind := a.Key(alphabet.Draw(t, "key"), at)
			if (kind == Scan) != (code != "") {
				t.Fatalf("%q is a %d", code, kind)
			}
			if n := utf8.RuneCountInString(code); n > MaxLength || strings.ContainsFunc(code, unicode.IsControl) {
				t.Fatalf("code of %d: %q", n, code)
			}
		}
		want := rapid.StringMatching(`[0-9A-Za-z:]{5,512}`).Draw(t, "code")
		at = at.Add(maxStall + 1)
		for _, key := range want + "\r" {
			at = at.Add(MaxGap)
			if code, kind := a.Key(key, at); kind == Scan && code != want {
				t.Fatalf("got %q, want %q", code, want)
			} else if key == '\r' && kind != Scan {
				t.Fatalf("%q is no scan", want)
			}
		}
	})
}

func scan(s *Scanner, code string) {
	for _, key := range code + "\r" {
		s.Key(key, time.Now())
	}
}

func TestScannerDeliversToWhoeverWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := New()
		got := make(chan string)
		go func() {
			code, _ := s.Scan(t.Context())
			got <- code
		}()
		synctest.Wait()
		scan(s, "134567890123456789")
		if code := <-got; code != "134567890123456789" {
			t.Errorf("got %q", code)
		}
	})
}

func TestCodeThatNobodyWaitsForIsDropped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := New()
		scan(s, "111111")
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if code, err := s.Scan(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("the next patient gets %q, %v", code, err)
		}
		scan(s, "222222")
		if code, err := s.Scan(ctx); code != "" || err == nil {
			t.Errorf("a call that is over gets %q", code)
		}
	})
}

// Half of somebody's code is nobody else's.
func TestACodeThatBeganBeforeIsNotDelivered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := New()
		for _, key := range "5064440181129321" {
			s.Key(key, time.Now())
		}
		time.Sleep(20 * time.Millisecond)
		got := make(chan string)
		go func() {
			code, _ := s.Scan(t.Context())
			got <- code
		}()
		synctest.Wait()
		scan(s, "422770137736")
		time.Sleep(time.Second)
		scan(s, "134567890123456789")
		if code := <-got; code != "134567890123456789" {
			t.Errorf("got %q", code)
		}
	})
}
