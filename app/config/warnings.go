package config

import (
	"slices"
	"strconv"
	"strings"

	"onetrans/app/sandbox"
	"onetrans/assets/texts"
	"onetrans/flows/message/onetrans"
	"onetrans/flows/message/wire"
	"onetrans/flows/view"
)

// untranslated is what there is to say about what the language lacks; none when it is whole.
func (c Config) untranslated() []*Reason {
	book, err := texts.Load()
	if err != nil {
		return []*Reason{within("no_texts").after(err)}
	}
	missing := book.In(string(c.UI.Language)).Missing()
	if len(missing) == 0 {
		return nil
	}
	const shown = 5
	return []*Reason{within("untranslated", "language", string(c.UI.Language), "count", strconv.Itoa(len(missing)),
		"source", texts.Source, "missing", strings.Join(missing[:min(len(missing), shown)], ", "))}
}

// demoCredentials are the keys whose values are the sandbox's own.
func (c Config) demoCredentials() (keys []string) {
	key := func(of *wire.PrivateKey) string {
		if of == nil {
			return ""
		}
		return of.Public().String()
	}
	demo, _ := wire.ParsePrivateKey(sandbox.DemoPrivateKey)
	values := []struct{ key, is, demo string }{
		{"platform.app_id", c.Platform.AppID, sandbox.DemoAppID},
		{"platform.app_key", c.Platform.AppKey.Reveal(), sandbox.DemoAppKey},
		{"platform.private_key", key(c.Platform.privateKey), key(demo)},
		{"ehc.app_id", c.EHC.AppID, sandbox.DemoEHCAppID},
		{"ehc.app_secret", c.EHC.AppSecret.Reveal(), sandbox.DemoEHCAppSecret},
	}
	for _, a := range c.Pay.Accounts {
		values = append(values,
			struct{ key, is, demo string }{accountKey(a.Type, "pay_app_id"), a.PayAppID, sandbox.DemoPayAppID},
			struct{ key, is, demo string }{accountKey(a.Type, "pay_app_secret"), a.PayAppSecret.Reveal(), sandbox.DemoPayAppSecret})
	}
	for _, v := range values {
		if v.is == v.demo {
			keys = append(keys, v.key)
		}
	}
	return keys
}

// Demo says that the platform is the sandbox: no real money moves, and whatever
// people see says so.
func (c Config) Demo() bool { return c.Platform.Driver == Sandbox }

// Serves reports whether there are all the credentials that this program's own
// screens need for an account. Calls of HIS may bring theirs.
func (c Config) Serves(a Account) bool {
	return c.Platform.AppID != "" && !c.Platform.AppKey.Empty() && a.PayAppID != "" && !a.PayAppSecret.Empty()
}

// Offers reports whether a service is wanted, and everything that this program's
// own screens need for it is there.
func (c Config) Offers(kind view.ServiceKind) bool {
	account, known := c.Pay.Account(accountOf(kind))
	if !known || !c.Serves(account) || !slices.Contains(c.Services.Offer, kind) {
		return false
	}
	if kind == view.ServiceOutpatientPayment {
		return c.Terminal.MdtrtareaAdmvs != ""
	}
	return account.Collect
}

// accountOf is the type of the account whose merchant collects a service's money.
func accountOf(kind view.ServiceKind) string {
	if kind == view.ServiceInpatientDeposit {
		return onetrans.AccountInpatient
	}
	return onetrans.AccountOutpatient
}

// Warnings are settings that work but are hardly meant: the sandbox's hospital with a
// real platform, an account that is to collect and cannot. Each names its key.
func (c Config) Warnings() []*Reason {
	warnings := c.untranslated()
	if c.Platform.Driver == Sandbox {
		return warnings
	}
	defaults := builtin(newVariables(nil)).Terminal
	for _, same := range []struct {
		key      string
		is, demo string
	}{
		{"terminal.term_no", c.Terminal.TermNo, defaults.TermNo},
		{"terminal.fixmedins_code", c.Terminal.FixmedinsCode, defaults.FixmedinsCode},
		{"terminal.fixmedins_name", c.Terminal.FixmedinsName, defaults.FixmedinsName},
	} {
		if same.is == same.demo {
			warnings = append(warnings, within("demo", "key", same.key))
		}
	}
	for _, key := range c.demoCredentials() {
		warnings = append(warnings, within("demo_credential", "key", key))
	}
	if c.Platform.Shadow {
		return warnings // no kiosk runs then
	}
	for _, a := range c.Pay.Accounts {
		if a.Collect && !c.Serves(a) {
			warnings = append(warnings, within("cannot_collect", "key", accountKey(a.Type, "collect")))
		}
	}
	if payment := view.ServiceOutpatientPayment; slices.Contains(c.Services.Offer, payment) && !c.Offers(payment) {
		warnings = append(warnings, within("cannot_offer", "service", string(payment), "key", accountKey(onetrans.AccountOutpatient, "pay_app_id")))
	}
	return warnings
}
