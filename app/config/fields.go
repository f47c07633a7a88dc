package config

import (
	"slices"
	"strings"

	"onetrans/assets/texts"
	"onetrans/flows/message/onetrans"
	"onetrans/flows/message/wire"
	"onetrans/flows/view"
	"onetrans/store"
)

// Limits of a screen's and a call's patience, in seconds.
const (
	leastTimeout   = 5
	longestTimeout = 600
	longestWait    = 600
)

// field is a key, and how its value is put into the configuration.
type field struct {
	key  string
	into any // pointer to where it goes
	list bool
	read func(in input, v value) error
}

// fields are all keys except those of the accounts.
func fields(c *Config) []field {
	return slices.Concat(
		terminalFields(&c.Terminal), platformFields(&c.Platform), payFields(&c.Pay),
		settleFields(&c.Settle), ehcFields(&c.EHC), serviceFields(&c.Services),
		deviceFields(&c.Devices), printerFields(&c.Devices.Printer), storeFields(c),
		reconcileFields(&c.Reconcile), uiFields(&c.UI),
	)
}

func terminalFields(t *Terminal) []field {
	return []field{
		text("terminal.term_no", &t.TermNo, 1, 64),
		text("terminal.dev_no", &t.DevNo, 0, 100),
		text("terminal.prd_id", &t.PrdID, 0, 32),
		code("terminal.fixmedins_code", &t.FixmedinsCode, 12),
		text("terminal.fixmedins_name", &t.FixmedinsName, 1, 60),
		text("terminal.dept_codg", &t.DeptCodg, 1, 20),
		text("terminal.dept_name", &t.DeptName, 1, 30),
		text("terminal.opter", &t.Opter, 1, 30),
		text("terminal.opter_name", &t.OpterName, 1, 50),
		choice("terminal.opter_type", &t.OpterType,
			onetrans.OpterPerson, onetrans.OpterTerminal, onetrans.OpterMobile),
		text("terminal.recer_sys_code", &t.RecerSysCode, 1, 13),
		digits("terminal.mdtrtarea_admvs", &t.MdtrtareaAdmvs, 6),
		digits("terminal.insuplc_admdvs", &t.InsuplcAdmdvs, 6),
	}
}

func settleFields(s *Settle) []field {
	return []field{
		text("settle.his_extra.his_org_code", &s.HisOrgCode, 0, 32),
		needed(digits("settle.business_type", &s.BusinessType, 5)),
		needed(digits("settle.treatment_code", &s.TreatmentCode, 7)),
	}
}

func ehcFields(e *EHC) []field {
	return []field{
		text("ehc.app_id", &e.AppID, 0, 32),
		secret("ehc.app_secret", &e.AppSecret, 32),
		text("ehc.term_id", &e.TermID, 0, 30),
	}
}

func serviceFields(s *Services) []field {
	return []field{choices("services.offer", &s.Offer,
		view.ServiceOutpatientPayment, view.ServiceInpatientDeposit, view.ServiceOutpatientDeposit)}
}

func platformFields(p *Platform) []field {
	return []field{
		choice("platform.driver", &p.Driver, Sandbox, Wire, Vendor),
		text("platform.url", &p.URL, 0, 512),
		text("platform.app_id", &p.AppID, 0, 50),
		secret("platform.app_key", &p.AppKey, 200),
		choice("platform.signtype", &p.SignType, wire.SM3, wire.SM2),
		choice("platform.enc_type", &p.EncType, wire.SM4, wire.None),
		key("platform.private_key", &p.privateKey, wire.ParsePrivateKey, closedFile),
		key("platform.platform_key", &p.peerKey, wire.ParsePublicKey, anyMode),
		file("platform.ca_file", &p.CAFile),
		file("platform.dll", &p.DLL),
		seconds("platform.call_s", &p.Call, 30, 1800),
		codes("platform.refusals", &p.Refusals, 6),
		boolean("platform.shadow", &p.Shadow),
	}
}

func payFields(p *Pay) []field {
	return []field{
		seconds("pay.unknown_wait_s", &p.UnknownWait, 0, longestWait),
		boolean("pay.his_must_book", &p.HISMustBook),
		boolean("pay.refunds_only_here", &p.RefundsOnlyHere),
		choices("pay.channels", &p.Channels, WeChat, Alipay, UnionPay),
	}
}

func deviceFields(d *Devices) []field {
	return []field{
		choice("devices.owner", &d.Owner, Ours, VendorReads),
		boolean("devices.pcsc.enabled", &d.PCSC.Enabled),
		text("devices.pcsc.reader", &d.PCSC.Reader, 0, 128),
		text("devices.pcsc.place", &d.PCSC.Place, 0, 40),
		text("devices.identity.port", &d.Identity.Port, 0, 256),
		text("devices.identity.place", &d.Identity.Place, 0, 40),
		choice("devices.scanner.kind", &d.Scanner.Kind, ScannerKeyboard, ScannerNone),
		text("devices.scanner.place", &d.Scanner.Place, 0, 40),
	}
}

func storeFields(c *Config) []field {
	return []field{
		file("store.path", &c.Store.Path),
		hexKey("store.key", &c.Store.Key, store.KeySize),
		file("store.witness", &c.Store.Witness),
		file("owner.socket", &c.Owner.Socket),
		file("log.path", &c.Log.Path),
		whole("log.size_mb", &c.Log.Size, 1, 1024),
		whole("log.files", &c.Log.Files, 1, 100),
		boolean("record.calls", &c.Record.Calls),
	}
}

// languages are those with a file of texts.
func languages() (all []view.Language) {
	for _, name := range texts.Names() {
		all = append(all, view.Language(name))
	}
	return all
}

func uiFields(u *UI) []field {
	return []field{
		choice("ui.orientation", &u.Orientation, Auto, Portrait, Landscape),
		inches("ui.panel_inches", &u.PanelInches),
		choice("ui.language", &u.Language, languages()...),
		seconds("ui.timeout_s", &u.Timeout, leastTimeout, longestTimeout),
		text("ui.help_phone", &u.HelpPhone, 0, 40),
		text("ui.help_place", &u.HelpPlace, 0, 40),
		fullscreen("ui.fullscreen", &u.Fullscreen),
	}
}

// accounts is the key under which the accounts are listed.
const accounts = "pay.account"

// accountKey is the name of an account's key in errors.
func accountKey(accountType, key string) string { return accounts + "[" + accountType + "]." + key }

// accountFields are the keys of an account except its type.
func accountFields(a *Account) []field {
	at := func(key string) string { return accountKey(a.Type, key) }
	return []field{
		text(at("name"), &a.Name, 1, 20),
		text(at("pay_app_id"), &a.PayAppID, 0, 32),
		secret(at("pay_app_secret"), &a.PayAppSecret, 32),
		text(at("subject"), &a.Subject, 0, 128),
		amount(at("amount_min"), &a.Min),
		amount(at("amount_max"), &a.Max),
		amounts(at("quick_amounts"), &a.Quick),
		boolean(at("collect"), &a.Collect),
	}
}

// last is the last part of a key.
func last(key string) string { return key[strings.LastIndexByte(key, '.')+1:] }
