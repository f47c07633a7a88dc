package reconcile

import (
	"archive/zip"
	"bytes"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"
)

// readPacked reads a workbook, or the one statement in an archive.
func readPacked(file io.Reader, layouts []Layout, each func(Row) error) (Statement, error) {
	data, err := bounded(file, maxPacked)
	if err != nil {
		return Statement{}, err
	}
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return Statement{}, &FileError{Is: ErrPacked}
	}
	var files []*zip.File
	for _, f := range archive.File {
		if f.Name == "xl/workbook.xml" {
			return readWorkbook(data, layouts, each)
		}
		if !f.FileInfo().IsDir() {
			files = append(files, f)
		}
	}
	if len(files) != 1 {
		return Statement{}, &FileError{Is: ErrZip, Detail: strconv.Itoa(len(files))}
	}
	in, err := files[0].Open()
	if err != nil {
		return Statement{}, &FileError{Is: ErrPacked}
	}
	defer in.Close()
	data, err = bounded(in, maxUnpacked)
	if _, large := err.(*FileError); large {
		return Statement{}, err
	} else if err != nil {
		return Statement{}, &FileError{Is: ErrPacked}
	}
	inner := bytes.NewReader(data)
	switch kind, err := kindOfFile(inner); {
	case err != nil:
		return Statement{}, err
	case kind != plainText:
		return Statement{}, &FileError{Is: ErrZip, Detail: "1"}
	}
	return readText(inner, layouts, each)
}

// bounded is all that there is to read, within a bound.
func bounded(in io.Reader, most int64) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(in, most+1))
	if int64(len(data)) > most {
		return nil, &FileError{Is: ErrTooLarge, Detail: strconv.FormatInt(most>>20, 10) + " MiB"}
	}
	return data, err
}

// readWorkbook reads the first sheet that has a header.
func readWorkbook(data []byte, layouts []Layout, each func(Row) error) (s Statement, err error) {
	book, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{
		UnzipSizeLimit: maxUnpacked, UnzipXMLSizeLimit: maxPacked / 4, RawCellValue: true,
	})
	if err != nil {
		return Statement{}, &FileError{Is: ErrWorkbook}
	}
	defer book.Close()
	for _, name := range book.GetSheetList() {
		for _, layout := range layouts {
			rows, err := book.Rows(name)
			if err != nil {
				return Statement{}, &FileError{Is: ErrWorkbook}
			}
			from := &sheetRecords{rows: rows}
			t, found, err := layout.header(from)
			if err == nil && found {
				t.workbook, t.remarks = true, &from.remarks
				s, err = t.rows(from, each)
			}
			rows.Close()
			if found || err != nil {
				return s, err
			}
		}
	}
	return Statement{}, noHeader(layouts)
}

// sheetRecords are the rows of a sheet.
type sheetRecords struct {
	rows    *excelize.Rows
	line    int
	remarks remarks
}

func (r *sheetRecords) next() ([]string, int, error) {
	for r.rows.Next() {
		r.line++
		cells, err := r.rows.Columns()
		if err != nil {
			return nil, r.line, &FileError{Is: ErrWorkbook, Line: r.line}
		}
		if len(cells) > maxColumns {
			return nil, r.line, &FileError{Is: ErrLong, Line: r.line, Detail: strconv.Itoa(maxColumns)}
		}
		if slices.ContainsFunc(cells, func(c string) bool { return strings.TrimSpace(c) != "" }) {
			return cells, r.line, nil
		}
	}
	if r.rows.Error() != nil {
		return nil, r.line, &FileError{Is: ErrWorkbook, Line: r.line}
	}
	return nil, r.line, io.EOF
}
