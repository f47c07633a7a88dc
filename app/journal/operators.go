package journal

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/crypto/bcrypt"

	"onetrans/app/command"
	"onetrans/flows/message/onetrans"
	"onetrans/store/trust"
)

// ErrPassword means that an operator's password is wrong.
var ErrPassword = errors.New("the name or the password is wrong")

// ErrWeak means that a password is easily guessed, or too long to be hashed.
var ErrWeak = fmt.Errorf("a password has %d to %d bytes", leastPassword, mostPassword)

const (
	leastPassword = 8
	mostPassword  = 72 // bytes, all that bcrypt uses
	hashCost      = 12 // a quarter of a second per attempt

	maxOperators = 64 << 10 // bytes of their file

	// After a wrong attempt the next one waits, twice as long each time.
	firstPause = 2 * time.Second
	mostPause  = 30 * time.Second
)

// Operators are the people who may decide trades and adopt journals. While none has
// a password, anybody who may call the terminal may give any name; once one has,
// all must prove who they are. Operators are safe for use by several goroutines.
type Operators struct {
	path string
	cost int // of a hash

	mu    sync.Mutex // held over an attempt and its pause, so that attempts are made one by one
	wrong int        // attempts since the last right one
}

// OperatorsOf are those of the journal at path, in a file beside it: a name, a tab
// and a bcrypt hash per line.
func OperatorsOf(journal string) *Operators {
	return &Operators{path: journal + ".operators", cost: hashCost}
}

// read is the hash of each operator by name; empty if nobody has a password. The
// file must be as trustworthy as the journal.
func (o *Operators) read() (map[string]string, error) {
	if err := trust.Path(o.path); err != nil {
		return nil, fmt.Errorf("reading the operators: %w", err)
	}
	info, err := os.Stat(o.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err == nil && !info.Mode().IsRegular(): // a pipe would be waited for
		return nil, o.nobody()
	}
	file, err := os.Open(o.path)
	if err != nil {
		return nil, fmt.Errorf("reading the operators: %w", err)
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, maxOperators))
	if err != nil {
		return nil, fmt.Errorf("reading the operators: %w", err)
	}
	all := map[string]string{}
	for line := range strings.Lines(string(data)) {
		if name, hash, ok := strings.Cut(strings.TrimSpace(line), "\t"); ok {
			all[name] = hash
		}
	}
	if len(all) == 0 { // a file that was emptied must not open the door
		return nil, o.nobody()
	}
	return all, nil
}

// nobody is the fault of a file that exists and names nobody.
func (o *Operators) nobody() error { return command.Wrong("operators_empty", "file", o.path) }

// Needed reports whether a password must be asked for, because somebody has one.
func (o *Operators) Needed() (bool, error) {
	all, err := o.read()
	return len(all) > 0, err
}

// Prove checks name's password; its error is [ErrPassword]. Without operators
// everybody is trusted. After a wrong attempt it takes longer.
func (o *Operators) Prove(ctx context.Context, name, password string) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	all, err := o.read()
	if err != nil || len(all) == 0 {
		return err
	}
	hash, known := all[name]
	if !known {
		for _, hash = range all { // takes as long as for a known name
			break
		}
	}
	if bcrypt.CompareHashAndPassword([]byte(hash), []byte(password)) == nil && known {
		o.wrong = 0
		return nil
	}
	o.wrong++
	pause := min(firstPause<<min(o.wrong-1, 8), mostPause)
	select {
	case <-time.After(pause):
	case <-ctx.Done():
	}
	return ErrPassword
}

// fit reports whether an operator can have this name and password.
func fit(name, password string) error {
	switch {
	case name == "" || len(name) > maxText || !onetrans.Visible(name) || strings.ContainsFunc(name, unicode.IsSpace):
		return command.Wrong("operator")
	case len(password) < leastPassword || len(password) > mostPassword || !utf8.ValidString(password):
		return ErrWeak
	}
	return nil
}

// SetPassword sets or replaces an operator's password.
func (o *Operators) SetPassword(name, password string) error {
	if err := fit(name, password); err != nil {
		return err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	all, err := o.read()
	if err != nil {
		return err
	}
	hash, err := bcrypt.GenerateFromPassword([]byte(password), o.cost)
	if err != nil {
		return err
	}
	if all == nil {
		all = map[string]string{}
	}
	all[name] = string(hash)
	return o.write(all)
}

// write replaces the file atomically.
func (o *Operators) write(all map[string]string) error {
	var text bytes.Buffer
	for name, hash := range all {
		fmt.Fprintf(&text, "%s\t%s\n", name, hash)
	}
	aside, err := os.CreateTemp(filepath.Dir(o.path), ".operators-*") // for its owner alone
	if err != nil {
		return err
	}
	defer os.Remove(aside.Name())
	_, err = aside.Write(text.Bytes())
	if err := errors.Join(err, aside.Sync(), aside.Close()); err != nil {
		return err
	}
	return os.Rename(aside.Name(), o.path)
}
