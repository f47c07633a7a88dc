package library_test

import (
	"flag"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
)

var (
	accidents = flag.Int("accidents", 200000, "how often the library's own reading is given what was made by accident")
	seed      = flag.Uint64("seed", 1, "the first of them")
)

// Requests, answers, settings and a program's words, made of good ones by accident:
// each call ends in an answer or a return, nothing is read or written that is not
// there, and nothing is handed over twice.
func TestWhateverIsReadTheLibraryAnswersAndHandsOverOnce(t *testing.T) {
	t.Parallel()
	only(t, "linux", "a sanitizer is missing here")
	path := filepath.Join(t.TempDir(), "fuzz")
	run(t, "gcc", "-D_GNU_SOURCE", "-O1", "-g", "-Wall", "-Wextra", "-Werror", "-fsanitize=address,undefined", "-fno-sanitize-recover=all",
		"-o", path, "hosts/hostile/fuzz.c", "c/json.c", "c/sha256.c")
	out, err := exec.Command(path, strconv.FormatUint(*seed, 10), strconv.Itoa(*accidents)).CombinedOutput()
	if err != nil {
		t.Errorf("seed %d: %v: %s", *seed, err, out)
	}
	t.Logf("%s", out)
}
