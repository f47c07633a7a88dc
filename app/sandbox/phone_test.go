package sandbox

import (
	"fmt"
	"io"
	"math"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"onetrans/flows/message/onetrans"
)

// open shows a page as a browser would get it.
func (b *bench) open(link string) (status int, page string) {
	b.t.Helper()
	res, err := b.http.Get(link)
	if err != nil {
		b.t.Fatal(err)
	}
	return read(b.t, res)
}

// tap sends the page's form and follows to the page that comes then.
func (b *bench) tap(link, do, channel string) (status int, page string) {
	b.t.Helper()
	res, err := b.http.PostForm(link, url.Values{"do": {do}, "channel": {channel}})
	if err != nil {
		b.t.Fatal(err)
	}
	return read(b.t, res)
}

func read(t testing.TB, res *http.Response) (int, string) {
	t.Helper()
	defer res.Body.Close()
	page, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(page)
}

func wantPage(t *testing.T, page string, has []string, hasNot ...string) {
	t.Helper()
	for _, text := range has {
		if !strings.Contains(page, text) {
			t.Errorf("page doesn't say %q", text)
		}
	}
	for _, text := range hasNot {
		if strings.Contains(page, text) {
			t.Errorf("page says %q", text)
		}
	}
	if t.Failed() {
		t.Log(page)
	}
}

func TestPhoneShowsWhatIsToBePaid(t *testing.T) {
	b := newBench(t)
	r := b.send(onetrans.TransRecharge, rechargeOf(patient(), "C1", "12000"))
	status, page := b.open(r.get("qrcode"))
	if status != http.StatusOK {
		t.Fatalf("status %d", status)
	}
	wantPage(t, page, []string{
		`lang="zh-CN"`, `name="viewport"`, "向 滨江市第一医院 付款", "¥ 12,000.00", "住院预交金充值", "欧阳*珺",
		"微信支付", "支付宝", "云闪付", "请在 10:29:00 前付款", "确认付款", "取消",
	}, patient().Name, patient().CertNo, patient().AdmissionNo)
}

func TestPhonePaysWithTheWalletThatWasPicked(t *testing.T) {
	for channel, name := range map[string]string{"WX_QR": "微信支付", "ALI_QR": "支付宝", "UNION_QR": "云闪付"} {
		b := newBench(t)
		r := b.send(onetrans.TransRecharge, rechargeOf(patient(), "C1", "200"))
		status, page := b.tap(r.get("qrcode"), "pay", channel)
		if status != http.StatusOK {
			t.Errorf("status %d", status)
		}
		wantPage(t, page, []string{"付款成功", name, "¥ 200.00", "2026-11-23 10:24:00", "C1"}, "确认付款")
		wantFields(t, b.ask("C1"), map[string]string{"result": "succ", "channel": channel, "tradeMode": channel})
	}
}

func TestPhoneTappedTwicePaysOnce(t *testing.T) {
	b := newBench(t)
	r := b.send(onetrans.TransRecharge, rechargeOf(patient(), "C1", "200"))
	for _, channel := range []string{"ALI_QR", "WX_QR"} {
		_, page := b.tap(r.get("qrcode"), "pay", channel)
		wantPage(t, page, []string{"付款成功", "支付宝"})
	}
	wantFields(t, b.send(onetrans.TransRecharge, rechargeOf(patient(), "C1", "200")), map[string]string{"balance": "3200.00"})
}

