package config

import (
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"onetrans/flows/message/onetrans"
	"onetrans/flows/message/platform"
)

// refusal is a file, and the one problem it must have.
type refusal struct {
	content string
	line    int
	key     string
	kind    error
	says    string
}

func (r refusal) check(t *testing.T, err error) {
	t.Helper()
	problems, ok := errors.AsType[Problems](err)
	if !ok || len(problems) != 1 {
		t.Fatalf("want one problem, got %v", err)
	}
	p := problems[0]
	if p.Line != r.line || p.Key != r.key || !errors.Is(p, r.kind) || !strings.Contains(p.Error(), r.says) {
		t.Errorf("got %v\nwant line %d, key %s, %v, saying %q", p, r.line, r.key, r.kind, r.says)
	}
	if !errors.Is(err, ErrConfig) || !errors.Is(err, r.kind) {
		t.Errorf("%v is not of its families", err)
	}
}

func TestUnknownKeys(t *testing.T) {
	for _, r := range []refusal{
		{"colour = 1", 1, "colour", ErrUnknownKey, ""},
		{"\n[flows]\n", 2, "flows", ErrUnknownKey, ""},
		{"[ui]\nfullscreen = true\ntimeout = 60\n", 3, "ui.timeout", ErrUnknownKey, "line 3: ui.timeout"},
		{"[ui]\nfullscreen = 'true'", 2, "ui.fullscreen", ErrValue, "auto"},
		{"[ui]\nfullscreen = 1", 2, "ui.fullscreen", ErrValue, ""},
		{"[ui]\nFullscreen = true", 2, "ui.Fullscreen", ErrUnknownKey, ""},
		{"[platform]\nexe = 'OneTrans2.dll'", 2, "platform.exe", ErrUnknownKey, ""},
		{"[devices]\nprinter = { kind = 'none', cutter = 1 }", 2, "devices.printer.cutter", ErrUnknownKey, ""},
		{"[devices.face]\ncommand = []", 1, "devices.face", ErrUnknownKey, ""},
		{"[devices]\npcsc = { reader = '',\nslot = 1 }", 3, "devices.pcsc.slot", ErrUnknownKey, ""},
		{"devices.pcsc.slot.x = 1", 1, "devices.pcsc.slot", ErrUnknownKey, ""},
		{"'ui.language' = 'en'", 1, `"ui.language"`, ErrUnknownKey, ""},
		{"[ui]\n'' = 'en'", 2, `ui.""`, ErrUnknownKey, ""},
		{"'" + strings.Repeat("私", 200) + "' = 1", 1, strings.Repeat("私", 40) + "…", ErrUnknownKey, ""},
		{"'a\\b' = 1", 1, `"a\\b"`, ErrUnknownKey, ""},
		{"[[pay.account]]\ntype='01'\nx = 1\n[[pay.account]]\ntype='02'\n", 3, "pay.account.x", ErrUnknownKey, ""},
		{"[[pay.account]]\ntype='01'\n[[pay.account]]\ntype='02'\nx = 1", 5, "pay.account.x", ErrUnknownKey, ""},
		{"[pay]\naccount = [{type='01'},\n{type='02',\n x = 1}]", 4, "pay.account.x", ErrUnknownKey, ""},
		{"[pay]\n\naccount = [{type='01',\nx=1},\n{type='02'}]", 3, "pay.account.x", ErrUnknownKey, ""},
	} {
		t.Run(r.key, func(t *testing.T) {
			_, err := load(t, r.content)
			r.check(t, err)
		})
	}
}

