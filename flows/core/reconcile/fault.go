package reconcile

import (
	"errors"
	"fmt"
	"strings"
)

// ErrStatement is the family of errors that make a statement unusable. Its members
// say what is wrong, for the log; what to do about it is said where people read it.
// They name places, never content, which may be about a person.
var ErrStatement = errors.New("unusable statement")

func unusable(text string) error { return fmt.Errorf("%w: %s", ErrStatement, text) }

// What is wrong with the file.
var (
	ErrEncoding    = unusable("it is neither UTF-8, UTF-16 nor GBK")
	ErrTooLarge    = unusable("it is too large")
	ErrHeader      = unusable("no line names the columns of a layout that is known")
	ErrColumnTwice = unusable("a column is there twice")
	ErrCSV         = unusable("its quotes do not match")
	ErrLong        = unusable("a line is too long")
	ErrZip         = unusable("it is an archive of several files")
	ErrPacked      = unusable("it is packed in a way that is not read")
	ErrOldExcel    = unusable("it is a workbook of the old format, or has a password")
	ErrWorkbook    = unusable("it is a workbook that cannot be read")
	ErrMarkup      = unusable("it is a web page")
)

// What is wrong with a line.
var (
	ErrCell = unusable("a cell cannot be read")

	ErrWidth      = fmt.Errorf("%w: the line has more or fewer cells than the header", ErrCell)
	ErrCellLength = fmt.Errorf("%w: it has more than %d bytes", ErrCell, maxCell)
	ErrNumber     = fmt.Errorf("%w: no number, of at most %d characters that can be seen", ErrCell, maxNumber)
	ErrRounded    = fmt.Errorf("%w: a spreadsheet has rounded the number", ErrCell)
	ErrAmount     = fmt.Errorf("%w: no amount in yuan, such as 1,234.50", ErrCell)
	ErrTime       = fmt.Errorf("%w: no time with its day, such as 2026-11-25 10:00:00", ErrCell)
	ErrTypeWord   = fmt.Errorf("%w: the word is neither among charge_words nor among refund_words", ErrCell)
	ErrStateWord  = fmt.Errorf("%w: the word is in none of done_words, open_words and failed_words", ErrCell)
)

// FileError says what makes a statement or an exported journal unusable, and where.
type FileError struct {
	Err    error // of the family [ErrStatement], or [ErrLine]
	Line   int   // from 1; 0: the file as a whole
	Column string
	Detail string // bounds and names of the layout, nothing from the file
}

func (e *FileError) Error() string {
	text := e.Err.Error()
	if e.Column != "" {
		text += ": column " + e.Column
	}
	if e.Detail != "" {
		text += ": " + e.Detail
	}
	if e.Line > 0 {
		text = fmt.Sprintf("line %d: %s", e.Line, text)
	}
	return text
}

func (e *FileError) Unwrap() error { return e.Err }

// noHeader says by which columns the layouts would be recognised.
func noHeader(layouts []Layout) error {
	own := layouts[0]
	return &FileError{Err: ErrHeader, Detail: strings.Join(own.Number, "/") + " + " + strings.Join(own.Amount, "/")}
}
