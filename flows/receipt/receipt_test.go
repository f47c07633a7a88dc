package receipt

import (
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"pgregory.net/rapid"

	"onetrans/assets/texts"
	"onetrans/devices"
	"onetrans/flows/message/onetrans"
)

var (
	at      = time.Date(2026, 11, 22, 10, 26, 8, 0, onetrans.Zone())
	printed = at.Add(40 * time.Second)
	kiosk   = Terminal{Hospital: "滨江市第一医院", TermNo: "ZZJ001", HelpPlace: "一楼导诊台", HelpPhone: "0591-0000-0120"}
	head    = &Head{Sequence: 1024, Value: []byte{0x9f, 0x3a, 0x6c, 0x01, 0x77, 0x8e, 0x24, 0xb0, 0xff}}
)

const number = "17341299427649863690123456789012"

func balance(f onetrans.Fen) *onetrans.Fen { return &f }

func charge(kind Kind) Facts {
	return Facts{
		Kind: kind, No: number, TraceNo: "P2026112200017", At: at,
		Name: "欧阳娜珺", IDNo: "11010519491231002X", CardNo: "D12345678", CardType: "01", Insurance: "310",
		AccountType: "02", Channel: "WX_QR", Amount: 120000, Balance: balance(420000),
	}
}

func bills(kind Kind) Facts {
	f := charge(kind)
	f.AccountType, f.Balance = "", nil
	f.Shares = &Shares{Total: 1243210, Fund: 980000, Account: 143210, Cash: 120000}
	return f
}

func words(t testing.TB, language string) Say {
	t.Helper()
	book, err := texts.Load()
	if err != nil {
		t.Fatal(err)
	}
	return book.In(language).Say
}

