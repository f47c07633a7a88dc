package reconcile

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"onetrans/flows/message/onetrans"
)

const header = "CHANNEL_TRACENO,TRADE_AMOUNT,TRADE_TYPE,TRADE_TIME,TRADE_STATE,TERM_NO\n"

func parse(text string) (read, error) { return readWith(DefaultLayout(), text) }

// read is a statement with its rows.
type read struct {
	Statement
	Rows []Row
}

func readWith(own Layout, text string) (r read, err error) {
	r.Statement, err = ReadStatement(strings.NewReader(text), Layouts(own), func(row Row) error {
		row.No, row.Trace = strings.Clone(row.No), strings.Clone(row.Trace)
		r.Rows = append(r.Rows, row)
		return nil
	})
	return r, err
}

func TestRowsAreRead(t *testing.T) {
	noon := at(t, "12:00:00")
	want := Row{Line: 2, Kind: Charge, No: "A1", Amount: 123450, State: Moved, At: noon, Terminal: "T1"}
	for name, text := range map[string]string{
		"plain":           header + "A1,1234.50,充值,20261125120000,成功,T1\n",
		"no last newline": header + "A1,1234.50,充值,20261125120000,成功,T1",
		"spreadsheet's":   "\ufeff" + header + `="A1","1,234.50",充值,2026/11/25 12:00,成功,'T1` + "\r\n",
		"WeChat's":        header + "`A1,`1234.50,`支付,`2026-11-25 12:00:00,`SUCCESS,`T1\n",
		"marked":          header + "A1,￥1234.5元,充值,2026-11-25T12:00:00+08:00,succ,T1\n",
		"other case":      strings.ToLower(header) + "A1,1234.50,充值,20261125120000,成功,T1",
		"trailing commas": header + "A1,1234.50,充值,20261125120000,成功,T1,,\n",
		"semicolons":      strings.ReplaceAll(header+"A1,1234.50,充值,20261125120000,成功,T1", ",", ";"),
	} {
		s, err := parse(text)
		if err != nil || len(s.Rows) != 1 || s.Rows[0].No != want.No || !s.Rows[0].At.Equal(want.At) {
			t.Errorf("%s: %+v, %v", name, s, err)
			continue
		}
		s.Rows[0].At = noon
		if s.Rows[0] != want {
			t.Errorf("%s: %+v", name, s.Rows[0])
		}
	}
}

func TestTheHeaderMayStandBelowATitle(t *testing.T) {
	s, err := parse("某某医院对账单\n\"起始日期\",2026-11-25\n\n" + header + "A1,1,充值,,,\n合计,,,,,\n\n")
	if err != nil || len(s.Rows) != 1 || s.Rows[0].Line != 5 {
		t.Fatalf("%+v, %v", s, err)
	}
}

func TestLinesWithoutNumberAndAmountAreNoTrades(t *testing.T) {
	s, err := parse("序号," + header + "1,A1,1,充值,,,\n合计：1 笔\n,,,,,,\n")
	if err != nil || len(s.Rows) != 1 || s.Skipped != 2 {
		t.Fatalf("%+v, %v", s, err)
	}
}

func TestColumnsThatAreNotThere(t *testing.T) {
	s, err := parse("CHANNEL_TRACENO\tTRADE_AMOUNT\nA1\t-5\nA2\t5")
	if err != nil || len(s.Without) != 5 {
		t.Fatalf("%+v, %v", s, err)
	}
	if s.Rows[0].Kind != Refund || s.Rows[0].Amount != 500 || s.Rows[1].Kind != Charge || s.Rows[1].State != Moved || !s.Rows[1].At.IsZero() {
		t.Errorf("%+v", s.Rows)
	}
}

func TestWhichWayTheMoneyWent(t *testing.T) {
	for cells, want := range map[string]Row{
		"充值,1":                {Kind: Charge, Amount: 100},
		"退款,1":                {Kind: Refund, Amount: 100},
		"退款,-1":               {Kind: Refund, Amount: 100},
		"充值,-1":               {Kind: Refund, Amount: 100},
		",1":                  {Kind: Charge, Amount: 100},
		",-0.01":              {Kind: Refund, Amount: 1},
		"HOP.trade.refund,+1": {Kind: Refund, Amount: 100},
	} {
		s, err := parse("TRADE_TYPE,TRADE_AMOUNT,CHANNEL_TRACENO\n" + cells + ",A")
		if err != nil || s.Rows[0].Kind != want.Kind || s.Rows[0].Amount != want.Amount {
			t.Errorf("%s: %+v, %v", cells, s.Rows, err)
		}
	}
}

