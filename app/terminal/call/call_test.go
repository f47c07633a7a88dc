package call

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"onetrans/flows/core/txn"
	"onetrans/flows/message/onetrans"
	"onetrans/flows/message/platform"
	"onetrans/store"
)

// fakeCore answers as it is told, and counts what would have been sent.
type fakeCore struct {
	trade  txn.Trade
	cancel txn.CancelStatus
	answer onetrans.Answer
	err    error
	busy   bool
	sent   int
	// recalled and settlement are what a request repeats; zero where it is new.
	recalled   txn.Status
	settlement txn.SettleStatus
	recallErr  error
	// account is that of the trade that a query is about.
	account string
	// request is what the last message was.
	request onetrans.Request
	query   onetrans.QueryIn
	// plain: the platform is another vendor's library.
	plain bool
	// settled is what came of a settlement in one call.
	settled txn.SettleStatus
}

func (f *fakeCore) Capabilities() platform.Capabilities {
	if f.plain {
		return platform.Capabilities{OwnCashier: true, OwnReaders: true}
	}
	return platform.Capabilities{Close: true, Hold: true, Phases: true, Repeats: true}
}

func (f *fakeCore) Settle(context.Context, onetrans.Asked[onetrans.SettleIn]) (txn.SettleStatus, error) {
	f.sent++
	return f.settled, f.err
}

func (f *fakeCore) Acquire() (func(), error) {
	if f.busy {
		return nil, txn.ErrBusy
	}
	return func() {}, nil
}

func (f *fakeCore) Recharge(context.Context, onetrans.Asked[onetrans.RechargeIn]) (txn.Status, error) {
	f.sent++
	return txn.Status{Trade: f.trade}, f.err
}

func (f *fakeCore) Refund(context.Context, onetrans.Asked[onetrans.RefundIn]) (txn.Status, error) {
	f.sent++
	return txn.Status{Trade: f.trade}, f.err
}

func (f *fakeCore) CancelSettlement(context.Context, onetrans.Asked[onetrans.SettleCancelIn]) (txn.CancelStatus, error) {
	f.sent++
	return f.cancel, f.err
}

func (f *fakeCore) RecallRecharge(onetrans.Asked[onetrans.RechargeIn]) (txn.Status, bool, error) {
	return f.recalled, f.recalled.Trade.Order.No != "", f.recallErr
}

func (f *fakeCore) RecallSettlement(context.Context, onetrans.Asked[onetrans.SettleIn]) (txn.SettleStatus, bool, error) {
	return f.settlement, f.settlement.No != "", f.recallErr
}

func (f *fakeCore) Call(_ context.Context, request onetrans.Request) (onetrans.Answer, error) {
	f.sent++
	f.request = request
	return f.answer, f.err
}

func (f *fakeCore) AccountOf(onetrans.QueryIn) (string, error) { return f.account, nil }

func (f *fakeCore) Query(_ context.Context, asked onetrans.Asked[onetrans.QueryIn]) (onetrans.Answer, error) {
	f.sent++
	f.query = asked.In
	return f.answer, f.err
}

func (f *fakeCore) Watch(string) (<-chan txn.Status, func(), error) {
	statuses := make(chan txn.Status, 1)
	statuses <- txn.Status{Trade: f.trade}
	return statuses, func() {}, nil
}

func (f *fakeCore) WatchRefund(no string) (<-chan txn.Status, func(), error) { return f.Watch(no) }

func (f *fakeCore) WatchCancellation(string) (<-chan txn.CancelStatus, func(), error) {
	statuses := make(chan txn.CancelStatus, 1)
	statuses <- f.cancel
	return statuses, func() {}, nil
}

func door(core *fakeCore, owning error) Door { return doorWith(Terminal{Core: core}, owning) }

func doorWith(terminal Terminal, owning error) Door {
	return Door{
		UnknownWait: time.Millisecond,
		Credentials: Credentials{AppID: "OURS"},
		Log:         slog.New(slog.DiscardHandler),
		Acquire:     func() (Terminal, func(), error) { return terminal, func() {}, owning },
	}
}

