package session

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"
)

func TestAProcessEndsWithTheSessionInWhichItWasStarted(t *testing.T) {
	const live = "# This is private data. Do not parse.\nUID=1000\nACTIVE=1\nSTATE=active\nREMOTE=0\n"
	for name, c := range map[string]struct {
		begin string // empty: there is no file
		then  func(file string) error
		ends  bool
	}{
		"that goes on":                     {live, func(string) error { return nil }, false},
		"whose person is away":             {live, func(f string) error { return os.WriteFile(f, []byte("STATE=online\n"), 0o600) }, false},
		"that ends":                        {live, os.Remove, true},
		"in which processes still run":     {live, func(f string) error { return os.WriteFile(f, []byte("ACTIVE=0\nSTATE=closing\n"), 0o600) }, true},
		"that had ended before":            {"STATE=closing\n", os.Remove, false},
		"of a machine that keeps none":     {"", func(string) error { return nil }, false},
		"of another name, which comes now": {"", func(f string) error { return os.WriteFile(f, []byte(live), 0o600) }, false},
	} {
		file := filepath.Join(t.TempDir(), "c1")
		if c.begin != "" {
			if err := os.WriteFile(file, []byte(c.begin), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		synctest.Test(t, func(t *testing.T) {
			ctx, end := context.WithCancel(t.Context())
			defer end()
			go watch(ctx, file, end)
			time.Sleep(time.Minute)
			if ctx.Err() != nil {
				t.Errorf("%s: it ended before", name)
			}
			if err := c.then(file); err != nil {
				t.Error(err)
			}
			time.Sleep(2 * lookPace)
			if ended := ctx.Err() != nil; ended != c.ends {
				t.Errorf("%s: it ended: %v", name, ended)
			}
		})
	}
}

func TestASessionsNameLeadsToNoOtherFile(t *testing.T) {
	for id, is := range map[string]bool{"3": true, "c12": true, "": false, "../users/0": false, ".": false, "a/b": false} {
		if isName(id) != is {
			t.Errorf("%q", id)
		}
	}
}