func TestWhatIsNoStatementIsRefusedWithItsLine(t *testing.T) {
	const secret = "350102199003071234"
	for name, c := range map[string]struct {
		text string
		is   error
		says string
	}{
		"nothing":             {"", ErrHeader, "CHANNEL_TRACENO"},
		"no header":           {secret + ",1\n", ErrHeader, "TRADE_AMOUNT"},
		"no amounts":          {"CHANNEL_TRACENO\nA", ErrHeader, "TRADE_AMOUNT"},
		"a column twice":      {"TRADE_AMOUNT,CHANNEL_TRACENO,TRADE_AMOUNT\n1,A,2", ErrColumnTwice, "line 1"},
		"UTF-16 without rows": {"\xff\xfeA\x00", ErrHeader, "CHANNEL_TRACENO"},
		"a picture":           {header + "A\x00", ErrEncoding, "line 2"},
		"no encoding":         {header + "\n" + secret + "\xff\xff,1,充值,,,", ErrEncoding, "line 3"},
		"an open quote":       {header + "\"" + secret + ",1,充值,,,\nB,1,充值,,,", ErrCSV, "line 2"},
		"a stray quote":       {header + "A,1,充值,,,\n" + secret + "\"x,1,充值,,,", ErrCSV, "line 3"},
		"a cell too many":     {header + "A,1,234.50,充值,,成功,T1", ErrCell, "line 2: "},
		"a cell too few":      {header + secret + ",1,充值,,", ErrWidth, "line 2: "},
		"no amount":           {header + "A," + secret + "x,充值,,,", ErrCell, "TRADE_AMOUNT"},
		"an amount left out":  {header + "A,,充值,,,", ErrCell, "TRADE_AMOUNT"},
		"a third decimal":     {header + "A,1.001,充值,,,", ErrCell, "TRADE_AMOUNT"},
		"a spreadsheet's sum": {header + "A,1E+03,充值,,,", ErrCell, "TRADE_AMOUNT"},
		"a rounded number":    {header + "1.75601E+18,1,充值,,,", ErrRounded, "CHANNEL_TRACENO"},
		"a line of commas":    {header + strings.Repeat(",", 1<<20), ErrLong, "line 2"},
		"a quote of a MiB":    {header + "\"" + strings.Repeat("x\n", 1<<19), ErrLong, "line "},
		"an old workbook":     {"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", ErrOldExcel, ""},
		"a web page":          {" <html><table>", ErrMarkup, ""},
		"packed otherwise":    {"\x1f\x8b\x08", ErrPacked, ""},
		"a broken archive":    {"PK\x03\x04", ErrPacked, ""},
		"badly grouped":       {header + "A,\"12,34\",充值,,,", ErrCell, "TRADE_AMOUNT"},
		"unknown type":        {header + "A,1," + secret + ",,,", ErrCell, "charge_words"},
		"unknown state":       {header + "A,1,充值,," + secret + ",", ErrCell, "done_words"},
		"a time without day":  {header + "A,1,充值,12:00:00,,", ErrCell, "TRADE_TIME"},
		"no such day":         {header + "A,1,充值,20261131120000,,", ErrCell, "TRADE_TIME"},
		"a long number":       {header + strings.Repeat("9", 65) + ",1,充值,,,", ErrCell, "64"},
		"an escape sequence":  {header + "A\x1b[2J,1,充值,,,", ErrCell, "line 2"},
		"a hidden character":  {header + "A\u202e1,1,充值,,,", ErrCell, "line 2"},
		"a long cell":         {header + "A,1,充值,,," + strings.Repeat("x", 5000), ErrCell, "4096"},
	} {
		_, err := parse(c.text)
		if !errors.Is(err, c.is) || !errors.Is(err, ErrStatement) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
		if err != nil && strings.Contains(err.Error(), secret) {
			t.Errorf("%s: tells the content: %v", name, err)
		}
	}
}

func TestTheLayoutIsTheHospitals(t *testing.T) {
	own := DefaultLayout()
	own.Number, own.Amount, own.Type, own.Time = []string{"商户订单号"}, []string{"金额"}, []string{"方向"}, nil
	own.State, own.Terminal, own.Trace = nil, nil, nil
	own.ChargeWords, own.RefundWords = []string{"C"}, []string{"D"}
	s, err := readWith(own, "方向,商户订单号,金额,CHANNEL_TRACENO\nD,R1,5,x\nC,A1,6,y")
	if err != nil || len(s.Rows) != 2 || s.Rows[0].No != "R1" || s.Rows[0].Kind != Refund || s.Rows[1].Kind != Charge {
		t.Fatalf("%+v, %v", s, err)
	}
	if s.Without != nil {
		t.Errorf("columns without a name are not missed: %q", s.Without)
	}
}

