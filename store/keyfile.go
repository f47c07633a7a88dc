package store

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// maxKeyFile bounds a key's file, in bytes: Windows' protection makes it longer.
const maxKeyFile = 4096

// KeyPath is where the key of a journal is that brings none.
func KeyPath(journal string) string { return journal + ".key" }

// ParseKey reads a store's key as configurations have it: 64 hexadecimal digits.
func ParseKey(s string) ([]byte, error) {
	key, err := hex.DecodeString(s)
	if err != nil || len(key) != KeySize {
		return nil, flaw(ErrKey, "key_form", "it must be {digits} hexadecimal digits", "digits", 2*KeySize)
	}
	return key, nil
}

// Key is the key of the journal at path, as [Open] would find it, for what has
// the same key: its archives and backups. Its error is ErrKey.
func Key(path string, options Options) ([]byte, error) { return findKey(path, options) }

// findKey is the journal's key; fs.ErrNotExist when it has none.
func findKey(journal string, options Options) ([]byte, error) {
	if len(options.Key) != 0 {
		if len(options.Key) != KeySize {
			return nil, flaw(ErrKey, "key_length", "it has {has} bytes, not {needs}", "has", len(options.Key), "needs", KeySize)
		}
		return options.Key, nil
	}
	return readKey(KeyPath(journal))
}

func readKey(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrKey, err)
	}
	if !info.Mode().IsRegular() || info.Size() > maxKeyFile {
		return nil, flaw(ErrKey, "no_key", "{file} is no key", "file", path)
	}
	if !ownOnly(info) {
		return nil, flaw(ErrKey, "key_open", "{file}: others may read or write it: chmod 600", "file", path)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrKey, err)
	}
	if data, err = unprotect(data); err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrKey, path, err)
	}
	key, err := ParseKey(string(bytes.TrimSpace(data)))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return key, nil
}

// makeKey makes a key's file, durable when it returns, unless there is one:
// then that is the key.
func makeKey(path string, noSync bool) ([]byte, error) {
	key := make([]byte, KeySize)
	_, _ = rand.Read(key) // never fails
	data, err := protect([]byte(hex.EncodeToString(key) + "\n"))
	if err != nil {
		return nil, fmt.Errorf("%w: protecting it: %w", ErrKey, err)
	}
	aside, err := writeAside(path, data, noSync)
	if err != nil {
		return nil, err
	}
	defer os.Remove(aside)
	if err := os.Link(aside, path); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	if err := syncFolder(filepath.Dir(path)); err != nil {
		return nil, err
	}
	return readKey(path)
}

// keyForPlain makes the key of a journal from before there were keys. Any other
// has lost its key.
func keyForPlain(journal string) ([]byte, error) {
	old, err := isPlain(journal)
	if err != nil {
		return nil, err
	}
	if !old {
		return nil, flaw(ErrKey, "key_missing", "{file} is missing", "file", KeyPath(journal))
	}
	return makeKey(KeyPath(journal), false)
}

// writeAside writes a file beside path, synced unless nobody wants that, and
// returns its name.
func writeAside(path string, data []byte, noSync bool) (name string, err error) {
	file, err := os.CreateTemp(filepath.Dir(path), asidePattern)
	if err != nil {
		return "", err
	}
	_, err = file.Write(data)
	if !noSync {
		err = errors.Join(err, file.Sync())
	}
	if err = errors.Join(err, file.Close()); err != nil {
		return "", errors.Join(err, os.Remove(file.Name()))
	}
	return file.Name(), nil
}
