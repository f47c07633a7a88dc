// Package callers plays the programs that call OneTrans through the library. A file
// describes such a caller (../testdata/callers), a small program in its language plays
// it (../hosts); what it was answered, and in what state it was left, is judged here.
package callers

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/BurntSushi/toml"

	"onetrans/flows/message/onetrans"
)

// Caller is a program that calls OneTrans, as its file describes it.
type Caller struct {
	// File is the file's name without its ending.
	File string `toml:"-"`
	// Name is what people call it; Host is the language of the program that plays it.
	Name string `toml:"name"`
	Host string `toml:"host"`
	// Places are where it is played: linux, windows64 and windows32.
	Places   []string `toml:"places"`
	Declares Declares `toml:"declares"`
	Hands    Hands    `toml:"hands"`
	Runs     Runs     `toml:"runs"`
	Expects  Expects  `toml:"expects"`
}

// Declares is how a caller declares the function.
type Declares struct {
	// Convention is cdecl or stdcall, which are the same but for 32 bits; Symbol is the
	// name that it looks for, or #1 for an ordinal number of Windows.
	Convention string `toml:"convention"`
	Symbol     string `toml:"symbol"`
	// Returns is how many bits of the result it takes for one: 16, 32 or 64.
	Returns int `toml:"returns"`
}

// Hands is what a caller hands over.
type Hands struct {
	// Encoding of its text: gbk, utf-8 or utf-16.
	Encoding string `toml:"encoding"`
	// Buffer is the answer's, in bytes; Fill what is in it before: zero, spaces or garbage.
	Buffer int    `toml:"buffer"`
	Fill   string `toml:"fill"`
}

// Runs is how a caller is run.
type Runs struct {
	// Threads that call; the first one has a window and its messages, where Loop says so.
	Threads int  `toml:"threads"`
	Loop    bool `toml:"loop"`
	// FPU and MXCSR are control words of the processor's arithmetic, in hexadecimal;
	// empty: the system's.
	FPU   string `toml:"fpu"`
	MXCSR string `toml:"mxcsr"`
	// Session is "own" for a service in another session than the desktop.
	Session string `toml:"session"`
	// WaitS is how many seconds it waits for an answer, as it told the library.
	WaitS int `toml:"wait_s"`
	// Repeats is what it does while it does not know an outcome: it calls with the
	// "same number", or "never".
	Repeats string `toml:"repeats"`
}

// Expects is what a caller hears.
type Expects struct {
	// Code is the answer to a good request, where it can't be what was asked for.
	Code onetrans.Code `toml:"code"`
}

// Places where callers are played.
const (
	Linux     = "linux"
	Windows64 = "windows64"
	Windows32 = "windows32"
)

// What a caller's file may say.
const (
	SameNumber = "same number"
	never      = "never"
	gbk        = "gbk"
	utf8       = "utf-8"
	utf16      = "utf-16"
	spaces     = "spaces"
	cdecl      = "cdecl"
	stdcall    = "stdcall"
)

// Bounds of what a caller's file says.
const (
	specified  = 8192    // bytes of an answer's buffer, as the specification has it
	maxBuffer  = 1 << 16 // bytes
	maxThreads = 64
	maxWaitS   = 600
)

// ErrCaller is a file that describes no caller.
var ErrCaller = errors.New("no caller is described")

// Load reads the description of one caller.
func Load(path string) (Caller, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return Caller{}, err
	}
	c := Caller{
		File:     strings.TrimSuffix(filepath.Base(path), ".toml"),
		Declares: Declares{Convention: cdecl, Symbol: "OneTrans", Returns: 32},
		Hands:    Hands{Encoding: gbk, Buffer: specified, Fill: "zero"},
		Runs:     Runs{Threads: 1, WaitS: 5, Repeats: SameNumber},
		Expects:  Expects{Code: onetrans.CodeOK},
	}
	said, err := toml.Decode(string(text), &c)
	if err != nil {
		return Caller{}, fmt.Errorf("%w: %s: %w", ErrCaller, path, err)
	}
	if unknown := said.Undecoded(); len(unknown) > 0 {
		return Caller{}, fmt.Errorf("%w: %s: %s is unknown", ErrCaller, path, unknown[0])
	}
	return c, c.check()
}

