package store

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"onetrans/flows/core/txn"
)

// A machine that is rolled back to an older state takes journal and head along; what
// is on another volume knows better.
func TestAJournalRolledBackWithItsHeadIsToldByItsWitness(t *testing.T) {
	witness := filepath.Join(t.TempDir(), "elsewhere")
	options := Options{Witness: witness}
	path := spoiled(t, options)
	parts := []string{"", ".head", ".secrets"}
	for _, part := range parts {
		copyFile(t, path+part, path+part+".older")
	}
	s := opened(t, path, options)
	fill3(t, s, 10)
	s.Close()
	opened(t, path, options).Close()
	for _, part := range parts {
		copyFile(t, path+part+".older", path+part)
	}
	opened(t, path, Options{}).Close() // without a witness nothing is noticed
	if _, err := Open(path, options); !errors.Is(err, ErrRolledBack) || !strings.Contains(err.Error(), "witness") {
		t.Errorf("err = %v", err)
	}
	reader := inspect(t, path, options)
	if proof, err := reader.Verify(t.Context()); err != nil || proof.Whole() {
		t.Errorf("verify: %v %+v", err, proof.Faults)
	}
	reader.Close()
	adoptAndGoOn(t, path, options)
	opened(t, path, options).Close()
}

// A witness that is gone, or says nothing, is as a head that is missing; one that
// never was is made.
func TestAWitnessThatWasThereIsMissed(t *testing.T) {
	path := spoiled(t, Options{})
	witness := filepath.Join(t.TempDir(), "elsewhere")
	options := Options{Witness: witness}
	opened(t, path, options).Close()
	for what, spoil := range map[string]func() error{
		"gone":  func() error { return os.Remove(witness) },
		"empty": func() error { return os.WriteFile(witness, nil, 0o600) },
	} {
		if err := spoil(); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(path, options); !errors.Is(err, ErrAltered) {
			t.Errorf("%s: %v", what, err)
		}
		adoptAndGoOn(t, path, options)
	}
}

// That the other volume can't be written while the terminal is served stops
// nobody.
func TestServiceGoesOnWithoutItsWitness(t *testing.T) {
	path := spoiled(t, Options{})
	folder := filepath.Join(t.TempDir(), "volume")
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	s := opened(t, path, Options{Witness: filepath.Join(folder, "head")})
	if err := os.RemoveAll(folder); err != nil {
		t.Fatal(err)
	}
	fill3(t, s, 10)
}

// That a witness can't be written is told when it begins, and not at each step.
func TestAWitnessThatIsLostIsLoggedOnce(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "volume")
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	witness := filepath.Join(folder, "head")
	path := filepath.Join(t.TempDir(), "journal")
	s := opened(t, path, Options{Witness: witness, Log: slog.New(slog.NewTextHandler(&log, nil))})
	said := func() int { return strings.Count(log.String(), "witness cannot be written") }
	for step, c := range []struct {
		away bool
		want int
	}{{false, 0}, {true, 1}, {true, 1}, {false, 1}, {false, 1}, {true, 2}} {
		from, to := folder+".away", folder
		if c.away {
			from, to = to, from
		}
		if err := os.Rename(from, to); err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
		write(t, s, fmt.Sprint(step), txn.Refused)
		if said() != c.want {
			t.Errorf("after step %d: %s", step, log.String())
		}
		if head, err := readHead(witness, s.keys); !c.away && (err != nil || head.Seq != uint64(step)+1) {
			t.Errorf("after step %d: %v %v", step, head, err)
		}
	}
}

// A witness speaks of the journal that it is of: one that knows of more entries, or
// of another, says that the journal was put back.
func TestAWitnessKnowsWhatTheJournalWas(t *testing.T) {
	path, witness := spoiled(t, Options{}), filepath.Join(t.TempDir(), "elsewhere")
	options := Options{Witness: witness}
	s := opened(t, path, options)
	end, err := s.Head()
	if err != nil {
		t.Fatal(err)
	}
	s.Close()
	for name, c := range map[string]struct {
		head Head
		want error
	}{
		"the end":           {end, nil},
		"an entry more":     {Head{end.Seq + 1, end.Value}, ErrRolledBack},
		"another entry":     {Head{end.Seq, make([]byte, linkSize)}, ErrRolledBack},
		"another's earlier": {Head{end.Seq - 1, end.Value}, ErrRolledBack},
	} {
		if err := replaceHead(witness, c.head, s.keys, true); err != nil {
			t.Fatal(err)
		}
		s, err := Open(path, options)
		if err == nil {
			s.Close()
		}
		if !errors.Is(err, c.want) || c.want != nil && !strings.Contains(err.Error(), "entr") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