// call is the answer's code, message and data, and the exit status.
func call(t *testing.T, d Door, transType string, in []byte) (code, text string, data map[string]any, exit int) {
	t.Helper()
	return answered(t, d, onetrans.Call{TransType: transType, In: in})
}

func answered(t *testing.T, d Door, c onetrans.Call) (code, text string, data map[string]any, exit int) {
	t.Helper()
	out, exit := d.Serve(t.Context(), c)
	said, err := onetrans.DecodeGBK(out)
	if err != nil {
		t.Fatal(err)
	}
	var answer struct {
		Code   string         `json:"code"`
		ErrMsg string         `json:"err_msg"`
		Data   map[string]any `json:"data"`
	}
	if err := json.Unmarshal(said, &answer); err != nil {
		t.Fatalf("%v: %s", err, said)
	}
	if answer.Data == nil {
		t.Errorf("data is no object: %s", said)
	}
	return answer.Code, answer.ErrMsg, answer.Data, exit
}

// recharge is a good request with one field changed; nil takes it out.
func rechargeIn(t *testing.T, field string, value any) []byte {
	t.Helper()
	data := map[string]any{
		"payAppId": "A", "payAppSecret": "S", "termNo": "T", "cardType": "01", "cardNo": "C",
		"accountType": "02", "hisCustId": "H", "userName": "姓名", "amount": "0.01", "outChargeNo": "N1",
		"extra": map[string]any{"printMode": "1"},
	}
	data[field] = value
	if field == "depositType" { // it does not go with printMode
		delete(data, "extra")
	}
	if value == nil {
		delete(data, field)
	}
	text, err := json.Marshal(map[string]any{
		"recer_sys_code": "HIS", "dept_codg": "1", "dept_name": "科", "opter": "o", "opter_name": "员", "opter_type": "1",
		"data": data,
	})
	if err != nil {
		t.Fatal(err)
	}
	gbk, err := onetrans.EncodeGBK(text)
	if err != nil {
		t.Fatal(err)
	}
	return gbk
}

func TestWhatIsRefusedIsSentNowhere(t *testing.T) {
	for name, c := range map[string]struct {
		transType string
		in        []byte
		code      onetrans.Code
		text      string
	}{
		"unknown trans_type":        {"hop.trade.nothing", nil, onetrans.CodeTransType, ""},
		"ours alone":                {onetrans.TransClose, nil, onetrans.CodeTransType, ""},
		"no JSON":                   {onetrans.TransRecharge, []byte("{"), onetrans.CodeNotJSON, ""},
		"no GBK":                    {onetrans.TransRecharge, []byte("\xff\xff"), onetrans.CodeNotJSON, ""},
		"another type in the body":  {onetrans.TransRecharge, []byte(`{"trans_type":"hop.trade.query","data":{}}`), onetrans.CodeField, ""},
		"no number":                 {onetrans.TransRecharge, rechargeIn(t, "outChargeNo", nil), onetrans.CodeField, "缺少必填项 outChargeNo（商户充值业务流水）"},
		"no amount":                 {onetrans.TransRecharge, rechargeIn(t, "amount", ""), onetrans.CodeField, "缺少必填项 amount（充值金额）"},
		"amount of nothing":         {onetrans.TransRecharge, rechargeIn(t, "amount", "0.00"), onetrans.CodeField, "amount（充值金额）格式有误"},
		"amount with three places":  {onetrans.TransRecharge, rechargeIn(t, "amount", "1.005"), onetrans.CodeField, "amount（充值金额）格式有误"},
		"cashier page without page": {onetrans.TransRecharge, rechargeIn(t, "extra", nil), onetrans.CodeDevice, ""},
		"query for nothing":         {onetrans.TransQuery, []byte(`{"data":{"payAppId":"A"}}`), onetrans.CodeField, ""},
	} {
		t.Run(name, func(t *testing.T) {
			core := &fakeCore{}
			code, text, _, exit := call(t, door(core, nil), c.transType, c.in)
			if code != string(c.code) || exit != ExitAnswered {
				t.Errorf("answered %s %q, exit %d", code, text, exit)
			}
			if c.text != "" && text != c.text {
				t.Errorf("said %q, want %q", text, c.text)
			}
			if core.sent != 0 {
				t.Error("something was sent")
			}
		})
	}
}

