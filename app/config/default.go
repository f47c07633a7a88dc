package config

import (
	"os"
	"path/filepath"
	"time"

	"onetrans/app/sandbox"
	"onetrans/flows/message/onetrans"
	"onetrans/flows/message/wire"
	"onetrans/flows/view"
)

// Default is the configuration without a file and variables: the sandbox.
// Store.Path is empty if the user has no home folder.
func Default() Config {
	c := builtin(newVariables(os.Environ()))
	c.forSandbox()
	c.Log.Path = logBeside(c.Store.Path)
	return c
}

// builtin has every key's default, except the credentials: those of the sandbox
// must never be sent to another platform.
func builtin(vars *variables) Config {
	c := Config{
		Terminal: Terminal{
			TermNo:        "ZZJ001",
			FixmedinsCode: "H35010000001",
			FixmedinsName: sandbox.DefaultHospital,
			DeptCodg:      "ZZFW",
			DeptName:      "自助服务",
			Opter:         "ZZJ001",
			OpterName:     "自助机",
			OpterType:     onetrans.OpterTerminal,
			RecerSysCode:  "HIS",
		},
		Settle: Settle{BusinessType: "01301", TreatmentCode: "0101051"},
		Services: Services{Offer: []view.ServiceKind{
			view.ServiceOutpatientPayment, view.ServiceInpatientDeposit, view.ServiceOutpatientDeposit,
		}},
		Platform: Platform{Driver: Sandbox, SignType: wire.SM3, EncType: wire.SM4, Call: 5 * time.Minute},
		Pay: Pay{
			Accounts: []Account{
				account(onetrans.AccountInpatient, "住院预交金", true),
				// Public hospitals take no outpatient deposits any more.
				account(onetrans.AccountOutpatient, "门诊预交金", false),
			},
			UnknownWait: 60 * time.Second,
			Channels:    []Channel{WeChat, Alipay, UnionPay},
		},
		Devices: Devices{
			Owner: Ours,
			PCSC:  PCSC{Enabled: true}, Scanner: Scanner{Kind: ScannerKeyboard},
			Printer: Printer{Kind: PrinterNone, Columns: 48, Baud: 9600},
		},
		Log:       Log{Size: 10, Files: 9},
		Reconcile: Reconcile{Layout: defaultLayout()},
		UI: UI{
			Orientation: Auto,
			Language:    view.Chinese,
			Timeout:     60 * time.Second,
			HelpPhone:   "0591-0000-0120",
			HelpPlace:   "一楼导诊台",
			Fullscreen:  KioskFills,
		},
	}
	if folder := dataFolder(vars.lookup); folder != "" {
		c.Store.Path = filepath.Join(folder, "onetrans", "journal.db")
	}
	return c
}

func account(accountType, name string, collect bool) Account {
	return Account{
		Type: accountType, Name: name, Subject: name + "充值", Collect: collect,
		Min: 100, Max: 500000, Quick: []onetrans.Fen{5000, 10000, 20000, 50000},
	}
}

// forSandbox fills in the sandbox's credentials where none were given.
func (c *Config) forSandbox() {
	if c.Platform.Driver != Sandbox {
		return
	}
	p := &c.Platform
	if p.AppID == "" && p.AppKey.Empty() {
		p.AppID, p.AppKey = sandbox.DemoAppID, NewSecret(sandbox.DemoAppKey)
	}
	if p.SignType == wire.SM2 && p.privateKey == nil && p.peerKey == nil {
		// Both halves are constants that a test parses.
		p.privateKey, _ = wire.ParsePrivateKey(sandbox.DemoPrivateKey)
		p.peerKey, _ = wire.ParsePublicKey(sandbox.DemoPublicKey)
	}
	if c.Terminal.MdtrtareaAdmvs == "" {
		c.Terminal.MdtrtareaAdmvs = sandbox.DemoRegion
	}
	if e := &c.EHC; *e == (EHC{}) {
		*e = EHC{AppID: sandbox.DemoEHCAppID, AppSecret: NewSecret(sandbox.DemoEHCAppSecret), TermID: sandbox.DemoEHCTermID}
	}
	for i := range c.Pay.Accounts {
		a := &c.Pay.Accounts[i]
		if a.PayAppID == "" && a.PayAppSecret.Empty() {
			a.PayAppID, a.PayAppSecret = sandbox.DemoPayAppID, NewSecret(sandbox.DemoPayAppSecret)
		}
	}
}
