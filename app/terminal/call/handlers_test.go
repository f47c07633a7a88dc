package call

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	"onetrans/devices"
	"onetrans/flows/core/txn"
	"onetrans/flows/message/onetrans"
	"onetrans/flows/message/platform"
	"onetrans/flows/message/wire"
)

// fakeCards has one card, or one reason why not.
type fakeCards struct {
	card devices.SocialSecurityCard
	err  error
}

func (f fakeCards) Read(context.Context) (devices.SocialSecurityCard, error) { return f.card, f.err }
func (fakeCards) WaitRemoved(context.Context) error                          { return nil }

// fakeIdentity has one identity card, or one reason why not.
type fakeIdentity struct {
	card devices.IdentityCard
	err  error
}

func (f fakeIdentity) Read(context.Context) (devices.IdentityCard, error) { return f.card, f.err }
func (fakeIdentity) WaitRemoved(context.Context) error                    { return nil }

// fakePages end as they are told.
type fakePages struct {
	answer onetrans.Answer
	code   string
	charge txn.Status
	settle txn.SettleStatus
	err    error
	// lent is how often the screen was given to another's page, and is back.
	lent, back *int
}

func (f fakePages) Lend(context.Context) (func(), error) {
	if f.lent == nil {
		return nil, f.err
	}
	*f.lent++
	return func() { *f.back++ }, nil
}

func (f fakePages) Identify(context.Context, onetrans.Request) (onetrans.Answer, error) {
	return f.answer, f.err
}
func (f fakePages) Scan(context.Context, onetrans.Request) (string, error) { return f.code, f.err }
func (f fakePages) Cashier(context.Context, onetrans.Asked[onetrans.RechargeIn]) (txn.Status, error) {
	return f.charge, f.err
}

func (f fakePages) Settle(_ context.Context, _ onetrans.Asked[onetrans.SettleIn], no string) (txn.SettleStatus, error) {
	if f.settle.State != "" {
		f.settle.No = no
	}
	return f.settle, f.err
}

