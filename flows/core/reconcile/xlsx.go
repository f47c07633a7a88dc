package reconcile

import (
	"archive/zip"
	"encoding/xml"
	"errors"
	"io"
	"path"
	"regexp"
	"strconv"
	"strings"
)

// A workbook is read here as far as a statement needs it (ECMA-376, part 1:
// 18.2 workbook, 18.3 sheets, 18.4 shared strings): which sheets there are, and
// what their cells hold as it is stored, without formats and formulas. A library
// that can do more makes its tables when the program starts, which every call of
// HIS would wait for; such a one writes the workbooks of the tests.

// Limits of a workbook, in addition to those of its file.
const (
	maxSheets    = 256
	maxSheetRows = 1 << 20
)

var (
	errWorkbook = errors.New("not as a workbook is")
	errWide     = errors.New("more columns than a statement has")
)

// xlsx is an XLSX file.
type xlsx struct {
	parts  map[string]*zip.File
	sheets []string // their parts, in the order in which people see them
	shared []string // shared strings
}

// relation says where a part is that another part names.
type relation struct {
	ID     string `xml:"Id,attr"`
	Type   string `xml:"Type,attr"`
	Target string `xml:"Target,attr"`
}

// openWorkbook reads what all sheets have in common. The sizes in the archive's
// directory are limits: a part that is longer cannot be read.
func openWorkbook(archive *zip.Reader) (*xlsx, error) {
	b := &xlsx{parts: make(map[string]*zip.File, len(archive.File))}
	left := uint64(maxUnpacked)
	for _, f := range archive.File {
		if f.UncompressedSize64 > left {
			return nil, errWorkbook
		}
		left -= f.UncompressedSize64
		b.parts[strings.TrimPrefix(f.Name, "/")] = f
	}
	var named struct {
		Sheets []struct {
			ID string `xml:"http://schemas.openxmlformats.org/officeDocument/2006/relationships id,attr"`
			// Strict is the same in the standard's strict form.
			Strict string `xml:"http://purl.oclc.org/ooxml/officeDocument/relationships id,attr"`
		} `xml:"sheets>sheet"`
	}
	var relations struct {
		All []relation `xml:"Relationship"`
	}
	if err := errors.Join(b.decode("xl/workbook.xml", &named), b.decode("xl/_rels/workbook.xml.rels", &relations)); err != nil {
		return nil, err
	}
	if len(named.Sheets) > maxSheets {
		return nil, errWorkbook
	}
	at := make(map[string]string, len(relations.All))
	for _, r := range relations.All {
		part := path.Join("xl", r.Target)
		if rooted, ok := strings.CutPrefix(r.Target, "/"); ok {
			part = rooted
		}
		at[r.ID] = part
		if strings.HasSuffix(r.Type, "/sharedStrings") {
			if err := b.readShared(part); err != nil {
				return nil, err
			}
		}
	}
	for _, s := range named.Sheets {
		if part, ok := at[s.ID+s.Strict]; ok {
			b.sheets = append(b.sheets, part)
		}
	}
	return b, nil
}

func (b *xlsx) open(part string) (io.ReadCloser, error) {
	f, ok := b.parts[part]
	if !ok {
		return nil, errWorkbook
	}
	return f.Open()
}

func (b *xlsx) decode(part string, to any) error {
	in, err := b.open(part)
	if err != nil {
		return err
	}
	defer in.Close()
	return xml.NewDecoder(in).Decode(to)
}

// text is the text of a cell: one piece, or several in different formats. Phonetic
// hints are left out.
type text struct {
	T string `xml:"t"`
	R []struct {
		T string `xml:"t"`
	} `xml:"r"`
}

func (t text) String() string {
	all := t.T
	for _, r := range t.R {
		all += r.T
	}
	return unescaped(all)
}

var escaped = regexp.MustCompile(`_x[0-9A-Fa-f]{4}_`)

// unescaped decodes the characters that XML cannot hold (ST_Xstring: _x000D_).
func unescaped(text string) string {
	if !strings.Contains(text, "_x") {
		return text
	}
	return escaped.ReplaceAllStringFunc(text, func(code string) string {
		r, err := strconv.ParseUint(code[2:6], 16, 16)
		if err != nil {
			return code
		}
		return string(rune(r))
	})
}

