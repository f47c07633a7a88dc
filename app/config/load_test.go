package config

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"onetrans/app/sandbox"
	"onetrans/flows/message/onetrans"
	"onetrans/flows/message/wire"
	"onetrans/flows/view"
	"onetrans/store/trust"
)

func TestNothingConfiguredIsTheSandbox(t *testing.T) {
	c, err := Load(Options{Executable: filepath.Join(t.TempDir(), "onetrans"), Environ: lone()})
	if err != nil {
		t.Fatal(err)
	}
	if c.Platform.Driver != Sandbox || c.Source != "" || c.Platform.URL != "" {
		t.Errorf("driver %q from %q at %q", c.Platform.Driver, c.Source, c.Platform.URL)
	}
	if c.Platform.AppID != sandbox.DemoAppID || c.Platform.AppKey.Reveal() != sandbox.DemoAppKey {
		t.Error("not the demo application")
	}
	if err := c.Platform.Keys().Check(); err != nil {
		t.Error(err)
	}
	in, _ := c.Pay.Account(onetrans.AccountInpatient)
	out, _ := c.Pay.Account(onetrans.AccountOutpatient)
	if !in.Collect || out.Collect {
		t.Error("inpatient deposits are taken, outpatient deposits are not")
	}
	if in.Min != 100 || in.Max != 500000 || !slices.Equal(in.Quick, []onetrans.Fen{5000, 10000, 20000, 50000}) {
		t.Errorf("%v to %v, %v", in.Min, in.Max, in.Quick)
	}
	if in.PayAppID != sandbox.DemoPayAppID || in.PayAppSecret.Reveal() != sandbox.DemoPayAppSecret {
		t.Error("not the demo merchant")
	}
	if c.UI.Timeout != time.Minute || c.Pay.UnknownWait != time.Minute || c.UI.Fullscreen != KioskFills {
		t.Errorf("%+v", c.UI)
	}
}

func TestAFileThatIsThereSaysWhichPlatformIsMeant(t *testing.T) {
	for name, content := range map[string]string{
		"of no bytes":          "",
		"of comments":          "# driver = 'wire'\n",
		"without the platform": "[terminal]\nterm_no = 'T'\n",
		"without the driver":   "[platform]\nurl = 'https://pay.example.cn/api'\napp_id = 'A'\napp_key = 'K'\n",
	} {
		for how, o := range map[string]Options{
			"named":              {Path: write(t, filepath.Join(t.TempDir(), "onetrans.toml"), content)},
			"beside the program": {Executable: filepath.Join(filepath.Dir(write(t, filepath.Join(t.TempDir(), "onetrans.toml"), content)), "onetrans")},
		} {
			o.Environ = lone()
			_, err := Load(o)
			if !errors.Is(err, ErrMissing) || !strings.Contains(err.Error(), "platform.driver") || !strings.Contains(err.Error(), "onetrans.toml") {
				t.Errorf("a file %s, %s: %v", name, how, err)
			}
			o.Environ = lone("ONETRANS_PLATFORM_DRIVER=sandbox")
			if _, err := Load(o); name != "without the driver" && err != nil {
				t.Errorf("a file %s, %s, and a variable that says it: %v", name, how, err)
			}
		}
	}
}

func TestAFileThatSaysNothingElseIsTheDefault(t *testing.T) {
	for name, content := range map[string]string{
		"nothing":          "",
		"a comment":        "# later",
		"sections":         "[terminal]\n[platform]\n[pay]\n[devices]\n[devices.pcsc]\n[store]\n[ui]\n",
		"Notepad's":        "\ufeff[ui]\r\n",
		"an account":       "[[pay.account]]\ntype = '01'",
		"no account":       "pay.account = []",
		"an inline device": "[devices]\npcsc = { enabled = true, reader = '', place = '' }\nscanner = { kind = 'keyboard' }",
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("HOME", "/home/nobody")
			t.Setenv("XDG_DATA_HOME", "")
			c := mustLoad(t, content)
			c.Source = ""
			if want := Default(); !reflect.DeepEqual(c, want) {
				t.Errorf("got %+v\nwant %+v", c, want)
			}
		})
	}
}

