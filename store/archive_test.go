package store

import (
	"errors"
	"path/filepath"
	"testing"
)

// What an older program archived stays readable: an archive is never migrated, and
// has no credentials, in which alone schema 3 differs.
func TestAnArchiveOfTheSchemaBeforeIsRead(t *testing.T) {
	path := lived(t, Options{})
	archive := filepath.Join(filepath.Dir(path), "archive")
	change(t, archive, func(tx *vetted) error { return tx.Bucket(bucketMeta).Put(keySchema, []byte(schemaSealed)) })
	s := opened(t, path, Options{})
	a, err := s.Archive(archive)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	if proof, err := s.Verify(t.Context(), a); err != nil || len(proof.Faults) > 0 || proof.Archived == 0 {
		t.Errorf("%v %+v", err, proof)
	}
	trades := 0
	if err := a.List(Filter{}, func(Record) bool { trades++; return true }); err != nil || trades == 0 {
		t.Errorf("%d trades, %v", trades, err)
	}
	copied := filepath.Join(t.TempDir(), "journal")
	copyFile(t, archive, copied)
	copyFile(t, KeyPath(path), KeyPath(copied))
	if s, err := Open(copied, Options{}); !errors.Is(err, ErrRefused) || len(Before(copied)) > 0 {
		t.Errorf("it was migrated, or served: %v, %v, %v", s, err, Before(copied))
	}
}
