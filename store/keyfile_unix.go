//go:build unix

package store

import (
	"errors"
	"io/fs"
)

// protect leaves a key as it is: its file's mode protects it.
func protect(key []byte) ([]byte, error) { return key, nil }

func unprotect(data []byte) ([]byte, error) { return data, nil }

// checkOwn refuses a key that others may read.
func checkOwn(info fs.FileInfo) error {
	if info.Mode().Perm()&0o077 != 0 {
		return errors.New("others may read or write it: chmod 600")
	}
	return nil
}
