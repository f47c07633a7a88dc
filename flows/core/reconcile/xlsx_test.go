package reconcile

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"
)

// parts are a workbook's files, of one sheet with these rows.
func parts(rows string) map[string]string {
	return map[string]string{
		"xl/workbook.xml":            `<workbook xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="账单" sheetId="1" r:id="rId1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="rId1" Type="t/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="t/sharedStrings" Target="/xl/sharedStrings.xml"/></Relationships>`,
		"xl/sharedStrings.xml":       `<sst><si><t>甲</t></si><si><r><t>乙</t></r><rPh><t>yi</t></rPh><r><t>丙</t></r></si><si><t>a_x000D_b</t></si></sst>`,
		"xl/worksheets/sheet1.xml":   `<worksheet><sheetData>` + rows + `</sheetData></worksheet>`,
	}
}

func zipped(t testing.TB, files map[string]string) *zip.Reader {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for name, text := range files {
		f, err := w.Create(name)
		if err == nil {
			_, err = io.WriteString(f, text)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	r, err := zip.NewReader(bytes.NewReader(out.Bytes()), int64(out.Len()))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// rowsOf are the rows of a workbook's first sheet, with where each stands.
func rowsOf(archive *zip.Reader) (rows [][]string, lines []int, err error) {
	b, err := openWorkbook(archive)
	if err != nil {
		return nil, nil, err
	}
	if len(b.sheets) == 0 {
		return nil, nil, errWorkbook
	}
	s, err := b.sheet(b.sheets[0])
	if err != nil {
		return nil, nil, err
	}
	defer s.close()
	for {
		cells, err := s.row()
		if err == io.EOF {
			return rows, lines, nil
		}
		if err != nil {
			return nil, nil, err
		}
		rows, lines = append(rows, cells), append(lines, s.line)
	}
}

func TestACellOfEachKindIsReadAsItIsStored(t *testing.T) {
	for cell, want := range map[string]string{
		`<c r="A1" t="s"><v>0</v></c>`:                                        "甲",
		`<c r="A1" t="s"><v>1</v></c>`:                                        "乙丙",
		`<c r="A1" t="s"><v>2</v></c>`:                                        "a\rb",
		`<c r="A1" t="inlineStr"><is><t xml:space="preserve"> x</t></is></c>`: " x",
		`<c r="A1" t="str"><f>A2&amp;A3</f><v>合计</v></c>`:                     "合计",
		`<c r="A1" t="b"><v>1</v></c>`:                                        "1",
		`<c r="A1" t="e"><v>#N/A</v></c>`:                                     "#N/A",
		`<c r="A1" s="7"><v>45988.85048611111</v></c>`:                        "45988.85048611111",
		`<c r="A1"/>`:     "",
		`<c><v>7</v></c>`: "7",
	} {
		rows, lines, err := rowsOf(zipped(t, parts(`<row>`+cell+`</row>`)))
		if err != nil || len(rows) != 1 || !slices.Equal(rows[0], []string{want}) || lines[0] != 1 {
			t.Errorf("%s: %q %v %v", cell, rows, lines, err)
		}
	}
}

func TestRowsAndCellsThatAreLeftOutKeepTheirPlace(t *testing.T) {
	rows, lines, err := rowsOf(zipped(t, parts(`<row r="3"><c r="B3"><v>1</v></c><c r="D3"><v>2</v></c></row><row r="9"/><row><c><v>3</v></c></row>`)))
	if err != nil || !slices.Equal(lines, []int{3, 9, 10}) || !slices.Equal(rows[0], []string{"", "1", "", "2"}) || len(rows[1]) != 0 || rows[2][0] != "3" {
		t.Errorf("%q %v %v", rows, lines, err)
	}
}

func TestABrokenWorkbookIsRefused(t *testing.T) {
	without := func(part string) map[string]string {
		p := parts(`<row/>`)
		delete(p, part)
		return p
	}
	for name, p := range map[string]map[string]string{
		"a text that is not there":     parts(`<row><c t="s"><v>3</v></c></row>`),
		"a text before the first":      parts(`<row><c t="s"><v>-1</v></c></row>`),
		"a text without a number":      parts(`<row><c t="s"><v>x</v></c></row>`),
		"a cell without a column":      parts(`<row><c r="7"><v>1</v></c></row>`),
		"a column that goes back":      parts(`<row><c r="B1"/><c r="A1"/></row>`),
		"a column beyond every bound":  parts(`<row><c r="ZZZZZZZZZZZZZZ1"><v>1</v></c></row>`),
		"a row that goes back":         parts(`<row r="2"/><row r="2"/>`),
		"a row beyond every bound":     parts(`<row r="1048577"/>`),
		"a row without a number":       parts(`<row r="x"/>`),
		"a sheet that was cut off":     parts(`<row><c r="A1"><v>1`),
		"no shared texts":              without("xl/sharedStrings.xml"),
		"no relations":                 without("xl/_rels/workbook.xml.rels"),
		"no sheet":                     without("xl/worksheets/sheet1.xml"),
		"a document type of its own":   parts(`<row><c t="str"><v>&bomb;</v></c></row>`),
		"more sheets than anybody has": {"xl/workbook.xml": "<workbook><sheets>" + strings.Repeat("<sheet/>", maxSheets+1) + "</sheets></workbook>", "xl/_rels/workbook.xml.rels": "<Relationships/>"},
	} {
		if rows, _, err := rowsOf(zipped(t, p)); err == nil {
			t.Errorf("%s: %q", name, rows)
		}
	}
	bomb := zipped(t, parts(`<row/>`))
	bomb.File[0].UncompressedSize64 = maxUnpacked
	if _, err := openWorkbook(bomb); err == nil {
		t.Error("more is unpacked than may be")
	}
	if _, _, err := rowsOf(zipped(t, parts(`<row><c r="GR1"><v>1</v></c></row>`))); err != nil { // the 200th
		t.Error(err)
	}
	if _, _, err := rowsOf(zipped(t, parts(`<row><c r="GS1"><v>1</v></c></row>`))); !errors.Is(err, errWide) {
		t.Error(err)
	}
}

// What another program writes is read as that program reads it.
func TestAWorkbookIsReadAsAnotherProgramReadsIt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		written := excelize.NewFile()
		defer written.Close()
		value := rapid.OneOf(
			rapid.StringMatching(`[ -~甲乙𠅤㛃_x0-9A-F]{0,12}`).AsAny(), rapid.Float64Range(-1e9, 1e9).AsAny(),
			rapid.Int64().AsAny(), rapid.Bool().AsAny(), rapid.Just[any](nil),
		)
		for n := range rapid.IntRange(1, 8).Draw(t, "rows") {
			cells := rapid.SliceOfN(value, 0, 12).Draw(t, "cells")
			at, _ := excelize.CoordinatesToCellName(1, 2*n+1)
			if err := written.SetSheetRow("Sheet1", at, &cells); err != nil {
				t.Fatal(err)
			}
		}
		data, err := written.WriteToBuffer()
		if err != nil {
			t.Fatal(err)
		}
		want, err := written.GetRows("Sheet1", excelize.Options{RawCellValue: true})
		if err != nil {
			t.Fatal(err)
		}
		archive, err := zip.NewReader(bytes.NewReader(data.Bytes()), int64(data.Len()))
		if err != nil {
			t.Fatal(err)
		}
		rows, lines, err := rowsOf(archive)
		if err != nil {
			t.Fatal(err)
		}
		got := make([][]string, len(want))
		for i, cells := range rows {
			if lines[i] > len(want) {
				if slices.ContainsFunc(cells, func(c string) bool { return c != "" }) {
					t.Fatalf("row %d is too many: %q", lines[i], cells)
				}
				continue
			}
			got[lines[i]-1] = cells
		}
		for i := range want {
			if !slices.Equal(trimmed(got[i]), trimmed(want[i])) {
				t.Fatalf("row %d is %q, want %q", i+1, got[i], want[i])
			}
		}
	})
}

// trimmed is a row without empty cells at its end.
func trimmed(cells []string) []string {
	for len(cells) > 0 && cells[len(cells)-1] == "" {
		cells = cells[:len(cells)-1]
	}
	return cells
}