func TestWrongTypesAndForms(t *testing.T) {
	for _, r := range []refusal{
		{"[terminal]\nterm_no = 1", 2, "terminal.term_no", ErrValue, "text in quotes"},
		{"[terminal]\nterm_no = ''", 2, "terminal.term_no", ErrValue, "must not be empty"},
		{"[terminal]\nterm_no = '" + strings.Repeat("长", 65) + "'", 2, "terminal.term_no", ErrValue, "at most 64 characters"},
		{"[terminal]\nterm_no = \"a\\nb\"", 2, "terminal.term_no", ErrValue, "control characters"},
		{"[terminal]\n\nterm_no = \"\"\"\na\nb\n\"\"\"", 3, "terminal.term_no", ErrValue, "line breaks"},
		{"[terminal]\nterm_no = ['a']", 2, "terminal.term_no", ErrValue, "text in quotes"},
		{"[terminal.term_no]\na = 1", 1, "terminal.term_no", ErrValue, "text in quotes"},
		{"[terminal]\nfixmedins_code = '医院'", 2, "terminal.fixmedins_code", ErrValue, "letters and digits"},
		{"[terminal]\nfixmedins_code = ''", 2, "terminal.fixmedins_code", ErrValue, "letters and digits"},
		{"[terminal]\nfixmedins_code = 'H350583002521'", 2, "terminal.fixmedins_code", ErrValue, "at most 12"},
		{"[terminal]\nopter_type = 2", 2, "terminal.opter_type", ErrValue, `"1", "2", "3"`},
		{"terminal = 1", 1, "terminal", ErrValue, "[terminal]"},
		{"devices.pcsc = true", 1, "devices.pcsc", ErrValue, "[devices.pcsc]"},
		{"[devices.identity]\nport = 3", 2, "devices.identity.port", ErrValue, "text in quotes"},
		{"[devices.identity]\nport = \"/dev/tty\\u0000\"", 2, "devices.identity.port", ErrValue, "control characters"},
		{"[devices.identity]\nbaud = 9600", 2, "devices.identity.baud", ErrUnknownKey, ""},
		{"[platform]\ndriver = 'vendor'\n[devices]\nowner = 'vendor'", 0, "platform.dll", ErrMissing, "full path"},
		{"[platform]\ndriver = 'vendor'\ndll = 'a.dll'", 0, "devices.owner", ErrMissing, "who reads"},
		{"[platform]\ndriver = 'vendor'\ndll = 'a.dll'\nurl = 'https://pay.example.cn'\n[devices]\nowner = 'ours'", 4, "platform.url", ErrConflict, `driver = "wire"`},
		{"[platform]\ndll = 'a.dll'", 2, "platform.dll", ErrConflict, `driver = "vendor"`},
		{"[platform]\nrefusals = ['100001']", 2, "platform.refusals", ErrConflict, `driver = "vendor"`},
		{"[platform]\nshadow = true", 2, "platform.shadow", ErrConflict, `driver = "vendor"`},
		{"[platform]\ndriver = 'vendor'\ndll = 'a.dll'\nshadow = true\n[devices]\nowner = 'vendor'", 0, "record.calls", ErrMissing, "nothing to compare"},
		{"[devices]\nowner = 'vendor'", 2, "devices.owner", ErrConflict, `driver = "vendor"`},
		{"[devices]\nowner = 'theirs'", 2, "devices.owner", ErrValue, `"ours", "vendor"`},
		{"[platform]\nrefusals = ['10000']", 2, "platform.refusals", ErrValue, "6 letters and digits"},
		{"[platform]\nrefusals = '100001'", 2, "platform.refusals", ErrValue, "must be a list"},
		{"[platform]\nrefusals = ['100001', '100001']", 2, "platform.refusals", ErrValue, "each once"},
		{"[platform]\ncall_s = 29", 2, "platform.call_s", ErrValue, "30 to 1800"},
		{"[platform]\ndriver = 'http'", 2, "platform.driver", ErrValue, `"sandbox", "wire", "vendor"`},
		{"[platform]\nsigntype = 'sm3'", 2, "platform.signtype", ErrValue, `"SM3", "SM2"`},
		{"[platform]\nenc_type = ''", 2, "platform.enc_type", ErrValue, `"SM4", "NONE"`},
		{"[platform]\nprivate_key = 7", 2, "platform.private_key", ErrValue, "text in quotes"},
		{"[platform]\nplatform_key = '" + strings.Repeat("12", 32) + "'", 2, "platform.platform_key", ErrValue, "it has the length of a private key"},
		{"[platform]\nplatform_key = 'abcd'", 2, "platform.platform_key", ErrValue, "SM2 key in hex, base64 or PEM"},
		{"[platform]\napp_key = 12345678", 2, "platform.app_key", ErrValue, "text in quotes"},
		{"[platform]\napp_id = 'a&b'\napp_key = 'k'", 2, "platform.app_id", ErrValue, "must not contain &"},
		{"[pay]\nunknown_wait_s = 601", 2, "pay.unknown_wait_s", ErrValue, "0 to 600"},
		{"[pay]\nunknown_wait_s = '60'", 2, "pay.unknown_wait_s", ErrValue, "whole number"},
		{"[pay]\nunknown_wait_s = 60.0", 2, "pay.unknown_wait_s", ErrValue, "whole number"},
		{"[pay]\nhis_must_book = 'true'", 2, "pay.his_must_book", ErrValue, "without quotes"},
		{"[pay]\nchannels = []", 2, "pay.channels", ErrValue, "one or more"},
		{"[pay]\nchannels = 'wechat'", 2, "pay.channels", ErrValue, "must be a list"},
		{"[pay]\nchannels = ['wechat', 'cash']", 2, "pay.channels", ErrValue, `"unionpay"`},
		{"[pay]\nchannels = ['wechat', 'wechat']", 2, "pay.channels", ErrValue, "at most once"},
		{"[ui]\ntimeout_s = 4", 2, "ui.timeout_s", ErrValue, "5 to 600"},
		{"[ui]\npanel_inches = nan", 2, "ui.panel_inches", ErrValue, "5 to 110"},
		{"[ui]\npanel_inches = '32'", 2, "ui.panel_inches", ErrValue, "5 to 110"},
		{"[ui]\nlanguage = 'zh'", 2, "ui.language", ErrValue, `"zh-CN", "en"`},
		{"[devices.scanner]\nkind = 'serial'", 2, "devices.scanner.kind", ErrValue, `"keyboard", "none"`},
		{"[devices.printer]\nkind = 'usb'", 2, "devices.printer.kind", ErrValue, `"tcp", "serial", "file"`},
		{"[devices.printer]\ncolumns = 31", 2, "devices.printer.columns", ErrValue, "32 to 64"},
		{"[devices.printer]\ncolumns = 48.0", 2, "devices.printer.columns", ErrValue, "whole number"},
		{"[devices.printer]\nbaud = '9600'", 2, "devices.printer.baud", ErrValue, "1200 to 921600"},
		{"[devices.printer]\nkind = 'file'\naddress = 'slips'", 3, "devices.printer.address", ErrValue, "an absolute path"},
		{"[devices]\nprinter = { kind = 'tcp' }", 0, "devices.printer.address", ErrMissing, `kind = "tcp"`},
		{"[store]\npath = 1979-05-27", 2, "store.path", ErrValue, "text in quotes"},
		{"[reconcile]\nnumber = ''", 2, "reconcile.number", ErrValue, "must not be empty"},
		{"[reconcile]\ndone_words = 'succ'", 2, "reconcile.done_words", ErrValue, "a list"},
		{"[reconcile]\ndone_words = ['']", 2, "reconcile.done_words", ErrValue, "empty text"},
		{"[reconcile]\nterminals = [1]", 2, "reconcile.terminals", ErrValue, "text in quotes"},
		{"[reconcile]\namount = 'channel_traceno'", 2, "reconcile.amount", ErrConflict, "number also has"},
		{"[reconcile]\nrefund_words = ['充值']", 2, "reconcile.refund_words", ErrConflict, "charge_words also has"},
		{"[reconcile]\ndelimiter = '||'", 2, "reconcile.delimiter", ErrValue, "one character"},
		{"[reconcile]\ndelimiter = 'x'", 2, "reconcile.delimiter", ErrValue, "one character"},
		{"[reconcile]\nopen_words = ['成功']", 2, "reconcile.open_words", ErrConflict, "done_words"},
		{"[reconcile]\nfailed_words = ['SUCC']", 2, "reconcile.failed_words", ErrConflict, "done_words also has"},
		{"\n[pay.account]\ntype = '02'", 2, "pay.account", ErrValue, "[[pay.account]]"},
		{"[pay]\naccount = [1]", 2, "pay.account", ErrValue, "[[pay.account]]"},
		{strings.Repeat("[[pay.account]]\ntype='02'\n", 9), 17, "pay.account", ErrValue, "once for each type"},
		{"[[pay.account]]\nname = 'x'", 1, "pay.account.type", ErrValue, `"02" (inpatient)`},
		{"[[pay.account]]\ntype = 2", 2, "pay.account.type", ErrValue, `"02" (inpatient)`},
		{"[[pay.account]]\ntype = '02'\n[[pay.account]]\ntype = '02'", 4, "pay.account.type", ErrValue, "another account"},
	} {
		t.Run(r.key+" "+r.says, func(t *testing.T) {
			_, err := load(t, r.content)
			r.check(t, err)
		})
	}
}

