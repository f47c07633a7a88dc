package store

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"onetrans/store/trust"
)

// Head is a log's end: the sequence of its last entry, 0 when it has none, and
// the chain's value there.
type Head struct {
	Seq   uint64
	Value []byte
}

// String is how a receipt and a command line have a head: "12:0f3a…".
func (h Head) String() string { return fmt.Sprintf("%d:%x", h.Seq, h.Value) }

// ErrHead means that a text is no head.
var ErrHead = errors.New("not a journal's head, which is a number, a colon and hexadecimal digits")

// leastValue is how many bytes of a head's value say which entry it is.
const leastValue = 4

// ParseHead reads [Head.String], whose value may be cut short to eight digits,
// also with a hyphen, as on a receipt.
func ParseHead(s string) (Head, error) {
	number, digits, _ := strings.Cut(strings.Replace(strings.TrimSpace(s), "-", ":", 1), ":")
	seq, err := strconv.ParseUint(number, 10, 64)
	if err != nil {
		return Head{}, ErrHead
	}
	value, err := hex.DecodeString(digits)
	if err != nil || len(value) < leastValue || len(value) > linkSize {
		return Head{}, ErrHead
	}
	return Head{seq, value}, nil
}

// Short is a head as it is sent and printed: "12-0F3A00FF12345678".
func (h Head) Short() string {
	return fmt.Sprintf("%d-%X", h.Seq, h.Value[:min(shortValue, len(h.Value))])
}

// shortValue is how many bytes of a head's value tell two apart.
const shortValue = 8

// HeadPath is where the head of a journal is.
func HeadPath(journal string) string { return journal + ".head" }

// A head's file has two slots, written in turn and in place: a power cut while
// one is written leaves the other. Renaming a new file into place would cost as
// much as the commit itself, because file systems write what is renamed at once.
const (
	slotSize = 128
	headSize = 2 * slotSize
)

func slot(h Head, k keys) []byte {
	line := fmt.Sprintf("%020d %x %x", h.Seq, h.Value, k.headTag(h))
	return append(append([]byte(line), bytes.Repeat([]byte(" "), slotSize-len(line)-1)...), '\n')
}

func (k keys) headTag(h Head) []byte { return k.hidden("head", h.String()) }

// writeHead writes a head without a sync: what a power cut loses leaves the
// journal ahead of its head, which is well.
func writeHead(path string, h Head, k keys) error {
	file, err := trust.OpenFile(path, os.O_WRONLY|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	_, err = file.WriteAt(slot(h, k), int64(h.Seq%2)*slotSize)
	return errors.Join(err, file.Close())
}

// replaceHead makes h the head that is at path, whatever there was, durably.
func replaceHead(path string, h Head, k keys, noSync bool) error {
	file := make([]byte, headSize)
	copy(file[h.Seq%2*slotSize:], slot(h, k))
	aside, err := writeAside(path, file, noSync)
	if err != nil {
		return err
	}
	if err := os.Rename(aside, path); err != nil {
		return errors.Join(err, os.Remove(aside))
	}
	return syncFolder(filepath.Dir(path))
}

// readHead reads the head that is at path: fs.ErrNotExist when there is none,
// ErrAltered when what is there is no head of this key. It is made whole before
// it is first needed, and written in place: no power cut can empty it.
func readHead(path string, k keys) (Head, error) {
	file, err := os.Open(path)
	if err != nil {
		return Head{}, err
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, headSize))
	if err != nil {
		return Head{}, err
	}
	return parseHeadFile(data, k)
}

func parseHeadFile(data []byte, k keys) (latest Head, err error) {
	found := false
	err = flaw(ErrAltered, "head", "its head is no head")
	for ; len(data) > 0; data = data[min(slotSize, len(data)):] {
		h, tag, ok := parseSlot(data[:min(slotSize, len(data))])
		if ok && same(tag, k.headTag(h)) && (!found || h.Seq > latest.Seq) {
			latest, found = h, true
		}
	}
	if found {
		return latest, nil
	}
	return Head{}, err
}

func parseSlot(line []byte) (h Head, tag []byte, ok bool) {
	fields := strings.Fields(string(line))
	if len(fields) != 3 {
		return Head{}, nil, false
	}
	var errs [3]error
	h.Seq, errs[0] = strconv.ParseUint(fields[0], 10, 64)
	h.Value, errs[1] = hex.DecodeString(fields[1])
	tag, errs[2] = hex.DecodeString(fields[2])
	return h, tag, errors.Join(errs[:]...) == nil && len(h.Value) == linkSize
}

// advance notes the head that a commit has led to. That it can't be written is
// no fault of the commit, which stands.
func (s *Store) advance(h Head) {
	s.headMu.Lock()
	defer s.headMu.Unlock()
	if h.Seq <= s.headAt {
		return
	}
	err := writeHead(HeadPath(s.path), h, s.keys)
	if err == nil {
		s.headAt = h.Seq
	}
	if (err != nil) != s.headLost {
		s.headLost = err != nil
		if err != nil {
			s.log.Error("the journal's head cannot be written", "error", err)
		}
	}
	s.testify(h)
}

// renewHead writes the head as it is now, durably.
func (s *Store) renewHead() error {
	s.headMu.Lock()
	defer s.headMu.Unlock()
	h, err := s.Head()
	if err != nil {
		return err
	}
	s.headAt = h.Seq
	return replaceHead(HeadPath(s.path), h, s.keys, s.db.NoSync)
}

// Head is the log's end.
func (s *Store) Head() (h Head, err error) {
	err = s.view(func(tx *vetted) error {
		h, err = s.end(tx)
		return err
	})
	return h, err
}