func TestAllFaultsOfARequestAreToldAtOnce(t *testing.T) {
	changed := rechargeIn(t, "accountType", "09")
	for field, value := range map[string]string{"outChargeNo": `""`, "amount": `"1.005"`, "depositType": `"NATIVE"`} {
		if bytes.Contains(changed, []byte(`"`+field+`":`)) {
			from := bytes.Index(changed, []byte(`"`+field+`":`))
			to := from + bytes.IndexByte(changed[from:], ',')
			changed = slices.Concat(changed[:from], []byte(`"`+field+`":`+value), changed[to:])
		} else {
			changed = bytes.Replace(changed, []byte(`"data":{`), []byte(`"data":{"`+field+`":`+value+`,`), 1)
		}
	}
	code, text, _, _ := call(t, door(&fakeCore{}, nil), onetrans.TransRecharge, changed)
	if code != string(onetrans.CodeField) || utf8.RuneCountInString(text) > onetrans.MaxErrMsg {
		t.Errorf("%s: %q", code, text)
	}
	for _, says := range []string{"accountType（帐户类型）只能是 01、02", "缺少必填项 outChargeNo", "amount（充值金额）格式有误", "WX_BAR、ALI_BAR、UNION_BAR、CHS_ONE_BAR"} {
		if !strings.Contains(text, says) {
			t.Errorf("not told: %s\n%s", says, text)
		}
	}
	none := []byte(`{"data":{"x":1}}`)
	code, text, _, _ = call(t, door(&fakeCore{}, nil), onetrans.TransRecharge, none)
	if code != string(onetrans.CodeField) || utf8.RuneCountInString(text) > onetrans.MaxErrMsg ||
		!strings.HasPrefix(text, "缺少必填项 recer_sys_code") || !strings.HasSuffix(text, "项有误") {
		t.Errorf("%s: %q, %d characters", code, text, utf8.RuneCountInString(text))
	}
}

func TestWhateverTheSandboxAnswersSaysThatNoRealMoneyMoves(t *testing.T) {
	d := door(&fakeCore{}, nil)
	d.Demo = true
	in := rechargeIn(t, "", nil)
	for name, answer := range map[string]func() ([]byte, int){
		"done": func() ([]byte, int) {
			return d.Serve(t.Context(), onetrans.Call{TransType: onetrans.TransRecharge, In: in, Buffer: 0})
		},
		"refused": func() ([]byte, int) { return d.Serve(t.Context(), onetrans.Call{TransType: "none", In: in, Buffer: 0}) },
		"busy": func() ([]byte, int) {
			return d.Busy(onetrans.Call{TransType: onetrans.TransRecharge, In: in, Buffer: 0})
		},
		"lost": func() ([]byte, int) {
			return d.Lost(onetrans.Call{TransType: onetrans.TransRecharge, In: in, Buffer: 0})
		},
		"silent": func() ([]byte, int) {
			return d.Silent(onetrans.Call{TransType: onetrans.TransRecharge, In: in, Buffer: 0})
		},
		"too long": func() ([]byte, int) { return d.Serve(t.Context(), onetrans.Call{TransType: "none", In: in, Buffer: 1}) },
		"many faults": func() ([]byte, int) {
			return d.Serve(t.Context(), onetrans.Call{TransType: onetrans.TransRecharge, In: []byte(`{"data":{"x":1}}`), Buffer: 0})
		},
	} {
		out, _ := answer()
		text, err := onetrans.DecodeGBK(out)
		var a onetrans.Answer
		if err = errors.Join(err, onetrans.Unmarshal(text, &a)); err != nil {
			t.Fatal(err)
		}
		if said := a.ErrMsg.String(); !strings.HasPrefix(said, "【演示 · 不动真钱】") || utf8.RuneCountInString(said) > onetrans.MaxErrMsg {
			t.Errorf("%s: %q", name, said)
		}
	}
}

