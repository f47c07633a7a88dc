package view

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"
)

var update = flag.Bool("update", false, "write the golden file anew")

func TestEveryContentOfThePackageTravels(t *testing.T) {
	var declared, listed []string
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range files {
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv != nil && f.Name.Name == "content" {
				declared = append(declared, f.Recv.List[0].Type.(*ast.Ident).Name)
			}
		}
	}
	for _, c := range contents {
		listed = append(listed, reflect.TypeOf(c).Name())
	}
	slices.Sort(declared)
	slices.Sort(listed)
	if len(declared) == 0 || !slices.Equal(declared, listed) {
		t.Errorf("declared are %v,\nbut what travels is %v", declared, listed)
	}
}

// drawn is a value of a type with anything in it, nil and empty told apart.
func drawn(t *rapid.T, of reflect.Type) reflect.Value {
	v := reflect.New(of).Elem()
	switch {
	case of == reflect.TypeFor[time.Time]():
		v.Set(reflect.ValueOf(drawnTime(t)))
	case of == reflect.TypeFor[Content]():
		v.Set(drawn(t, reflect.TypeOf(rapid.SampledFrom(contents).Draw(t, "kind"))))
	case of.Kind() == reflect.Struct:
		for i := range of.NumField() {
			v.Field(i).Set(drawn(t, of.Field(i).Type))
		}
	case of.Kind() == reflect.Pointer:
		if rapid.Bool().Draw(t, "there") {
			v.Set(reflect.New(of.Elem()))
			v.Elem().Set(drawn(t, of.Elem()))
		}
	case of.Kind() == reflect.Slice:
		if n := rapid.IntRange(-1, 3).Draw(t, "length"); n >= 0 {
			v.Set(reflect.MakeSlice(of, n, n))
			for i := range n {
				v.Index(i).Set(drawn(t, of.Elem()))
			}
		}
	case of.Kind() == reflect.String:
		v.SetString(rapid.StringN(-1, -1, MaxText).Draw(t, "text"))
	case of.Kind() == reflect.Bool:
		v.SetBool(rapid.Bool().Draw(t, "bool"))
	case of.Kind() == reflect.Int:
		v.SetInt(int64(rapid.Int().Draw(t, "int")))
	case of.Kind() == reflect.Float64:
		v.SetFloat(rapid.Float64Range(0, 1000).Draw(t, "float"))
	default:
		t.Fatalf("a field of %v: this test makes none", of)
	}
	return v
}

// drawnTime is a time as one that travelled is: with an offset, without a zone's name.
func drawnTime(t *rapid.T) time.Time {
	if rapid.Bool().Draw(t, "zero") {
		return time.Time{}
	}
	at := time.Unix(rapid.Int64Range(0, 1<<33).Draw(t, "seconds"), rapid.Int64Range(0, 999_999_999).Draw(t, "nanoseconds"))
	at, err := time.Parse(time.RFC3339Nano, at.In(time.FixedZone("", rapid.SampledFrom([]int{0, 8, -11}).Draw(t, "offset")*3600)).Format(time.RFC3339Nano))
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func TestWhatIsReadIsWhatWasWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		number := rapid.Uint64Min(1).Draw(t, "number")
		page := drawn(t, reflect.TypeFor[Page]()).Interface().(Page)
		setup := drawn(t, reflect.TypeFor[Setup]()).Interface().(Setup)
		setup.Version = Version
		tap := drawn(t, reflect.TypeFor[Tap]()).Interface().(Tap)
		for _, m := range []ToWindow{{Setup: &setup}, {Page: &page, Number: number}, {Hide: true}, {Beat: number}, {Press: &tap}} {
			arrives(t, m)
		}
		key := Stroke{rapid.Rune().Draw(t, "rune"), rapid.Int64Min(0).Draw(t, "at")}
		pressed := rapid.Bool().Draw(t, "pressed")
		for _, m := range []FromWindow{{Ready: Version}, {Tap: &tap, Number: number}, {Key: &key}, {Beat: number}, {Pressed: &pressed}, {Closed: true}} {
			arrives(t, m)
		}
	})
}

// arrives sends a message the whole way.
func arrives[M Message](t *rapid.T, m M) {
	var pipe bytes.Buffer
	if err := Write(&pipe, m); err != nil {
		t.Fatalf("%+v: %v", m, err)
	}
	line := pipe.String()
	if strings.Count(line, "\n") != 1 {
		t.Fatalf("more than one line: %q", line)
	}
	got, err := NewReader[M](&pipe).Read()
	if err != nil || !reflect.DeepEqual(got, m) {
		t.Fatalf("%v\n sent %+v\n  got %+v\nas %s", err, m, got, line)
	}
}

