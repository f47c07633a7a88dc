package window

import (
	"math"
	"strings"
	"testing"

	"onetrans/flows/view"
)

func TestAPixelIsAsLargeAsTheMonitorSaysWhereThatCanBe(t *testing.T) {
	const usual = 21.5 * 25.4 / 2202.9 // of 1080p
	for name, c := range map[string]struct {
		on     monitor
		inches float64
		want   float64
	}{
		"24 inches":                   {monitor{width: 1920, height: 1080, widthMM: 531, heightMM: 299}, 0, 0.2767},
		"a laptop":                    {monitor{width: 1366, height: 768, widthMM: 309, heightMM: 174}, 0, 0.2264},
		"4K":                          {monitor{width: 3840, height: 2160, widthMM: 597, heightMM: 336}, 0, 0.1555},
		"configured":                  {monitor{width: 1920, height: 1080, widthMM: 531, heightMM: 299}, 32, 0.3690},
		"that says nothing":           {monitor{width: 1920, height: 1080}, 0, usual},
		"that says its format":        {monitor{width: 1920, height: 1080, widthMM: 16, heightMM: 9}, 0, usual},
		"that says it in centimetres": {monitor{width: 1920, height: 1080, widthMM: 160, heightMM: 90}, 0, 0.0833},
		"as large as a wall":          {monitor{width: 1920, height: 1080, widthMM: 1920, heightMM: 1080}, 0, usual},
		"whose sides are not its own": {monitor{width: 1080, height: 1920, widthMM: 531, heightMM: 299}, 0, usual},
		"that is not known at all":    {monitor{}, 0, usual},
		"that says less than nothing": {monitor{width: 1920, height: 1080, widthMM: -531, heightMM: -299}, 0, usual},
	} {
		if got := c.on.pixelMM(c.inches); math.Abs(got-c.want) > 0.0005 {
			t.Errorf("%s: %.4f mm, want %.4f", name, got, c.want)
		}
	}
}

func TestAWindowOfCallsHasTheRoomThatItsPagesNeed(t *testing.T) {
	full := monitor{width: 1920, height: 1080, roomWidth: 1920, roomHeight: 1080, widthMM: 531, heightMM: 299}
	small := monitor{width: 1366, height: 768, roomWidth: 1366, roomHeight: 728, widthMM: 309, heightMM: 174}
	upright := monitor{width: 1080, height: 1920, roomWidth: 1080, roomHeight: 1880, widthMM: 299, heightMM: 531}
	for name, c := range map[string]struct {
		on            monitor
		hidden        bool
		width, height float32
	}{
		"on a monitor":           {full, true, 1555, 926},
		"on a laptop":            {small, true, 1156, 688},
		"on one that is upright": {upright, true, 969, 1720},
		"of a kiosk":             {full, false, 540, 960},
	} {
		p := begin(t, view.Setup{Hidden: c.hidden})
		p.window.fit(c.on)
		if got := p.window.window.Canvas().Size(); math.Abs(float64(got.Width-c.width)) > 3 || math.Abs(float64(got.Height-c.height)) > 3 {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestTheTitleSaysWhoseWindowItIsAndWhatFor(t *testing.T) {
	p := begin(t, view.Setup{Hospital: "滨江市第一医院", Demo: true, Hidden: true})
	title := func() string { return p.window.window.Title() }
	if got := title(); got != "滨江市第一医院 · 演示 · 不动真钱" {
		t.Error(got)
	}
	for _, c := range []struct {
		content view.Content
		what    string
	}{
		{view.PickWay{}, " · 身份识别 · "},
		{view.Cashier{Account: view.ServiceInpatientDeposit}, " · 住院预交金 · "},
		{view.Bills{}, " · 门诊缴费 · "},
	} {
		p.window.obey(pageOf(c.content, 1))
		if got := title(); !strings.HasPrefix(got, "滨江市第一医院"+c.what) {
			t.Errorf("%T: %s", c.content, got)
		}
		p.window.obey(view.ToWindow{Hide: true})
		if got := title(); strings.Contains(got, c.what) {
			t.Errorf("%T, hidden: %s", c.content, got)
		}
	}
}