func (b *xlsx) readShared(part string) error {
	return b.each(part, "si", func(d *xml.Decoder, start xml.StartElement) error {
		var t text
		err := d.DecodeElement(&t, &start)
		b.shared = append(b.shared, t.String())
		return err
	})
}

// each calls a function for the elements of a part with this name.
func (b *xlsx) each(part, name string, take func(*xml.Decoder, xml.StartElement) error) error {
	in, err := b.open(part)
	if err != nil {
		return err
	}
	defer in.Close()
	for d := xml.NewDecoder(in); ; {
		token, err := d.Token()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if start, ok := token.(xml.StartElement); ok && start.Name.Local == name {
			if err := take(d, start); err != nil {
				return err
			}
		}
	}
}

// sheet is a sheet that is read row by row.
type sheet struct {
	book *xlsx
	in   io.ReadCloser
	xml  *xml.Decoder
	line int // of the latest row
}

func (b *xlsx) sheet(part string) (*sheet, error) {
	in, err := b.open(part)
	if err != nil {
		return nil, err
	}
	return &sheet{book: b, in: in, xml: xml.NewDecoder(in)}, nil
}

func (s *sheet) close() { _ = s.in.Close() }

// row returns the next row's cells; io.EOF after the last.
func (s *sheet) row() ([]string, error) {
	for {
		token, err := s.xml.Token()
		if err != nil {
			return nil, err
		}
		start, ok := token.(xml.StartElement)
		if !ok || start.Name.Local != "row" {
			continue
		}
		line := s.line + 1
		if said := attr(start, "r"); said != "" {
			if line, err = strconv.Atoi(said); err != nil || line <= s.line {
				return nil, errWorkbook
			}
		}
		if line > maxSheetRows {
			return nil, errWorkbook
		}
		s.line = line
		return s.cells()
	}
}

func (s *sheet) cells() (cells []string, err error) {
	for {
		token, err := s.xml.Token()
		if err != nil {
			return nil, noEnd(err)
		}
		switch element := token.(type) {
		case xml.EndElement:
			if element.Name.Local == "row" {
				return cells, nil
			}
		case xml.StartElement:
			if element.Name.Local != "c" {
				continue
			}
			at := len(cells)
			if named := attr(element, "r"); named != "" {
				at = cellColumn(named)
			}
			switch {
			case at < len(cells):
				return nil, errWorkbook
			case at >= maxColumns:
				return nil, errWide
			}
			for len(cells) < at {
				cells = append(cells, "")
			}
			value, err := s.cell(element)
			if err != nil {
				return nil, err
			}
			cells = append(cells, value)
		}
	}
}

// cell is the content of a cell: its own or a shared text, or a value as it is
// stored.
func (s *sheet) cell(start xml.StartElement) (string, error) {
	var c struct {
		V  string `xml:"v"`
		Is text   `xml:"is"`
	}
	if err := s.xml.DecodeElement(&c, &start); err != nil {
		return "", noEnd(err)
	}
	switch attr(start, "t") {
	case "inlineStr":
		return c.Is.String(), nil
	case "str":
		return unescaped(c.V), nil
	case "s":
		n, err := strconv.Atoi(strings.TrimSpace(c.V))
		if err != nil || n < 0 || n >= len(s.book.shared) {
			return "", errWorkbook
		}
		return s.book.shared[n], nil
	}
	return c.V, nil
}

// noEnd turns an end in the middle of a row into an error: the sheet was cut off.
func noEnd(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

func attr(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name && a.Name.Space == "" {
			return a.Value
		}
	}
	return ""
}

// cellColumn is the column of a cell by its name, such as AB12, from 0; beyond
// every limit if it has none.
func cellColumn(name string) int {
	n := 0
	for i := 0; i < len(name); i++ {
		c := name[i]
		switch {
		case c >= 'A' && c <= 'Z' && n <= maxColumns:
			n = n*26 + int(c-'A') + 1
		case c >= '0' && c <= '9' && i > 0:
			return n - 1
		default:
			return maxColumns + 1
		}
	}
	return maxColumns + 1
}