func TestACodeOnTheScreenDoesNotGoWithAWayToPay(t *testing.T) {
	in := bytes.Replace(rechargeIn(t, "", nil), []byte(`"data":{`), []byte(`"data":{"depositType":"WX_BAR",`), 1)
	core := &fakeCore{}
	code, text, _, _ := call(t, door(core, nil), onetrans.TransRecharge, in)
	if code != string(onetrans.CodeField) || text != "depositType（支付方式）不能与 data.extra.printMode 1 同时使用" || core.sent > 0 {
		t.Errorf("%s %q, %d sent", code, text, core.sent)
	}
}

// A refund once went to 寮犱笁, who is 张三 in UTF-8 read as GBK.
func TestTextThatIsNotGBKIsToldHowToBecomeIt(t *testing.T) {
	gbk := rechargeIn(t, "userName", "张三")
	utf, err := onetrans.DecodeGBK(gbk)
	if err != nil {
		t.Fatal(err)
	}
	var wide []byte
	for _, unit := range utf16.Encode([]rune(string(utf))) {
		wide = append(wide, byte(unit), byte(unit>>8))
	}
	for in, says := range map[string]string{string(utf): "请用 GBK 编码", string(wide): ";ansi", "{": "JSON"} {
		core := &fakeCore{}
		code, text, _, _ := call(t, door(core, nil), onetrans.TransRecharge, []byte(in))
		if code != string(onetrans.CodeNotJSON) || !strings.Contains(text, says) || core.sent > 0 {
			t.Errorf("answered %s %q, %d sent", code, text, core.sent)
		}
	}
	code, text, _, _ := call(t, door(&fakeCore{}, nil), onetrans.TransRecharge, append(gbk, 0, 'x', 0xff))
	if code == string(onetrans.CodeNotJSON) {
		t.Errorf("what is behind the end of a text counts: %s %q", code, text)
	}
}

func TestEveryErrorHasItsCode(t *testing.T) {
	for err, want := range map[error]onetrans.Code{
		txn.ErrBusy:                         onetrans.CodeBusy,
		fmt.Errorf("x: %w", txn.ErrJournal): onetrans.CodeJournal,
		store.ErrUnusable:                   onetrans.CodeJournal,
		store.ErrDamaged:                    onetrans.CodeJournal,
		store.ErrKey:                        onetrans.CodeJournal,
		store.ErrRolledBack:                 onetrans.CodeJournal,
		txn.ErrNumberReused:                 onetrans.CodeOtherTrade,
		&txn.WayError{No: "R1"}:             onetrans.CodeOtherTrade,
		txn.ErrUnclear:                      onetrans.CodeUnknown,
		&txn.InDoubtError{No: "N0"}:         onetrans.CodeInDoubt,
		platform.ErrNotSent:                 onetrans.CodeNotSent,
		platform.ErrNoAnswer:                onetrans.CodeUnknown,
		errors.New("unheard of"):            onetrans.CodeInternal,
	} {
		code, _, data, exit := call(t, door(&fakeCore{err: err}, nil), onetrans.TransRecharge, rechargeIn(t, "", nil))
		if code != string(want) {
			t.Errorf("%v: %s, want %s", err, code, want)
		}
		if (exit == ExitUnknown) != (want == onetrans.CodeUnknown) {
			t.Errorf("%v: exit %d", err, exit)
		}
		if want == onetrans.CodeInDoubt && data["outChargeNo"] != "N0" {
			t.Errorf("the number in doubt is not named: %v", data)
		}
	}
}

