package record

import (
	"bufio"
	"bytes"
	"crypto/cipher"
	"errors"
	"io"
	"io/fs"
	"os"
	"slices"
	"sync"

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
	maxRead  = 32 << 20  // of all calls that are read
)

// ErrNone means that nothing has been recorded.
var ErrNone = errors.New("no calls are recorded")

// File is the recorded calls of a terminal. Each is a line of its own, sealed with
// SM4-GCM under a key that follows from the store's: a line that a power cut left torn,
// or that somebody changed, does not open and is passed over, and the others stand. Each
// has its number and is bound to the line before ([chained]), so that none can be taken
// out, moved or put in unseen.
type File struct {
	path string
	seal cipher.AEAD
	// Masker masks what is recorded in it.
	Masker *Masker

	mu   sync.Mutex
	last place // of what this process has written
	size int64 // of the file then
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

// Append adds a call, with the number that follows. What a write that broke off has left
// ends at its line. Nothing is synced: a power cut may cost the last calls, and costs no
// call any time. A file that is full, and can't be shortened, gets no more.
func (f *File) Append(c Call) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	letGo, err := lock(f.path + ".lock")
	if err != nil {
		return err
	}
	defer letGo()
	last, size, err := f.end()
	if err != nil {
		return err
	}
	if size > maxBytes {
		err = f.shorten(c, last)
	} else {
		err = f.add(c, last)
	}
	return err
}

// end is the last line's place, and the file's size. What this process has written counts
// where lines were cut off since: the next call's number shows it.
func (f *File) end() (last place, size int64, err error) {
	info, err := os.Lstat(f.path)
	if err == nil && info.Size() == f.size && f.last.number > 0 {
		return f.last, f.size, nil
	}
	lines, err := f.lines()
	if err != nil && !errors.Is(err, ErrNone) {
		return last, 0, err
	}
	for _, line := range slices.Backward(lines) {
		if l, ok := f.open(line); ok {
			last = l.place
			break
		}
	}
	if f.last.number > last.number {
		last = f.last
	}
	if info != nil {
		size = info.Size()
	}
	return last, size, nil
}

// add writes a call's line at the end.
func (f *File) add(c Call, last place) error {
	line, now, err := f.line(c, last)
	if err != nil {
		return err
	}
	file, err := trust.OpenFile(f.path, os.O_RDWR|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	size, err := f.write(file, line)
	if err = errors.Join(err, file.Close()); err == nil {
		f.last, f.size = now, size
	}
	return err
}

func (f *File) write(file *os.File, line []byte) (size int64, err error) {
	info, err := file.Stat()
	if err != nil {
		return 0, err
	}
	if !info.Mode().IsRegular() {
		return 0, &fs.PathError{Op: "write", Path: f.path, Err: fs.ErrInvalid}
	}
	if size := info.Size(); size > 0 {
		end := make([]byte, 1)
		if _, err := file.ReadAt(end, size-1); err == nil && end[0] != '\n' {
			line = append([]byte{'\n'}, line...)
		}
	}
	n, err := file.Write(line)
	return info.Size() + int64(n), err
}

// shorten lets the last calls alone stand, in half of what the file may have, and this
// one after them, which says which is the oldest now.
func (f *File) shorten(c Call, last place) error {
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
	for _, line := range lines[from:] {
		if l, ok := f.open(line); ok {
			last.oldest = l.number
			break
		}
	}
	line, now, err := f.line(c, last)
	if err != nil {
		return err
	}
	whole := append(bytes.Join(append(lines[from:], nil), []byte{'\n'}), line...)
	if err := f.put(whole); err != nil {
		return err
	}
	f.last, f.size = now, int64(len(whole))
	return nil
}

// put lets other content take the file's place.
func (f *File) put(content []byte) error {
	name := f.path + ".new"
	aside, err := trust.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = aside.Write(content)
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

// Last are the last calls, at most [Keep] and in at most maxRead bytes, and whether the
// recording is whole. Its error is [ErrNone] where there is no file.
func (f *File) Last(count int) (Recording, error) {
	var r Recording
	lines, err := f.lines()
	if err != nil {
		return r, err
	}
	var is order
	count, size := min(count, Keep), 0
	var sizes []int
	for _, line := range lines {
		l, ok := f.open(line)
		if !ok {
			r.Unread++
			continue
		}
		is.follows(l)
		r.Calls, sizes, size = append(r.Calls, l.call), append(sizes, l.size), size+l.size
		for len(r.Calls) > count || size > maxRead {
			r.Calls, size, sizes = r.Calls[1:], size-sizes[0], sizes[1:]
		}
	}
	r.Missing, r.Moved = is.missing(), is.moved
	return r, nil
}