// request is a message with good common fields.
func request(t *testing.T, data map[string]any) []byte {
	t.Helper()
	text, err := json.Marshal(map[string]any{
		"recer_sys_code": "HIS", "dept_codg": "1", "dept_name": "科", "opter": "o", "opter_name": "员", "opter_type": "1",
		"msgid": "M1", "data": data,
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

func userGetIn(t *testing.T, kind, code string) []byte {
	data := map[string]any{"mdtrt_cert_type": kind, "business_type": "01101", "more": "kept"}
	if code != "" {
		data["cert"] = map[string]any{"code": code}
	}
	return request(t, data)
}

func thirdGetIn(t *testing.T, code string) []byte {
	data := map[string]any{
		"business_type": "01101", "ehc_app_id": "E", "ehc_app_secret": "S", "term_id": "T",
		"out_verify_time": "20240417104503", "treatment_code": "0101051",
	}
	if code != "" {
		data["cert"] = map[string]any{"code": code}
	}
	return request(t, data)
}

func good(data string) onetrans.Answer {
	return onetrans.Answer{Code: onetrans.T(string(onetrans.CodeOK)), Data: []byte(data)}
}

func TestHowAPersonIsIdentified(t *testing.T) {
	card := devices.SocialSecurityCard{CardNo: "C1", Name: "姓名", IDNo: "I1"}
	identity := devices.IdentityCard{Number: "I2", Name: "姓名"}
	permit := devices.IdentityCard{Kind: devices.ResidencePermit, Number: "I3", Name: "姓名"}
	for name, c := range map[string]struct {
		in    []byte
		third bool
		with  Terminal
		code  onetrans.Code
		cert  onetrans.Cert // what the platform hears
	}{
		"card":                    {userGetIn(t, "03", ""), false, Terminal{Cards: fakeCards{card: card}}, onetrans.CodeOK, onetrans.CertOfCard(card)},
		"card, no reader":         {userGetIn(t, "03", ""), false, Terminal{}, onetrans.CodeDevice, onetrans.Cert{}},
		"card, reader away":       {userGetIn(t, "03", ""), false, Terminal{Cards: fakeCards{err: devices.ErrNoReader}}, onetrans.CodeDevice, onetrans.Cert{}},
		"card, none came":         {userGetIn(t, "03", ""), false, Terminal{Cards: fakeCards{err: context.DeadlineExceeded}}, onetrans.CodeDevice, onetrans.Cert{}},
		"identity card":           {userGetIn(t, "02", ""), false, Terminal{Identity: fakeIdentity{card: identity}}, onetrans.CodeOK, onetrans.CertOfIdentity(identity)},
		"residence permit":        {userGetIn(t, "02", ""), false, Terminal{Identity: fakeIdentity{card: permit}}, onetrans.CodeOK, onetrans.Cert{CertNo: onetrans.T("I3"), PsnName: onetrans.T("姓名"), PsnCertType: onetrans.T("17")}},
		"code brought":            {userGetIn(t, "01", "Q"), false, Terminal{}, onetrans.CodeOK, onetrans.Cert{Code: onetrans.T("Q")}},
		"code scanned":            {userGetIn(t, "01", ""), false, Terminal{Pages: fakePages{code: "S"}}, onetrans.CodeOK, onetrans.Cert{Code: onetrans.T("S")}},
		"code, no page":           {userGetIn(t, "01", ""), false, Terminal{}, onetrans.CodeDevice, onetrans.Cert{}},
		"code, cancelled":         {userGetIn(t, "01", ""), false, Terminal{Pages: fakePages{err: ErrCancelled}}, onetrans.CodeCancelled, onetrans.Cert{}},
		"code, nobody came":       {userGetIn(t, "01", ""), false, Terminal{Pages: fakePages{err: ErrTimedOut}}, onetrans.CodeTimedOut, onetrans.Cert{}},
		"picked, no page":         {userGetIn(t, "09", ""), false, Terminal{}, onetrans.CodeDevice, onetrans.Cert{}},
		"third, code brought":     {thirdGetIn(t, "Q"), true, Terminal{}, onetrans.CodeOK, onetrans.Cert{Code: onetrans.T("Q")}},
		"third, code scanned":     {thirdGetIn(t, ""), true, Terminal{Pages: fakePages{code: "S"}}, onetrans.CodeOK, onetrans.Cert{Code: onetrans.T("S")}},
		"third, no page":          {thirdGetIn(t, ""), true, Terminal{}, onetrans.CodeDevice, onetrans.Cert{}},
		"unknown kind of reading": {userGetIn(t, "77", ""), false, Terminal{}, onetrans.CodeField, onetrans.Cert{}},
	} {
		t.Run(name, func(t *testing.T) {
			core := &fakeCore{answer: good(`{}`)}
			c.with.Core = core
			transType := onetrans.TransUserGet
			if c.third {
				transType = onetrans.TransUserThirdGet
			}
			code, text, _, _ := call(t, doorWith(c.with, nil), transType, c.in)
			if code != string(c.code) {
				t.Fatalf("answered %s %s", code, text)
			}
			if sent := core.sent > 0; sent != (c.code == onetrans.CodeOK) {
				t.Fatalf("%d messages were sent", core.sent)
			}
			if core.sent == 0 {
				return
			}
			var in onetrans.UserGetIn
			if err := onetrans.UnmarshalData(core.request.Data, &in); err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(in.Cert, c.cert) {
				t.Errorf("the platform heard %+v", in.Cert)
			}
			if !c.third && string(in.Unknown) != `{"more":"kept"}` {
				t.Errorf("HIS's own became %s", in.Unknown)
			}
		})
	}
}

// Each trouble has a sentence of its own, none of them tells who it was, and
// nothing was sent.
func TestWhyAnIdentityCardIsNotRead(t *testing.T) {
	said := map[string]string{}
	for name, reader := range map[string]devices.IdentityReader{
		"no reader":          nil,
		"reader away":        fakeIdentity{err: fmt.Errorf("%w: lost", devices.ErrNoReader)},
		"another card":       fakeIdentity{err: devices.ErrWrongCard},
		"taken away":         fakeIdentity{err: devices.ErrCardRemoved},
		"not read":           fakeIdentity{err: devices.ErrUnreadable},
		"not accepted":       fakeIdentity{err: devices.ErrNotAuthentic},
		"wrong check digit":  fakeIdentity{err: devices.ErrWrongNumber},
		"none in 20 seconds": fakeIdentity{err: context.DeadlineExceeded},
	} {
		core := &fakeCore{}
		code, text, _, _ := call(t, doorWith(Terminal{Core: core, Identity: reader}, nil), onetrans.TransUserGet, userGetIn(t, "02", ""))
		if code != string(onetrans.CodeDevice) || core.sent > 0 {
			t.Errorf("%s: %s %s, %d sent", name, code, text, core.sent)
		}
		if other, twice := said[text]; twice {
			t.Errorf("%s and %s are both told as %s", name, other, text)
		}
		said[text] = name
	}
}

// patientIdentity waits for a card that never comes.
type patientIdentity struct{ fakeIdentity }

func (patientIdentity) Read(ctx context.Context) (devices.IdentityCard, error) {
	<-ctx.Done()
	return devices.IdentityCard{}, ctx.Err()
}

func TestAnIdentityCardIsWaitedForSoLong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begin := time.Now()
		code, _, _, _ := call(t, doorWith(Terminal{Core: &fakeCore{}, Identity: patientIdentity{}}, nil), onetrans.TransUserGet, userGetIn(t, "02", ""))
		if code != string(onetrans.CodeDevice) || time.Since(begin) != 20*time.Second {
			t.Errorf("%s after %v", code, time.Since(begin))
		}
	})
}

// lateCard is read when it comes, after 19 seconds.
type lateCard struct{ fakeCards }

func (lateCard) Read(context.Context) (devices.SocialSecurityCard, error) {
	time.Sleep(19 * time.Second)
	return devices.SocialSecurityCard{}, nil
}

type lateIdentity struct{ fakeIdentity }

func (lateIdentity) Read(context.Context) (devices.IdentityCard, error) {
	time.Sleep(19 * time.Second)
	return devices.IdentityCard{}, nil
}

// muteCore sends what it is given and is never answered.
type muteCore struct{ fakeCore }

func (m *muteCore) Call(ctx context.Context, _ onetrans.Request) (onetrans.Answer, error) {
	m.sent++
	<-ctx.Done()
	return onetrans.Answer{}, platform.ErrNoAnswer
}

func TestReadingACardIsAnsweredIn30SecondsInAll(t *testing.T) {
	for _, kind := range []string{onetrans.CertSocialSecurity, onetrans.CertIdentityCard} {
		synctest.Test(t, func(t *testing.T) {
			core, begin := &muteCore{}, time.Now()
			d := doorWith(Terminal{Core: core, Cards: lateCard{}, Identity: lateIdentity{}}, nil)
			code, _, _, _ := call(t, d, onetrans.TransUserGet, userGetIn(t, kind, ""))
			if took := time.Since(begin); code != string(onetrans.CodeUnknown) || core.sent != 1 || took != 30*time.Second {
				t.Errorf("%s: %s after %v, %d sent", kind, code, took, core.sent)
			}
		})
	}
}