// A cashier who tried another way must hear by which the money goes.
func TestWhoRepeatsARefundAnotherWayHearsTheWayThatStands(t *testing.T) {
	core := &fakeCore{err: &txn.WayError{No: "R1", WithdrawMode: "1", RefundType: onetrans.RefundDirect}}
	_, text, _, _ := call(t, door(core, nil), onetrans.TransRecharge, rechargeIn(t, "", nil))
	if !strings.Contains(text, "withdrawMode 1") || !strings.Contains(text, "refundType direct") {
		t.Errorf("%s", text)
	}
}

func TestACallWithoutATransTypeHasItsBodys(t *testing.T) {
	body := func(transType string) []byte {
		return bytes.Replace(rechargeIn(t, "", nil), []byte("{"), []byte(`{"trans_type":"`+transType+`",`), 1)
	}
	for name, c := range map[string]struct {
		in   []byte
		code onetrans.Code
	}{
		"in its body":       {body(onetrans.TransRecharge), onetrans.CodeOK},
		"none in its body":  {rechargeIn(t, "", nil), onetrans.CodeTransType},
		"an unknown one":    {body("hop.trade.nothing"), onetrans.CodeTransType},
		"a body of nothing": {nil, onetrans.CodeNotJSON},
		"no JSON":           {[]byte(`{"trans_type":"hop.trade.recharge"`), onetrans.CodeNotJSON},
	} {
		core := &fakeCore{trade: txn.Trade{Order: txn.Order{No: "N1"}, Progress: txn.Progress{State: txn.Succ}}}
		if code, text, _, _ := call(t, door(core, nil), "", c.in); code != string(c.code) || core.sent > 0 != (c.code == onetrans.CodeOK) {
			t.Errorf("%s: %s %s, sent %d", name, code, text, core.sent)
		}
	}
	d := door(&fakeCore{}, nil)
	out, exit := d.Lost(onetrans.Call{In: body(onetrans.TransRecharge)})
	if exit != ExitUnknown || !bytes.Contains(out, []byte(`"outChargeNo":"N1"`)) {
		t.Errorf("lost: %s", out)
	}
}

func TestATerminalInUseIsBusy(t *testing.T) {
	for _, d := range []Door{door(&fakeCore{busy: true}, nil), door(nil, store.ErrInUse)} {
		if code, _, _, _ := call(t, d, onetrans.TransRecharge, rechargeIn(t, "", nil)); code != string(onetrans.CodeBusy) {
			t.Errorf("answered %s", code)
		}
	}
}