func names(t testing.TB) Names {
	t.Helper()
	n, err := OpenNames()
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func write(t testing.TB, f Facts) Receipt {
	t.Helper()
	return New(words(t, texts.Source), names(t), kiosk, f, head, printed)
}

// values are a receipt's lines by their names.
func values(r Receipt) map[string]string {
	all := map[string]string{}
	for _, l := range r.Lines {
		all[l.Name] = l.Value
	}
	return all
}

func TestWhatEachKindSays(t *testing.T) {
	all := map[string]string{
		"查询编号": "1734 1299 4276 4986 3690 1234 5678 9012", "时间": "2026年11月22日 10:26", "姓名": "欧阳*珺",
		"证件号码": "1101**********002X", "卡号": "社保卡 D12****78", "险种": "职工基本医疗保险",
		"支付方式": "微信支付", "支付流水号": "P2026112200017", "终端": "ZZJ001", "打印时间": "2026年11月22日 10:26",
		"账本校验": "1024-9F3A6C01778E24B0",
	}
	with := func(more map[string]string) map[string]string {
		for name, value := range all {
			more[name] = value
		}
		return more
	}
	account := func(name string) map[string]string {
		return with(map[string]string{"账户": "住院预交金", "账户余额": "4,200.00 元", name: "1,200.00 元"})
	}
	shares := map[string]string{
		"费用总额": "12,432.10 元", "统筹支付": "9,800.00 元", "个账支付": "1,432.10 元", "自付金额": "1,200.00 元",
	}
	share := with(map[string]string{})
	for name, value := range shares {
		share[name] = value
	}
	back := with(map[string]string{"退款金额": "1,200.00 元"})
	for name, value := range shares {
		back[name] = value
	}
	tests := []struct {
		facts Facts
		title string
		lines map[string]string
	}{
		{charge(Recharged), "充值凭条", account("付款金额")},
		{charge(RechargedUnbooked), "付款凭条", account("付款金额")},
		{charge(RechargeDoubt), "查询凭条", account("待查金额")},
		{charge(Refunded), "退款凭条", account("退款金额")},
		{charge(Refunding), "退款凭条", account("退款金额")},
		{bills(Settled), "缴费凭条", share},
		{bills(SettleDoubt), "查询凭条", share},
		{bills(SettleRefunding), "退款凭条", back},
		{bills(SettleRefunded), "退款凭条", back},
		{bills(SettleRefundDesk), "退款凭条", back},
		{bills(Cancelled), "退费凭条", back},
		{bills(Cancelling), "退费凭条", back},
	}
	if len(tests) != len(Kinds()) {
		t.Errorf("%d kinds of %d", len(tests), len(Kinds()))
	}
	for _, test := range tests {
		t.Run(string(test.facts.Kind), func(t *testing.T) {
			r := write(t, test.facts)
			if r.Title != test.title || r.Hospital != kiosk.Hospital || r.Code != number {
				t.Errorf("%q of %q, code %q", r.Title, r.Hospital, r.Code)
			}
			got := values(r)
			for name, want := range test.lines {
				if got[name] != want {
					t.Errorf("%s: %q, want %q", name, got[name], want)
				}
				delete(got, name)
			}
			if len(got) > 0 || len(r.Lines) != len(test.lines) {
				t.Errorf("also %q", got)
			}
			if notes := strings.Join(r.Notes, "\n"); !strings.Contains(notes, "一楼导诊台") || !strings.Contains(notes, "0591-0000-0120") {
				t.Errorf("where to ask is not in %q", notes)
			}
		})
	}
}

func TestEveryKindHasItsTextsInEveryLanguage(t *testing.T) {
	book, err := texts.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range book.Names() {
		language := book.In(name)
		for _, kind := range Kinds() {
			for _, part := range []string{".title", ".state", ".note"} {
				if key := "receipt." + string(kind) + part; !language.Has(key) {
					t.Errorf("%s has no %s", name, key)
				}
			}
			r := New(language.Say, names(t), kiosk, bills(kind), head, printed)
			for _, line := range append(r.Slip(32).Lines, devices.SlipLine{Text: r.Title + r.State}) {
				if strings.Contains(line.Text, "receipt.") || strings.ContainsAny(line.Text, "{}") {
					t.Errorf("%s: %q", name, line.Text)
				}
			}
		}
	}
}

// What is in doubt is never called failed, and not to pay again is said.
func TestADoubtIsNoFailure(t *testing.T) {
	for _, facts := range []Facts{charge(RechargeDoubt), bills(SettleDoubt)} {
		r := write(t, facts)
		said := r.Title + r.State + strings.Join(r.Notes, "")
		if !strings.Contains(said, "不要重复付款") || strings.Contains(said, "失败") || strings.Contains(said, "成功") {
			t.Errorf("%q", said)
		}
	}
}

func TestWhatIsNotKnownIsLeftOut(t *testing.T) {
	r := New(words(t, texts.Source), names(t), Terminal{}, Facts{Kind: Recharged, Amount: 1}, nil, time.Time{})
	if got := values(r); len(got) != 1 || got["付款金额"] != "0.01 元" {
		t.Errorf("%q", got)
	}
	if notes := strings.Join(r.Notes, ""); !strings.Contains(notes, "人工窗口") || strings.Contains(notes, "电话") {
		t.Errorf("%q", notes)
	}
}

func TestASlipOfTheSandboxSaysThatNoRealMoneyMoved(t *testing.T) {
	for _, demo := range []bool{true, false} {
		for _, language := range []string{"zh-CN", "en"} {
			where := kiosk
			where.Demo = demo
			slip := textOf(New(words(t, language), names(t), where, Facts{Kind: Recharged, No: "1", Amount: 1}, nil, time.Time{}).Slip(48))
			if said := strings.Count(slip, words(t, language)("frame.demo")); demo != (said == 2) {
				t.Errorf("%s, of a sandbox: %v, said %d times:\n%s", language, demo, said, slip)
			}
		}
	}
}

func TestUnknownCodesStandAsTheyAre(t *testing.T) {
	f := charge(Recharged)
	f.CardType, f.Insurance, f.AccountType, f.Channel = "77", "999", "09", "DCEP_QR"
	got := values(write(t, f))
	for name, want := range map[string]string{"卡号": "77 D12****78", "险种": "999", "账户": "09", "支付方式": "DCEP_QR"} {
		if got[name] != want {
			t.Errorf("%s: %q", name, got[name])
		}
	}
}

func TestNamesOfRareCharacters(t *testing.T) {
	for name, want := range map[string]string{
		"㛃": "㛃*", "䶮": "䶮*", "𠅤𬱖": "𠅤*", "㛃䶮𠅤𬱖": "㛃*𬱖", "李𠅤䶮": "李*䶮", "欧阳娜": "欧*娜", "欧阳𠅤娜": "欧阳*娜",
	} {
		f := charge(Recharged)
		f.Name = name
		r := write(t, f)
		for _, columns := range []int{32, 48} {
			if text := textOf(r.Slip(columns)); !strings.Contains(text, want+"\n") {
				t.Errorf("%q does not stand as %q in\n%s", name, want, text)
			}
		}
	}
}

func TestACharacterThatNoPrinterHasIsSpelled(t *testing.T) {
	f := charge(Recharged)
	f.Name = "欧阳娜𠅤"
	r := write(t, f).Spelled(func(r rune) bool { return r != '𠅤' && r != '滨' })
	text := textOf(r.Slip(32))
	if !strings.Contains(text, "欧阳*U+20164\n") || !strings.Contains(text, "U+6EE8江市第一医院") {
		t.Error(text)
	}
}

// What the platform or a card sends can neither command the printer nor turn
// the writing round.
func TestHostileTextIsPlainText(t *testing.T) {
	f := charge(Recharged)
	f.TraceNo, f.Name, f.Insurance = "\x1b@\x10\x14\x08", "王\u202e\n小\x00明", "\x1d\x56"
	for _, line := range write(t, f).Slip(48).Lines {
		if strings.ContainsFunc(line.Text, func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) }) {
			t.Errorf("%q", line.Text)
		}
	}
}