// LoadAll reads all callers of a folder.
func LoadAll(folder string) ([]Caller, error) {
	files, err := filepath.Glob(filepath.Join(folder, "*.toml"))
	if err != nil {
		return nil, err
	}
	var all []Caller
	for _, file := range files {
		c, err := Load(file)
		if err != nil {
			return nil, err
		}
		all = append(all, c)
	}
	return all, nil
}

// check says what is wrong with a description.
func (c Caller) check() error {
	type word struct {
		key, value string
		allowed    []string
	}
	words := []word{
		{"host", c.Host, Languages()},
		{"declares.convention", c.Declares.Convention, []string{cdecl, stdcall}},
		{"hands.encoding", c.Hands.Encoding, []string{gbk, utf8, utf16}},
		{"hands.fill", c.Hands.Fill, []string{"zero", spaces, "garbage"}},
		{"runs.repeats", c.Runs.Repeats, []string{SameNumber, never}},
		{"runs.session", c.Runs.Session, []string{"", "own"}},
	}
	for _, place := range c.Places {
		words = append(words, word{"places", place, places(c.Host)})
	}
	for _, w := range words {
		if !slices.Contains(w.allowed, w.value) {
			return fmt.Errorf("%w: %s: %s is %q, may be %q", ErrCaller, c.File, w.key, w.value, w.allowed)
		}
	}
	for key, in := range map[string]bool{
		"name":             c.Name != "",
		"places":           len(c.Places) > 0,
		"declares.returns": slices.Contains([]int{16, 32, 64}, c.Declares.Returns),
		"hands.buffer":     c.Hands.Buffer >= 1 && c.Hands.Buffer <= maxBuffer,
		"runs.threads":     c.Runs.Threads >= 1 && c.Runs.Threads <= maxThreads,
		"runs.wait_s":      c.Runs.WaitS >= 1 && c.Runs.WaitS <= maxWaitS,
	} {
		if !in {
			return fmt.Errorf("%w: %s: %s is missing or out of range", ErrCaller, c.File, key)
		}
	}
	return nil
}

// Wait is how long the caller waits for an answer.
func (c Caller) Wait() time.Duration { return time.Duration(c.Runs.WaitS) * time.Second }

// PlayedIn says whether the caller is played in a place.
func (c Caller) PlayedIn(place string) bool { return slices.Contains(c.Places, place) }

// Encode makes of a request what the caller hands over. Text of UTF-16 is one unit a
// character and ends, for who reads bytes, behind its first letter.
func (c Caller) Encode(request string) ([]byte, error) {
	switch c.Hands.Encoding {
	case utf8:
		return []byte(request), nil
	case utf16:
		var out []byte
		for _, r := range request {
			out = append(out, byte(r), byte(r>>8))
		}
		return append(out, 0), nil
	}
	return onetrans.EncodeGBK([]byte(request))
}

// words are what the host is told about the caller and its library.
func (c Caller) words(library string) []string {
	words := []string{
		"library=" + library, "symbol=" + c.Declares.Symbol, "convention=" + c.Declares.Convention,
		fmt.Sprintf("returns=%d", c.Declares.Returns), fmt.Sprintf("buffer=%d", c.Hands.Buffer), "fill=" + c.Hands.Fill,
		fmt.Sprintf("threads=%d", c.Runs.Threads),
	}
	for word, told := range map[string]bool{
		"loop=1": c.Runs.Loop, "fpu=" + c.Runs.FPU: c.Runs.FPU != "", "mxcsr=" + c.Runs.MXCSR: c.Runs.MXCSR != "",
	} {
		if told {
			words = append(words, word)
		}
	}
	return words
}
