package terminal

import (
	"log/slog"
	"path/filepath"
	"slices"

	"onetrans/app/config"
	"onetrans/app/sandbox"
	"onetrans/app/terminal/owner"
	"onetrans/app/vendorlib"
	"onetrans/flows/cashier"
	"onetrans/flows/core/txn"
	"onetrans/flows/kiosk"
	"onetrans/flows/message/onetrans"
	"onetrans/flows/message/platform"
	"onetrans/flows/message/wire"
	"onetrans/flows/recharge"
	"onetrans/flows/view"
	"onetrans/store"
)

// businessDeposit is the business_type of paying a deposit (dictionary
// 用码业务类型: 01 hospital, 104 缴纳预缴金).
const businessDeposit = "01104"

// The treatment_code (诊疗环节编码) of each service but settlement, which is configured.
const (
	treatmentOutpatientDeposit = "0101055"
	treatmentInpatientDeposit  = "0101056"
)

// StoreOptions say whose journal it is. The configuration has checked the key.
func StoreOptions(c config.Config, log *slog.Logger) store.Options {
	o := store.Options{
		Terminal: c.Terminal.TermNo, Platform: string(c.Platform.Driver), Witness: c.Store.Witness, Log: log,
	}
	if !c.Store.Key.Empty() {
		o.Key, _ = store.ParseKey(c.Store.Key.Reveal())
	}
	return o
}

// OwnerOptions is the terminal that the configuration describes.
func OwnerOptions(c config.Config, log *slog.Logger) owner.Options {
	o := owner.Options{
		Journal: c.Store.Path,
		Store:   StoreOptions(c, log),
		Platform: platform.Options{
			URL:         c.Platform.URL,
			Keys:        c.Platform.Keys(),
			CAFile:      c.Platform.CAFile,
			Institution: c.Terminal.FixmedinsCode,
		},
		Core: txn.Options{AppID: c.Platform.AppID, TermNo: c.Terminal.TermNo, MustBook: c.Pay.HISMustBook, RefundsOnlyHere: c.Pay.RefundsOnlyHere, Merchants: Merchants(c)},
		Log:  log,
	}
	if a, ok := c.Pay.Account(onetrans.AccountOutpatient); ok {
		o.Core.PayAppID, o.Core.PayAppSecret = a.PayAppID, a.PayAppSecret.Reveal()
	}
	if c.Platform.Driver == config.Vendor {
		o.Vendor = &vendorlib.Options{
			DLL: c.Platform.DLL, Keys: c.Platform.Keys(), Institution: c.Terminal.FixmedinsCode,
			Reads: c.Devices.Owner == config.VendorReads, Refusals: c.Platform.Refusals, Limit: c.Platform.Call,
			Secrets: c.SecretVariables,
		}
	}
	if c.Platform.Driver == config.Sandbox {
		o.Sandbox = &sandbox.Options{
			Dir:      filepath.Join(filepath.Dir(c.Store.Path), "sandbox"),
			Hospital: c.Terminal.FixmedinsName,
			Apps:     sandboxApps(c),
		}
	}
	return o
}

// sandboxApps is the configured application, where it is not the demo one that
// the sandbox knows by itself.
func sandboxApps(c config.Config) []wire.Keys {
	if c.Platform.AppID == sandbox.DemoAppID {
		return nil
	}
	return []wire.Keys{{AppID: c.Platform.AppID, AppKey: c.Platform.AppKey.Reveal()}}
}

// NotOffered are the services that the configuration has and a platform can't carry out
// at a kiosk: bills are settled there in phases, between which a person chooses.
func NotOffered(c config.Config, can platform.Capabilities) (kinds []view.ServiceKind) {
	for _, kind := range c.Services.Offer {
		if c.Offers(kind) && kind == view.ServiceOutpatientPayment && !can.Phases {
			kinds = append(kinds, kind)
		}
	}
	return kinds
}

