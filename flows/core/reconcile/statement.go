package reconcile

import (
	"bytes"
	"errors"
	"io"
	"regexp"
	"strconv"
	"strings"
)

// Limits of a statement.
const (
	maxStatement = 512 << 20 // bytes; rows are read one by one
	maxPacked    = 64 << 20  // bytes of a workbook or an archive, which is held in memory
	maxUnpacked  = 256 << 20 // bytes
	maxLine      = 64 << 10  // bytes of a record
	maxRows      = 2_000_000
	maxHeaderAt  = 30  // records before the header that may be a title
	maxColumns   = 200 // of a record
	maxCell      = 4 << 10
	maxRemarks   = 64 << 10 // bytes of them that are kept
)

// Statement is what is known of a statement apart from its rows.
type Statement struct {
	Layout string // the layout's name
	Rows   int
	// Skipped counts the lines after the header that are not trades, such as
	// totals.
	Skipped int
	// Without are the columns that the layout names and the file lacks.
	Without []string
	// Declared is how many rows it says it has; -1 if it does not say.
	Declared int
}

// ReadStatement calls each for every row of a statement, whose layout is the first
// that its header fits. The statement is text with a header, possibly below a
// title, in UTF-8, UTF-16 or GBK, or a sheet of an XLSX workbook, or an archive
// with one such file. Its errors are each's, the reader's, or a [*FileError] of the
// family [ErrStatement]; rows passed on before an error must be discarded.
func ReadStatement(file io.ReadSeeker, layouts []Layout, each func(Row) error) (Statement, error) {
	kind, err := kindOfFile(file)
	if err != nil {
		return Statement{}, err
	}
	switch kind {
	case packed:
		return readPacked(file, layouts, each)
	case gzipped:
		return Statement{}, &FileError{Err: ErrPacked}
	case oldExcel:
		return Statement{}, &FileError{Err: ErrOldExcel}
	case markup:
		return Statement{}, &FileError{Err: ErrMarkup}
	}
	return readText(file, layouts, each)
}

// fileKind is the kind of a file according to its first bytes.
type fileKind int

const (
	plainText fileKind = iota
	packed             // an archive, or a workbook, which is one
	gzipped
	oldExcel
	markup
)

func kindOfFile(file io.ReadSeeker) (fileKind, error) {
	begin := make([]byte, 512)
	n, err := io.ReadFull(file, begin)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return plainText, err
	}
	begin = begin[:n]
	_, err = file.Seek(0, io.SeekStart)
	for mark, kind := range map[string]fileKind{"PK\x03\x04": packed, "PK\x05\x06": packed, "\x1f\x8b": gzipped, "\xd0\xcf\x11\xe0": oldExcel} {
		if bytes.HasPrefix(begin, []byte(mark)) {
			return kind, err
		}
	}
	if bytes.HasPrefix(bytes.TrimLeft(bytes.TrimPrefix(begin, []byte("\ufeff")), " \r\n\t"), []byte("<")) {
		return markup, err
	}
	return plainText, err
}

// records are a file's records, one by one.
type records interface {
	// next is the next record and its line, from 1; [io.EOF] at the end. The cells
	// are valid until the next call.
	next() (cells []string, line int, err error)
}

// readText reads a statement that is text.
func readText(file io.ReadSeeker, layouts []Layout, each func(Row) error) (Statement, error) {
	decode, err := encodingOf(file)
	if err != nil {
		return Statement{}, err
	}
	for _, layout := range layouts {
		for _, comma := range layout.Commas {
			if _, err := file.Seek(0, io.SeekStart); err != nil {
				return Statement{}, err
			}
			text := newTextRecords(decode(file), comma, layout.Remark)
			t, found, err := layout.header(text)
			if err != nil {
				return Statement{}, err
			}
			if found {
				t.remarks = &text.lines.remarks
				return t.rows(text, each)
			}
		}
	}
	return Statement{}, noHeader(layouts)
}

// rows reads what is below the header.
func (t *table) rows(from records, each func(Row) error) (Statement, error) {
	s := Statement{Layout: t.layout.Name, Without: t.without, Declared: -1}
	trailer := false
	for {
		cells, line, err := from.next()
		if err == io.EOF {
			s.Declared = t.declared()
			return s, nil
		}
		if err != nil {
			return s, err
		}
		trailer = trailer || t.begins(cells, t.layout.Trailer)
		if trailer || t.noTrade(cells) {
			t.remarks.keep(strings.Join(cells, ","))
			s.Skipped++
			continue
		}
		if s.Rows++; s.Rows > maxRows {
			return s, &FileError{Err: ErrTooLarge, Line: line, Detail: strconv.Itoa(maxRows)}
		}
		row, err := t.row(cells, line)
		if err == nil {
			err = each(row)
		}
		if err != nil {
			return s, err
		}
	}
}

// remarks are what is kept of lines that are not rows.
type remarks struct{ text strings.Builder }

func (r *remarks) keep(line string) {
	if r.text.Len()+len(line) < maxRemarks {
		r.text.WriteString(line)
		r.text.WriteByte('\n')
	}
}

// declared is how many rows the statement says it has; -1 if it does not say.
func (t *table) declared() int {
	count := -1
	for _, pattern := range t.layout.Counts {
		for _, found := range regexp.MustCompile("(?m)"+pattern).FindAllStringSubmatch(t.remarks.text.String(), -1) {
			if n, err := strconv.Atoi(found[1]); err == nil {
				count = max(count, 0) + n
			}
		}
	}
	return count
}