func TestWhatThePlatformSaysOfAPersonIsPassedOn(t *testing.T) {
	for name, c := range map[string]struct {
		answer onetrans.Answer
		err    error
		code   onetrans.Code
	}{
		"text that holds an object": {good(`"{\"psn_no\":\"1\"}"`), nil, onetrans.CodeOK},
		"success without a code":    {onetrans.Answer{ErrMsg: onetrans.T("success")}, nil, onetrans.CodeOK},
		"neither code nor success":  {onetrans.Answer{}, nil, onetrans.CodeUntrusted},
		"data that is none":         {good(`[1]`), nil, onetrans.CodeUntrusted},
		"a number for who it is":    {good(`{"baseinfo":5}`), nil, onetrans.CodeUntrusted},
		"a list for who it is":      {good(`{"baseinfo":[{}]}`), nil, onetrans.CodeUntrusted},
		"an object for a card":      {good(`{"card_no":{}}`), nil, onetrans.CodeUntrusted},
		"a list inside a person":    {good(`{"baseinfo":{"psn_name":[]}}`), nil, onetrans.CodeUntrusted},
		"text that holds a person":  {good(`{"baseinfo":"{\"psn_name\":\"x\"}"}`), nil, onetrans.CodeOK},
		"fields nobody knows":       {good(`{"baseinfo":{"new":[1]},"more":{}}`), nil, onetrans.CodeOK},
		"nothing in it":             {good(`{}`), nil, onetrans.CodeOK},
		"refused, in any shape":     {onetrans.Answer{Code: onetrans.T("610004"), Data: []byte(`{"baseinfo":5}`)}, nil, "610004"},
		"the platform's refusal":    {onetrans.Answer{Code: onetrans.T("610004")}, nil, "610004"},
		"nobody there":              {onetrans.Answer{}, platform.ErrNotSent, onetrans.CodeNotSent},
		"no answer":                 {onetrans.Answer{}, platform.ErrNoAnswer, onetrans.CodeUnknown},
		"an answer of somebody's":   {onetrans.Answer{}, fmt.Errorf("%w: %w", platform.ErrNoAnswer, wire.ErrUntrusted), onetrans.CodeUntrusted},
	} {
		core := &fakeCore{answer: c.answer, err: c.err}
		if code, _, _, _ := call(t, door(core, nil), onetrans.TransUserGet, userGetIn(t, "01", "Q")); code != string(c.code) {
			t.Errorf("%s: %s", name, code)
		}
	}
}

func TestWhoIsPickedGoesToTheCaller(t *testing.T) {
	pages := fakePages{answer: good(`{"card_no":"C1"}`)}
	code, _, data, _ := call(t, doorWith(Terminal{Core: &fakeCore{}, Pages: pages}, nil), onetrans.TransUserGet, userGetIn(t, "09", ""))
	if code != string(onetrans.CodeOK) || data["card_no"] != "C1" {
		t.Errorf("%s %v", code, data)
	}
}

func TestWhoIsPickedInAWrongShapeIsNotTrusted(t *testing.T) {
	for name, pages := range map[string]fakePages{
		"the page found out": {err: fmt.Errorf("%w: %w", wire.ErrUntrusted, onetrans.ErrMalformed)},
		"the page did not":   {answer: good(`{"baseinfo":"x"}`)},
	} {
		code, _, _, _ := call(t, doorWith(Terminal{Core: &fakeCore{}, Pages: pages}, nil), onetrans.TransUserGet, userGetIn(t, "09", ""))
		if code != string(onetrans.CodeUntrusted) {
			t.Errorf("%s: %s", name, code)
		}
	}
}

// What could not be asked is neither the network's fault nor the platform's.
func TestAFaultOfOursNeverBlamesThePlatform(t *testing.T) {
	for _, ours := range []error{onetrans.ErrMalformed, fmt.Errorf("%w: %w", platform.ErrNotSent, wire.ErrContent)} {
		pages := fakePages{err: ours}
		code, _, _, _ := call(t, doorWith(Terminal{Core: &fakeCore{}, Pages: pages}, nil), onetrans.TransUserGet, userGetIn(t, "09", ""))
		if code != string(onetrans.CodeInternal) {
			t.Errorf("%v: %s", ours, code)
		}
	}
}

func charge(state txn.Progress) txn.Status {
	return txn.Status{Trade: txn.Trade{Order: txn.Order{No: "N1"}, Progress: state}}
}

func TestWhichRechargesNeedACashier(t *testing.T) {
	for name, c := range map[string]struct {
		field string
		value any
		page  bool
	}{
		"code for the caller":  {"extra", map[string]any{"printMode": "1"}, false},
		"nothing said":         {"extra", nil, true},
		"a code to be shown":   {"depositType", "WX_BAR", true},
		"credit pay":           {"payType", "1", false},
		"a way not known here": {"depositType", "NEW_BAR", false},
	} {
		var in onetrans.RechargeIn
		text, _ := onetrans.DecodeGBK(rechargeIn(t, c.field, c.value))
		var r onetrans.Request
		if err := errors.Join(onetrans.Unmarshal(text, &r), onetrans.UnmarshalData(r.Data, &in)); err != nil {
			t.Fatal(err)
		}
		if needsCashier(in) != c.page {
			t.Errorf("%s: %v", name, !c.page)
		}
	}
}

