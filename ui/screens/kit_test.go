package screens

import (
	"testing"

	"onetrans/assets/texts"
)

func TestLongNumbersAreGrouped(t *testing.T) {
	for number, want := range map[string]string{
		"": "", "123": "123", "1234": "1234", "12345678901": "1234 5678 901", "2611 2210": "2611 2210", "A-1234567": "A-1234567",
	} {
		if got := grouped(number); got != want {
			t.Errorf("%q became %q, want %q", number, got, want)
		}
	}
}

func TestWalletsAreNamedByKeyOrChannel(t *testing.T) {
	book, err := texts.Load()
	if err != nil {
		t.Fatal(err)
	}
	k := Kit{Words: book.In("zh-CN")}
	for code, want := range map[string]string{
		"wechat": "微信支付", "WX_QR": "微信支付", "ALI_BAR": "支付宝", "UNION_QR": "云闪付", "": "", "XX_QR": "",
	} {
		if got := k.wallet(code); got != want {
			t.Errorf("%q is called %q, want %q", code, got, want)
		}
	}
}

func TestPlacesAreNamedEvenWhenNobodySaidThem(t *testing.T) {
	book, err := texts.Load()
	if err != nil {
		t.Fatal(err)
	}
	k := Kit{Words: book.In("zh-CN")}
	if got := k.Say("trouble.no_reader.next"); got != "请改用手机上的码，或到人工窗口办理" {
		t.Errorf("without a place: %q", got)
	}
	k.Place = "一楼导诊台"
	if got := k.Say("trouble.no_reader.next"); got != "请改用手机上的码，或到一楼导诊台办理" {
		t.Errorf("with a place: %q", got)
	}
}
