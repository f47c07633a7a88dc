package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"onetrans/app/checks/standin"
	"onetrans/app/config"
	"onetrans/app/sandbox"
	"onetrans/app/terminal"
	"onetrans/app/vendorlib"
	"onetrans/flows/message/onetrans"
)

// realTerminal is configured for a platform over the wire, which is a sandbox.
func realTerminal(t *testing.T, appKey, more string) (w site, platform string) {
	t.Helper()
	server, err := sandbox.Open(sandbox.Options{Dir: t.TempDir(), Log: terminal.NewLog(new(bytes.Buffer))})
	if err != nil {
		t.Fatal(err)
	}
	listener := httptest.NewServer(server.Handler())
	t.Cleanup(func() { listener.Close(); server.Close() })
	return newTerminal(t, fmt.Sprintf("[platform]\ndriver = 'wire'\nurl = '%s/onetrans'\napp_id = %q\napp_key = %q\n%s",
		listener.URL, sandbox.DemoAppID, appKey, more)), listener.URL
}

func (w site) check(t *testing.T) (out string, exit int) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	exit = run(t.Context(), []string{"check", "--config", w.config}, &stdout, &stderr)
	return stdout.String() + stderr.String(), exit
}

func TestCheckSaysOfEachThingWhetherItServesAndMovesNoMoney(t *testing.T) {
	w, platform := realTerminal(t, sandbox.DemoAppKey, "")
	says := []string{"[正常] 配置：" + w.config, "[正常] 密钥：签名 SM3", "[正常] 平台：", "[正常] 时钟：", "[正常] 磁盘：", "[正常] 字体：完整"}
	look := func(more ...string) {
		t.Helper()
		out, exit := w.check(t)
		for _, s := range append(more, says...) {
			if exit != exitOK || !strings.Contains(out, s) {
				t.Errorf("exit %d, has no %q:\n%s", exit, s, out)
			}
		}
	}
	look("没有程序在运行", "还没有，首次使用时生成")
	if _, err := os.Stat(filepath.Join(w.folder, "j.db")); !os.IsNotExist(err) {
		t.Errorf("a journal was made: %v", err)
	}
	w.startAgent(t)
	look("由运行中的程序服务", "[正常] 交易日志")

	answer, err := http.Get(platform + "/control/orders")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	var orders []any
	if err := json.NewDecoder(answer.Body).Decode(&orders); err != nil || len(orders) > 0 {
		t.Errorf("the platform has %v, %v", orders, err)
	}
	if out := w.works(t, "list", "--json"); out != "" {
		t.Errorf("the journal has %s", out)
	}
}

func TestCheckSaysWhatToDoAboutEachFault(t *testing.T) {
	signed, _ := realTerminal(t, "another key", "")
	gone := filepath.Join(t.TempDir(), "none")
	port, _ := realTerminal(t, sandbox.DemoAppKey, fmt.Sprintf("[devices.identity]\nport = %q\n[devices.printer]\nkind = 'file'\naddress = %q\n", gone, filepath.Join(gone, "lp0")))
	empty := newTerminal(t, "")
	if err := os.WriteFile(empty.config, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		site
		says []string
	}{
		"others write beside it": {sharedTerminal(t), []string{"[错误] 交易日志：", "chmod"}},
		"another key":            {signed, []string{"[错误] 平台：", "app_key"}},
		"nobody listens":         {newTerminal(t, "[platform]\ndriver = 'wire'\nurl = 'http://127.0.0.1:1'\napp_id = 'A'\napp_key = 'K'"), []string{"[错误] 平台：连不上 http://127.0.0.1:1", "防火墙"}},
		"a port, a printer":      {port, []string{"[错误] 身份证阅读器：没有串口 " + gone, "[错误] 凭条打印机："}},
		"no vendor's library":    {newTerminal(t, "[platform]\ndriver = 'vendor'\ndll = '/none/OneTrans2.dll'\n[devices]\nowner = 'vendor'"), []string{"[错误] 厂商库不能用：没有文件 /none/OneTrans2.dll"}},
		"an emptied file":        {empty, []string{"[错误] 配置", "platform.driver"}},
		"a printer that is off":  {newTerminal(t, "[devices.printer]\nkind = 'tcp'\naddress = '127.0.0.1:1'"), []string{"[错误] 凭条打印机：127.0.0.1:1", "电源"}},
	} {
		out, exit := c.check(t)
		for _, s := range c.says {
			if exit != exitFailed || !strings.Contains(out, s) {
				t.Errorf("%s: exit %d, has no %q:\n%s", name, exit, s, out)
			}
		}
	}
}

// What our readers read there is nobody whose account could be known: nobody is served, and
// no journal begun.
func TestAKioskOnAVendorsLibraryNeedsTheLibrarysReaders(t *testing.T) {
	w := newTerminal(t, "[platform]\ndriver = 'vendor'\ndll = '/none/OneTrans2.dll'\n[devices]\nowner = 'ours'")
	var stdout, stderr bytes.Buffer
	exit := run(t.Context(), []string{"kiosk", "--config", w.config}, &stdout, &stderr)
	if exit != exitFailed || !strings.Contains(stderr.String(), `devices.owner = "vendor"`) {
		t.Errorf("exit %d: %s", exit, stderr.String())
	}
	if _, err := os.Stat(filepath.Join(w.folder, "j.db")); !os.IsNotExist(err) {
		t.Errorf("a journal was made: %v", err)
	}
}

