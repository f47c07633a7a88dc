package config

import (
	"strings"
	"testing"

	"onetrans/flows/message/onetrans"
)

// A site that serves HIS only needs no credentials: every call brings its own.
func TestWithoutCredentialsTheKioskServesNobody(t *testing.T) {
	for content, serves := range map[string]bool{
		"": true, // the sandbox's
		"[platform]\ndriver='wire'\nurl='https://a.cn'":                                                                                          false,
		"[platform]\ndriver='wire'\nurl='https://a.cn'\napp_id='A'\napp_key='K'":                                                                 false,
		"[platform]\ndriver='wire'\nurl='https://a.cn'\napp_id='A'\napp_key='K'\n[[pay.account]]\ntype='02'\npay_app_id='P'\npay_app_secret='S'": true,
	} {
		c := mustLoad(t, content)
		a, _ := c.Pay.Account(onetrans.AccountInpatient)
		if c.Serves(a) != serves {
			t.Errorf("%q: %v", content, !serves)
		}
		if told := strings.Contains(strings.Join(warnings(c), "\n"), "pay.account[02].collect"); told == serves {
			t.Errorf("%q: warnings %q", content, c.Warnings())
		}
	}
}

func TestTheOwnersSocketStartsAtTheFilesFolder(t *testing.T) {
	c := mustLoad(t, "[owner]\nsocket = 'run/s'")
	if !strings.HasSuffix(c.Owner.Socket, "/run/s") && !strings.HasSuffix(c.Owner.Socket, `\run\s`) {
		t.Errorf("%q", c.Owner.Socket)
	}
}
