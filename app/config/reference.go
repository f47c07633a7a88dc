package config

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
)

// Bounds of what a reference names.
const (
	maxPath   = 1024     // characters
	maxSecret = 16 << 10 // bytes of a file that holds a secret
)

// input is where values, and what they refer to, come from.
type input struct {
	folder string // where relative paths start; empty: the working directory
	vars   *variables
	// file is where the value itself stands, and mode the file's; none of a variable.
	file string
	mode fs.FileMode
}

// absolute is a path as an absolute one.
func (in input) absolute(path string) (string, error) {
	if !filepath.IsAbs(path) {
		path = filepath.Join(in.folder, path)
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return "", wrong("must be an absolute path: there is no working directory")
	}
	return path, nil
}

// dereference is the text itself, or what file:PATH or env:NAME names, without
// the white space around it. The file that it stands in must be acceptable. The
// error is [ErrReference].
func (in input) dereference(s string, acceptable func(fs.FileMode) error) (string, error) {
	if name, ok := strings.CutPrefix(s, "env:"); ok {
		text, _ := in.vars.lookup(name)
		if text = strings.TrimSpace(text); text == "" {
			return "", fmt.Errorf("%w: the variable that env: names is not set: set it, or correct the name", ErrReference)
		}
		return text, nil
	}
	if path, ok := strings.CutPrefix(s, "file:"); ok {
		return in.fromFile(path, acceptable)
	}
	if err := acceptable(in.mode); err != nil && s != "" {
		return "", fmt.Errorf("%w: it stands in a file that others see: %w %s", ErrReference, err, in.file)
	}
	return s, nil
}

func (in input) fromFile(path string, acceptable func(fs.FileMode) error) (string, error) {
	path, err := in.absolute(path)
	if err != nil {
		return "", err
	}
	data, err := readRegular(path, maxSecret, acceptable)
	if err != nil {
		return "", fmt.Errorf("%w: the file that file: names: %w", ErrReference, err)
	}
	text := strings.TrimSpace(strings.TrimPrefix(string(data), "\ufeff"))
	if text == "" {
		return "", fmt.Errorf("%w: the file that file: names is empty", ErrReference)
	}
	return text, nil
}

// closedFile refuses files that every user of the machine may read.
func closedFile(mode fs.FileMode) error {
	if openToAll(mode) {
		return errors.New("everybody may read or write it: chmod 600")
	}
	return nil
}

// secret is a secret line of at most high characters, or a reference to one.
func secret(key string, into *Secret, high int) field {
	return field{key: key, into: into, read: func(in input, v value) error {
		s, err := v.line(maxPath)
		if err != nil {
			return err
		}
		if s, err = in.dereference(s, closedFile); err != nil {
			return err
		}
		if s, err = (value{raw: s}).line(high); err == nil {
			*into = NewSecret(s)
		}
		return err
	}}
}

// hexKey is a secret of so many bytes in hexadecimal digits, or a reference to one.
func hexKey(key string, into *Secret, bytes int) field {
	f := secret(key, into, 2*bytes)
	read := f.read
	f.read = func(in input, v value) error {
		if err := read(in, v); err != nil || into.Empty() {
			return err
		}
		if raw, err := hex.DecodeString(into.Reveal()); err != nil || len(raw) != bytes {
			*into = Secret{}
			return wrong("must be %d hexadecimal digits", 2*bytes)
		}
		return nil
	}
	return f
}

// key is an SM2 key in hex, base64 or PEM, or a reference to one.
func key[K any](name string, into **K, parse func(string) (*K, error), acceptable func(fs.FileMode) error) field {
	return field{key: name, into: into, read: func(in input, v value) error {
		s, ok := v.raw.(string)
		if !ok {
			return wrong("must be text in quotes")
		}
		s, err := in.dereference(s, acceptable)
		if err != nil || s == "" {
			return err
		}
		parsed, err := parse(s)
		if err != nil {
			return wrong("must be an SM2 key in hex, base64 or PEM: %w", err)
		}
		*into = parsed
		return nil
	}}
}