// In shadow this program carries nothing out, and a kiosk moves money.
func TestNoKioskRunsInShadowAndCheckSaysWhatDoes(t *testing.T) {
	w := newTerminal(t, "[platform]\ndriver = 'vendor'\ndll = '/none/OneTrans2.dll'\nshadow = true\n[devices]\nowner = 'vendor'\n[record]\ncalls = true")
	var stdout, stderr bytes.Buffer
	exit := run(t.Context(), []string{"kiosk", "--config", w.config}, &stdout, &stderr)
	if exit != exitFailed || !strings.Contains(stderr.String(), "onetrans agent") || !strings.Contains(stderr.String(), "请删去 platform.shadow") {
		t.Errorf("exit %d: %s", exit, stderr.String())
	}
	if _, err := os.Stat(filepath.Join(w.folder, "j.db")); !os.IsNotExist(err) {
		t.Errorf("a journal was made: %v", err)
	}
	out, _ := w.check(t)
	if !strings.Contains(out, "[正常] 旁路：厂商的库应答 HIS") || strings.Contains(out, "自助机收不了") || strings.Contains(out, "密钥：没有配置") {
		t.Error(out)
	}
}

func TestCheckSaysWhatAKioskCantOfferOnAVendorsLibrary(t *testing.T) {
	words, err := language(config.Default())
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	c := checking{config: config.Default(), words: words, out: &out}
	c.services(vendorlib.Can(true))
	if said := out.String(); strings.Count(said, "\n") != 1 || !strings.HasPrefix(said, "[注意]") || !strings.Contains(said, "outpatient_payment") || c.failed {
		t.Errorf("%q, failed %v", said, c.failed)
	}
}

func TestCheckHoldsTheClockAgainstThePlatforms(t *testing.T) {
	at := time.Date(2026, 11, 27, 10, 0, 0, 0, onetrans.Zone())
	for says, off := range map[string]time.Duration{"[正常]": 2 * time.Second, "[注意]": -40 * time.Second, "[错误]": 6 * time.Minute} {
		var out bytes.Buffer
		words, err := language(config.Default())
		if err != nil {
			t.Fatal(err)
		}
		c := checking{words: words, out: &out}
		c.clock(onetrans.Answer{RespondTime: onetrans.T(onetrans.FormatTimestamp(at))}, at.Add(off))
		if !strings.HasPrefix(out.String(), says+" 时钟：与平台相差 "+off.String()) || c.failed != (says == "[错误]") {
			t.Errorf("%v: %s", off, out.String())
		}
	}
}

// A display that is named and can't be drawn on is found before the first patient,
// and the window that tries shows nothing to whoever is there.
func TestCheckSaysWhenNoWindowCanBeDrawn(t *testing.T) {
	t.Setenv("DISPLAY", "localhost:99")
	if out, exit := newTerminal(t, "").check(t); exit != exitFailed || !strings.Contains(out, "窗口画不出来") {
		t.Errorf("exit %d: %s", exit, out)
	}
	t.Setenv("DISPLAY", "")
	if out, _ := newTerminal(t, "").check(t); !strings.Contains(out, "显示屏：没有") {
		t.Error(out)
	}
}

// A scheduled check tells by its exit status that the vendor's updater was there.
func TestCheckTellsThatHISLoadsAnothersLibrary(t *testing.T) {
	_, _, theirs := standin.Built(t)
	w := newTerminal(t, "")
	his := filepath.Join(w.folder, "HIS [新] (2024)")
	if err := os.Mkdir(his, 0o700); err != nil {
		t.Fatal(err)
	}
	look := func(exit int, says string) {
		t.Helper()
		var stdout, stderr bytes.Buffer
		got := run(t.Context(), []string{"check", "--config", w.config, "--his", his}, &stdout, &stderr)
		if got != exit || !strings.Contains(stdout.String(), says) {
			t.Errorf("exit %d, has no %q:\n%s%s", got, says, stdout.String(), stderr.String())
		}
	}
	put := func(name string) {
		t.Helper()
		code, err := os.ReadFile(theirs)
		if err == nil {
			err = os.WriteFile(filepath.Join(his, name), code, 0o700)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	look(exitFailed, "[错误] HIS 的库："+his+" 里没有")
	put("libOneTrans2.vendor.so")
	look(exitFailed, "[错误] HIS 的库："+filepath.Join(his, "libOneTrans2.so")+" 不在")
	put("libOneTrans2.so")
	look(exitFailed, "又成了厂商的")
	if err := os.Remove(filepath.Join(his, "libOneTrans2.vendor.so")); err != nil {
		t.Fatal(err)
	}
	look(exitFailed, "是厂商的，HIS 的调用不经过本程序")
}
