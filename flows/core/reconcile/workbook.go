package reconcile

import (
	"archive/zip"
	"bytes"
	"io"
	"slices"
	"strconv"
	"strings"
)

// readPacked reads a workbook, or the one statement in an archive.
func readPacked(file io.Reader, layouts []Layout, each func(Row) error) (Statement, error) {
	data, err := bounded(file, maxPacked)
	if err != nil {
		return Statement{}, err
	}
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return Statement{}, &FileError{Err: ErrPacked}
	}
	var files []*zip.File
	for _, f := range archive.File {
		if f.Name == "xl/workbook.xml" {
			return readWorkbook(archive, layouts, each)
		}
		if !f.FileInfo().IsDir() {
			files = append(files, f)
		}
	}
	if len(files) != 1 {
		return Statement{}, &FileError{Err: ErrZip, Detail: strconv.Itoa(len(files))}
	}
	in, err := files[0].Open()
	if err != nil {
		return Statement{}, &FileError{Err: ErrPacked}
	}
	defer in.Close()
	data, err = bounded(in, maxUnpacked)
	if _, large := err.(*FileError); large {
		return Statement{}, err
	} else if err != nil {
		return Statement{}, &FileError{Err: ErrPacked}
	}
	inner := bytes.NewReader(data)
	switch kind, err := kindOfFile(inner); {
	case err != nil:
		return Statement{}, err
	case kind != plainText:
		return Statement{}, &FileError{Err: ErrZip, Detail: "1"}
	}
	return readText(inner, layouts, each)
}

// bounded is all that there is to read, within a bound.
func bounded(in io.Reader, most int64) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(in, most+1))
	if int64(len(data)) > most {
		return nil, &FileError{Err: ErrTooLarge, Detail: strconv.FormatInt(most>>20, 10) + " MiB"}
	}
	return data, err
}

// readWorkbook reads the first sheet that has a header.
func readWorkbook(archive *zip.Reader, layouts []Layout, each func(Row) error) (s Statement, err error) {
	book, err := openWorkbook(archive)
	if err != nil {
		return Statement{}, &FileError{Err: ErrWorkbook}
	}
	for _, part := range book.sheets {
		for _, layout := range layouts {
			rows, err := book.sheet(part)
			if err != nil {
				return Statement{}, &FileError{Err: ErrWorkbook}
			}
			from := &sheetRecords{rows: rows}
			t, found, err := layout.header(from)
			if err == nil && found {
				t.workbook, t.remarks = true, &from.remarks
				s, err = t.rows(from, each)
			}
			rows.close()
			if found || err != nil {
				return s, err
			}
		}
	}
	return Statement{}, noHeader(layouts)
}

// sheetRecords are the rows of a sheet.
type sheetRecords struct {
	rows    *sheet
	remarks remarks
}

func (r *sheetRecords) next() ([]string, int, error) {
	for {
		cells, err := r.rows.row()
		switch {
		case err == io.EOF:
			return nil, r.rows.line, io.EOF
		case err == errWide:
			return nil, r.rows.line, &FileError{Err: ErrLong, Line: r.rows.line, Detail: strconv.Itoa(maxColumns)}
		case err != nil:
			return nil, r.rows.line, &FileError{Err: ErrWorkbook, Line: r.rows.line}
		case slices.ContainsFunc(cells, func(c string) bool { return strings.TrimSpace(c) != "" }):
			return cells, r.rows.line, nil
		}
	}
}
