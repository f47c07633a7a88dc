package config

import (
	"encoding/hex"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
)

// Limits of what a reference names.
const (
	maxPath   = 1024     // characters
	maxSecret = 16 << 10 // bytes of a file that holds a secret
)

// input is where values, and what they refer to, come from.
type input struct {
	folder string // where relative paths start; empty: the working directory
	vars   *variables
	// file is the file that contains the value, and mode its mode; none for a
	// variable.
	file string
	mode fs.FileMode
}

// absolute makes a path absolute.
func (in input) absolute(path string) (string, error) {
	if !filepath.IsAbs(path) {
		path = filepath.Join(in.folder, path)
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return "", wrong("absolute")
	}
	return path, nil
}

// dereference is the text itself, or the content of what file:PATH or env:NAME
// names, without surrounding white space. The file that contains it must be
// acceptable. The error is [ErrReference].
func (in input) dereference(s string, acceptable func(fs.FileMode) error) (string, error) {
	if name, ok := strings.CutPrefix(s, "env:"); ok {
		text, _ := in.vars.lookup(name)
		in.vars.secrets = append(in.vars.secrets, name)
		if text = strings.TrimSpace(text); text == "" {
			return "", because(ErrReference, "variable")
		}
		return text, nil
	}
	if path, ok := strings.CutPrefix(s, "file:"); ok {
		return in.fromFile(path, acceptable)
	}
	if err := acceptable(in.mode); err != nil && s != "" {
		return "", because(ErrReference, "seen", "file", in.file)
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
		return "", because(ErrReference, "named_file").after(err)
	}
	text := strings.TrimSpace(strings.TrimPrefix(string(data), "\ufeff"))
	if text == "" {
		return "", because(ErrReference, "empty_file")
	}
	return text, nil
}

// closedFile refuses files that every user of the machine may read.
func closedFile(mode fs.FileMode) error {
	if openToAll(mode) {
		return within("open_to_all")
	}
	return nil
}

// secret is a field with a secret line of at most high characters, or a reference
// to one.
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

// hexKey is a field with a secret of this many bytes in hexadecimal digits, or a
// reference to one.
func hexKey(key string, into *Secret, bytes int) field {
	f := secret(key, into, 2*bytes)
	read := f.read
	f.read = func(in input, v value) error {
		if err := read(in, v); err != nil || into.Empty() {
			return err
		}
		if raw, err := hex.DecodeString(into.Reveal()); err != nil || len(raw) != bytes {
			*into = Secret{}
			return wrong("hex", "count", strconv.Itoa(2*bytes))
		}
		return nil
	}
	return f
}

// key is a field with an SM2 key in hex, base64 or PEM, or a reference to one.
func key[K any](name string, into **K, parse func(string) (*K, error), acceptable func(fs.FileMode) error) field {
	return field{key: name, into: into, read: func(in input, v value) error {
		s, ok := v.raw.(string)
		if !ok {
			return wrong("text")
		}
		s, err := in.dereference(s, acceptable)
		if err != nil || s == "" {
			return err
		}
		parsed, err := parse(s)
		if err != nil {
			return wrong("sm2").after(err)
		}
		*into = parsed
		return nil
	}}
}