// filled is a value of a type with something in each field, the same each time.
func filled(of reflect.Type, name string) reflect.Value {
	v := reflect.New(of).Elem()
	switch {
	case of == reflect.TypeFor[time.Time]():
		v.Set(reflect.ValueOf(time.Date(2026, 11, 27, 10, 24, 8, 5, time.FixedZone("", 8*3600))))
	case of == reflect.TypeFor[Content]():
		v.Set(reflect.ValueOf(Attract{}))
	case of.Kind() == reflect.Struct:
		for i := range of.NumField() {
			v.Field(i).Set(filled(of.Field(i).Type, of.Field(i).Name))
		}
	case of.Kind() == reflect.Pointer:
		v.Set(reflect.New(of.Elem()))
		v.Elem().Set(filled(of.Elem(), name))
	case of.Kind() == reflect.Slice:
		v.Set(reflect.Append(v, filled(of.Elem(), name)))
	case of.Kind() == reflect.String:
		v.SetString(strings.ToLower(name) + " 甲")
	case of.Kind() == reflect.Bool:
		v.SetBool(true)
	case of.Kind() == reflect.Float64:
		v.SetFloat(21.5)
	default:
		v.SetInt(int64(len(name)))
	}
	return v
}

// goldenToWindow has each message to the window, every field of it set, and a page
// of each content.
func goldenToWindow() []ToWindow {
	setup := filled(reflect.TypeFor[Setup](), "").Interface().(Setup)
	setup.Version = Version
	page := filled(reflect.TypeFor[Page](), "").Interface().(Page)
	messages := []ToWindow{{Setup: &setup}, {Hide: true}, {Beat: 7}, {Press: &Tap{PickService, "inpatient_deposit"}}, {Page: &page, Number: 1}}
	for i, c := range contents {
		messages = append(messages, ToWindow{
			Page: &Page{Content: filled(reflect.TypeOf(c), "").Interface().(Content)}, Number: uint64(i + 2),
		})
	}
	return messages
}

func goldenFromWindow() []FromWindow {
	pressed, not := true, false
	return []FromWindow{
		{Ready: Version},
		{Tap: &Tap{Pay, ""}, Number: 17},
		{Tap: &Tap{Key, "0"}, Number: 17},
		{Key: &Stroke{'\n', 1_200_000_000}},
		{Beat: 7},
		{Pressed: &pressed},
		{Pressed: &not},
		{Closed: true},
	}
}