func TestAnOutcomeIsNeverCalledFailedUnlessItIs(t *testing.T) {
	for name, c := range map[string]struct {
		progress txn.Progress
		code     onetrans.Code
	}{
		"paid":                   {txn.Progress{State: txn.Succ, Result: onetrans.ResultSucc}, onetrans.CodeOK},
		"failed":                 {txn.Progress{State: txn.Fail, Result: onetrans.ResultFail}, onetrans.CodeNotTaken},
		"closed":                 {txn.Progress{State: txn.Closed, Result: onetrans.ResultClosed}, onetrans.CodeNotTaken},
		"refused":                {txn.Progress{State: txn.Refused, RefusedWith: onetrans.CodePlatformNoPerson}, onetrans.CodePlatformNoPerson},
		"not sent":               {txn.Progress{State: txn.NotSent}, onetrans.CodeNotSent},
		"not sealed":             {txn.Progress{State: txn.NotSent, Unsealed: true}, onetrans.CodeInternal},
		"waiting for code":       {txn.Progress{State: txn.Pending, Result: onetrans.ResultInit, QRCode: "Q"}, onetrans.CodeOK},
		"being closed":           {txn.Progress{State: txn.Pending, Result: onetrans.ResultInit, QRCode: "Q", CloseAsked: true}, onetrans.CodeUnknown},
		"being paid":             {txn.Progress{State: txn.Pending, Result: onetrans.ResultIng}, onetrans.CodeUnknown},
		"unknown":                {txn.Progress{State: txn.Unknown}, onetrans.CodeUnknown},
		"paid, contradicted":     {txn.Progress{State: txn.Succ, Result: onetrans.ResultSucc, Alarm: "A"}, onetrans.CodeOK},
		"failed, contradicted":   {txn.Progress{State: txn.Fail, Result: onetrans.ResultFail, Alarm: "A"}, onetrans.CodeUnknown},
		"given up, disputed":     {txn.Progress{State: txn.Fail, Said: onetrans.ResultSucc}, onetrans.CodeUnknown},
		"given up, under way":    {txn.Progress{State: txn.Fail, Said: onetrans.ResultIng}, onetrans.CodeUnknown},
		"given up, still open":   {txn.Progress{State: txn.Fail, Said: onetrans.ResultInit}, onetrans.CodeNotTaken},
		"said to be paid":        {txn.Progress{State: txn.Succ, Said: onetrans.ResultClosed}, onetrans.CodeOK},
		"closed, contradicted":   {txn.Progress{State: txn.Closed, Result: onetrans.ResultClosed, Alarm: "A"}, onetrans.CodeUnknown},
		"refused, contradicted":  {txn.Progress{State: txn.Refused, RefusedWith: "610004", Alarm: "A"}, onetrans.CodeUnknown},
		"not sent, contradicted": {txn.Progress{State: txn.NotSent, Alarm: "A"}, onetrans.CodeUnknown},
		"not found yet":          {txn.Progress{State: txn.Unknown, Result: onetrans.ResultNotFound}, onetrans.CodeUnknown},
	} {
		order := txn.Order{No: "N1", Request: onetrans.Request{TransType: onetrans.T(onetrans.TransRecharge)}}
		core := &fakeCore{trade: txn.Trade{Order: order, Progress: c.progress}}
		code, _, data, _ := call(t, door(core, nil), onetrans.TransRecharge, rechargeIn(t, "", nil))
		if code != string(c.code) {
			t.Errorf("%s: %s, want %s", name, code, c.code)
		}
		if data["outChargeNo"] != "N1" {
			t.Errorf("%s: the trade is not named: %v", name, data)
		}
		if code == string(onetrans.CodeUnknown) && data["result"] != string(onetrans.ResultIng) {
			t.Errorf("%s: result %v", name, data["result"])
		}
	}
}

// Who did not ask for the code can't have it paid: to them the order is undecided.
func TestAnUnpaidOrderIsAnAnswerOnlyToWhoAskedForItsCode(t *testing.T) {
	unpaid := txn.Trade{Order: txn.Order{No: "N1"}, Progress: txn.Progress{State: txn.Pending, Result: onetrans.ResultInit, QRCode: "Q"}}
	pages := fakePages{charge: txn.Status{Trade: unpaid}}
	for name, c := range map[string]struct {
		field string
		value any
		code  onetrans.Code
	}{
		"its code":              {"", nil, onetrans.CodeOK},
		"its code, by a number": {"extra", map[string]any{"printMode": 1}, onetrans.CodeOK},
		"the cashier":           {"extra", nil, onetrans.CodeUnknown},
		"paid another way":      {"depositType", "WX_BAR", onetrans.CodeUnknown},
		"another print mode":    {"extra", map[string]any{"printMode": "2"}, onetrans.CodeUnknown},
	} {
		d := doorWith(Terminal{Core: &fakeCore{trade: unpaid}, Pages: pages}, nil)
		code, _, data, _ := call(t, d, onetrans.TransRecharge, rechargeIn(t, c.field, c.value))
		if code != string(c.code) || data["outChargeNo"] != "N1" {
			t.Errorf("%s: %s %v", name, code, data)
		}
		if wanted := c.code == onetrans.CodeOK; (data["qrcode"] == "Q") != wanted || (data["result"] == "ing") == wanted {
			t.Errorf("%s: %v", name, data)
		}
	}
}