func TestHowACashierEnds(t *testing.T) {
	closed := charge(txn.Progress{State: txn.Closed, Result: onetrans.ResultClosed})
	for name, c := range map[string]struct {
		pages fakePages
		code  onetrans.Code
	}{
		"paid":                              {fakePages{charge: charge(txn.Progress{State: txn.Succ})}, onetrans.CodeOK},
		"closed by the platform":            {fakePages{charge: closed}, onetrans.CodeNotTaken},
		"left, closed":                      {fakePages{charge: closed, err: ErrCancelled}, onetrans.CodeCancelled},
		"timed out, closed":                 {fakePages{charge: closed, err: ErrTimedOut}, onetrans.CodeTimedOut},
		"left before the line opened":       {fakePages{charge: charge(txn.Progress{State: txn.NotSent}), err: ErrCancelled}, onetrans.CodeCancelled},
		"left, and paid after all":          {fakePages{charge: charge(txn.Progress{State: txn.Succ}), err: ErrCancelled}, onetrans.CodeOK},
		"left, and not closed yet":          {fakePages{charge: charge(txn.Progress{State: txn.Unknown}), err: ErrCancelled}, onetrans.CodeUnknown},
		"left, closed, and said to be paid": {fakePages{charge: charge(txn.Progress{State: txn.Closed, Alarm: "A"}), err: ErrCancelled}, onetrans.CodeUnknown},
		"left before anything":              {fakePages{err: ErrCancelled}, onetrans.CodeCancelled},
		"journal gone":                      {fakePages{err: txn.ErrJournal}, onetrans.CodeJournal},
		"gone without a word":               {fakePages{}, onetrans.CodeUnknown},
		"in doubt":                          {fakePages{err: &txn.InDoubtError{No: "N0"}}, onetrans.CodeInDoubt},
	} {
		terminal := Terminal{Core: &fakeCore{}, Pages: c.pages}
		code, text, data, _ := call(t, doorWith(terminal, nil), onetrans.TransRecharge, rechargeIn(t, "extra", nil))
		if code != string(c.code) {
			t.Errorf("%s: %s %s", name, code, text)
		}
		if code == string(onetrans.CodeUnknown) && data["outChargeNo"] != "N1" {
			t.Errorf("%s: the trade is not named: %v", name, data)
		}
	}
}

func settleIn(t *testing.T) []byte { return settlementOf(t, nil, nil) }

// settlementOf is a settlement with these credentials; nil: without.
func settlementOf(t *testing.T, payAppID, payAppSecret any) []byte {
	t.Helper()
	data := map[string]any{
		"termNo": "T", "certno": "I", "patientType": "00", "cardno": "C", "account_type": "01", "psn_cert_type": "01",
		"psn_name": "姓名", "mdtrtarea_admvs": "350100", "fixmedins_code": "H", "fixmedins_name": "院",
	}
	for name, value := range map[string]any{"payAppId": payAppID, "payAppSecret": payAppSecret} {
		if value != nil {
			data[name] = value
		}
	}
	return request(t, data)
}

// A settlement may come without a merchant, never with half of one.
func TestASettlementsMerchantIsWholeOrNone(t *testing.T) {
	ours := map[string]onetrans.Merchant{"01": {PayAppID: "P", PayAppSecret: "S"}}
	for name, c := range map[string]struct {
		merchants  map[string]onetrans.Merchant
		id, secret any
		want       string // what is missing
	}{
		"none":                          {nil, nil, nil, ""},
		"empty":                         {nil, "", "", ""},
		"HIS's":                         {nil, "HP", "HS", ""},
		"HIS's name":                    {nil, "HP", nil, "payAppSecret（统一支付平台AppSecret）"},
		"HIS's secret":                  {nil, "", "HS", "payAppId（统一支付平台APPID）"},
		"our name":                      {ours, "P", nil, ""},
		"HIS's name beside our pair":    {ours, "HP", nil, "payAppSecret（统一支付平台AppSecret）"},
		"HIS's secret beside our pair":  {ours, nil, "HS", "payAppId（统一支付平台APPID）"},
		"our name, of another account":  {map[string]onetrans.Merchant{"02": {PayAppID: "P", PayAppSecret: "S"}}, "P", nil, "payAppSecret（统一支付平台AppSecret）"},
		"our name, its secret not here": {map[string]onetrans.Merchant{"01": {PayAppID: "P", PayAppSecret: ""}}, "P", nil, "payAppSecret（统一支付平台AppSecret）"},
	} {
		d := Door{Credentials: Credentials{AppID: "OURS", Merchants: c.merchants}}
		_, _, refusal := d.read(&onetrans.Call{TransType: onetrans.TransSettle, In: settlementOf(t, c.id, c.secret)})
		switch {
		case c.want == "" && refusal != nil:
			t.Errorf("%s: %s", name, refusal.ErrMsg)
		case c.want != "" && (refusal == nil || refusal.Code.String() != string(onetrans.CodeField) || refusal.ErrMsg.String() != "缺少必填项 "+c.want):
			t.Errorf("%s: %+v", name, refusal)
		}
	}
}

// What of the data a trans_type does not know is nobody's business but the platform's.
func TestAFieldOfAnotherTransTypeDecidesNothing(t *testing.T) {
	ours := map[string]onetrans.Merchant{"01": {PayAppID: "P1", PayAppSecret: "S1"}, "02": {PayAppID: "P2", PayAppSecret: "S2"}}
	for name, field := range map[string]string{"an account": `"accountType":"02"`, "a number": `"outTradeNo":[]`, "an account that is none": `"accountType":{}`} {
		gbk := []byte(strings.Replace(string(settlementOf(t, nil, nil)), `"data":{`, `"data":{`+field+`,`, 1))
		settlement := onetrans.Call{TransType: onetrans.TransSettle, In: gbk}
		d := doorWith(Terminal{Core: &fakeCore{}}, nil)
		d.Credentials = Credentials{AppID: "OURS", Merchants: ours}
		_, in, refusal := d.read(&settlement)
		if refusal != nil || in.(*onetrans.SettleIn).PayAppID.String() != "P1" {
			t.Errorf("%s: %+v, %+v", name, in, refusal)
		}
		if code, text, _, _ := call(t, d, onetrans.TransSettle, gbk); code != string(onetrans.CodeDevice) { // there is no page
			t.Errorf("%s: %s %s", name, code, text)
		}
	}
}

