// Package vendorlib drives the library of another vendor: the OneTrans2.dll that a
// hospital has already. It is loaded by a process of its own, onetrans-vendor (C, in
// helper), so that whatever it does to its process is a fault with a name here, and the
// next call has a fresh one.
//
// # What is said to the helper
//
// Lines end in \n; numbers are decimal, bytes in base64, '-' stands for nothing. This
// program says, over the helper's standard input,
//
//	load 2 PATH              first: the version of these lines, and the library (UTF-8)
//	call NUMBER CAPACITY IN  pInData in GBK, and how many bytes pOutData has
//
// and the helper, over its standard output,
//
//	loaded 2 BITS HOLD               the library is loaded; HOLD says whether the system ends
//	                                 whatever it starts with the helper: held, or loose
//	failed WHY CODE                  it is not, by one of the words that [Obstacle] has for it
//	beat                             each second
//	begun NUMBER                     just before the library is called: without this line
//	                                 nothing has been sent
//	done NUMBER RETURN LEFT OUT      it has returned; LEFT is what is not as before, a letter
//	                                 each: d another directory, c a child process, w a window,
//	                                 u no NUL in pOutData, so that there is no OUT
//	fault NUMBER WHAT DETAIL         overrun, overread, crash or exit: the helper ends
//
// The end of its input ends the helper, and with it whatever the library has started, as does
// its own end, by force too: Linux traces them for that, and Windows has a job. Where the
// system lets it have neither (tracing is forbidden; Windows 7 knows no job within another's),
// what the library has started is loose: it is looked for, and ended with the helper.
package vendorlib

import (
	"bufio"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

const (
	protocol = "2"
	// maxOut is how long the longest answer may be, in bytes, and maxLine the line that
	// brings it.
	maxOut  = 1 << 20
	maxLine = maxOut/3*4 + 128
)

// What the helper says of whatever the library starts.
const held, loose = "held", "loose"

// errLine is a line that is not the protocol's. Its text never holds content.
var errLine = errors.New("the helper says what is no line of the protocol")

// said is a line of the helper's.
type said struct {
	what   string // its first word
	number uint64 // of the call
	result int32  // what the library returned
	bits   int    // of the helper
	loose  bool   // what the library starts is not held by the system
	code   int64  // of the system, where loading failed
	why    string // of a failure or a fault
	detail string // of a fault
	left   string
	out    []byte
}

// loadLine and callLine are what is said to the helper.
func loadLine(path string) []byte {
	return []byte("load " + protocol + " " + base64.StdEncoding.EncodeToString([]byte(path)) + "\n")
}

func callLine(number uint64, capacity int, in []byte) []byte {
	return fmt.Appendf(nil, "call %d %d %s\n", number, capacity, base64.StdEncoding.EncodeToString(in))
}

// readLine reads and understands one line.
func readLine(from *bufio.Reader) (said, error) {
	var line []byte
	for {
		part, err := from.ReadSlice('\n')
		line = append(line, part...)
		switch {
		case len(line) > maxLine:
			return said{}, errLine
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case err != nil && len(line) > 0:
			return said{}, fmt.Errorf("%w: cut off", errLine)
		case err == io.EOF:
			return said{}, io.EOF
		case err != nil:
			return said{}, fmt.Errorf("reading from the helper: %w", err)
		}
		return parseLine(string(line[:len(line)-1]))
	}
}

// parseLine understands a line without its end.
func parseLine(line string) (s said, err error) {
	words := strings.Split(line, " ")
	read, ok := spoken[words[0]]
	if !ok || len(words)-1 != read.words {
		return said{}, errLine
	}
	s.what = words[0]
	if err := read.rest(&s, words[1:]); err != nil {
		return said{}, errLine
	}
	return s, nil
}

// spoken are the helper's lines: how many words follow the first, and what they are.
var spoken = map[string]struct {
	words int
	rest  func(*said, []string) error
}{
	"loaded": {3, readLoaded},
	"failed": {2, readFailed},
	"beat":   {0, func(*said, []string) error { return nil }},
	"begun":  {1, func(s *said, w []string) error { return s.readNumber(w[0]) }},
	"done":   {4, readDone},
	"fault":  {3, readFault},
}

func (s *said) readNumber(word string) (err error) {
	s.number, err = strconv.ParseUint(word, 10, 64)
	return err
}

func readLoaded(s *said, words []string) (err error) {
	if words[0] != protocol || words[1] != "32" && words[1] != "64" || words[2] != held && words[2] != loose {
		return errLine
	}
	s.loose = words[2] == loose
	s.bits, err = strconv.Atoi(words[1])
	return err
}

func readFailed(s *said, words []string) (err error) {
	s.why = words[0]
	if !plain(s.why) {
		return errLine
	}
	s.code, err = strconv.ParseInt(words[1], 10, 64)
	return err
}

func readDone(s *said, words []string) error {
	if err := s.readNumber(words[0]); err != nil {
		return err
	}
	result, err := strconv.ParseInt(words[1], 10, 32)
	if err != nil {
		return err
	}
	s.result = int32(result)
	if words[2] != "-" {
		s.left = words[2]
	}
	if strings.Trim(s.left, "dcwu") != "" || len(s.left) > 4 {
		return errLine
	}
	if words[3] != "-" {
		s.out, err = base64.StdEncoding.Strict().DecodeString(words[3])
	}
	return err
}

func readFault(s *said, words []string) error {
	s.why = words[1]
	if words[2] != "-" {
		s.detail = words[2]
	}
	if !plain(s.why) || s.detail != "" && !plain(s.detail) {
		return errLine
	}
	return s.readNumber(words[0])
}

// plain says whether a word is short, and letters and digits alone, so that it may be
// logged.
func plain(word string) bool {
	foreign := func(r rune) bool {
		return (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
	}
	return word != "" && len(word) <= 32 && !strings.ContainsFunc(word, foreign)
}