// Who names a file means that one: the command line before the variable, both
// before the usual places, and none of it in silence.
func TestTheVariableNamesTheFileWhereTheCommandLineDoesNot(t *testing.T) {
	dir := t.TempDir()
	named := write(t, filepath.Join(dir, "named.toml"), sandboxed+"terminal.term_no = 'NAMED'\n")
	flagged := write(t, filepath.Join(dir, "flagged.toml"), sandboxed)
	beside := write(t, filepath.Join(dir, "bin", "onetrans.toml"), sandboxed)
	o := Options{Executable: filepath.Join(dir, "bin", "onetrans"), Environ: lone("ONETRANS_CONFIG=" + named)}
	if c, err := Load(o); err != nil || c.Source != named || c.Terminal.TermNo != "NAMED" {
		t.Errorf("%q, %v", c.Source, err)
	}
	o.Path = flagged
	if c, err := Load(o); err != nil || c.Source != flagged {
		t.Errorf("--config goes before it: %q, %v", c.Source, err)
	}
	o.Path, o.Environ = "", lone("ONETRANS_CONFIG=")
	if c, err := Load(o); err != nil || c.Source != beside {
		t.Errorf("an empty one names nothing: %q, %v", c.Source, err)
	}
	o.Environ = lone("ONETRANS_CONFIG=" + filepath.Join(dir, "missing.toml"))
	if _, err := Load(o); !errors.Is(err, ErrFile) || !strings.Contains(err.Error(), "missing.toml") {
		t.Errorf("a file that is not there: %v", err)
	}
	if runtime.GOOS == "windows" {
		return // access lists are not in the mode
	}
	if err := os.Chmod(named, 0o666); err != nil {
		t.Fatal(err)
	}
	o.Environ = lone("ONETRANS_CONFIG=" + named)
	if _, err := Load(o); !errors.Is(err, trust.ErrOthers) {
		t.Errorf("one that others may write: %v", err)
	}
}

func TestWhereTheFileIs(t *testing.T) {
	dir := t.TempDir()
	o := Options{Executable: filepath.Join(dir, "bin", "onetrans"), Environ: lone("XDG_CONFIG_HOME="+dir, "APPDATA="+dir)}
	at := func() string {
		t.Helper()
		c, err := Load(o)
		if err != nil {
			t.Fatal(err)
		}
		return c.Source
	}
	if got := at(); got != "" {
		t.Errorf("no file is anywhere, read %q", got)
	}
	users := write(t, filepath.Join(dir, "onetrans", "onetrans.toml"), sandboxed)
	if got := at(); got != users {
		t.Errorf("read %q, not the user's", got)
	}
	beside := write(t, filepath.Join(dir, "bin", "onetrans.toml"), sandboxed)
	if got := at(); got != beside {
		t.Errorf("read %q, not the one beside the program", got)
	}
	o.Path = write(t, filepath.Join(dir, "other.toml"), sandboxed)
	if got := at(); got != o.Path {
		t.Errorf("read %q, not the one that was named", got)
	}
	o.Path = filepath.Join(dir, "missing.toml")
	if _, err := Load(o); !errors.Is(err, ErrFile) {
		t.Errorf("a named file that isn't there: %v", err)
	}
	o.Path = ""
	write(t, beside, "[ui]\nfullscreen = 1")
	if _, err := Load(o); !errors.Is(err, ErrValue) {
		t.Errorf("a bad file must not be passed over for the next: %v", err)
	}
	if err := errors.Join(os.Remove(beside), os.Mkdir(beside, 0o700)); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(o); !errors.Is(err, ErrFile) {
		t.Errorf("a folder by that name: %v", err)
	}
}