func TestHowASettlementEnds(t *testing.T) {
	for name, c := range map[string]struct {
		pages fakePages
		code  onetrans.Code
	}{
		"settled":                     {fakePages{settle: txn.SettleStatus{State: txn.Succ, Settlement: txn.Settlement{OrderList: []string{"O1"}, SetlID: "L1"}}}, onetrans.CodeOK},
		"refunded":                    {fakePages{settle: txn.SettleStatus{State: txn.Refunded}}, onetrans.CodePlatformNoSettle},
		"left":                        {fakePages{settle: txn.SettleStatus{State: txn.Abandoned}, err: ErrCancelled}, onetrans.CodeCancelled},
		"refused":                     {fakePages{settle: txn.SettleStatus{State: txn.Refused, RefusedWith: "610004"}}, "610004"},
		"settled, contradicted":       {fakePages{settle: txn.SettleStatus{State: txn.Succ, Alarm: "A"}}, onetrans.CodeUnknown},
		"left before the line opened": {fakePages{settle: txn.SettleStatus{State: txn.NotSent}, err: ErrCancelled}, onetrans.CodeCancelled},
		"left, contradicted":          {fakePages{settle: txn.SettleStatus{State: txn.Abandoned, Alarm: "A"}, err: ErrCancelled}, onetrans.CodeUnknown},
		"given up, said to be paid":   {fakePages{settle: txn.SettleStatus{State: txn.Abandoned, Said: onetrans.ResultSucc}}, onetrans.CodeUnknown},
		"refunded, contradicted":      {fakePages{settle: txn.SettleStatus{State: txn.Refunded, Alarm: "A"}}, onetrans.CodeUnknown},
		"being confirmed":             {fakePages{settle: txn.SettleStatus{State: txn.Confirming}}, onetrans.CodeUnknown},
		"being abandoned":             {fakePages{settle: txn.SettleStatus{State: txn.Abandoning}, err: ErrCancelled}, onetrans.CodeUnknown},
		"settled and cancelled":       {fakePages{settle: txn.SettleStatus{State: txn.Cancelled}}, onetrans.CodeUnsettled},
	} {
		code, text, data, _ := call(t, doorWith(Terminal{Core: &fakeCore{}, Pages: c.pages}, nil), onetrans.TransSettle, settleIn(t))
		if code != string(c.code) || data["outSettleNo"] != "M1" {
			t.Errorf("%s: %s %s %v", name, code, text, data)
		}
	}
	waits := fakePages{err: &txn.InDoubtError{No: "S0"}}
	code, _, data, _ := call(t, doorWith(Terminal{Core: &fakeCore{}, Pages: waits}, nil), onetrans.TransSettle, settleIn(t))
	if _, charge := data["outChargeNo"]; code != string(onetrans.CodeInDoubt) || data["outSettleNo"] != "S0" || charge {
		t.Errorf("another is not finished: %s %v", code, data)
	}
	if code, _, _, _ := call(t, door(&fakeCore{}, nil), onetrans.TransSettle, settleIn(t)); code != string(onetrans.CodeDevice) {
		t.Errorf("without a display: %s", code)
	}
}

// Whatever is refused, HIS hears the platform's code as it is, and its words
// after ours, within the length that err_msg has.
func TestAPlatformsWordsFollowOurs(t *testing.T) {
	const code, words = "610003", "该卡有未完成的结算：HH4"
	refused := txn.Trade{Order: txn.Order{No: "N1"}, Progress: txn.Progress{State: txn.Refused, RefusedWith: code, RefusedWords: words}}
	queryIn := request(t, map[string]any{
		"payAppId": "A", "payAppSecret": "B", "termNo": "T", "cardType": "01", "cardNo": "C", "accountType": "02",
		"tradeType": onetrans.TransRecharge, "outTradeNo": "N1",
	})
	cancelIn := request(t, map[string]any{"fixmedins_code": "H", "fixmedins_name": "院", "mdtrt_id": "D1", "setl_id": "L1", "psn_no": "P1"})
	long := strings.Repeat("长", 200)
	for name, c := range map[string]struct {
		core      *fakeCore
		transType string
		in        []byte
		want      string
	}{
		"a recharge": {&fakeCore{trade: refused}, onetrans.TransRecharge, rechargeIn(t, "", nil), words},
		"a settlement": {
			&fakeCore{settlement: txn.SettleStatus{No: "M1", State: txn.Refused, RefusedWith: code, RefusedWords: words}},
			onetrans.TransSettle, settleIn(t), words,
		},
		"a cancellation": {
			&fakeCore{cancel: txn.CancelStatus{No: "L1", State: txn.Refused, RefusedWith: code, RefusedWords: words}},
			onetrans.TransSettleCancel, cancelIn, words,
		},
		"a reading": {
			&fakeCore{answer: onetrans.Answer{Code: onetrans.T(code), ErrMsg: onetrans.T("该卡有\u202e未完成的结算：HH4\x00\n")}},
			onetrans.TransUserGet, userGetIn(t, "01", "Q"), words,
		},
		"a query": {
			&fakeCore{answer: onetrans.Answer{Code: onetrans.T(code), ErrMsg: onetrans.T(words)}},
			onetrans.TransQuery, queryIn, words,
		},
		"no words": {&fakeCore{answer: onetrans.Answer{Code: onetrans.T(code)}}, onetrans.TransUserGet, userGetIn(t, "01", "Q"), ""},
		"too many": {
			&fakeCore{answer: onetrans.Answer{Code: onetrans.T(code), ErrMsg: onetrans.T(long)}},
			onetrans.TransUserGet, userGetIn(t, "01", "Q"), long[:3*(200-19-1)] + "…",
		},
	} {
		got, text, _, _ := call(t, doorWith(Terminal{Core: c.core}, nil), c.transType, c.in)
		want := "支付平台拒绝，未办理（" + code + "）"
		if c.transType == onetrans.TransQuery { // what is refused is the question, not the trade
			want = "支付平台拒绝查询，交易结果未知，请勿重复收款或退款（" + code + "）"
		}
		if c.want != "" {
			want += "：" + c.want
		}
		if got != code || text != want || utf8.RuneCountInString(text) > onetrans.MaxErrMsg {
			t.Errorf("%s: %s %q, want %q", name, got, text, want)
		}
	}
	waits := &fakeCore{settlement: txn.SettleStatus{No: "M1", State: txn.Refunding, RefusedWith: "610007", RefusedWords: "医保结算被拒绝"}}
	if _, text, _, _ := call(t, doorWith(Terminal{Core: waits}, nil), onetrans.TransSettle, settleIn(t)); !strings.HasSuffix(text, "（610007）：医保结算被拒绝") {
		t.Errorf("what is given back after a refusal: %s", text)
	}
}

