package record

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"

	"onetrans/flows/message/onetrans"
)

func fileIn(t *testing.T, folder string) *File {
	t.Helper()
	f, err := Open(filepath.Join(folder, "journal.db"), bytes.Repeat([]byte{7}, 32), sentences)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func sentences() []string {
	return []string{"缺少必填项", "余额不足", "成功", "没有找到该就诊人"}
}

func gbk(t *testing.T, text string) []byte {
	t.Helper()
	out, err := onetrans.EncodeGBK([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

const (
	asked = `{"app_id":"demo1","app_key":"topsecretkey","msgid":"H35010000001202611280001","trans_type":"hop.trade.recharge",` +
		`"opter_name":"李四","data":"{\"userName\":\"欧阳文珺\",\"idNo\":\"359901198803141721\",\"cardNo\":\"D12345678\",\"hisCustId\":\"000240010017\",` +
		`\"amount\":\"12.50\",\"outChargeNo\":\"C0001\",\"payAppSecret\":\"geheim99\",\"accountType\":\"02\",\"extra\":{\"authCode\":\"134567890123456789\",\"病区\":\"王五\"}}"}`
	answered = `{"code":"610004","err_msg":"没有找到该就诊人欧阳文珺，卡号D12345678，王小明","data":{"result":"fail","outChargeNo":"C0001",` +
		`"traceTime":"20261128010203","balance":12.50,"userName":359901198803141721}}`
)

// personal is what must not be in a record.
func personal() []string {
	return []string{
		"欧阳", "文珺", "李四", "王五", "小明", "359901198803141721", "D12345678", "000240010017", "topsecretkey", "geheim99",
		"134567890123456789", "C0001", "demo1", "H35010000001202611280001",
	}
}

func heard(t *testing.T) Heard {
	return Heard{
		Asked: onetrans.Call{TransType: onetrans.TransRecharge, In: gbk(t, asked), Buffer: 8192}, Out: gbk(t, answered),
		At: time.Date(2026, 11, 28, 1, 2, 3, 4e6, time.UTC), Took: 1500 * time.Millisecond, By: ByUs,
	}
}

func TestNobodyCanBeToldFromARecordedCall(t *testing.T) {
	f := fileIn(t, t.TempDir())
	if err := f.Append(f.Masker.Call(heard(t))); err != nil {
		t.Fatal(err)
	}
	got, err := f.Last(Keep)
	if err != nil || got.Unread != 0 || len(got.Calls) != 1 {
		t.Fatal(got, err)
	}
	calls := got.Calls
	raw, err := os.ReadFile(Path(f.path[:len(f.path)-len(".calls")]))
	if err != nil {
		t.Fatal(err)
	}
	var export bytes.Buffer
	if err := Export(&export, calls); err != nil {
		t.Fatal(err)
	}
	for _, who := range personal() {
		if bytes.Contains(raw, []byte(who)) || strings.Contains(export.String(), who) {
			t.Errorf("%s is in it: %s", who, export.String())
		}
	}
	if bytes.Contains(raw, []byte("recharge")) {
		t.Error("the file is not sealed")
	}
}

// A sentence names people in ways that no list of fields knows: with a part of a number,
// with a number in groups, with words that are ours, too, and before the field that has
// the name.
func TestASentenceKeepsNothingOfAPerson(t *testing.T) {
	m := NewMasker([]byte("k"), sentences)
	for text, want := range map[string]string{
		"没有找到该就诊人，尾号1721":                    "没有找到该就诊人，******",
		"余额不足：138-0013-8000":                 "余额不足：***-****-****",
		"余额不足 622202 110011 4477":            "余额不足 ****** ****** ****",
		"1988年3月14日":                         "**********",
		"Zhang San: cardNo, hop.trade.query": "***** ***: cardNo, hop.trade.query",
		"丁申余额不足":                             "**余额不足",
		"１３８成功":                              "***成功",
	} {
		if got := m.Sentence(text, nil); got != want {
			t.Errorf("%s becomes %s", text, got)
		}
	}
	c := m.Call(Heard{Out: gbk(t, `{"code":"1","err_msg":"不足，余成功，余额","data":{"resultDesc":"成功","userName":"余成功","list":[{"name":"余额"}]}}`)})
	for _, who := range []string{"余成功", "余额"} {
		if strings.Contains(string(c.Out.Message), who) {
			t.Errorf("%s is in %s", who, c.Out.Message)
		}
	}
}

// What a replay needs: shapes, lengths, amounts, codes, and which are the same.
func TestAMaskedCallKeepsWhatAReplayNeeds(t *testing.T) {
	whole := heard(t)
	whole.Asked.TransType = "" // then the message's own counts
	c := fileIn(t, t.TempDir()).Masker.Call(whole)
	var in onetrans.Request
	var data onetrans.RechargeIn
	if err := onetrans.Unmarshal(c.In.Message, &in); err != nil {
		t.Fatal(err)
	}
	if err := onetrans.UnmarshalData(in.Data, &data); err != nil {
		t.Fatal(err)
	}
	var answer onetrans.Answer
	var out onetrans.RechargeOut
	if err := onetrans.Unmarshal(c.Out.Message, &answer); err != nil {
		t.Fatal(err)
	}
	if err := onetrans.UnmarshalData(answer.Data, &out); err != nil {
		t.Fatal(err)
	}
	switch {
	case c.TransType != onetrans.TransRecharge:
		t.Errorf("the trans_type is %q", c.TransType)
	case in.Data.Kind() != '"':
		t.Error("data came as text, and is recorded otherwise")
	case data.Amount.String() != "12.50", data.AccountType.String() != "02", in.TransType.String() != onetrans.TransRecharge:
		t.Errorf("%+v", data)
	case data.OutChargeNo != out.OutChargeNo, data.OutChargeNo.Empty():
		t.Errorf("one number is two: %v, %v", data.OutChargeNo, out.OutChargeNo)
	case utf8.RuneCountInString(data.UserName.String()) != 4, len(data.IDNo.String()) != 18, data.CardNo.String()[0] < 'A' || len(data.CardNo.String()) != 9:
		t.Errorf("another shape: %v %v %v", data.UserName, data.IDNo, data.CardNo)
	case answer.Code.String() != "610004", out.Result != onetrans.T("fail"), out.TraceTime.String() != "20261128010203":
		t.Errorf("%+v %+v", answer, out)
	case !strings.HasPrefix(answer.ErrMsg.String(), "没有找到该就诊人") || !strings.HasSuffix(answer.ErrMsg.String(), "***"):
		t.Errorf("the sentence is %q", answer.ErrMsg)
	}
}

func TestTheSameIsTheSameAndAnotherIsAnother(t *testing.T) {
	m := NewMasker([]byte("k"), sentences)
	rapid.Check(t, func(t *rapid.T) {
		a := rapid.StringMatching(`[0-9A-Za-z-]{1,30}`).Draw(t, "a")
		b := rapid.StringMatching(`[0-9A-Za-z-]{1,30}`).Draw(t, "b")
		x, y := m.pseudonym(a), m.pseudonym(b)
		if (a == b) != (x == y) || m.pseudonym(a) != x || len(x) != len(a) {
			t.Errorf("%q is %q, %q is %q", a, x, b, y)
		}
		if NewMasker([]byte("another"), sentences).pseudonym(a) == x && len(a) > 8 && strings.Trim(a, "-") != "" {
			t.Errorf("%q does not depend on the key", a)
		}
	})
}

// HIS puts what it likes into any field.
func TestAFieldThatIsKeptAsItIsKeepsNothingOfAPerson(t *testing.T) {
	m := &masking{Masker: NewMasker([]byte("k"), sentences)}
	for name := range ruleTable() {
		for _, value := range []string{
			"ZhangJianguo", "zhangjianguo", "zhang.jianguo", "lisi", "LISI", "ZHANG_SAN", "Li-Si", "张三",
			"13800138000", "8675309", "359901198803141721", "D12345678", "D123456", "E1234567", "C20261128123456", "19900001200",
			"19880314", "1988-03-14", "1988/03/14", "19880314000000", "1988-03-14 00:00:00",
		} {
			if name == "cert.code" || ruleTable()[name].shape.MatchString("1234567") && value == "8675309" {
				continue // an amount may be as high
			}
			if got := m.text("", name, value); got == value {
				t.Errorf("%s keeps %s", name, value)
			}
		}
	}
}

// What is compared has to be readable.
func TestTheCodesOfTheInterfaceAreKept(t *testing.T) {
	m := &masking{Masker: NewMasker([]byte("k"), sentences)}
	for name, values := range map[string][]string{
		"depositType": {onetrans.DepositWeChat, onetrans.DepositAlipay, onetrans.DepositUnionPay, onetrans.DepositChsOne},
		"channel":     {"WX_QR", "CREDIT", onetrans.ChannelPOS},
		"payType":     {"1", onetrans.CreditByPlatform},
		"tradeType":   onetrans.TransTypes(),
		"refundType":  {onetrans.RefundDirect, onetrans.RefundHisDecide, onetrans.RefundPrepare},
		"result": {
			string(onetrans.ResultInit), string(onetrans.ResultSucc), string(onetrans.ResultFail), string(onetrans.ResultExp),
			string(onetrans.ResultIng), string(onetrans.ResultClosed), string(onetrans.ResultNotFound),
		},
		"auth_status":     {onetrans.AuthPending, onetrans.AuthSucceeded, onetrans.AuthFailed, onetrans.AuthCancelled},
		"phase":           {string(onetrans.PhasePre), string(onetrans.PhasePay), string(onetrans.PhaseConfirm), string(onetrans.PhaseAbandon)},
		"code":            {"000000", "610004", "-1", "0"},
		"cardType":        {onetrans.CardSocialSecurity, onetrans.CardHealth},
		"mdtrt_cert_type": {onetrans.CertPick},
		"accountType":     {onetrans.AccountInpatient},
		"treatment_code":  {"0101051"},
		"business_type":   {"01101", "01301"},
		"insutype":        {"310"},
		"amount":          {"12.50", "0.01", "88", "12345678.00"},
		"timestamp":       {"20261128010203004"},
		"traceTime":       {"20261128010203", "2026-11-28 01:02:03"},
	} {
		for _, value := range values {
			if got := m.text("", name, value); got != value {
				t.Errorf("%s: %s becomes %s", name, value, got)
			}
		}
	}
}

func TestWhatIsNoMessageIsRecordedWithoutItsContent(t *testing.T) {
	f := fileIn(t, t.TempDir())
	for in, want := range map[string]Fault{
		"{\"data\":\"张三\"}": FaultUTF8, "{\x00\"\x00": FaultUTF16, "张三": FaultUTF8, "{\"a\":1": FaultNotJSON,
		"{\"a\":\"" + strings.Repeat("x", longest) + "\"}": FaultLong, "\xff\xff": FaultNotGBK,
	} {
		c := f.Masker.Call(Heard{Asked: onetrans.Call{TransType: "name 359901198803141721", In: []byte(in)}})
		if c.In.Fault != want || c.In.Message != nil || c.In.Bytes == 0 || strings.Contains(c.TransType, "359901198803141721") {
			t.Errorf("%.20q: %+v %s", in, c.In, c.TransType)
		}
	}
}

func TestALineThatAPowerCutLeftTornIsDroppedAndNoOther(t *testing.T) {
	f := fileIn(t, t.TempDir())
	c := f.Masker.Call(heard(t))
	for range 3 {
		if err := f.Append(c); err != nil {
			t.Fatal(err)
		}
	}
	whole, err := os.ReadFile(f.path)
	if err != nil {
		t.Fatal(err)
	}
	begin := bytes.LastIndexByte(whole[:len(whole)-1], '\n') + 1
	for cut := begin; cut < len(whole); cut += 7 {
		for _, tail := range []string{"", "\x00\x00\x00\x00"} {
			if err := os.WriteFile(f.path, append(bytes.Clone(whole[:cut]), tail...), 0o600); err != nil {
				t.Fatal(err)
			}
			f := fileIn(t, filepath.Dir(f.path)) // another process
			if err := f.Append(c); err != nil {
				t.Fatal(err)
			}
			if got, err := f.Last(Keep); err != nil || len(got.Calls) < 3 || !got.Whole() {
				t.Fatalf("cut at %d: %+v, %v", cut, got, err)
			}
		}
	}
}

func TestAChangedLineDoesNotOpen(t *testing.T) {
	f := fileIn(t, t.TempDir())
	if err := f.Append(f.Masker.Call(heard(t))); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(f.path)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(whole)-1; i += 5 {
		changed := bytes.Clone(whole)
		if changed[i]++; changed[i] == '\n' {
			continue
		}
		if err := os.WriteFile(f.path, changed, 0o600); err != nil {
			t.Fatal(err)
		}
		if got, err := f.Last(Keep); err != nil || len(got.Calls) != 0 || got.Unread != 1 {
			t.Fatalf("byte %d: %+v, %v", i, got, err)
		}
	}
	other, err := Open(f.path[:len(f.path)-len(".calls")], bytes.Repeat([]byte{8}, 32), sentences)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := other.Last(Keep); err != nil || len(got.Calls) != 0 {
		t.Errorf("another key reads %+v, %v", got, err)
	}
}

// full is a file that has as many calls as it may.
func full(t *testing.T, f *File, c Call) {
	t.Helper()
	var whole []byte
	var last place
	long := make([]byte, 1300) // few calls fill it
	_, _ = rand.Read(long)
	c.In.Message = fmt.Appendf(nil, `{"a":"%x"}`, long)
	for len(whole) <= maxBytes {
		line, now, err := f.line(c, last)
		if err != nil {
			t.Fatal(err)
		}
		whole, last = append(whole, line...), now
	}
	if err := os.WriteFile(f.path, whole, 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestTheLastThousandCallsAreKeptInABoundedFile(t *testing.T) {
	f := fileIn(t, t.TempDir())
	c := f.Masker.Call(heard(t))
	full(t, f, c)
	c.Buffer = 99
	for range 2 {
		if err := f.Append(c); err != nil {
			t.Fatal(err)
		}
		got, err := f.Last(1 << 20)
		if err != nil || len(got.Calls) != Keep || got.Unread != 0 || got.Calls[Keep-1].Buffer != 99 || !got.Whole() {
			t.Errorf("%d calls, %d unread, %d missing, %d moved, %v", len(got.Calls), got.Unread, got.Missing, got.Moved, err)
		}
	}
	info, err := os.Stat(f.path)
	if err != nil || info.Size() > maxBytes/2 {
		t.Errorf("%v, %v", info, err)
	}
	if left, err := filepath.Glob(f.path + "*"); err != nil || len(left) != 2 { // and its lock
		t.Errorf("beside it: %v, %v", left, err)
	}
	lines := linesOf(t, f)
	if got := rewritten(t, f, lines[5:]); got.Missing != 5 {
		t.Errorf("of the oldest that it keeps %d are missing", got.Missing)
	}
}

func linesOf(t *testing.T, f *File) [][]byte {
	t.Helper()
	lines, err := f.lines()
	if err != nil {
		t.Fatal(err)
	}
	return lines
}

// rewritten is what is read where somebody has put these lines into the file.
func rewritten(t *testing.T, f *File, lines [][]byte) Recording {
	t.Helper()
	if err := os.WriteFile(f.path, append(bytes.Join(lines, []byte{'\n'}), '\n'), 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := f.Last(Keep)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestNoCallIsTakenOutMovedOrPutInUnseen(t *testing.T) {
	f := fileIn(t, t.TempDir())
	c := f.Masker.Call(heard(t))
	for range 10 {
		if err := f.Append(c); err != nil {
			t.Fatal(err)
		}
	}
	l := linesOf(t, f)
	other := fileIn(t, t.TempDir()) // the same key: a copy that went its own way
	if got := rewritten(t, other, l[:4]); !got.Whole() {
		t.Fatal(got)
	}
	if err := other.Append(c); err != nil {
		t.Fatal(err)
	}
	foreign := linesOf(t, other)[4]
	for name, one := range map[string]struct {
		lines          [][]byte
		missing, moved int
	}{
		"untouched":         {l, 0, 0},
		"one out":           {slices.Concat(l[:3], l[4:]), 1, 0},
		"three out":         {slices.Concat(l[:3], l[6:]), 3, 0},
		"the oldest out":    {l[2:], 2, 0},
		"two exchanged":     {slices.Concat(l[:3], l[4:5], l[3:4], l[5:]), 0, 1},
		"one twice":         {slices.Concat(l[:5], l[4:]), 0, 1},
		"one of a copy":     {slices.Concat(l[:4], [][]byte{foreign}, l[5:]), 0, 1},
		"one changed":       {slices.Concat(l[:4], [][]byte{[]byte("QUJD")}, l[5:]), 1, 0},
		"torn, and gone on": {slices.Concat(l[:4], [][]byte{l[4][:40]}, l[4:]), 0, 0},
	} {
		if got := rewritten(t, f, one.lines); got.Missing != one.missing || got.Moved != one.moved {
			t.Errorf("%s: %d missing, %d moved", name, got.Missing, got.Moved)
		}
	}
	// While it is recorded, the end is known, too.
	rewritten(t, f, l[:7])
	if err := f.Append(c); err != nil {
		t.Fatal(err)
	}
	if got, err := f.Last(Keep); err != nil || got.Missing != 3 {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestTwoProcessesRecordOneAfterTheOther(t *testing.T) {
	folder := t.TempDir()
	var all sync.WaitGroup
	for range 3 {
		f := fileIn(t, folder) // each opens the lock for itself, as a process does
		c := f.Masker.Call(heard(t))
		all.Go(func() {
			for range 5 {
				if err := f.Append(c); err != nil && !errors.Is(err, errLocked) {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	if got, err := fileIn(t, folder).Last(Keep); err != nil || len(got.Calls) == 0 || !got.Whole() || got.Unread > 0 {
		t.Errorf("%+v, %v", got, err)
	}
}

// A folder in which nothing can be made any more must not let the file grow until the
// disk is full, which the journal needs.
func TestAFileThatCannotBeShortenedGrowsNoMore(t *testing.T) {
	f := fileIn(t, t.TempDir())
	c := f.Masker.Call(heard(t))
	full(t, f, c)
	before, err := os.Stat(f.path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(f.path+".new", "in the way"), 0o700); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if err := f.Append(c); err == nil {
			t.Error("it says that it recorded")
		}
	}
	if info, err := os.Stat(f.path); err != nil || info.Size() != before.Size() {
		t.Errorf("%v, %v", info.Size(), err)
	}
	if err := os.RemoveAll(f.path + ".new"); err != nil {
		t.Fatal(err)
	}
	if err := f.Append(c); err != nil {
		t.Error(err)
	}
}

func TestARecorderNeverStopsACall(t *testing.T) {
	f := fileIn(t, filepath.Join(t.TempDir(), "nowhere"))
	r := NewRecorder(f, slog.New(slog.DiscardHandler))
	begin := time.Now()
	for range 10 * waiting {
		r.Hear(heard(t))
	}
	r.Close()
	r.Hear(heard(t))
	r.Close()
	(*Recorder)(nil).Hear(heard(t))
	(*Recorder)(nil).Close()
	if took := time.Since(begin); took > 10*time.Second {
		t.Errorf("it took %v", took)
	}
}

func TestNoLinkIsFollowedWhereCallsAreRecorded(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the folder's access list stands for it")
	}
	folder := t.TempDir()
	f := fileIn(t, folder)
	if _, err := f.Last(1); !errors.Is(err, ErrNone) {
		t.Error(err)
	}
	if err := os.Symlink(filepath.Join(folder, "elsewhere"), f.path); err != nil {
		t.Skip(err)
	}
	if err := f.Append(f.Masker.Call(heard(t))); err == nil {
		t.Error("it was written through a link")
	}
}

func TestAnExportIsReadBackAsItWas(t *testing.T) {
	f := fileIn(t, t.TempDir())
	c := f.Masker.Call(heard(t))
	c.Refusal = &Refusal{"600003", "缺少必填项"}
	c.Number = 7
	next := c
	next.Number = 9
	var out bytes.Buffer
	if err := Export(&out, []Call{c, next}); err != nil {
		t.Fatal(err)
	}
	back, err := Import(bytes.NewReader(out.Bytes()))
	if err != nil || len(back.Calls) != 2 || back.Calls[1].Refusal.Code != "600003" || !bytes.Equal(back.Calls[0].In.Message, c.In.Message) || !back.Calls[0].At.Equal(c.At) {
		t.Errorf("%+v, %v", back, err)
	}
	if back.Missing != 1 || back.Moved != 0 {
		t.Errorf("%d missing, %d moved", back.Missing, back.Moved)
	}
	line, _, _ := strings.Cut(out.String(), "\n")
	if back, err := Import(strings.NewReader(out.String() + line)); err != nil || back.Moved != 1 {
		t.Errorf("%+v, %v", back, err)
	}
	for was, is := range map[string]string{
		`"onetrans_call":2`: `"onetrans_call":3`, `"number":7`: `"number":0`, `:7,`: `:99999999999999,`, `"by":"ours"`: `"by":"me"`, `"took_ms":1500`: `"took_ms":-1`,
		`"in":{"bytes"`: `"in":{"fault":"long","bytes"`, `"in":{"bytes":`: `"in":{"bytes":-`, `"exit"`: `"more":1,"exit"`,
		`"message":{`: `"message":{"a":` + strings.Repeat("[", 70) + strings.Repeat("]", 70) + `,`,
	} {
		if bad := strings.Replace(line, was, is, 1); bad == line {
			t.Errorf("there is no %s in %s", was, line)
		} else if _, err := Import(strings.NewReader(bad)); !errors.Is(err, ErrExport) {
			t.Errorf("%s is taken: %v", is, err)
		}
	}
}

// endless is an export that never ends.
type endless struct{ line string }

func (e endless) Read(p []byte) (n int, err error) {
	for n+len(e.line) <= len(p) {
		n += copy(p[n:], e.line)
	}
	return n, nil
}

func TestWhatIsImportedTakesBoundedMemory(t *testing.T) {
	c := fileIn(t, t.TempDir()).Masker.Call(heard(t))
	c.Number = 1
	c.In.Message = []byte(`{"a":"` + strings.Repeat("x", 600<<10) + `"}`)
	var line bytes.Buffer
	if err := Export(&line, []Call{c}); err != nil {
		t.Fatal(err)
	}
	var before, after runtime.MemStats
	for name, in := range map[string]io.Reader{
		"long calls": strings.NewReader(strings.Repeat(line.String(), 100)), "no line": strings.NewReader(strings.Repeat("x", maxRead)), "empty lines": endless{"\n"},
	} {
		runtime.ReadMemStats(&before)
		_, err := Import(in)
		runtime.ReadMemStats(&after)
		if took := after.TotalAlloc - before.TotalAlloc; !errors.Is(err, ErrExport) || took > 8*maxRead {
			t.Errorf("%s: %v, %d MiB", name, err, took>>20)
		}
	}
}

func FuzzRecordedCallsAreReadWithinBounds(f *testing.F) {
	file, err := Open(filepath.Join(f.TempDir(), "journal.db"), bytes.Repeat([]byte{7}, 32), sentences)
	if err != nil {
		f.Fatal(err)
	}
	line, _, err := file.line(Call{TransType: "x"}, place{})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(line)
	f.Add(append(line[:10:10], line...))
	f.Add([]byte("\x00\x00\nQUJD\n"))
	f.Add([]byte(`{"onetrans_call":2,"call":{"number":1,"at":"2026-11-28T01:02:03Z","by":"ours","in":{"bytes":2,"message":{}},"out":{"bytes":2,"fault":"utf8"}}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		if err := os.WriteFile(file.path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		if got, err := file.Last(Keep); err != nil || len(got.Calls) > Keep {
			t.Errorf("%d calls, %v", len(got.Calls), err)
		}
		got, err := Import(bytes.NewReader(data))
		if err != nil {
			return
		}
		var out bytes.Buffer
		if err := Export(&out, got.Calls); err != nil {
			t.Fatal(err)
		}
		again, err := Import(&out)
		if err != nil || len(again.Calls) != len(got.Calls) || again.Missing != got.Missing || again.Moved != got.Moved || got.Missing < 0 {
			t.Errorf("%+v became %+v, %v", got, again, err)
		}
	})
}

func FuzzAMaskedMessageIsStillOne(f *testing.F) {
	m := NewMasker([]byte("k"), sentences)
	f.Add([]byte(asked))
	f.Add([]byte(answered))
	f.Add([]byte(`{"a":[1,-2.5e3,null,true,"[1]"],"":{"":"x"},"cert":{"code":"1"}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		masked, _, err := m.Message(text, nil)
		if (err == nil) != (onetrans.Check(text) == nil) {
			t.Fatalf("%q: %v", text, err)
		}
		if err == nil && onetrans.Check(masked) != nil {
			t.Errorf("%q became %q", text, masked)
		}
	})
}