// kioskOptions is what the kiosk offers on a platform that can do this.
func kioskOptions(c config.Config, can platform.Capabilities) kiosk.Options {
	o := kiosk.Options{
		Timeout: c.UI.Timeout, Language: c.UI.Language, Places: map[view.WayKind]string{},
		Cashier: cashier.Terms{Payee: c.Terminal.FixmedinsName, Wallets: wallets(c)}, MustBook: c.Pay.HISMustBook, Can: can,
	}
	without := NotOffered(c, can)
	for _, kind := range c.Services.Offer {
		if c.Offers(kind) && !slices.Contains(without, kind) {
			o.Services = append(o.Services, service(c, kind))
		}
	}
	if c.Devices.PCSC.Enabled {
		o.Ways = append(o.Ways, view.WaySocialSecurityCard)
		o.Places[view.WaySocialSecurityCard] = c.Devices.PCSC.Place
	}
	if c.Devices.Identity.Port != "" {
		o.Ways = append(o.Ways, view.WayIdentityCard)
		o.Places[view.WayIdentityCard] = c.Devices.Identity.Place
	}
	if c.Devices.Scanner.Kind == config.ScannerKeyboard {
		o.Ways = append(o.Ways, view.WayCode)
		o.Places[view.WayCode], o.Cashier.Scanner = c.Devices.Scanner.Place, c.Devices.Scanner.Place
	}
	if c.EHC != (config.EHC{}) {
		o.Ways = append(o.Ways, view.WayHealthCard)
	}
	return o
}

func service(c config.Config, kind view.ServiceKind) kiosk.Service {
	accountType := onetrans.AccountInpatient
	switch kind {
	case view.ServiceOutpatientPayment:
		return kiosk.Service{Kind: kind}
	case view.ServiceOutpatientDeposit:
		accountType = onetrans.AccountOutpatient
	}
	account, _ := c.Pay.Account(accountType)
	limits := recharge.Limits{Min: account.Min, Max: account.Max, Quick: account.Quick}
	return kiosk.Service{Kind: kind, AccountType: account.Type, Limits: limits}
}

func wallets(c config.Config) []string {
	var names []string
	for _, channel := range c.Pay.Channels {
		names = append(names, string(channel))
	}
	return names
}

// Merchants are who collects, by account type.
func Merchants(c config.Config) map[string]onetrans.Merchant {
	all := make(map[string]onetrans.Merchant)
	for _, a := range c.Pay.Accounts {
		all[a.Type] = onetrans.Merchant{PayAppID: a.PayAppID, PayAppSecret: a.PayAppSecret.Reveal(), Subject: a.Subject}
	}
	return all
}

// Messages says how the kiosk's requests are made.
func Messages(c config.Config) kiosk.Messages {
	t := c.Terminal
	m := kiosk.Messages{
		Terminal: onetrans.Request{
			RecerSysCode: onetrans.T(t.RecerSysCode),
			DevNo:        onetrans.T(t.DevNo),
			DeptCodg:     onetrans.T(t.DeptCodg),
			DeptName:     onetrans.T(t.DeptName),
			Opter:        onetrans.T(t.Opter),
			OpterName:    onetrans.T(t.OpterName),
			OpterType:    onetrans.T(t.OpterType),
		},
		TermNo:    t.TermNo,
		Business:  businessDeposit,
		Merchants: Merchants(c),

		Businesses: map[view.ServiceKind]string{view.ServiceOutpatientPayment: c.Settle.BusinessType},
		Hospital: kiosk.Hospital{
			Code: t.FixmedinsCode, Name: t.FixmedinsName, Area: t.MdtrtareaAdmvs, InsuPlace: t.InsuplcAdmdvs, OrgCode: c.Settle.HisOrgCode,
		},
		HealthCard: kiosk.HealthCard{AppID: c.EHC.AppID, AppSecret: c.EHC.AppSecret.Reveal(), TermID: c.EHC.TermID},
		Treatments: map[view.ServiceKind]string{
			view.ServiceOutpatientPayment: c.Settle.TreatmentCode,
			view.ServiceOutpatientDeposit: treatmentOutpatientDeposit,
			view.ServiceInpatientDeposit:  treatmentInpatientDeposit,
		},
	}
	if t.PrdID != "" {
		m.Terminal.PrdID = onetrans.T(t.PrdID)
	}
	return m
}