// What was not settled says why.
func TestWhyNothingWasSettledIsSaid(t *testing.T) {
	abandoned := func(s txn.SettleStatus) txn.SettleStatus { s.State = txn.Abandoned; return s }
	for name, c := range map[string]struct {
		pages fakePages
		code  onetrans.Code
		text  string
	}{
		"no bills":                {fakePages{settle: abandoned(txn.SettleStatus{Settlement: txn.Settlement{NoBills: true}})}, onetrans.CodeNotTaken, "没有待缴的账单，未结算，未收款"},
		"no bills, and time up":   {fakePages{settle: abandoned(txn.SettleStatus{Settlement: txn.Settlement{NoBills: true}}), err: ErrTimedOut}, onetrans.CodeNotTaken, "没有待缴的账单，未结算，未收款"},
		"the order was closed":    {fakePages{settle: abandoned(txn.SettleStatus{Result: onetrans.ResultClosed})}, onetrans.CodeNotTaken, "支付订单已关闭，未结算，未收款"},
		"the payment failed":      {fakePages{settle: abandoned(txn.SettleStatus{Result: onetrans.ResultFail})}, onetrans.CodeNotTaken, "支付失败，未结算，未收款"},
		"the person left":         {fakePages{settle: abandoned(txn.SettleStatus{Result: onetrans.ResultClosed}), err: ErrCancelled}, onetrans.CodeCancelled, "用户已取消"},
		"refused after its price": {fakePages{settle: abandoned(txn.SettleStatus{RefusedWith: "610007", RefusedWords: "额度已用完"})}, onetrans.CodeNotTaken, "未结算，未收款（610007）：额度已用完"},
	} {
		code, text, _, _ := call(t, doorWith(Terminal{Core: &fakeCore{}, Pages: c.pages}, nil), onetrans.TransSettle, settleIn(t))
		if code != string(c.code) || text != c.text {
			t.Errorf("%s: %s %s", name, code, text)
		}
	}
}

// A settlement's number that is used already is told as it stands now.
func TestARepeatOfASettlementHearsWhatBecameOfIt(t *testing.T) {
	orders := []string{"O1"}
	for name, c := range map[string]struct {
		is             txn.SettleStatus
		code           onetrans.Code
		result, refund any
		orders         bool
	}{
		"it stands":                  {txn.SettleStatus{State: txn.Succ}, onetrans.CodeOK, nil, nil, true},
		"it is cancelled":            {txn.SettleStatus{State: txn.Cancelled, RefundNo: "XL1"}, onetrans.CodeUnsettled, nil, "XL1", false},
		"it is being cancelled":      {txn.SettleStatus{State: txn.Cancelling, RefundNo: "XL1"}, onetrans.CodeUnknown, "ing", "XL1", false},
		"its end is contradicted":    {txn.SettleStatus{State: txn.Succ, Alarm: "A"}, onetrans.CodeUnknown, "succ", nil, true},
		"refused, and refunded":      {txn.SettleStatus{State: txn.Refunded, RefundNo: "R1"}, onetrans.CodePlatformNoSettle, nil, "R1", true},
		"refused, and not given yet": {txn.SettleStatus{State: txn.Refunding, RefundNo: "R1"}, onetrans.CodeUnknown, "ing", "R1", true},
	} {
		c.is.No, c.is.SetlID, c.is.OrderList = "M1", "L1", orders
		code, text, data, _ := call(t, doorWith(Terminal{Core: &fakeCore{settlement: c.is}}, nil), onetrans.TransSettle, settleIn(t))
		if code != string(c.code) || data["outSettleNo"] != "M1" || data["setl_id"] != "L1" || data["result"] != c.result || data["outRefundNo"] != c.refund {
			t.Errorf("%s: %s %s %v", name, code, text, data)
		}
		if _, booked := data["orderList"]; booked != c.orders {
			t.Errorf("%s: %v", name, data)
		}
	}
}