func TestTheSlip(t *testing.T) {
	slip := write(t, bills(Settled)).Slip(32)
	want := `滨江市第一医院
缴费凭条
缴费成功
--------------------------------
查询编号
   1734 1299 4276 4986 3690 1234
                       5678 9012
时间        2026年11月22日 10:26
姓名                     欧阳*珺
证件号码      1101**********002X
卡号            社保卡 D12****78
险种            职工基本医疗保险
费用总额            12,432.10 元
统筹支付             9,800.00 元
个账支付             1,432.10 元
自付金额             1,200.00 元
支付方式                微信支付
支付流水号        P2026112200017
终端                      ZZJ001
打印时间    2026年11月22日 10:26
账本校验   1024-9F3A6C01778E24B0
--------------------------------
请妥善保管，取药、检查、查询时出
示。
需要帮助：一楼导诊台
电话：0591-0000-0120
此凭条不作报销凭证。
`
	if got := textOf(slip); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// Whatever is known, and however long: no line is wider than the paper,
// nothing is lost, no amount is broken.
func TestTheSlipHoldsEverything(t *testing.T) {
	say, dictionary := map[string]Say{}, names(t)
	for _, language := range []string{"zh-CN", "en"} {
		say[language] = words(t, language)
	}
	runes := rapid.RuneFrom([]rune("㛃䶮𠅤𬱖欧阳娜aZ09 ，。（）-·é\u0301*"), unicode.Han, unicode.Latin, unicode.Po)
	line := rapid.StringOfN(runes, 0, 90, -1)
	fen := rapid.Map(rapid.Int64(), func(n int64) onetrans.Fen { return onetrans.Fen(n) })
	rapid.Check(t, func(t *rapid.T) {
		f := Facts{
			Kind: rapid.SampledFrom(Kinds()).Draw(t, "kind"), No: line.Draw(t, "no"), TraceNo: line.Draw(t, "trace"), At: at,
			Name: line.Draw(t, "name"), CardNo: line.Draw(t, "card"), Channel: line.Draw(t, "channel"), Amount: fen.Draw(t, "amount"),
		}
		if rapid.Bool().Draw(t, "settled") {
			f.Shares = &Shares{Total: fen.Draw(t, "total"), Cash: f.Amount}
		}
		where := Terminal{Hospital: line.Draw(t, "hospital"), HelpPlace: line.Draw(t, "place"), TermNo: line.Draw(t, "terminal")}
		language := rapid.SampledFrom([]string{"zh-CN", "en"}).Draw(t, "language")
		r := New(say[language], dictionary, where, f, head, printed)
		columns := rapid.IntRange(32, 64).Draw(t, "columns")
		slip := r.Slip(columns)
		var lines []string
		for _, l := range slip.Lines {
			if l.Columns() > columns {
				t.Fatalf("%q takes %d of %d columns", l.Text, l.Columns(), columns)
			}
			lines = append(lines, l.Text)
		}
		want := solid(r.Hospital) + solid(r.Title) + solid(r.State)
		for _, l := range r.Lines {
			want += solid(l.Name) + solid(l.Value)
			if l.Whole && !slices.ContainsFunc(lines, func(s string) bool { return strings.HasSuffix(s, l.Value) }) {
				t.Fatalf("%q stands on no line of %q", l.Value, lines)
			}
		}
		want += solid(strings.Join(r.Notes, ""))
		if got := solid(strings.Join(lines, "")); got != want {
			t.Fatalf("got  %q\nwant %q", got, want)
		}
	})
}

// solid is a text without what a line may end with, and without rules.
func solid(s string) string { return strings.NewReplacer(" ", "", "-", "").Replace(s) }

// textOf are a slip's lines.
func textOf(slip devices.Slip) string {
	var b strings.Builder
	for _, line := range slip.Lines {
		b.WriteString(line.Text + "\n")
	}
	return b.String()
}