func TestEverythingSaid(t *testing.T) {
	c := mustLoad(t, `
pay.unknown_wait_s = 5
pay.his_must_book = true
pay.refunds_only_here = true
pay.channels = ["alipay"]
[terminal]
term_no = "xmfdzl001"
dev_no = "H35058300252_lyj"
prd_id = "p"
fixmedins_code = "H35058300252"
fixmedins_name = "某某医院"
dept_codg = "32760"
dept_name = "消化内科"
opter = "test001"
opter_name = "超级管理员"
opter_type = "1"
recer_sys_code = "HIS-INPATIENT"
mdtrtarea_admvs = "350100"
insuplc_admdvs = "350500"
[settle]
business_type = "01306"
treatment_code = "0101055"
his_extra = { his_org_code = "02" }
[ehc]
app_id = "E"
app_secret = "ES"
term_id = "ET"
[services]
offer = ["inpatient_deposit", "outpatient_payment"]
[platform]
driver = "wire"
url = "https://pay.example.cn/api"
app_id = "A"
app_key = "K"
signtype = "SM2"
enc_type = "NONE"
call_s = 120
private_key = "`+sandbox.DemoPrivateKey+`"
platform_key = "`+sandbox.DemoPublicKey+`"
[[pay.account]]
type = "01"
name = "门诊"
pay_app_id = "P1"
pay_app_secret = "S1"
subject = ""
amount_min = "0.01"
amount_max = "9999999.99"
quick_amounts = []
collect = true
[[pay.account]]
type = "02"
collect = false
[devices]
pcsc = { reader = "Virtual PCD", place = "左侧", enabled = false }
identity = { port = "/dev/ttyUSB0", place = "右侧" }
scanner = { kind = "none", place = "下方" }
printer = { kind = "serial", address = "/dev/ttyUSB0", columns = 32, baud = 115200 }
[store]
path = "journal.db"
key = "0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a"
witness = "usb/head"
[log]
path = "logs/onetrans.log"
size_mb = 2
files = 3
[reconcile]
number = "商户订单号"
amount = "金额"
type = ""
time = "时间"
state = "状态"
terminal = "终端"
trace = "流水号"
charge_words = ["收"]
refund_words = ["退"]
done_words = []
open_words = ["办"]
failed_words = ["败"]
day = "日期"
refund_number = "退款单号"
refund_amount = "退款金额"
refund_time = "退款时间"
refund_state = "退款状态"
refund_trace = "退款流水号"
delimiter = "\t"
decoration = "'"
remark = "#"
trailer = ["总"]
terminals = ["T1", "T2"]
prefix = "KK"
[ui]
orientation = "landscape"
panel_inches = 32
language = "en"
timeout_s = 600
help_phone = "120"
help_place = "二楼"
fullscreen = false
`)
	private, _ := wire.ParsePrivateKey(sandbox.DemoPrivateKey)
	public, _ := wire.ParsePublicKey(sandbox.DemoPublicKey)
	want := Config{
		Source: c.Source,
		Terminal: Terminal{
			"xmfdzl001", "H35058300252_lyj", "p", "H35058300252", "某某医院", "32760", "消化内科",
			"test001", "超级管理员", "1", "HIS-INPATIENT", "350100", "350500",
		},
		Platform: Platform{Wire, "https://pay.example.cn/api", "A", NewSecret("K"), wire.SM2, wire.None, "", "", 2 * time.Minute, nil, false, private, public},
		Pay: Pay{
			Accounts: []Account{
				account(onetrans.AccountInpatient, "住院预交金", false),
				{"01", "门诊", "P1", NewSecret("S1"), "", 1, 999999999, []onetrans.Fen{}, true},
			},
			UnknownWait: 5 * time.Second, HISMustBook: true, RefundsOnlyHere: true, Channels: []Channel{Alipay},
		},
		Settle:   Settle{"02", "01306", "0101055"},
		EHC:      EHC{"E", NewSecret("ES"), "ET"},
		Services: Services{[]view.ServiceKind{view.ServiceInpatientDeposit, view.ServiceOutpatientPayment}},
		Devices:  Devices{Ours, PCSC{false, "Virtual PCD", "左侧"}, Identity{"/dev/ttyUSB0", "右侧"}, Scanner{ScannerNone, "下方"}, Printer{PrinterSerial, "/dev/ttyUSB0", 32, 115200}},
		Store:    Store{filepath.Join(filepath.Dir(c.Source), "journal.db"), NewSecret(strings.Repeat("0a", 32)), filepath.Join(filepath.Dir(c.Source), "usb", "head")},
		Log:      Log{filepath.Join(filepath.Dir(c.Source), "logs", "onetrans.log"), 2, 3},
		Reconcile: Reconcile{
			Layout: Layout{
				Number: "商户订单号", Amount: "金额", Day: "日期", Time: "时间", State: "状态", Terminal: "终端", Trace: "流水号",
				RefundNumber: "退款单号", RefundAmount: "退款金额", RefundTime: "退款时间", RefundState: "退款状态", RefundTrace: "退款流水号",
				ChargeWords: []string{"收"}, RefundWords: []string{"退"}, OpenWords: []string{"办"}, FailedWords: []string{"败"},
				Delimiter: "\t", Decoration: "'", Remark: "#", Trailer: []string{"总"},
			},
			Terminals: []string{"T1", "T2"}, Prefix: "KK",
		},
		UI: UI{Landscape, 32, "en", 10 * time.Minute, "120", "二楼", NoneFills},
	}
	if !reflect.DeepEqual(c, want) {
		t.Errorf("got %+v\nwant %+v", c, want)
	}
	if err := c.Platform.Keys().Check(); err != nil {
		t.Error(err)
	}
}

