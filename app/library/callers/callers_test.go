package callers

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"onetrans/flows/message/onetrans"
)

const described = "../testdata/callers"

// Those of whom the interface's users are told how to declare the function.
func TestEveryCallerThatIsKnownIsDescribed(t *testing.T) {
	all, err := LoadAll(described)
	if err != nil {
		t.Fatal(err)
	}
	places := map[string]int{}
	for _, name := range []string{"PowerBuilder", "Delphi", "C#", "VB6", "C, C++", "Java", "Node", "Python", "Web HIS through a bridge"} {
		i := slices.IndexFunc(all, func(c Caller) bool { return c.Name == name })
		if i < 0 {
			t.Errorf("%s is described nowhere", name)
			continue
		}
		for _, place := range all[i].Places {
			places[place]++
		}
	}
	for _, place := range []string{Linux, Windows64, Windows32} {
		if places[place] < 3 {
			t.Errorf("only %d of them are played in %s", places[place], place)
		}
	}
}

func TestAFileThatDescribesNoCallerIsRefused(t *testing.T) {
	good := "name = 'N'\nhost = 'c'\nplaces = ['linux']\n"
	for name, text := range map[string]string{
		"nothing":                     "",
		"a host that nobody wrote":    strings.Replace(good, "'c'", "'cobol'", 1),
		"a place without such a host": strings.Replace(good+"", "['linux']", "['linux', 'windows32']", 1) + "#",
		"a key that is unknown":       good + "[runs]\nthread = 2\n",
		"no buffer":                   good + "[hands]\nbuffer = 0\n",
		"an unknown encoding":         good + "[hands]\nencoding = 'big5'\n",
		"a result of 8 bits":          good + "[declares]\nreturns = 8\n",
		"a wait without an end":       good + "[runs]\nwait_s = 100000\n",
		"no TOML":                     good + "[",
	} {
		if strings.HasSuffix(text, "#") {
			text = strings.Replace(text, "'c'", "'java'", 1)
		}
		path := filepath.Join(t.TempDir(), "c.toml")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if c, err := Load(path); !errors.Is(err, ErrCaller) {
			t.Errorf("%s: %+v, %v", name, c, err)
		}
	}
}

// standIn is a library whose function does this, and then returns 0.
func standIn(t *testing.T, body string) string {
	t.Helper()
	folder := t.TempDir()
	source, library := filepath.Join(folder, "l.c"), filepath.Join(folder, "l.so")
	text := "#include <errno.h>\n#include <stdio.h>\n#include <string.h>\n#include <unistd.h>\nlong long OneTrans(char *in, char *out) {\n" + body + "\nreturn 0; }\n"
	if err := os.WriteFile(source, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("gcc", "-shared", "-fPIC", "-O1", "-o", library, source).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return library
}

const answers = `sprintf(out, "{\"code\":\"000000\",\"data\":{\"said\":%s}}", in);`

func stageFor(t *testing.T, c Caller) Stage {
	t.Helper()
	s := Stage{Place: Linux, Sources: "../hosts", Built: t.TempDir()}
	if c.Host == "node" && os.Getenv(nodePath) == "" {
		t.Skip("koffi is missing: .ci/callers installs it")
	}
	err := s.Build(c)
	if errors.Is(err, ErrMissing) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func play(t *testing.T, s Stage, c Caller, library string, thread int, request string) Answer {
	t.Helper()
	h, err := Start(s.Command(c, library, os.Environ()))
	if err != nil {
		t.Fatal(err)
	}
	defer h.End()
	given, err := c.Encode(request)
	if err != nil {
		t.Fatal(err)
	}
	select {
	case a := <-h.Call(thread, given):
		return a
	case <-time.After(30 * time.Second):
		t.Fatal("nothing is heard")
		return Answer{}
	}
}

// Each host plays each caller that is described for it, on a library that answers what
// it heard.
func TestEveryHostHandsOverWhatItIsToldAndSaysWhatItHeard(t *testing.T) {
	all, err := LoadAll(described)
	if err != nil {
		t.Fatal(err)
	}
	library := standIn(t, answers)
	for _, c := range all {
		if !c.PlayedIn(Linux) || c.Hands.Encoding == utf16 {
			continue
		}
		t.Run(c.File, func(t *testing.T) {
			t.Parallel()
			a := play(t, stageFor(t, c), c, library, c.Runs.Threads-1, `{"name":"欧阳文珺"}`)
			h, faults := c.Judge(a)
			if said, _ := h.Data["said"].(map[string]any); len(faults) > 0 || h.Code != onetrans.CodeOK || said["name"] != "欧阳文珺" {
				t.Errorf("%+v, %q: %s", h, faults, a.Out)
			}
		})
	}
}

// What a library must not do to its host is found, one thing at a time.
func TestALibraryThatLeavesItsHostOtherwiseIsFound(t *testing.T) {
	c := Caller{Host: "c", Declares: Declares{Convention: cdecl, Symbol: "OneTrans", Returns: 64}, Runs: Runs{Threads: 1}, Hands: Hands{Encoding: gbk, Buffer: 256, Fill: "garbage"}}
	s := stageFor(t, c)
	for found, body := range map[string]string{
		"fpu was":                answers + `unsigned short w = 0x27f; __asm__ volatile("fldcw %0" : : "m"(w));`,
		"mxcsr was":              answers + `unsigned w = 0x1fc0; __asm__ volatile("ldmxcsr %0" : : "m"(w));`,
		"folder was":             answers + `if (chdir("/")) return 1;`,
		"error was 1234":         answers + "errno = 5;",
		"it returned 4294967296": answers + "return 1LL << 32;",
		"behind the answer":      answers + "out[strlen(out) + 2] = 0;",
		"does not end":           "(void)in; memset(out, 'a', 256);",
		"an answer without a":    `(void)in; strcpy(out, "{\"code\":\"000000\"}");`,
		"unexpected":             `(void)in; strcpy(out, "{\"code\":");`,
		"GBK":                    `(void)in; strcpy(out, "{\"code\":\"\xff\"}");`,
		"ended with":             `(void)in; out[256] = 0;`, // where nothing can be touched
	} {
		_, faults := c.Judge(play(t, s, c, standIn(t, body), 0, `{}`))
		if !slices.ContainsFunc(faults, func(f string) bool { return strings.Contains(f, found) }) {
			t.Errorf("%s is not found: %q", found, faults)
		}
	}
	if _, faults := c.Judge(play(t, s, c, standIn(t, answers), 0, `{}`)); len(faults) > 0 {
		t.Errorf("of one that does as it should: %q", faults)
	}
}

func TestALibraryThatCannotBeLoadedIsSaid(t *testing.T) {
	c := Caller{Host: "c", Declares: Declares{Convention: cdecl, Symbol: "OneTrans", Returns: 32}, Runs: Runs{Threads: 1}, Hands: Hands{Buffer: 1, Fill: "zero"}}
	command := stageFor(t, c).Command(c, filepath.Join(t.TempDir(), "none.so"), nil)
	command.Stderr = nil
	if h, err := Start(command); !errors.Is(err, ErrHost) {
		t.Errorf("%v, %v", h, err)
	}
}
