package main

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
)

// statementDay is the day of the statements in these tests, which is over.
const statementDay = "2025-11-27"

// aStatement is one of a layout that is known, of the same trades as the others.
type aStatement struct {
	name   string // its file among the test data
	gbk    bool
	config bool // its layout is configured
	// What it has: there are bills of payments alone, and of refunds.
	charges, refunds bool
}

func statements() []aStatement {
	return []aStatement{
		{name: "wechat-all.csv", charges: true, refunds: true},
		{name: "wechat-success.csv", charges: true},
		{name: "wechat-refund.csv", refunds: true},
		{name: "alipay-detail.csv", gbk: true, charges: true, refunds: true},
		{name: "acquirer.txt", gbk: true, charges: true, refunds: true},
		{name: "pipe.txt", gbk: true, charges: true},
		{name: "hospital.csv", config: true, charges: true, refunds: true},
	}
}

const statementData = "../flows/core/reconcile/testdata/statements/"

// text is the statement, of a day that is over.
func (s aStatement) text(t *testing.T) string {
	t.Helper()
	data, err := os.ReadFile(statementData + s.name)
	if err == nil && s.gbk {
		data, err = simplifiedchinese.GBK.NewDecoder().Bytes(data)
	}
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(string(data), "2026-11-27", statementDay)
}

// file keeps a text as the statement is kept.
func (s aStatement) file(t *testing.T, text string) string {
	t.Helper()
	data := []byte(text)
	if s.gbk {
		var err error
		if data, err = simplifiedchinese.GBK.NewEncoder().Bytes(data); err != nil {
			t.Fatal(err)
		}
	}
	return kept(t, s.name, data)
}