// Whoever changes what travels changes Version, too; -update writes the file anew.
func TestTheLinesOfThisVersionLookAsBefore(t *testing.T) {
	var lines bytes.Buffer
	for _, m := range goldenToWindow() {
		if err := Write(&lines, m); err != nil {
			t.Fatal(err)
		}
	}
	for _, m := range goldenFromWindow() {
		if err := Write(&lines, m); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join("testdata", fmt.Sprintf("lines-%d.golden", Version))
	if *update {
		if err := os.WriteFile(path, lines.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	got := strings.Split(lines.String(), "\n")
	for i, line := range strings.Split(string(want), "\n") {
		if i >= len(got) || got[i] != line {
			t.Fatalf("line %d was\n%s\nand is\n%s", i+1, line, strings.Join(got[min(i, len(got)):min(i+1, len(got))], ""))
		}
	}
}

func TestALineThatIsNoneIsRefused(t *testing.T) {
	for name, line := range map[string]string{
		"nothing":                   ``,
		"no object":                 `17`,
		"null":                      `null`,
		"nothing to do":             `{}`,
		"two things":                `{"hide":true,"beat":1}`,
		"what is not":               `{"hide":false}`,
		"an unknown message":        `{"draw":true}`,
		"another case":              `{"Hide":true}`,
		"the same twice":            `{"hide":true,"hide":true}`,
		"another type":              `{"hide":1}`,
		"something after it":        `{"hide":true}{"hide":true}`,
		"no page":                   `{"page":null,"n":1}`,
		"a page of nothing":         `{"page":{},"n":1}`,
		"content of nothing":        `{"page":{"Content":{}},"n":1}`,
		"null for content":          `{"page":{"Content":null},"n":1}`,
		"null for a kind":           `{"page":{"Content":{"Attract":null,"Home":{}}},"n":1}`,
		"a list of content":         `{"page":{"Content":["Attract"]},"n":1}`,
		"two contents":              `{"page":{"Content":{"Attract":{},"Home":{}}},"n":1}`,
		"an unknown kind":           `{"page":{"Content":{"Lottery":{}}},"n":1}`,
		"a kind that is no content": `{"page":{"Content":{"Tap":{}}},"n":1}`,
		"an unknown field":          `{"page":{"Content":{"Attract":{"Colour":"red"}}},"n":1}`,
		"an unknown field of pages": `{"page":{"Content":{"Attract":{}},"Sound":"ping"},"n":1}`,
		"a page without a number":   `{"page":{"Content":{"Attract":{}}}}`,
		"a number without a page":   `{"beat":1,"n":1}`,
		"a negative number":         `{"page":{"Content":{"Attract":{}}},"n":-1}`,
		"text that is no UTF-8":     "{\"page\":{\"Content\":{\"Confirm\":{\"Name\":\"\xff\"}}},\"n\":1}",
		"half a character":          `{"page":{"Content":{"Confirm":{"Name":"\ud800"}}},"n":1}`,
		"a depth":                   strings.Repeat(`{"page":`, 100_000),
		"a depth in a field":        `{"page":{"Steps":{"Names":` + strings.Repeat("[", 100_000),
		"a depth in what is not":    `{"x":` + strings.Repeat("[", 100_000),
	} {
		if m, err := Decode[ToWindow]([]byte(line)); !errors.Is(err, ErrLine) || errors.Is(err, ErrVersion) || !reflect.DeepEqual(m, ToWindow{}) {
			t.Errorf("%s: %+v, %v", name, m, err)
		}
	}
	for name, line := range map[string]string{
		"nothing that happened":   `{}`,
		"two things":              `{"closed":true,"beat":1}`,
		"the owner's word":        `{"hide":true}`,
		"a tap without its page":  `{"tap":{"Action":"pay"}}`,
		"a page without a tap":    `{"closed":true,"n":3}`,
		"a tap of something else": `{"tap":{"Action":"pay","Amount":"1"},"n":3}`,
		"a key of the future":     `{"key":{"rune":49,"at":-1}}`,
		"a key that is too large": `{"key":{"rune":4294967296,"at":1}}`,
	} {
		if m, err := Decode[FromWindow]([]byte(line)); !errors.Is(err, ErrLine) || errors.Is(err, ErrVersion) || !reflect.DeepEqual(m, FromWindow{}) {
			t.Errorf("%s: %+v, %v", name, m, err)
		}
	}
}

// An update under a running owner is told apart from a line that is broken.
func TestAnotherVersionIsToldAsSuch(t *testing.T) {
	for _, line := range []string{`{"setup":{"v":9}}`, `{"setup":{"v":9,"colour":"red"}}`, `{"setup":{}}`} {
		if _, err := Decode[ToWindow]([]byte(line)); !errors.Is(err, ErrVersion) || !errors.Is(err, ErrLine) {
			t.Errorf("%s: %v", line, err)
		}
	}
	for _, line := range []string{`{"ready":9}`, `{"ready":9,"colour":"red"}`} {
		if _, err := Decode[FromWindow]([]byte(line)); !errors.Is(err, ErrVersion) {
			t.Errorf("%s: %v", line, err)
		}
	}
}

func TestWhatCanNotBeReadIsNotWritten(t *testing.T) {
	tap := Tap{Pay, ""}
	for _, m := range []ToWindow{{}, {Hide: true, Beat: 1}, {Page: &Page{}, Number: 1}, {Page: &Page{Content: Attract{}}}, {Setup: &Setup{}}} {
		if err := Write(io.Discard, m); !errors.Is(err, ErrLine) {
			t.Errorf("%+v: %v", m, err)
		}
	}
	if err := Write(io.Discard, ToWindow{Setup: &Setup{Version: Version, Inches: math.NaN()}}); !errors.Is(err, ErrLine) {
		t.Error(err)
	}
	if err := Write(io.Discard, FromWindow{Tap: &tap}); !errors.Is(err, ErrLine) {
		t.Error(err)
	}
}

// What a platform calls a doctor is not ours to bound: there is a page all the same.
func TestAPageOfAnyTextTravels(t *testing.T) {
	for name, text := range map[string]string{
		"long": strings.Repeat("妇", 1<<20), "to be escaped": strings.Repeat("\x01", 1<<20), "no text": strings.Repeat("\xff", 1<<20),
		"half a character at the end": strings.Repeat("a", MaxText-1) + "妇",
	} {
		row := BillRow{Dept: text, Doctor: text, Date: text, Amount: text}
		page := Page{
			Content: Bills{Name: text, Rows: slices.Repeat([]BillRow{row}, BillsAPage), Amount: text},
			Caller:  Caller{text, text, text}, Ask: &Ask{Charge: ChargeLine{Amount: text, Reference: text}},
		}
		line, err := Encode(ToWindow{Page: &page, Number: 1})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		m, err := Decode[ToWindow](line)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		got := m.Page.Content.(Bills).Name
		if want := strings.ToValidUTF8(text[:min(len(text), MaxText)], ""); text[0] != '\xff' && got != want {
			t.Errorf("%s: it came with %d bytes, want %d", name, len(got), len(want))
		}
	}
}

func TestReadingStopsAtTheBounds(t *testing.T) {
	const line = `{"beat":1}` + "\n"
	read := func(r io.Reader) (n int, err error) {
		in := NewReader[ToWindow](r)
		for ; err == nil; n++ {
			_, err = in.Read()
		}
		return n - 1, err
	}
	for name, c := range map[string]struct {
		from io.Reader
		read int
		want error
	}{
		"lines":                 {strings.NewReader(line + line), 2, io.EOF},
		"byte by byte":          {iotest.OneByteReader(strings.NewReader(line + line)), 2, io.EOF},
		"the last cut off":      {strings.NewReader(line + line[:5]), 1, ErrLine},
		"the last without end":  {strings.NewReader(line + line[:len(line)-1]), 1, ErrLine},
		"an empty line":         {strings.NewReader(line + "\n" + line), 1, ErrLine},
		"a line without an end": {io.MultiReader(strings.NewReader(line), endless{}), 1, ErrLine},
		"as long as may be":     {strings.NewReader(line[:len(line)-1] + strings.Repeat(" ", MaxLine+1-len(line)) + "\n" + line), 2, io.EOF},
		"one longer":            {strings.NewReader(line[:len(line)-1] + strings.Repeat(" ", MaxLine+2-len(line)) + "\n" + line), 0, ErrLine},
		"an error":              {io.MultiReader(strings.NewReader(line), iotest.ErrReader(os.ErrDeadlineExceeded)), 1, os.ErrDeadlineExceeded},
	} {
		if n, err := read(c.from); n != c.read || !errors.Is(err, c.want) {
			t.Errorf("%s: %d messages, then %v", name, n, err)
		}
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	return len(p), nil
}

// Two keys are as far apart as the window saw them, however the lines were held up,
// and what was typed after something the owner did is after it.
func TestAKeysTimeIsTheOwners(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var c Clock
		begin := time.Now()
		time.Sleep(3 * time.Second) // a slow line
		first := c.Time(int64(time.Second))
		time.Sleep(300 * time.Millisecond) // held up on the way
		second := c.Time(int64(time.Second + 2*time.Millisecond))
		if gap := second.Sub(first); gap != 2*time.Millisecond {
			t.Errorf("2 ms became %v", gap)
		}
		third := c.Time(int64(time.Second + 122*time.Millisecond)) // as quick as light, after one that was held up
		if gap := third.Sub(second); gap != 120*time.Millisecond {
			t.Errorf("a person's 120 ms became %v", gap)
		}
		time.Sleep(time.Second)
		if early := time.Until(c.Time(int64(time.Since(begin)))); early != 0 { // a quick line
			t.Errorf("%v from when it was", early)
		}
	})
}

// fuzzed decodes anything: what is a message stays the same message.
func fuzzed[M Message](f *testing.F, seeds []M) {
	for _, m := range seeds {
		line, err := Encode(m)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		m, err := Decode[M](line)
		if err != nil {
			if !errors.Is(err, ErrLine) {
				t.Fatalf("an error of no family: %v", err)
			}
			return
		}
		first, err := Encode(m)
		if errors.Is(err, ErrLine) && len(line) > MaxText {
			return // escaped as we do, it is too long
		}
		if err != nil {
			t.Fatal(err)
		}
		again, err := Decode[M](first)
		if err != nil {
			t.Fatalf("%s: %v", first, err)
		}
		if second, err := Encode(again); err != nil || !bytes.Equal(first, second) {
			t.Fatalf("%v\n%s\nbecame\n%s", err, first, second)
		}
	})
}

func FuzzToWindow(f *testing.F)   { fuzzed(f, goldenToWindow()) }
func FuzzFromWindow(f *testing.F) { fuzzed(f, goldenFromWindow()) }