func TestAmounts(t *testing.T) {
	both := "[[pay.account]]\ntype='01'\n%s\n[[pay.account]]\ntype='02'\ncollect = true\n"
	for _, r := range []refusal{
		{"amount_min = 1", 3, "amount_min", ErrValue, "text in quotes"},
		{"amount_max = 0.01", 3, "amount_max", ErrValue, "text in quotes"},
		{"amount_max = 5e3", 3, "amount_max", ErrValue, "text in quotes"},
		{"amount_min = '0'", 3, "amount_min", ErrValue, "above zero"},
		{"amount_min = '0.001'", 3, "amount_min", ErrValue, "amount in yuan"},
		{"amount_min = '-1'", 3, "amount_min", ErrValue, "amount in yuan"},
		{"amount_min = '１'", 3, "amount_min", ErrValue, "amount in yuan"},
		{"amount_max = '10000000'", 3, "amount_max", ErrValue, "at most 9999999.99"},
		{"amount_min = '6000'", 3, "amount_min", ErrConflict, "6000.00 is more than amount_max, 5000.00"},
		{"quick_amounts = ['0.50']", 3, "quick_amounts", ErrConflict, "0.50 is not between"},
		{"quick_amounts = ['5000.01']", 3, "quick_amounts", ErrConflict, "5000.01 is not between"},
		{"quick_amounts = [50, 100]", 3, "quick_amounts", ErrValue, "text in quotes"},
		{"quick_amounts = ['100', '50']", 3, "quick_amounts", ErrValue, "larger"},
		{"quick_amounts = ['50', '50.00']", 3, "quick_amounts", ErrValue, "larger"},
		{"quick_amounts = ['1', '2', '3', '4', '5']", 3, "quick_amounts", ErrValue, "at most 4"},
		{"quick_amounts = '50'", 3, "quick_amounts", ErrValue, "must be a list"},
	} {
		t.Run(r.content, func(t *testing.T) {
			r.key = "pay.account[01]." + r.key
			_, err := load(t, fmt.Sprintf(both, r.content))
			r.check(t, err)
		})
	}
}

