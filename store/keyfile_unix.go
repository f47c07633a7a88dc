//go:build unix

package store

import "io/fs"

// protect leaves a key as it is: its file's mode protects it.
func protect(key []byte) ([]byte, error) { return key, nil }

func unprotect(data []byte) ([]byte, error) { return data, nil }

// ownOnly says whether a key is for its owner's eyes alone.
func ownOnly(info fs.FileInfo) bool { return info.Mode().Perm()&0o077 == 0 }
