package journal

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/crypto/bcrypt"

	"onetrans/app/command"
	"onetrans/flows/message/onetrans"
)

func TestAWordCountsOnlyWithItsPasswordOnceOneIsSet(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := OperatorsOf(filepath.Join(t.TempDir(), "j"))
		o.cost = bcrypt.MinCost
		if needed, err := o.Needed(); needed || err != nil {
			t.Fatal(needed, err)
		}
		if err := o.Prove(t.Context(), "anybody", ""); err != nil {
			t.Fatalf("while nobody has one: %v", err)
		}
		if err := errors.Join(o.SetPassword("王五", "correct horse"), o.SetPassword("李四", "battery staple")); err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(o.Prove(t.Context(), "王五", "correct horse"), o.Prove(t.Context(), "李四", "battery staple")); err != nil {
			t.Fatal(err)
		}
		begin := time.Now()
		for i, c := range []struct{ name, password string }{
			{"王五", "battery staple"}, {"王五", ""}, {"anybody", "correct horse"}, {"", ""},
		} {
			if err := o.Prove(t.Context(), c.name, c.password); !errors.Is(err, ErrPassword) {
				t.Errorf("%v: %v", c, err)
			}
			if took := time.Since(begin); took < time.Duration(i+1)*firstPause {
				t.Errorf("try %d after %v", i, took)
			}
		}
		if err := o.Prove(t.Context(), "王五", "correct horse"); err != nil {
			t.Errorf("after wrong tries: %v", err)
		}
	})
}

func TestPasswordsAreKeptAsWhatTakesLongToTry(t *testing.T) {
	folder := t.TempDir()
	o := OperatorsOf(filepath.Join(folder, "j"))
	for _, weak := range []string{"", "1234567", strings.Repeat("x", 73), "abcdefgh\xff"} {
		if err := o.SetPassword("王五", weak); !errors.Is(err, ErrWeak) {
			t.Errorf("%q: %v", weak, err)
		}
	}
	for _, name := range []string{"", "a\tb", "a b", "a\n", "a\u202eb"} {
		if err := o.SetPassword(name, "correct horse"); !errors.Is(err, command.Wrong("operator")) {
			t.Errorf("%q: %v", name, err)
		}
	}
	if err := o.SetPassword("王五", "correct horse"); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(o.path)
	if err != nil || strings.Contains(string(data), "horse") || !strings.HasPrefix(string(data), "王五\t$2a$12$") {
		t.Errorf("%q, %v", data, err)
	}
	if info, err := os.Stat(o.path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	// Emptied, it must not open the door.
	if err := os.WriteFile(o.path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := o.Prove(t.Context(), "anybody", ""); err == nil {
		t.Error("an empty file names nobody, and everybody is trusted")
	}
}

func TestAPersonsWordIsJournaledWithWhoAskedAsTheSystemSaysIt(t *testing.T) {
	w := newWorld(t)
	request := Request{Verb: Settle, No: "2", Kind: onetrans.TransRecharge, Verdict: "done", By: "王五", Why: "statement", Caller: "user 1000, process 4711, /usr/bin/onetrans"}
	terminal := Terminal{Store: w.s, Core: &w.core, Operators: OperatorsOf(w.s.Path()), Words: w.words}
	if err := Run(t.Context(), terminal, request, io.Discard); err != nil {
		t.Fatal(err)
	}
	if said := strings.Join(w.core.said, ""); !strings.Contains(said, "Why:statement [user 1000, process 4711, /usr/bin/onetrans]") {
		t.Errorf("the journal gets %s", said)
	}
	terminal.Operators.cost = bcrypt.MinCost
	if err := terminal.Operators.SetPassword("王五", "correct horse"); err != nil {
		t.Fatal(err)
	}
	if err := Run(t.Context(), terminal, request, io.Discard); !errors.Is(err, ErrPassword) || len(w.core.said) != 1 {
		t.Errorf("without his password: %v, %q", err, w.core.said)
	}
}