func TestWhatARealPlatformNeeds(t *testing.T) {
	mustLoad(t, real)
	without := func(key string) string {
		var kept []string
		for l := range strings.Lines(real) {
			if !strings.HasPrefix(l, key+" ") {
				kept = append(kept, l)
			}
		}
		return strings.Join(kept, "")
	}
	some := write(t, filepath.Join(t.TempDir(), "some"), "no certificate")
	short, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	weak := write(t, filepath.Join(t.TempDir(), "weak"), goodCA(t)+certificate(t, short))
	for _, r := range []refusal{
		{without("url"), 0, "platform.url", ErrMissing, `driver = "wire"`},
		{without("app_id"), 0, "platform.app_id", ErrMissing, "goes with app_key"},
		{without("app_key"), 0, "platform.app_key", ErrMissing, "goes with app_id"},
		{without("pay_app_id"), 0, "pay.account[02].pay_app_id", ErrMissing, "goes with pay_app_secret"},
		{without("pay_app_secret"), 0, "pay.account[02].pay_app_secret", ErrMissing, "goes with pay_app_id"},
		{real + "signtype = 'SM2'\nprivate_key = '" + strings.Repeat("12", 32) + "'", 0, "platform.platform_key", ErrMissing, "SM2"},
		{without("url") + "url = 'http://pay.example.cn'", 10, "platform.url", ErrValue, "https"},
		{real + "ca_file = 'missing.pem'", 11, "platform.ca_file", ErrReference, "no such file"},
		{real + "ca_file = '" + some + "'", 11, "platform.ca_file", ErrReference, "no certificate"},
		{real + "ca_file = '" + weak + "'", 11, "platform.ca_file", ErrReference, "an RSA key of 1024 bits"},
		{"[platform]\nurl = 'https://pay.example.cn'", 2, "platform.url", ErrConflict, `driver = "wire"`},
		{"[platform]\nca_file = 'ca.pem'", 2, "platform.ca_file", ErrConflict, `driver = "wire"`},
	} {
		t.Run(r.key+" "+r.says, func(t *testing.T) {
			_, err := load(t, r.content)
			r.check(t, err)
		})
	}
	c := mustLoad(t, "[platform]\ndriver='wire'\nurl='https://a.cn'\napp_id='A'\napp_key='K'\n[[pay.account]]\ntype='02'\ncollect=false")
	if a, _ := c.Pay.Account(onetrans.AccountInpatient); a.PayAppID != "" || !a.PayAppSecret.Empty() {
		t.Error("the sandbox's merchant must never be named to a real platform")
	}
}

