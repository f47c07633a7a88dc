package reconcile

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"regexp"
	"strconv"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
)

// encodingOf detects the encoding of a text, and returns a reader of it as UTF-8.
func encodingOf(file io.ReadSeeker) (decode func(io.Reader) io.Reader, err error) {
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	in := bufio.NewReaderSize(file, maxLine)
	if mark, _ := in.Peek(2); string(mark) == "\xff\xfe" || string(mark) == "\xfe\xff" {
		return func(r io.Reader) io.Reader {
			return unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM).NewDecoder().Reader(r)
		}, nil
	}
	valid, err := isUTF8(in)
	if err != nil {
		return nil, err
	}
	if valid {
		return func(r io.Reader) io.Reader {
			in := bufio.NewReaderSize(r, maxLine)
			if mark, _ := in.Peek(3); string(mark) == "\ufeff" {
				_, _ = in.Discard(len(mark))
			}
			return in
		}, nil
	}
	// GB 18030 reads GBK, and the rare characters that some write with it.
	return func(r io.Reader) io.Reader { return notGBK{simplifiedchinese.GB18030.NewDecoder().Reader(r)} }, nil
}

// notGBK reads decoded text and fails at a replacement character, which stands for
// invalid bytes.
type notGBK struct{ io.Reader }

// isUTF8 reads all of a text.
func isUTF8(in *bufio.Reader) (bool, error) {
	piece := make([]byte, 0, maxLine)
	for size := 0; ; {
		n, err := in.Read(piece[len(piece):cap(piece)])
		piece = piece[:len(piece)+n]
		if size += n; size > maxStatement {
			return false, &FileError{Err: ErrTooLarge, Detail: strconv.Itoa(maxStatement>>20) + " MiB"}
		}
		whole := len(piece)
		if err == nil {
			whole = lastWhole(piece)
		}
		if !utf8.Valid(piece[:whole]) {
			return false, nil
		}
		piece = piece[:copy(piece, piece[whole:])]
		switch {
		case err == io.EOF:
			return true, nil
		case err != nil:
			return false, err
		}
	}
}

// lastWhole is the length of the complete characters in a piece of text.
func lastWhole(piece []byte) int {
	for back := 1; back < utf8.UTFMax && back <= len(piece); back++ {
		at := len(piece) - back
		if utf8.RuneStart(piece[at]) {
			if utf8.FullRune(piece[at:]) {
				return len(piece)
			}
			return at
		}
	}
	return len(piece)
}

// textRecords are the records of a text.
type textRecords struct {
	csv   *csv.Reader
	lines *lines
}

func newTextRecords(text io.Reader, comma rune, remark string) *textRecords {
	_, decoded := text.(notGBK)
	l := &lines{in: bufio.NewReaderSize(text, maxLine), decoded: decoded, remark: remark}
	r := csv.NewReader(l)
	r.Comma, r.FieldsPerRecord, r.ReuseRecord = comma, -1, true
	return &textRecords{r, l}
}

func (r *textRecords) next() ([]string, int, error) {
	cells, err := r.csv.Read()
	if parse, ok := errors.AsType[*csv.ParseError](err); ok {
		return nil, 0, &FileError{Err: ErrCSV, Line: parse.StartLine}
	} else if err != nil {
		return nil, 0, err
	}
	line, _ := r.csv.FieldPos(0)
	return cells, line, nil
}

// lines passes on a text line by line, each record within its limit, and corrects
// what strict CSV does not have.
type lines struct {
	in      *bufio.Reader
	decoded bool
	remark  string
	remarks remarks

	line   int
	record int    // bytes of the record so far
	quoted bool   // a quote is open
	rest   []byte // of the line
}

func (l *lines) Read(p []byte) (int, error) {
	for len(l.rest) == 0 {
		if err := l.advance(); err != nil {
			return 0, err
		}
	}
	n := copy(p, l.rest)
	l.rest = l.rest[n:]
	return n, nil
}

// asText matches a cell as programs write it for spreadsheets: ="0123". Strict CSV
// has no quotes within a cell.
var asText = regexp.MustCompile(`(^|[,;|\t])="([^"\r\n]*)"`)

func (l *lines) advance() error {
	line, err := l.in.ReadSlice('\n')
	l.line++
	if errors.Is(err, bufio.ErrBufferFull) || l.record+len(line) > maxLine {
		return &FileError{Err: ErrLong, Line: l.line, Detail: strconv.Itoa(maxLine)}
	}
	if len(line) == 0 {
		return err
	}
	if bytes.IndexByte(line, 0) >= 0 || l.decoded && bytes.ContainsRune(line, utf8.RuneError) {
		return &FileError{Err: ErrEncoding, Line: l.line}
	}
	if l.remark != "" && !l.quoted && bytes.HasPrefix(line, []byte(l.remark)) {
		l.remarks.keep(string(bytes.TrimSpace(line)))
		line = []byte("\n")
	}
	if bytes.Contains(line, []byte(`="`)) {
		line = asText.ReplaceAll(line, []byte(`$1"$2"`))
	}
	l.quoted = l.quoted != (bytes.Count(line, []byte(`"`))%2 == 1)
	if l.record += len(line); !l.quoted {
		l.record = 0
	}
	l.rest = line
	return nil
}
