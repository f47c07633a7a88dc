package config

import (
	"errors"
	"strings"
	"testing"
	"time"

	"onetrans/flows/message/onetrans"
)

func TestVariablesGoBeforeTheFile(t *testing.T) {
	c := mustLoad(t, "[ui]\nlanguage = 'zh-CN'\ntimeout_s = 30\nhelp_place = '二楼'",
		"ONETRANS_UI_LANGUAGE=en",
		"ONETRANS_UI_TIMEOUT_S=90",
		"ONETRANS_UI_PANEL_INCHES=32",
		"ONETRANS_UI_FULLSCREEN=false",
		"ONETRANS_TERMINAL_TERM_NO=T=1",
		"ONETRANS_TERMINAL_DEV_NO=",
		"ONETRANS_DEVICES_PCSC_READER=Virtual PCD",
		"ONETRANS_PAY_ACCOUNT_01_COLLECT=true",
		"ONETRANS_PAY_ACCOUNT_01_AMOUNT_MIN=0.01",
		"ONETRANS_PAY_ACCOUNT_02_PAY_APP_ID=P",
		"ONETRANS_PAY_ACCOUNT_02_PAY_APP_SECRET=S",
	)
	if c.UI.Language != "en" || c.UI.Timeout != 90*time.Second || c.UI.PanelInches != 32 || c.UI.Fullscreen != NoneFills {
		t.Errorf("%+v", c.UI)
	}
	if c.UI.HelpPlace != "二楼" {
		t.Error("what no variable names stays")
	}
	if c.Terminal.TermNo != "T=1" || c.Terminal.DevNo != "" || c.Devices.PCSC.Reader != "Virtual PCD" {
		t.Errorf("%+v %+v", c.Terminal, c.Devices)
	}
	out, _ := c.Pay.Account(onetrans.AccountOutpatient)
	in, _ := c.Pay.Account(onetrans.AccountInpatient)
	if !out.Collect || out.Min != 1 || in.PayAppID != "P" || in.PayAppSecret.Reveal() != "S" {
		t.Errorf("%+v", c.Pay)
	}
}

func TestVariableOverASpoiledValue(t *testing.T) {
	if c := mustLoad(t, "[ui]\nlanguage = 'fr'", "ONETRANS_UI_LANGUAGE=en"); c.UI.Language != "en" {
		t.Error("the file's value no longer counts")
	}
}

func TestVariablesRefused(t *testing.T) {
	for variable, want := range map[string]struct {
		key  string
		kind error
	}{
		"ONETRANS_UI_TIMEOUT=60":                {"", ErrUnknownVariable},
		"ONETRANS_=1":                           {"", ErrUnknownVariable},
		"ONETRANS_PAY_CHANNELS=wechat":          {"", ErrUnknownVariable},
		"ONETRANS_PAY_ACCOUNT_03_NAME=x":        {"", ErrUnknownVariable},
		"ONETRANS_PAY_ACCOUNT_02_TYPE=01":       {"", ErrUnknownVariable},
		"ONETRANS_UI_TIMEOUT_S=1m":              {"ui.timeout_s", ErrValue},
		"ONETRANS_UI_TIMEOUT_S=":                {"ui.timeout_s", ErrValue},
		"ONETRANS_UI_FULLSCREEN=1":              {"ui.fullscreen", ErrValue},
		"ONETRANS_UI_PANEL_INCHES=NaN":          {"ui.panel_inches", ErrValue},
		"ONETRANS_UI_HELP_PLACE=\xb6\xfe":       {"ui.help_place", ErrValue},
		"ONETRANS_PLATFORM_DRIVER=vendors":      {"platform.driver", ErrValue},
		"ONETRANS_PLATFORM_URL=http://10.0.0.1": {"platform.url", ErrConflict},
		"ONETRANS_PAY_ACCOUNT_02_AMOUNT_MAX=0":  {"pay.account[02].amount_max", ErrValue},
	} {
		t.Run(variable, func(t *testing.T) {
			_, err := load(t, "", variable)
			problems, _ := errors.AsType[Problems](err)
			name, _, _ := strings.Cut(variable, "=")
			if len(problems) != 1 || problems[0].Where != name || problems[0].Key != want.key || !errors.Is(err, want.kind) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestForeignVariablesAreNoConcern(t *testing.T) {
	mustLoad(t, "", "ONETRANSX=1", "XONETRANS_A=1", "=C:=C:\\", "broken")
}
