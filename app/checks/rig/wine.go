package rig

import (
	"context"
	"os"
	"os/exec"
	"slices"
	"testing"
	"time"
)

// FreshWine has the test find nothing running under Wine, and leave nothing: the desktop
// that another display had takes no windows of this one's. What Wine itself needs stays
// until then, with no file of the test's open. The last word of wine is its command.
func FreshWine(t testing.TB, environ []string, wine ...string) {
	t.Helper()
	server := slices.Clone(wine)
	server[len(server)-1] += "server"
	EndWine(environ, wine...)
	t.Cleanup(func() { EndWine(environ, wine...) })
	for _, words := range [][]string{append(server, "-p"), append(slices.Clone(wine), "cmd", "/c", "exit")} {
		if err := underWine(environ, words); err != nil {
			t.Fatalf("%q: %v", words, err)
		}
	}
}

// EndWine ends all that runs under Wine.
func EndWine(environ []string, wine ...string) {
	server := slices.Clone(wine)
	server[len(server)-1] += "server"
	_ = underWine(environ, append(server, "-k")) // it says if nothing runs
}

func underWine(environ, words []string) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	c := exec.CommandContext(ctx, words[0], words[1:]...)
	c.Env = append(slices.Clone(environ), "WINEDEBUG=-all")
	if environ == nil {
		c.Env = append(os.Environ(), "WINEDEBUG=-all")
	}
	return c.Run()
}
