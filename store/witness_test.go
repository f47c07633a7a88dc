package store

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A machine that is put back to an older state takes journal and head along; what
// is on another volume knows better.
func TestAJournalPutBackWithItsHeadIsToldByItsWitness(t *testing.T) {
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
	if _, err := Open(path, options); !errors.Is(err, ErrPutBack) || !strings.Contains(err.Error(), "witness") {
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