// Who hears 600008 hears all that is known: what was refused or cancelled, that
// the money goes back, and under which number.
func TestWhatIsGivenBackIsNamed(t *testing.T) {
	cancelIn := request(t, map[string]any{"fixmedins_code": "H", "fixmedins_name": "院", "mdtrt_id": "D1", "setl_id": "L1", "psn_no": "P1"})
	for text, c := range map[string]struct {
		core      *fakeCore
		transType string
		in        []byte
	}{
		"结算未成功，退款处理中": {
			&fakeCore{settlement: txn.SettleStatus{No: "M1", State: txn.Refunding, RefundNo: "R1"}}, onetrans.TransSettle, settleIn(t),
		},
		"结算未成功，退款待人工处理": {
			&fakeCore{settlement: txn.SettleStatus{No: "M1", State: txn.Refunding, RefundNo: "R1", Desk: txn.ReasonExceeds}}, onetrans.TransSettle, settleIn(t),
		},
		"结算已撤销，自付部分退款处理中": {
			&fakeCore{cancel: txn.CancelStatus{No: "L1", State: txn.Refunding, RefundNo: "R1", SilentSince: time.Now()}}, onetrans.TransSettleCancel, cancelIn,
		},
		"结算已撤销，自付部分退款待人工处理": {
			&fakeCore{cancel: txn.CancelStatus{No: "L1", State: txn.Refunding, RefundNo: "R1", Desk: txn.ReasonRefused}}, onetrans.TransSettleCancel, cancelIn,
		},
	} {
		code, said, data, exit := call(t, doorWith(Terminal{Core: c.core}, nil), c.transType, c.in)
		if code != string(onetrans.CodeUnknown) || exit != ExitUnknown || !strings.HasPrefix(said, text+"，") || data["outRefundNo"] != "R1" || data["result"] != "ing" {
			t.Errorf("%s: %s %s %v", text, code, said, data)
		}
	}
}

func TestACancellationIsCompleteWithItsRefund(t *testing.T) {
	in := request(t, map[string]any{"fixmedins_code": "H", "fixmedins_name": "院", "mdtrt_id": "D1", "setl_id": "L1", "psn_no": "P1"})
	for name, c := range map[string]struct {
		status txn.CancelStatus
		code   onetrans.Code
	}{
		"complete":    {txn.CancelStatus{State: txn.Succ, Answer: []byte(`{"setl_id":"L1","setlinfo":{}}`)}, onetrans.CodeOK},
		"refused":     {txn.CancelStatus{State: txn.Refused, RefusedWith: "610007"}, "610007"},
		"refunding":   {txn.CancelStatus{State: txn.Refunding}, onetrans.CodeUnknown},
		"at the desk": {txn.CancelStatus{State: txn.Refunding, Desk: "no payment"}, onetrans.CodeUnknown},
		"not sent":    {txn.CancelStatus{State: txn.NotSent}, onetrans.CodeNotSent},
		"not sealed":  {txn.CancelStatus{State: txn.NotSent, Unsealed: true}, onetrans.CodeInternal},
	} {
		c.status.No = "L1"
		code, _, data, _ := call(t, door(&fakeCore{cancel: c.status}, nil), onetrans.TransSettleCancel, in)
		if code != string(c.code) || data["setl_id"] != "L1" {
			t.Errorf("%s: %s %v", name, code, data)
		}
	}
}

func TestCredentials(t *testing.T) {
	ours := Credentials{AppID: "OURS", Merchants: map[string]onetrans.Merchant{"02": {PayAppID: "P", PayAppSecret: "S"}}}
	for name, c := range map[string]struct {
		with                     Credentials
		appID, appKey            string
		payID, paySecret         any
		want                     string // what is missing
		sentAppID, sentPay, same string
	}{
		"HIS's":                       {Credentials{}, "H", "K", "HP", "HS", "", "H", "HP", "HS"},
		"HIS's before ours":           {ours, "H", "K", "HP", "HS", "", "H", "HP", "HS"},
		"ours":                        {ours, "", "", nil, nil, "", "", "P", "S"},
		"ours, for empty fields":      {ours, "", "", "", "", "", "", "P", "S"},
		"half of ours":                {ours, "OURS", "", "P", nil, "", "OURS", "P", "S"},
		"nobody's":                    {Credentials{}, "", "", "HP", "HS", "app_id（加解密应用ID）", "", "", ""},
		"HIS's id, nobody's key":      {ours, "H", "", "HP", "HS", "app_key（加解密应用密钥）", "", "", ""},
		"nobody's merchant":           {Credentials{AppID: "OURS"}, "", "", nil, nil, "payAppId（统一支付平台APPID）", "", "", ""},
		"HIS's merchant, no secret":   {ours, "", "", "HP", nil, "payAppSecret（统一支付平台AppSecret）", "", "", ""},
		"HIS's secret, nobody's name": {ours, "", "", nil, "HS", "payAppId（统一支付平台APPID）", "", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			text, err := onetrans.DecodeGBK(rechargeIn(t, "payAppId", c.payID))
			if err != nil {
				t.Fatal(err)
			}
			var message map[string]any
			if err := json.Unmarshal(text, &message); err != nil {
				t.Fatal(err)
			}
			data := message["data"].(map[string]any)
			delete(data, "payAppSecret")
			if c.paySecret != nil {
				data["payAppSecret"] = c.paySecret
			}
			message["app_id"], message["app_key"] = c.appID, c.appKey
			changed, err := json.Marshal(message)
			if err != nil {
				t.Fatal(err)
			}
			gbk, err := onetrans.EncodeGBK(changed)
			if err != nil {
				t.Fatal(err)
			}
			request, in, refusal := Door{Credentials: c.with}.read(&onetrans.Call{TransType: onetrans.TransRecharge, In: gbk})
			if c.want != "" {
				if refusal == nil || !strings.HasPrefix(refusal.ErrMsg.String(), "缺少必填项 "+c.want) {
					t.Fatalf("refused with %+v", refusal)
				}
				return
			}
			if refusal != nil {
				t.Fatal(refusal.ErrMsg)
			}
			sent := in.(*onetrans.RechargeIn)
			if request.AppID.String() != c.sentAppID || sent.PayAppID.String() != c.sentPay || sent.PayAppSecret.String() != c.same {
				t.Errorf("sent %s, %s, %s", request.AppID, sent.PayAppID, sent.PayAppSecret)
			}
		})
	}
}

