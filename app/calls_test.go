package main

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"

	"onetrans/app/record"
	"onetrans/app/sandbox"
	"onetrans/app/terminal/call"
	"onetrans/flows/message/onetrans"
)

// recordingOf is an export with a call of each trans_type, carried out, refused and in
// doubt, and of one that there is not.
func recordingOf(t *testing.T, by string) (file string) {
	t.Helper()
	p := sandbox.Persons()[0]
	person := fmt.Sprintf(`"termNo":"T1","cardType":"03","cardNo":%q,"accountType":"02","hisCustId":%q,"userName":%q,"idNo":%q`, p.HospitalCard, p.HisCustID, p.Name, p.CertNo)
	ehc := `"ehc_app_id":"E1","ehc_app_secret":"geheim99","term_id":"T1","out_authorize_no":"AUTH0001","treatment_code":"0101051"`
	data := map[string]string{
		onetrans.TransUserGet:      `{"mdtrt_cert_type":"02"}`,
		onetrans.TransUserThirdGet: `{` + ehc + `,"business_type":"01301","out_verify_time":"20261128010203"}`,
		onetrans.TransRecharge:     `{` + person + `,"amount":"8.00","outChargeNo":"CHARGE0001","depositType":"WX_BAR","extra":{"authCode":"134567890123456780"}}`,
		onetrans.TransQuery:        `{` + person + `,"tradeType":"hop.trade.recharge","outTradeNo":"CHARGE0001"}`,
		onetrans.TransRefund:       `{` + person + `,"amount":"2.00","outChargeNo":"CHARGE0001","outRefundNo":"REFUND0001","withdrawMode":"1","refundType":"hisDecide"}`,
		onetrans.TransSettle: `{"termNo":"T1","patientType":"00","account_type":"01","psn_cert_type":"01","cardType":"01","mdtrtarea_admvs":"359900",` +
			`"fixmedins_code":"H35010200275","fixmedins_name":"医院","extra":{"outSettleNo":"SETTLE0001"}}`,
		onetrans.TransSettleCancel: `{"fixmedins_code":"H35010200275","fixmedins_name":"医院","mdtrt_id":"VISIT0001","setl_id":"SETTLED0001","psn_no":"P0001"}`,
		onetrans.TransAuthURL:      `{` + ehc + `,"out_authorize_time":"20261128010203"}`,
		onetrans.TransAuthQuery:    `{` + ehc + `}`,
		"hop.trade.nothing":        `{}`,
	}
	m := record.NewMasker([]byte("k"), call.Sentences)
	var calls []record.Call
	for _, transType := range append(onetrans.TransTypes(), "hop.trade.nothing") {
		for _, out := range []string{
			`{"code":"000000","err_msg":"","data":{"result":"succ"}}`, `{"code":"610004","err_msg":"no","data":{}}`, `{"code":"600008","err_msg":"?","data":{"result":"ing"}}`,
		} {
			c := m.Call(record.Heard{Asked: onetrans.Call{TransType: transType, Buffer: 8192, In: []byte(
				`{"recer_sys_code":"HIS","msgid":"H35010000001202611280001","timestamp":"20261128010203004","signtype":"SM3","enc_type":"SM4","dept_codg":"01","dept_name":"x",` +
					`"opter":"1","opter_name":"x","opter_type":"2","data":` + gbk(t, data[transType]) + `}`)}, Out: []byte(out), By: by})
			c.Number = uint64(len(calls) + 1)
			calls = append(calls, c)
		}
	}
	file = filepath.Join(t.TempDir(), "记录.jsonl")
	to, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	defer to.Close()
	if err := record.Export(to, calls); err != nil {
		t.Fatal(err)
	}
	return file
}

func gbk(t *testing.T, text string) string {
	t.Helper()
	out, err := onetrans.EncodeGBK([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// Whose recording it is, it is no reason to ask the hospital's platform for anything.
func TestARehearsalOpensNoConnectionToTheConfiguredPlatform(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	var connections atomic.Int32
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			connections.Add(1)
			conn.Close()
		}
	}()
	w := newTerminal(t, fmt.Sprintf("[platform]\ndriver = 'wire'\nurl = 'http://%s/onetrans'\napp_id = %q\napp_key = %q\n", listener.Addr(), sandbox.DemoAppID, sandbox.DemoAppKey))
	for command, by := range map[string]string{"replay": record.ByUs, "compare": record.ByVendor} {
		var stdout, stderr bytes.Buffer
		status := run(t.Context(), []string{command, recordingOf(t, by), "--config", w.config}, &stdout, &stderr)
		if status == exitOK || stdout.Len() == 0 {
			t.Errorf("%s ended with %d and said %q %q, although what was recorded was made up", command, status, stdout.String(), stderr.String())
		}
		if n := connections.Load(); n > 0 {
			t.Errorf("%s made %d connections", command, n)
		}
	}
	if w.check(t); connections.Load() == 0 {
		t.Error("who asks the platform is not seen here")
	}
}