func TestAnAnswerAboutMoneyIsCutToItsCallersBuffer(t *testing.T) {
	long := onetrans.Answer{Code: onetrans.T(string(onetrans.CodeOK)), Data: []byte(`{"outChargeNo":"N1","more":"` + strings.Repeat("x", 400) + `"}`)}
	d := door(&fakeCore{answer: long}, nil)
	in := rechargeIn(t, "outTradeNo", "N1")
	in = bytes.Replace(in, []byte(`"termNo"`), []byte(`"tradeType":"hop.trade.recharge","termNo"`), 1)
	// A query speaks of money: it is cut, never refused.
	if code, _, data, _ := answered(t, d, onetrans.Call{TransType: onetrans.TransQuery, In: in, Buffer: 300}); code != string(onetrans.CodeOK) || data["more"] != nil {
		t.Errorf("answered %s %v", code, data)
	}
}

func TestARefundIsToldAsItStands(t *testing.T) {
	for name, c := range map[string]struct {
		progress txn.Progress
		code     onetrans.Code
		result   onetrans.Result
	}{
		"done":                  {txn.Progress{State: txn.Succ, Result: onetrans.ResultSucc}, onetrans.CodeOK, onetrans.ResultSucc},
		"failed":                {txn.Progress{State: txn.Fail, Result: onetrans.ResultFail}, onetrans.CodeOK, onetrans.ResultFail},
		"for days":              {txn.Progress{State: txn.Pending, Result: onetrans.ResultIng}, onetrans.CodeOK, onetrans.ResultIng},
		"refused":               {txn.Progress{State: txn.Refused, RefusedWith: onetrans.CodePlatformExceeds}, onetrans.CodePlatformExceeds, ""},
		"not sent":              {txn.Progress{State: txn.NotSent}, onetrans.CodeNotSent, ""},
		"not sealed":            {txn.Progress{State: txn.NotSent, Unsealed: true}, onetrans.CodeInternal, ""},
		"unknown":               {txn.Progress{State: txn.Unknown}, onetrans.CodeUnknown, onetrans.ResultIng},
		"done, contradicted":    {txn.Progress{State: txn.Succ, Result: onetrans.ResultSucc, Alarm: "A"}, onetrans.CodeOK, onetrans.ResultSucc},
		"failed, contradicted":  {txn.Progress{State: txn.Fail, Result: onetrans.ResultFail, Alarm: "A"}, onetrans.CodeUnknown, onetrans.ResultIng},
		"given up, disputed":    {txn.Progress{State: txn.Fail, Said: onetrans.ResultSucc}, onetrans.CodeUnknown, onetrans.ResultIng},
		"given up, under way":   {txn.Progress{State: txn.Fail, Said: onetrans.ResultIng}, onetrans.CodeUnknown, onetrans.ResultIng},
		"refused, contradicted": {txn.Progress{State: txn.Refused, RefusedWith: "610005", Alarm: "A"}, onetrans.CodeUnknown, onetrans.ResultIng},
		"not found":             {txn.Progress{State: txn.Unknown, Result: onetrans.ResultNotFound}, onetrans.CodeUnknown, onetrans.ResultIng},
	} {
		order := txn.Order{No: "R1", Request: onetrans.Request{TransType: onetrans.T(onetrans.TransRefund)}}
		core := &fakeCore{trade: txn.Trade{Order: order, Progress: c.progress}}
		in := rechargeIn(t, "withdrawMode", "1")
		in = bytes.Replace(in, []byte(`"termNo"`), []byte(`"refundType":"hisDecide","outRefundNo":"R1","termNo"`), 1)
		code, _, data, _ := call(t, door(core, nil), onetrans.TransRefund, in)
		if code != string(c.code) || data["result"] != string(c.result) || data["outRefundNo"] != "R1" {
			t.Errorf("%s: %s %v", name, code, data)
		}
	}
}