func TestALostOwnersCallNamesItsNumber(t *testing.T) {
	d := door(&fakeCore{}, nil)
	for transType, c := range map[string]struct {
		in    []byte
		field string
		no    any
	}{
		onetrans.TransRecharge: {rechargeIn(t, "", nil), "outChargeNo", "N1"},
		onetrans.TransSettle:   {settleIn(t), "outSettleNo", "M1"},
		onetrans.TransUserGet:  {userGetIn(t, "03", ""), "result", nil},
	} {
		out, exit := d.Lost(onetrans.Call{TransType: transType, In: c.in})
		var answer struct {
			Code string
			Data map[string]any
		}
		text, err := onetrans.DecodeGBK(out)
		if err == nil {
			err = json.Unmarshal(text, &answer)
		}
		if err != nil || exit != ExitUnknown || answer.Code != string(onetrans.CodeUnknown) || answer.Data[c.field] != c.no {
			t.Errorf("%s: %s, exit %d, %v", transType, text, exit, err)
		}
	}
}

func TestAReadThatIsTooLongForItsCallerIsRefused(t *testing.T) {
	core := &fakeCore{answer: good(`{"card_no":"` + fmt.Sprintf("%0500d", 1) + `"}`)}
	code, _, _, _ := answered(t, door(core, nil), onetrans.Call{TransType: onetrans.TransUserGet, In: userGetIn(t, "01", "Q"), Buffer: 300})
	if code != string(onetrans.CodeTooLong) {
		t.Errorf("answered %s", code)
	}
}

// A number that is used already is told as it stands: nobody is asked for a
// code or money again, and no page's end says anything of it.
func TestARepeatIsToldAsItStands(t *testing.T) {
	stands := func(p txn.Progress) txn.Status { return charge(p) }
	moving := txn.Progress{State: txn.Pending, Result: onetrans.ResultIng}
	unpaid := txn.Progress{State: txn.Pending, Result: onetrans.ResultInit, QRCode: "Q"}
	for name, c := range map[string]struct {
		is     txn.Progress
		pages  Pages
		code   onetrans.Code
		asked  bool
		refuse error
	}{
		"paid already":            {is: txn.Progress{State: txn.Succ}, pages: &countedPages{}, code: onetrans.CodeOK},
		"being paid":              {is: moving, pages: &countedPages{}, code: onetrans.CodeUnknown},
		"unpaid, left again":      {is: unpaid, pages: &countedPages{fakePages: fakePages{err: ErrCancelled}}, code: onetrans.CodeUnknown, asked: true},
		"unpaid, without display": {is: unpaid, code: onetrans.CodeUnknown},
		"another's number":        {is: unpaid, refuse: txn.ErrNumberReused, code: onetrans.CodeOtherTrade},
	} {
		t.Run(name, func(t *testing.T) {
			now := stands(c.is)
			now.Trade.Order.No = "N1"
			core := &fakeCore{recalled: now, trade: now.Trade, recallErr: c.refuse}
			code, text, _, _ := call(t, doorWith(Terminal{Core: core, Pages: c.pages}, nil), onetrans.TransRecharge, rechargeIn(t, "depositType", "WX_BAR"))
			if code != string(c.code) {
				t.Errorf("%s %s", code, text)
			}
			if counted, ok := c.pages.(*countedPages); ok && (counted.cashiers > 0) != c.asked {
				t.Errorf("%d pages", counted.cashiers)
			}
		})
	}
}

// countedPages count the cashiers that were opened.
type countedPages struct {
	fakePages
	cashiers int
}

func (p *countedPages) Cashier(ctx context.Context, asked onetrans.Asked[onetrans.RechargeIn]) (txn.Status, error) {
	p.cashiers++
	return p.fakePages.Cashier(ctx, asked)
}

// A query that names a trade of this journal need not say for which account it was.
func TestTheJournalKnowsTheAccountOfWhatIsAskedFor(t *testing.T) {
	ours := Credentials{AppID: "OURS", Merchants: map[string]onetrans.Merchant{"01": {PayAppID: "P1", PayAppSecret: "S1"}, "02": {PayAppID: "P2", PayAppSecret: "S2"}}}
	for name, c := range map[string]struct {
		known, said, no, payID string
		refused                bool
		sent                   string // accountType and payAppId
	}{
		"the journal knows it":          {known: "02", no: "N1", sent: "02 P2"},
		"and HIS says it":               {known: "02", said: "01", no: "N1", sent: "01 P1"},
		"with a merchant of HIS's":      {known: "02", no: "N1", payID: "HP", sent: "02 HP"},
		"the journal does not know it":  {no: "N1", refused: true},
		"it has no merchant":            {known: "09", no: "N1", refused: true},
		"the query names no trade":      {known: "02", refused: true},
		"the journal does, by trace no": {known: "01", no: "", payID: "trace", sent: "01 P1"},
	} {
		data := map[string]any{"termNo": "T", "cardType": "01", "cardNo": "C", "tradeType": onetrans.TransRecharge}
		for field, value := range map[string]string{"outTradeNo": c.no, "accountType": c.said} {
			if value != "" {
				data[field] = value
			}
		}
		switch c.payID {
		case "trace":
			data["traceNo"] = "T1"
		case "HP":
			data["payAppId"], data["payAppSecret"] = "HP", "HS"
		}
		core := &fakeCore{answer: good(`{"result":"succ"}`), account: c.known}
		d := door(core, nil)
		d.Credentials = ours
		code, text, _, _ := call(t, d, onetrans.TransQuery, request(t, data))
		if c.refused {
			if code != string(onetrans.CodeField) || core.sent != 0 {
				t.Errorf("%s: %s %s", name, code, text)
			}
			continue
		}
		if code != string(onetrans.CodeOK) {
			t.Errorf("%s: %s %s", name, code, text)
		}
		if got := core.query.AccountType.String() + " " + core.query.PayAppID.String(); got != c.sent {
			t.Errorf("%s: sent %s", name, got)
		}
	}
}