func kept(t *testing.T, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// journal is what the statements are about.
func (s aStatement) journal(t *testing.T) string {
	t.Helper()
	data, err := os.ReadFile(statementData + "journal.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	var lines bytes.Buffer
	for line := range strings.Lines(strings.NewReplacer("2026-11-2", "2025-11-2", `"trace_time": "2026`, `"trace_time": "2025`).Replace(string(data))) {
		if refund := strings.Contains(line, `"refund"`); refund && s.refunds || !refund && s.charges {
			lines.WriteString(line)
		}
	}
	return kept(t, "journal.jsonl", lines.Bytes())
}

func (s aStatement) settings(t *testing.T) string {
	t.Helper()
	text := []byte("platform.driver = 'sandbox'\n[terminal]\nterm_no = 'ZZJ641'\n")
	if s.config {
		var err error
		if text, err = os.ReadFile(statementData + "hospital.toml"); err != nil {
			t.Fatal(err)
		}
	}
	return kept(t, "onetrans.toml", text)
}

// found reconciles a file with the journal, and says what came of it but what is
// the same, as "class kind number difference…".
func (s aStatement) found(t *testing.T, file string) (lines []string, exit int) {
	t.Helper()
	var out, log bytes.Buffer
	exit = run(t.Context(), []string{
		"reconcile", "--date", statementDay, "--config", s.settings(t), "--journal", s.journal(t), "--statement", file, "--json",
	}, &out, &log)
	var report struct {
		Balanced bool
		Items    []struct {
			Class, Kind, No string
			Differences     []string
		}
	}
	if err := json.Unmarshal(out.Bytes(), &report); err != nil {
		t.Fatalf("%s: exit %d: %v: %s%s", s.name, exit, err, out.String(), log.String())
	}
	if report.Balanced != (exit == exitOK) {
		t.Errorf("%s: balanced %v, exit %d", s.name, report.Balanced, exit)
	}
	for _, i := range report.Items {
		if i.Class != "matched" {
			lines = append(lines, strings.Join(append([]string{i.Class, i.Kind, i.No}, i.Differences...), " "))
		}
	}
	slices.Sort(lines)
	return lines, exit
}

// change changes the line that has a text.
func change(t *testing.T, text, has string, to func(line string) string) string {
	t.Helper()
	changed, times := "", 0
	for line := range strings.SplitAfterSeq(text, "\n") {
		if strings.Contains(line, has) {
			line = to(line)
			times++
		}
		changed += line
	}
	if times != 1 {
		t.Fatalf("%d lines have %q", times, has)
	}
	return changed
}

// Statements as they are downloaded balance; a row that is taken out, changed or
// added is told, and nothing else.
func TestEachLayoutReconcilesAndEachChangeIsTold(t *testing.T) {
	const charge, refund = "R20261127202442021", "F20261127202442015a"
	replaced := func(from, to string) func(string) string {
		return func(line string) string { return strings.ReplaceAll(line, from, to) }
	}
	added := func(no, as string) func(string) string {
		return func(line string) string { // with other numbers of the platform's, too
			return line + strings.NewReplacer(no, as, "1772092263833846009", "1772092263833846000", "1777044473653803477", "1777044473653803000").Replace(line)
		}
	}
	gone := func(string) string { return "" }
	for _, s := range statements() {
		t.Run(s.name, func(t *testing.T) {
			text := s.text(t)
			if found, exit := s.found(t, s.file(t, text)); exit != exitOK || found != nil {
				t.Fatalf("as it is: exit %d, %q", exit, found)
			}
			changes := map[string]string{}
			for _, row := range []struct {
				has              bool
				kind, no         string
				amount, mistaken string
			}{{s.charges, "charge", charge, "8.52", "8.25"}, {s.refunds, "refund", refund, "96.66", "66.96"}} {
				if !row.has {
					continue
				}
				changes["missing_there "+row.kind+" "+row.no] = change(t, text, row.no, gone)
				changes["differs "+row.kind+" "+row.no+" amount"] = change(t, text, row.no, replaced(row.amount, row.mistaken))
				changes["missing_here "+row.kind+" "+row.no+"9"] = change(t, text, row.no, added(row.no, row.no+"9"))
				changes["duplicate "+row.kind+" "+row.no] = change(t, text, row.no, func(line string) string { return line + line })
			}
			for want, changed := range changes {
				if found, exit := s.found(t, s.file(t, changed)); exit != exitDiffers || !slices.Equal(found, []string{want}) {
					t.Errorf("exit %d, found %q, want %q", exit, found, want)
				}
			}
		})
	}
}

// What a bill can't have is not vouched for by what it has.
func TestABillOfPaymentsAloneNeverBalancesADayWithRefunds(t *testing.T) {
	for _, s := range []struct {
		aStatement
		lacks []string
	}{
		{aStatement{name: "wechat-success.csv", charges: true}, []string{"missing_there refund F20261127202442015a", "missing_there refund F20261127202442015b"}},
		{aStatement{name: "wechat-refund.csv", refunds: true}, []string{
			"missing_there charge R20261127202442019", "missing_there charge R20261127202442020", "missing_there charge R20261127202442021", "missing_there charge R20261127202442022",
		}},
	} {
		text := s.text(t)
		s.charges, s.refunds = true, true
		if found, exit := s.found(t, s.file(t, text)); exit != exitDiffers || !slices.Equal(found, s.lacks) {
			t.Errorf("%s: exit %d, %q", s.name, exit, found)
		}
	}
}

// A statement that was opened in a spreadsheet and saved, or is UTF-16, is the same.
func TestAStatementFromASpreadsheetIsTheSame(t *testing.T) {
	s := statements()[0]
	book := excelize.NewFile()
	for n, line := range strings.Split(strings.TrimPrefix(strings.ReplaceAll(s.text(t), "`", ""), "\ufeff"), "\r\n") {
		var cells []any
		for _, cell := range strings.Split(line, ",") {
			cells = append(cells, cell)
		}
		at, _ := excelize.CoordinatesToCellName(1, n+3)
		if err := book.SetSheetRow("Sheet1", at, &cells); err != nil {
			t.Fatal(err)
		}
	}
	// As a spreadsheet keeps an amount and a time: as numbers.
	for cell, value := range map[string]float64{"Y4": 127.90000000000001, "A4": 45988.85048611111} {
		if err := book.SetCellFloat("Sheet1", cell, value, -1, 64); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(t.TempDir(), "statement.xlsx")
	if err := book.SaveAs(path); err != nil {
		t.Fatal(err)
	}
	if found, exit := s.found(t, path); exit != exitOK || found != nil {
		t.Errorf("XLSX: exit %d, %q", exit, found)
	}
	wide, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(strings.TrimPrefix(s.text(t), "\ufeff"))
	if err != nil {
		t.Fatal(err)
	}
	if found, exit := s.found(t, kept(t, "wide.csv", []byte(wide))); exit != exitOK || found != nil {
		t.Errorf("UTF-16: exit %d, %q", exit, found)
	}
}

// says reconciles a file, which must end so and say so, and not what it must not.
func (s aStatement) says(t *testing.T, file string, exit int, says, not []string, args ...string) {
	t.Helper()
	var out, log bytes.Buffer
	args = append([]string{"reconcile", "--date", statementDay, "--config", s.settings(t), "--journal", s.journal(t), "--statement", file}, args...)
	got := run(t.Context(), args, &out, &log)
	said := out.String() + log.String()
	missing := slices.DeleteFunc(slices.Clone(says), func(text string) bool { return strings.Contains(said, text) })
	wrong := slices.DeleteFunc(slices.Clone(not), func(text string) bool { return !strings.Contains(said, text) })
	if got != exit || len(missing) > 0 || len(wrong) > 0 {
		t.Errorf("exit %d, want %d; does not say %q; says %q:\n%s", got, exit, missing, wrong, said)
	}
}

// The word balanced belongs to a whole statement of this terminal's, of a day
// that is over.
func TestOnlyAStatementThatFitsBalances(t *testing.T) {
	s := statements()[0]
	text := s.text(t)
	s.says(t, s.file(t, text), exitOK, []string{"微信支付账单，6 行", "结果：账平"}, []string{"没有这些列"})
	s.says(t, s.file(t, strings.Replace(text, "`6,`490.94", "`7,`490.94", 1)), exitDiffers, []string{"自称有 7 行交易，实际有 6 行", "账不平"}, nil)
	s.says(t, s.file(t, text), exitDiffers, []string{"没有本机这一天的任何一行", "账不平"}, []string{"账平"}, "--date", "2025-11-20")

	others := strings.NewReplacer("`D641", "`D777", "`R2026", "`S2026", "`F2026", "`G2026", "`17", "`19").Replace(text)
	s.says(t, s.file(t, others), exitDiffers, []string{"没有本机这一天的任何一行", "其他终端 6 行（D777）", "账不平"}, []string{"账平"}, "--date", "2025-11-20")
	s.says(t, s.file(t, others), exitDiffers, []string{"没有本机这一天的任何一行", "平台没有（6 笔）"}, []string{"账平"})

	// One whose words say that it is this terminal is, whatever it calls it.
	added := change(t, text, "R20261127202442021", func(line string) string {
		return line + strings.NewReplacer("R20261127202442021", "R9", "`177", "`197").Replace(line) + strings.NewReplacer("R20261127202442021", "R8", "`177", "`198", "D641", "D642").Replace(line)
	})
	s.says(t, s.file(t, added), exitDiffers, []string{"日志没有（1 笔）", "R9", "其他终端 1 行（D642）"}, []string{"R8"})
}

// What can't be read says what to do.
func TestWhatCannotBeReadSaysWhatToDo(t *testing.T) {
	s := statements()[0]
	several := zipped(t, map[string]string{"a.csv": s.text(t), "b.csv": "x"})
	for name, c := range map[string]struct {
		data string
		says string
	}{
		"two.zip":     {several, "请先解压"},
		"old.xls":     {"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "另存为 CSV 或不带密码的 XLSX"},
		"page.xls":    {"<html><table><tr>", "是网页"},
		"bill.gz":     {"\x1f\x8b\x08\x00", "请先解压"},
		"cut.zip":     {several[:len(several)/2], "请先解压"},
		"commas.csv":  {s.text(t) + strings.Repeat(",", 60<<20), "这一行太长"},
		"other.csv":   {"a,b\n1,2\n", "写明列名"},
		"rounded.csv": {strings.Replace(s.text(t), "`R20261127202442021", "2.02611E+16", 1), "科学计数"},
		"bomb.xlsx":   {zipped(t, map[string]string{"xl/workbook.xml": "<x/>", "xl/worksheets/sheet1.xml": strings.Repeat("\x00", 300<<20)}), "另存为 CSV"},
	} {
		s.says(t, kept(t, name, []byte(c.data)), exitFailed, []string{name, c.says}, []string{"账平"})
	}
	s.says(t, kept(t, "one.zip", []byte(zipped(t, map[string]string{"bill.csv": s.text(t)}))), exitOK, []string{"账平"}, nil)
	english := kept(t, "en.toml", []byte("platform.driver = 'sandbox'\nui.language = 'en'\n[terminal]\nterm_no = 'ZZJ641'\n"))
	s.says(t, kept(t, "two.zip", []byte(several)), exitFailed, []string{"unpack it"}, nil, "--config", english)
	s.says(t, s.file(t, s.text(t)), exitOK, []string{"WeChat Pay's bill", "Result: balanced"}, nil, "--config", english)
}

func zipped(t *testing.T, files map[string]string) string {
	t.Helper()
	var data bytes.Buffer
	w := zip.NewWriter(&data)
	for name, content := range files {
		in, err := w.Create(name)
		if err == nil {
			_, err = io.WriteString(in, content)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return data.String()
}