// The platform's client judges addresses again; both must agree.
func TestAddresses(t *testing.T) {
	for address, good := range map[string]bool{
		"https://pay.example.cn":          true,
		"https://pay.example.cn:8443/a?b": true,
		"https://10.0.0.1/":               true,
		"http://127.0.0.1:8080/":          true,
		"http://localhost":                true,
		"http://[::1]:80/":                true,
		"http://[::ffff:127.0.0.1]/":      true,
		"http://10.0.0.1/":                false,
		"http://localhost.example.cn/":    false,
		"http://127.0.0.1.example.cn/":    false,
		"https://user:pw@example.cn":      false,
		"https://example.cn/#a":           false,
		"ftp://127.0.0.1/":                false,
		"//127.0.0.1/":                    false,
		"pay.example.cn":                  false,
		"https://":                        false,
		"https://a b/":                    false,
	} {
		_, err := load(t, "[platform]\ndriver='wire'\napp_id='A'\napp_key='K'\nenc_type='NONE'\nurl='"+address+"'\n"+
			"[[pay.account]]\ntype='02'\ncollect=false")
		if (err == nil) != good {
			t.Errorf("%s: %v", address, err)
		}
		if _, err := platform.New(platform.Options{URL: address}); (err == nil) != good {
			t.Errorf("the client thinks otherwise of %s: %v", address, err)
		}
	}
}

func TestPrintersAddresses(t *testing.T) {
	for address, good := range map[string]bool{
		"10.0.0.9": true, "10.0.0.9:9100": true, "printer.local": true, "::1": true, "[::1]:9101": true,
		"10.0.0.9:0": false, "10.0.0.9:70000": false, ":9100": false, "a b": false, "http://10.0.0.9": false, "a:b:c": false,
	} {
		_, err := load(t, "[devices.printer]\nkind = 'tcp'\naddress = '"+address+"'")
		if (err == nil) != good {
			t.Errorf("%s: %v", address, err)
		}
	}
}

func TestAllProblemsAreTold(t *testing.T) {
	_, err := load(t, "[ui]\nlanguage = 'fr'\nx = 1\n[terminal]\nterm_no = 3\n", "ONETRANS_UI_FULLSCREEN=maybe")
	problems, _ := errors.AsType[Problems](err)
	var got []string
	for _, p := range problems {
		got = append(got, fmt.Sprintf("%d %s", p.Line, p.Key))
	}
	if want := "2 ui.language, 3 ui.x, 5 terminal.term_no, 0 ui.fullscreen"; strings.Join(got, ", ") != want {
		t.Errorf("got %q", got)
	}
	if lines := strings.Count(err.Error(), "\n") + 1; lines != len(problems) {
		t.Errorf("%d lines for %d problems", lines, len(problems))
	}
}

func TestProblemsHaveAnEnd(t *testing.T) {
	var b strings.Builder
	for i := range 5000 {
		fmt.Fprintf(&b, "k%d=1\n", i)
	}
	_, err := load(t, b.String())
	if problems, _ := errors.AsType[Problems](err); len(problems) != maxProblems {
		t.Errorf("%d problems", len(problems))
	}
}