func TestPhoneShowsEachState(t *testing.T) {
	order := rechargeOf(patient(), "C1", "200")
	for _, c := range []struct {
		name   string
		before func(b *bench, link string)
		says   []string
	}{
		{"cancelled", func(b *bench, link string) { b.tap(link, "cancel", "") }, []string{"订单已关闭", "没有扣款"}},
		{"closed", func(b *bench, _ string) { b.send(onetrans.TransClose, obj{"outTradeNo": "C1"}) }, []string{"订单已关闭"}},
		{"expired", func(b *bench, _ string) { b.clock.Advance(5 * time.Minute) }, []string{"订单已超时", "没有扣款"}},
		{"expired while the page was open", func(b *bench, link string) {
			b.clock.Advance(5 * time.Minute)
			b.tap(link, "pay", "WX_QR")
		}, []string{"订单已超时"}},
		{"paid by a code", func(b *bench, _ string) { b.send(onetrans.TransRecharge, withCode(order, "WX_BAR", wxGood)) }, []string{"付款成功"}},
		{"code dead", func(b *bench, _ string) { b.send(onetrans.TransRecharge, withCode(order, "WX_BAR", wxRefused)) }, []string{"二维码已失效"}},
		{"paid, then cancelled", func(b *bench, link string) {
			b.tap(link, "pay", "WX_QR")
			b.tap(link, "cancel", "")
		}, []string{"付款成功"}},
		{"being refunded", func(b *bench, link string) {
			b.tap(link, "pay", "WX_QR")
			b.send(onetrans.TransRefund, refundOf(patient(), "C1", "R1", "50.00").with("withdrawMode", "2"))
		}, []string{"正在退款", "退款中", "¥ 50.00"}},
		{"partly refunded", func(b *bench, link string) {
			b.tap(link, "pay", "WX_QR")
			b.send(onetrans.TransRefund, refundOf(patient(), "C1", "R1", "50.00"))
		}, []string{"已部分退款", "¥ 50.00"}},
		{"refunded", func(b *bench, link string) {
			b.tap(link, "pay", "WX_QR")
			b.send(onetrans.TransRefund, refundOf(patient(), "C1", "R1", "200.00"))
		}, []string{"已全部退款"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t)
			link := b.send(onetrans.TransRecharge, order).get("qrcode")
			c.before(b, link)
			status, page := b.open(link)
			if status != http.StatusOK {
				t.Errorf("status %d", status)
			}
			wantPage(t, page, c.says, "<button")
		})
	}
}

func TestPhoneConfirmsACodeThatWaits(t *testing.T) {
	b := newBench(t)
	r := b.send(onetrans.TransRecharge, withCode(rechargeOf(patient(), "B1", "10"), "ALI_BAR", "2812345678901239"))
	link := b.url + "/pay/" + r.get("chargeNo")
	_, page := b.open(link)
	wantPage(t, page, []string{"付款码（支付宝）", "确认付款"}, `type="radio"`)
	_, page = b.tap(link, "pay", "")
	wantPage(t, page, []string{"付款成功", "支付宝"})
	wantFields(t, b.ask("B1"), map[string]string{"result": "succ", "channel": "ALI_BAR"})
}

func TestPhoneSaysThatACodeWasDeclined(t *testing.T) {
	b := newBench(t)
	r := b.send(onetrans.TransRecharge, withCode(rechargeOf(patient(), "B1", "10"), "WX_BAR", wxWaits))
	_, page := b.tap(b.url+"/pay/"+r.get("chargeNo"), "cancel", "")
	wantPage(t, page, []string{"付款未成功", "没有扣款"})
}

func TestPhonePageEndsWithItsOrder(t *testing.T) {
	b := newBench(t)
	r := b.send(onetrans.TransRecharge, rechargeOf(patient(), "C1", "10"))
	b.clock.Advance(4*time.Minute + 30*time.Second)
	res, err := b.http.Get(r.get("qrcode"))
	if err != nil {
		t.Fatal(err)
	}
	read(t, res)
	if got := res.Header.Get("Refresh"); got != "31" {
		t.Errorf("Refresh %q", got)
	}
	if got := res.Header.Get("Cache-Control"); got != "no-store" {
		t.Errorf("Cache-Control %q", got)
	}
}