// Every leaf of the configuration has a key, but what is no key.
func TestEveryFieldHasAKey(t *testing.T) {
	var c Config
	c.Pay.Accounts = []Account{{Type: "02"}}
	targets := make(map[any]bool)
	variables := make(map[string]bool)
	for _, f := range append(fields(&c), accountFields(&c.Pay.Accounts[0])...) {
		targets[f.into] = true
		if name := variableOf(f.key); variables[name] {
			t.Errorf("two keys have the variable %s", name)
		} else {
			variables[name] = true
		}
	}
	noKey := []any{&c.Source, &c.SecretVariables, &c.Pay.Accounts, &c.Pay.Accounts[0].Type}
	var walk func(v reflect.Value, path string)
	walk = func(v reflect.Value, path string) {
		pointer := reflect.NewAt(v.Type(), v.Addr().UnsafePointer()).Interface()
		if targets[pointer] || slices.Contains(noKey, pointer) {
			return
		}
		if v.Kind() != reflect.Struct {
			t.Errorf("%s has no key", path)
			return
		}
		for i := range v.NumField() {
			walk(v.Field(i), path+"."+v.Type().Field(i).Name)
		}
	}
	walk(reflect.ValueOf(&c).Elem(), "Config")
	walk(reflect.ValueOf(&c.Pay.Accounts[0]).Elem(), "Account")
}

func TestDefaultAmountsGiveWayToTheBounds(t *testing.T) {
	c := mustLoad(t, "[[pay.account]]\ntype = '02'\namount_min = '60'\namount_max = '200'")
	if a, _ := c.Pay.Account("02"); !slices.Equal(a.Quick, []onetrans.Fen{10000, 20000}) {
		t.Errorf("left are %v", a.Quick)
	}
}

func TestSandboxWithSM2(t *testing.T) {
	c := mustLoad(t, "[platform]\nsigntype = 'SM2'")
	if err := c.Platform.Keys().Check(); err != nil {
		t.Error(err)
	}
}

func TestPathsStartAtTheFile(t *testing.T) {
	dir := t.TempDir()
	path := write(t, filepath.Join(dir, "onetrans.toml"), "[platform]\ndriver = 'sandbox'\napp_id = 'A'\napp_key = 'file:keys/app'\n[store]\npath='data/j.db'")
	write(t, filepath.Join(dir, "keys", "app"), " K \n")
	c, err := Load(Options{Path: path, Environ: lone()})
	if err != nil {
		t.Fatal(err)
	}
	if c.Store.Path != filepath.Join(dir, "data", "j.db") || c.Platform.AppKey.Reveal() != "K" {
		t.Errorf("the journal is at %s", c.Store.Path)
	}
}

