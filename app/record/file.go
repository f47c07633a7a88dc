package record

import (
	"bufio"
	"bytes"
	"compress/flate"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/go-json-experiment/json"

	"onetrans/flows/message/gm"
	"onetrans/store"
	"onetrans/store/trust"
)

// Path is where the calls of the terminal with this journal are recorded.
func Path(journal string) string { return journal + ".calls" }

// Bounds of the file: the last calls are kept, at most so many and in so many bytes.
const (
	Keep     = 1000
	maxBytes = 8 << 20   // more, and all but the last calls go
	maxLine  = 512 << 10 // of one call, sealed
	maxCall  = 1 << 20   // of one call, as it is read
)

// ErrNone means that nothing has been recorded.
var ErrNone = errors.New("no calls are recorded")

// File is the recorded calls of a terminal. Each is a line of its own, sealed with
// SM4-GCM under a key that follows from the store's: a line that a power cut left torn,
// or that somebody changed, does not open and is passed over, and the others stand.
type File struct {
	path string
	seal cipher.AEAD
	// Masker masks what is recorded in it.
	Masker *Masker
}

// Open is the file beside a journal that has this key. Nothing is read or made yet.
// The sentences are [NewMasker]'s.
func Open(journal string, key []byte, sentences func() []string) (*File, error) {
	seal, err := gm.NewSM4GCM(store.Derive(key, "calls")[:gm.SM4Size])
	if err != nil {
		return nil, err
	}
	return &File{path: Path(journal), seal: seal, Masker: NewMasker(store.Derive(key, "pseudonyms of calls"), sentences)}, nil
}

// purpose is bound to every line.
var purpose = []byte("onetrans call")

// line is a call as it stands in the file.
func (f *File) line(c Call) ([]byte, error) {
	var packed bytes.Buffer
	w, err := flate.NewWriter(&packed, flate.BestSpeed)
	if err != nil {
		return nil, err
	}
	if err := errors.Join(json.MarshalWrite(w, c), w.Close()); err != nil {
		return nil, err
	}
	nonce := make([]byte, f.seal.NonceSize())
	_, _ = rand.Read(nonce) // never fails
	sealed := f.seal.Seal(nonce, nonce, packed.Bytes(), purpose)
	line := append(base64.StdEncoding.AppendEncode(nil, sealed), '\n')
	if len(line) > maxLine {
		return nil, fmt.Errorf("a call of %d bytes is not recorded", len(line))
	}
	return line, nil
}

// call opens a line; ok is false where it is none.
func (f *File) call(line []byte) (c Call, ok bool) {
	sealed, err := base64.StdEncoding.Strict().AppendDecode(nil, line)
	if err != nil || len(sealed) < f.seal.NonceSize() {
		return c, false
	}
	nonce, sealed := sealed[:f.seal.NonceSize()], sealed[f.seal.NonceSize():]
	packed, err := f.seal.Open(nil, nonce, sealed, purpose)
	if err != nil {
		return c, false
	}
	plain, err := io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(packed)), maxCall))
	return c, err == nil && json.Unmarshal(plain, &c) == nil
}

// Append adds a call. What a write that broke off has left ends at its line. Nothing
// is synced: a power cut may cost the last calls, and costs no call any time. A file
// that is full, and can't be shortened, gets no more.
func (f *File) Append(c Call) error {
	line, err := f.line(c)
	if err != nil {
		return err
	}
	if info, err := os.Lstat(f.path); err == nil && info.Size() > maxBytes {
		if err := f.shorten(); err != nil {
			return err
		}
	}
	file, err := trust.OpenFile(f.path, os.O_RDWR|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	return errors.Join(f.write(file, line), file.Close())
}

func (f *File) write(file *os.File, line []byte) error {
	info, err := file.Stat()
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return &fs.PathError{Op: "write", Path: f.path, Err: fs.ErrInvalid}
	}
	if size := info.Size(); size > 0 {
		end := make([]byte, 1)
		if _, err := file.ReadAt(end, size-1); err == nil && end[0] != '\n' {
			line = append([]byte{'\n'}, line...)
		}
	}
	_, err = file.Write(line)
	return err
}

// shorten lets the last calls alone stand, in half of what the file may have.
func (f *File) shorten() error {
	lines, err := f.lines()
	if err != nil {
		return err
	}
	size := 0
	from := len(lines)
	for from > 0 && len(lines)-from < Keep && size+len(lines[from-1]) < maxBytes/2 {
		from--
		size += len(lines[from]) + 1
	}
	name := f.path + ".new"
	aside, err := trust.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = aside.Write(append(bytes.Join(lines[from:], []byte{'\n'}), '\n'))
	if err = errors.Join(err, aside.Sync(), aside.Close()); err == nil {
		err = os.Rename(name, f.path)
	}
	if err != nil {
		err = errors.Join(err, os.Remove(name))
	}
	return err
}

// lines are the file's lines, of those that may be one.
func (f *File) lines() (lines [][]byte, err error) {
	switch info, err := os.Stat(f.path); { // before it is opened: a pipe would wait for its writer
	case errors.Is(err, fs.ErrNotExist):
		return nil, ErrNone
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, &fs.PathError{Op: "read", Path: f.path, Err: fs.ErrInvalid}
	}
	file, err := os.Open(f.path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	in := bufio.NewReaderSize(io.LimitReader(file, 2*maxBytes), maxLine)
	for {
		line, err := in.ReadSlice('\n')
		if line = bytes.Trim(line, "\x00\n"); len(line) > 0 && !errors.Is(err, bufio.ErrBufferFull) {
			lines = append(lines, bytes.Clone(line))
		}
		switch {
		case errors.Is(err, io.EOF):
			return lines, nil
		case err != nil && !errors.Is(err, bufio.ErrBufferFull):
			return nil, err
		}
	}
}

// Last are the last calls, at most [Keep], the oldest first, and how many lines among
// them can't be read. Its error is [ErrNone] where there is no file.
func (f *File) Last(count int) (calls []Call, unread int, err error) {
	lines, err := f.lines()
	if err != nil {
		return nil, 0, err
	}
	count = min(count, Keep)
	for _, line := range lines[max(0, len(lines)-count):] {
		if c, ok := f.call(line); ok {
			calls = append(calls, c)
		} else {
			unread++
		}
	}
	return calls, unread, nil
}
