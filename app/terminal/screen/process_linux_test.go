package screen

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// An update of the program under a running owner is what hospitals do.
func TestAWindowIsOfItsOwnersProgramWhateverIsInItsPlaceNow(t *testing.T) {
	updates := map[string]func(path string) error{
		"another": func(path string) error {
			if err := os.WriteFile(path+".new", []byte("#!/bin/sh\nexit 3\n"), 0o755); err != nil {
				return err
			}
			return os.Rename(path+".new", path)
		},
		"none": os.Remove,
	}
	for name, update := range updates {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "onetrans")
			copyProgram(t, path)
			owner := exec.Command(path)
			owner.Env = append(os.Environ(), acts+"=owner of one that draws")
			hold, err := owner.StdinPipe()
			if err != nil {
				t.Fatal(err)
			}
			said, err := owner.StdoutPipe()
			if err == nil {
				err = owner.Start()
			}
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = owner.Process.Kill(); _ = owner.Wait() }()
			if err := update(path); err != nil {
				t.Fatal(err)
			}
			_ = hold.Close()
			line, err := bufio.NewReader(said).ReadString('\n')
			pid, bad := strconv.Atoi(strings.TrimSpace(line))
			if err != nil || bad != nil {
				t.Fatal(line, err)
			}
			if args, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/cmdline"); err != nil || string(args) != path+"\x00ui\x00" {
				t.Errorf("it is called %q, %v", args, err)
			}
		})
	}
}

func copyProgram(t *testing.T, path string) {
	t.Helper()
	from, err := os.Open("/proc/self/exe")
	if err != nil {
		t.Fatal(err)
	}
	defer from.Close()
	to, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY, 0o755)
	if err == nil {
		_, err = io.Copy(to, from)
	}
	if err == nil {
		err = to.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
}