func TestPhoneRefusesWhatItDoesNotOffer(t *testing.T) {
	b := newBench(t)
	link := b.send(onetrans.TransRecharge, rechargeOf(patient(), "C1", "10")).get("qrcode")
	for _, c := range []struct {
		link, do, channel string
		want              int
	}{
		{link, "steal", "", http.StatusBadRequest},
		{link, "pay", "CASH", http.StatusBadRequest},
		{link, "", "", http.StatusBadRequest},
		{b.url + "/pay/1799999999999999999", "pay", "", http.StatusNotFound},
		{b.url + "/pay/%2F%2Fevil.example", "pay", "", http.StatusNotFound},
		{link, "pay", strings.Repeat("x", maxForm), http.StatusBadRequest},
	} {
		if got, _ := b.tap(c.link, c.do, c.channel); got != c.want {
			t.Errorf("%s %q %.10q: %d, want %d", c.link, c.do, c.channel, got, c.want)
		}
	}
	if status, page := b.open(b.url + "/pay/1799999999999999999"); status != http.StatusNotFound || !strings.Contains(page, "没有找到这笔订单") {
		t.Errorf("a number nobody has: %d", status)
	}
	wantFields(t, b.ask("C1"), map[string]string{"result": "init"})
}

func TestPhonePaysByPostOnly(t *testing.T) {
	b := newBench(t)
	link := b.send(onetrans.TransRecharge, rechargeOf(patient(), "C1", "10")).get("qrcode")
	if status, _ := b.open(link + "?do=pay&channel=WX_QR"); status != http.StatusOK {
		t.Errorf("status %d", status)
	}
	res, err := b.http.Post(link+"?do=pay", "application/x-www-form-urlencoded", nil)
	if err != nil {
		t.Fatal(err)
	}
	read(t, res)
	wantFields(t, b.ask("C1"), map[string]string{"result": "init"})
}

func TestPhoneEscapesWhatItShows(t *testing.T) {
	b := newBench(t)
	order := rechargeOf(patient(), "C1", "10").with("userName", `<b>x`).with("extra", obj{"subject": `<script>alert(1)</script>`})
	_, page := b.open(b.send(onetrans.TransRecharge, order).get("qrcode"))
	wantPage(t, page, []string{"&lt;script&gt;"}, "<script", "<b>")
}

func TestPhoneStyleIsServed(t *testing.T) {
	b := newBench(t)
	res, err := b.http.Get(b.url + "/pay/style.css")
	if err != nil {
		t.Fatal(err)
	}
	_, css := read(t, res)
	if !strings.HasPrefix(res.Header.Get("Content-Type"), "text/css") || !strings.Contains(css, "#0A6660") {
		t.Errorf("%s %.40s", res.Header.Get("Content-Type"), css)
	}
}

// The page's text must be readable: WCAG's contrast of each pair of the style.
func TestPhoneColoursContrast(t *testing.T) {
	for _, c := range []struct{ ink, ground string }{
		{"#10221F", "#EEF3F2"},
		{"#465A56", "#EEF3F2"},
		{"#465A56", "#FFFFFF"},
		{"#FFFFFF", "#0A6660"},
		{"#FFFFFF", "#074A46"},
		{"#146C35", "#E2F3E7"},
		{"#8A4B00", "#FFF1DC"},
		{"#A61B12", "#FCE8E6"},
		{"#1C4F9C", "#E5EEFB"},
	} {
		if got := contrast(c.ink, c.ground); got < 5.5 {
			t.Errorf("%s on %s: %.2f", c.ink, c.ground, got)
		}
	}
}

func contrast(a, b string) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func luminance(colour string) float64 {
	var r, g, b int
	_, _ = fmt.Sscanf(colour, "#%02X%02X%02X", &r, &g, &b)
	return 0.2126*linear(r) + 0.7152*linear(g) + 0.0722*linear(b)
}

func linear(channel int) float64 {
	c := float64(channel) / 255
	if c <= 0.04045 {
		return c / 12.92
	}
	return math.Pow((c+0.055)/1.055, 2.4)
}