// What is final here and denied by the platform is told as unknown, with what was proven.
func TestWhatThePlatformDeniesIsUnknownAndToldAsItWasProven(t *testing.T) {
	in := request(t, map[string]any{
		"payAppId": "P", "payAppSecret": "S", "termNo": "T", "cardType": "01", "cardNo": "C", "accountType": "02",
		"tradeType": onetrans.TransRecharge, "traceNo": "T1", "app_id": "A",
	})
	for kind, field := range map[string]string{onetrans.TransRecharge: "outChargeNo", onetrans.TransRefund: "outRefundNo", onetrans.TransSettle: "outSettleNo"} {
		core := &fakeCore{err: &txn.ProvenError{Kind: kind, No: "N1", Result: onetrans.ResultSucc}}
		code, _, data, exit := call(t, door(core, nil), onetrans.TransQuery, in)
		if code != string(onetrans.CodeUnknown) || exit != ExitUnknown || data["result"] != "succ" || data[field] != "N1" {
			t.Errorf("%s: %s %d %v", kind, code, exit, data)
		}
	}
}

// Callers get the whole of what the platform said, beside what is ours to say.
func TestWhatThePlatformAnsweredArrivesWhole(t *testing.T) {
	const answer = `{"result":"ing","resultDesc":"处理中","chargeNo":"old","origTraceNo":"O1","origTraceTime":"20260102030405","tradeMode":"WX",` +
		`"channel":"WX_BAR","refundCount":"2","canRrefundAmt":"7.00","card_sn":"S1","extra":{"externalNo":"E1","ours":"x"}}`
	for result, state := range map[string]txn.Progress{
		"succ": {State: txn.Succ, Result: onetrans.ResultSucc}, "ing": {State: txn.Unknown},
	} {
		state.Answer, state.ChargeNo, state.TraceNo = answer, "C1", "T1"
		for name, out := range map[string]onetrans.Answer{
			"a charge": charged(txn.Trade{Order: txn.Order{No: "N1"}, Progress: state}, false),
			"a refund": givenBack(txn.Trade{Order: txn.Order{No: "N1"}, Progress: state}),
		} {
			var data map[string]any
			if err := json.Unmarshal(out.Data, &data); err != nil {
				t.Fatal(err)
			}
			for field, want := range map[string]any{
				"result": result, "chargeNo": "C1", "traceNo": "T1", "origTraceNo": "O1", "origTraceTime": "20260102030405", "tradeMode": "WX",
				"channel": "WX_BAR", "refundCount": "2", "canRrefundAmt": "7.00", "card_sn": "S1",
			} {
				if data[field] != want {
					t.Errorf("%s, %s: %s is %v, want %v", name, result, field, data[field], want)
				}
			}
			if extra, _ := data["extra"].(map[string]any); extra["externalNo"] != "E1" || extra["ours"] != "x" {
				t.Errorf("%s: extra is %v", name, data["extra"])
			}
			if result == "succ" && data["resultDesc"] != "交易成功" {
				t.Errorf("%s: %v is the description of another result", name, data["resultDesc"])
			}
		}
	}
}

// What a person has decided has that end as its result, whatever the platform
// said of it before.
func TestTheResultIsTheTradesEnd(t *testing.T) {
	decided := txn.Progress{State: txn.Succ, Result: onetrans.ResultIng, Hand: &txn.Hand{Verdict: txn.VerdictDone}}
	for name, out := range map[string]onetrans.Answer{
		"a charge": charged(txn.Trade{Progress: decided}, false), "a refund": givenBack(txn.Trade{Progress: decided}),
	} {
		if !strings.Contains(string(out.Data), `"result":"succ"`) || out.Code.String() != string(onetrans.CodeOK) {
			t.Errorf("%s: %s", name, out.Data)
		}
	}
}

// Who hears '成功' hands the receipt over: a refund under way is not that yet.
func TestARefundUnderWayIsNotCalledDone(t *testing.T) {
	for _, said := range []onetrans.Result{onetrans.ResultInit, onetrans.ResultIng, onetrans.ResultExp, ""} {
		out := givenBack(txn.Trade{Order: txn.Order{No: "R1"}, Progress: txn.Progress{State: txn.Pending, Result: said}})
		if out.ErrMsg.String() != "退款处理中" || !strings.Contains(string(out.Data), `"result":"ing"`) {
			t.Errorf("%q: %s %s", said, out.ErrMsg, out.Data)
		}
	}
}