// FuzzStatement: whatever a file holds is read within bounds, or refused for a
// reason of the family.
func FuzzStatement(f *testing.F) {
	f.Add([]byte(header + "A1,1234.50,充值,20261125120000,成功,T1\n"))
	f.Add([]byte("标题\n" + strings.ReplaceAll(header, ",", ";") + "=\"A\";\"-1,000\";;;;\n合计"))
	f.Add([]byte("CHANNEL_TRACENO\tTRADE_AMOUNT\n\xb3\xe4\xd6\xb5\t1\n"))
	f.Add([]byte("\ufeff" + header + "\"A\n"))
	files, err := filepath.Glob("testdata/statements/*.[ct][sx][vt]")
	if err != nil || len(files) < 5 {
		f.Fatal(files, err)
	}
	for _, path := range files {
		data, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add(workbook(f, [][]any{{"标题"}, {"CHANNEL_TRACENO", "TRADE_AMOUNT", "TRADE_TIME"}, {"A1", 139.43000000000001, 45988.85}}))
	f.Add([]byte("\xff\xfeA\x00,\x00B\x00\n\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := parse(string(data))
		if err != nil {
			if !errors.Is(err, ErrStatement) {
				t.Fatalf("refused for no reason of the family: %v", err)
			}
			return
		}
		for _, r := range s.Rows {
			if !isNumber(r.No) || r.Amount < 0 || r.Line < 2 || r.Kind != Charge && r.Kind != Refund || r.State != Moved && r.State != NotMoved && r.State != Open {
				t.Fatalf("%+v", r)
			}
		}
		Compare(today(t), nil, s.Rows, Scope{})
	})
}

// workbook is a sheet as XLSX.
func workbook(t testing.TB, rows [][]any) []byte {
	t.Helper()
	book := excelize.NewFile()
	for n, row := range rows {
		at, _ := excelize.CoordinatesToCellName(1, n+1)
		if err := book.SetSheetRow("Sheet1", at, &row); err != nil {
			t.Fatal(err)
		}
	}
	data, err := book.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	return data.Bytes()
}

// A spreadsheet keeps amounts with sixteen digits, times as days since 1899, and
// leaves out empty cells; a day may stand apart.
func TestWorkbooksAreRead(t *testing.T) {
	s, err := parse(string(workbook(t, [][]any{
		{"滨江市第一医院"},
		{},
		{"终端号", "交易类型", "商户订单号", "交易金额", "交易日期", "交易时间", "参考号"},
		{"T1", "消费", "A1", 139.43000000000001, 45986, 0.5, "X1"},
		{"T1", "退货", "R1", "-1,000.10", "2026-11-25", "120000"},
		{"合计", nil, nil, 1},
	})))
	if err != nil || s.Layout != "acquirer" || s.Statement.Rows != 2 || s.Skipped != 1 {
		t.Fatalf("%+v, %v", s, err)
	}
	noon := at(t, "12:00:00")
	want := []Row{
		{Line: 4, Kind: Charge, No: "A1", Trace: "X1", Amount: 13943, State: Moved, At: noon.AddDate(-1, 0, 0), Terminal: "T1"},
		{Line: 5, Kind: Refund, No: "R1", Amount: 100010, State: Moved, At: noon, Terminal: "T1"},
	}
	for n, row := range s.Rows {
		if !row.At.Equal(want[n].At) {
			t.Errorf("row %d is at %v, want %v", n, row.At, want[n].At)
		}
		if row.At = want[n].At; row != want[n] {
			t.Errorf("%+v, want %+v", row, want[n])
		}
	}
}

func TestAmountsKeepTheirSign(t *testing.T) {
	for cell, want := range map[string]onetrans.Fen{"1": 100, "-1": -100, "+0.1": 10, "1,000,000.01": 100000001, "-¥5": -500, "0": 0} {
		if got, err := signed(cell); err != nil || got != want {
			t.Errorf("%s: %v, %v", cell, got, err)
		}
	}
	for _, cell := range []string{"", "-", "--1", "1,00", "1,0000", "1.", ".5", "01", "1e3", "0x1", "１", "1 000", "9999999999999999"} {
		if got, err := signed(cell); err == nil {
			t.Errorf("%q is %v", cell, got)
		}
	}
}

// Numbers are HIS's own, of whatever characters it takes here.
func TestWhatANumberMayHold(t *testing.T) {
	for number, may := range map[string]bool{
		"": true, "A-1": true, "住院　7": true, "\ue000\U0003347f": true,
		"A\x00": false, "A\u200b1": false, "A\xff": false, strings.Repeat("1", maxNumber+1): false,
	} {
		if isNumber(number) != may {
			t.Errorf("%+q: %v", number, !may)
		}
	}
}