func TestNoHome(t *testing.T) {
	none := Options{Executable: filepath.Join(t.TempDir(), "onetrans"), Environ: []string{}}
	if _, err := Load(none); !errors.Is(err, ErrMissing) || !strings.Contains(err.Error(), "store.path") {
		t.Errorf("got %v", err)
	}
	path := filepath.Join(t.TempDir(), "j.db")
	none.Environ = []string{"ONETRANS_STORE_PATH=" + path}
	if c, err := Load(none); err != nil || c.Store.Path != path {
		t.Errorf("%q, %v", c.Store.Path, err)
	}
}

func TestWhatTheKioskOffers(t *testing.T) {
	payment, inpatient, outpatient := view.ServiceOutpatientPayment, view.ServiceInpatientDeposit, view.ServiceOutpatientDeposit
	merchant := "[[pay.account]]\ntype='01'\npay_app_id='P1'\npay_app_secret='S1'\n"
	for name, is := range map[string]struct {
		content string
		offers  []view.ServiceKind
	}{
		"on the sandbox":                {"", []view.ServiceKind{payment, inpatient}},
		"outpatient deposits, if asked": {"[[pay.account]]\ntype='01'\ncollect=true", []view.ServiceKind{payment, inpatient, outpatient}},
		"no more than is asked":         {"[services]\noffer=['inpatient_deposit']", []view.ServiceKind{inpatient}},
		"no bills without a region":     {merchant + real, []view.ServiceKind{inpatient}},
		"no bills without a merchant":   {"terminal.mdtrtarea_admvs='350100'\n" + real, []view.ServiceKind{inpatient}},
		"bills with both":               {"terminal.mdtrtarea_admvs='350100'\n" + merchant + real, []view.ServiceKind{payment, inpatient}},
	} {
		c := mustLoad(t, is.content)
		var offers []view.ServiceKind
		for _, kind := range []view.ServiceKind{payment, inpatient, outpatient} {
			if c.Offers(kind) {
				offers = append(offers, kind)
			}
		}
		if !slices.Equal(offers, is.offers) {
			t.Errorf("%s: %v, want %v", name, offers, is.offers)
		}
	}
}

func TestWhatIsHardlyMeantIsTold(t *testing.T) {
	if d := Default().Warnings(); d != nil {
		t.Errorf("the sandbox is itself: %q", d)
	}
	if d := mustLoad(t, real).Warnings(); len(d) != 4 {
		t.Errorf("a real platform hears of the sandbox's hospital, and of what it can't offer: %q", d)
	}
	demo := mustLoad(t, strings.NewReplacer(`"A"`, `"`+sandbox.DemoAppID+`"`, `"K"`, `"`+sandbox.DemoAppKey+`"`, `"P2"`, `"`+sandbox.DemoPayAppID+`"`, `"S2"`, `"`+sandbox.DemoPayAppSecret+`"`).Replace(real)+
		"private_key = '"+sandbox.DemoPrivateKey+"'\n")
	for _, key := range []string{"platform.app_id", "platform.app_key", "platform.private_key", "pay.account[02].pay_app_id", "pay.account[02].pay_app_secret"} {
		if !slices.ContainsFunc(warnings(demo), func(d string) bool { return strings.HasPrefix(d, key+" is the sandbox's, which everybody has") }) {
			t.Errorf("of %s nothing is said: %q", key, warnings(demo))
		}
	}
	c := mustLoad(t, real+"[services]\noffer=['inpatient_deposit']\n[terminal]\nterm_no='1'\nfixmedins_code='H1'\nfixmedins_name='某某医院'")
	if d := c.Warnings(); d != nil {
		t.Errorf("got %q", d)
	}
}
