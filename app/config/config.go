// Package config is a terminal's configuration: one TOML file, with a default for
// every key, and environment variables that take precedence over it. Without a file
// the program talks to its own sandbox.
//
// A variable is named ONETRANS_ and the key in capitals, with _ for every point:
// ONETRANS_PLATFORM_APP_KEY is platform.app_key, ONETRANS_DEVICES_PCSC_READER is
// devices.pcsc.reader. A key of a [[pay.account]] has the account's type in its
// name: ONETRANS_PAY_ACCOUNT_02_PAY_APP_ID. Lists can be set only in the file. An
// empty variable is an empty value. ONETRANS_ variables that are not keys are
// errors, except those that an env: reference names, and ONETRANS_CONFIG, which
// names the file.
package config

import (
	"time"

	"onetrans/flows/message/onetrans"
	"onetrans/flows/message/wire"
	"onetrans/flows/view"
)

// Config is a complete, checked configuration.
type Config struct {
	// Source is the file it was read from; empty if there was none.
	Source string
	// SecretVariables are the environment variables that secrets were taken from
	// (env:NAME); processes that are started must not get them.
	SecretVariables []string

	Terminal Terminal
	Platform Platform
	Pay      Pay
	Settle   Settle
	EHC      EHC
	Services Services
	Devices  Devices
	Store    Store
	Owner    Owner
	Log      Log
	Record   Record
	UI       UI

	Reconcile Reconcile
}

// Terminal identifies the terminal: the common fields of the interface, with the
// lengths of its table 3-1 as limits.
type Terminal struct {
	TermNo        string // 终端编号, 64
	DevNo         string // 设备编号, 100; may be empty
	PrdID         string // 产品编号, 32; may be empty
	FixmedinsCode string // 定点医药机构编号: 12 letters and digits at most
	FixmedinsName string // the hospital's name, as the screens show it
	DeptCodg      string // 医保科室编号, 20
	DeptName      string // 医保科室名称, 30
	Opter         string // 经办人, 30
	OpterName     string // 经办人姓名, 50
	OpterType     string // 经办人类别, one of the Opter constants of package onetrans
	RecerSysCode  string // 接收方系统代码: 13 as in the samples, not 10 as in the table

	MdtrtareaAdmvs string // 就医地医保区划, six digits; if empty, no bills are settled
	InsuplcAdmdvs  string // 参保地医保区划 of an insured person whose own is unknown; may be empty
}

// Driver is how the platform is reached.
type Driver string

// The drivers.
const (
	Sandbox Driver = "sandbox" // the platform inside this program, without real money
	Wire    Driver = "wire"    // sealed messages over HTTP
	Vendor  Driver = "vendor"  // another vendor's library, which the hospital has already
)

// Platform says how to reach the payment platform, and what was agreed with it.
type Platform struct {
	Driver   Driver
	URL      string // with Wire: https, or http on loopback; else empty
	AppID    string
	AppKey   Secret
	SignType wire.SignType
	EncType  wire.EncType
	CAFile   string // PEM certificates to trust instead of the system's; absolute, may be empty
	// With Vendor: the library, absolute; how long at most a call of its own page may
	// take; and the codes by which it says that nothing was done, beside 600001.
	DLL      string
	Call     time.Duration
	Refusals []string
	// Shadow means, with Vendor, that the library answers HIS as it always has, and this
	// program only looks on.
	Shadow bool

	privateKey *wire.PrivateKey
	peerKey    *wire.PublicKey
}

// Keys are the keys of the terminal's side. [wire.Keys.Check] accepts them.
func (p Platform) Keys() wire.Keys {
	return wire.Keys{
		AppID: p.AppID, AppKey: p.AppKey.Reveal(),
		SignType: p.SignType, EncType: p.EncType,
		Private: p.privateKey, Peer: p.peerKey,
	}
}

// Channel is a wallet that can pay the code on the screen.
type Channel string

// The wallets.
const (
	WeChat   Channel = "wechat"
	Alipay   Channel = "alipay"
	UnionPay Channel = "unionpay"
)

// Pay is the configuration of payments.
type Pay struct {
	// Accounts are the deposit accounts, one of each type, inpatient first.
	Accounts []Account
	// UnknownWait is how long a call queries money in doubt before it answers that
	// the outcome is unknown: 0 to 600 s.
	UnknownWait time.Duration
	// HISMustBook means that a payment without the hospital's own number sends the
	// person to the counter.
	HISMustBook bool
	// RefundsOnlyHere means that no other terminal or counter refunds this
	// terminal's orders, so that the sum of their refunds proves one done.
	RefundsOnlyHere bool
	// Channels are the wallets that the screens name, at least one.
	Channels []Channel
}

// Account is a deposit account.
type Account struct {
	Type         string // [onetrans.AccountOutpatient] or [onetrans.AccountInpatient]
	Name         string
	PayAppID     string
	PayAppSecret Secret
	Subject      string // the name of an order in the person's wallet, 128; may be empty
	// Limits of a single top-up, at least 0.01 yuan.
	Min, Max onetrans.Fen
	Quick    []onetrans.Fen // the amounts to tap: at most four, ascending, from Min to Max
	// Collect means that the kiosk takes deposits for this account.
	Collect bool
}

// Account is the account of a type, and whether there is one.
func (p Pay) Account(accountType string) (Account, bool) {
	for _, a := range p.Accounts {
		if a.Type == accountType {
			return a, true
		}
	}
	return Account{}, false
}

// Settle is the configuration of settling outpatient bills.
type Settle struct {
	// HisOrgCode is HIS's own code for this part of the hospital, passed on to it
	// as hisExtra.hisOrgCode; may be empty.
	HisOrgCode string
	// BusinessType is the business_type of identifying a person who settles
	// (用码业务类型), five digits.
	BusinessType string
	// TreatmentCode is the treatment_code (诊疗环节编码) of paying at the counter or kiosk.
	TreatmentCode string
}

// EHC are the terminal's credentials at the electronic health card's platform
// (电子健康卡): all of them or none.
type EHC struct {
	AppID     string // 电子健康卡应用编号, 32
	AppSecret Secret // 电子健康卡应用秘钥, 32
	TermID    string // 终端编号, 30
}

// Services says what the kiosk offers.
type Services struct {
	// Offer are the services in their order on the first page. A service that lacks
	// something that it needs is left out; see [Config.Offers].
	Offer []view.ServiceKind
}

// Devices says which devices there are.
type Devices struct {
	Owner    ReaderOwner
	PCSC     PCSC
	Identity Identity
	Scanner  Scanner
	Printer  Printer
}

// ReaderOwner is who reads cards and codes: two programs at one reader read nothing.
type ReaderOwner string

// The owners of readers.
const (
	Ours        ReaderOwner = "ours"   // this program
	VendorReads ReaderOwner = "vendor" // with the driver Vendor: its library, on a page of its own
)

// PCSC is the reader for chip cards.
type PCSC struct {
	Enabled bool
	Reader  string // its name or a part of it; empty: any
	Place   string // where it is, for the screen; empty: the screen does not say
}

// Identity is the reader for identity cards.
type Identity struct {
	Port  string // its serial port, as the system names it; empty if there is none
	Place string // where it is, for the screen; empty: the screen does not say
}

// ScannerKind is how scanned codes arrive.
type ScannerKind string

// The kinds of scanner.
const (
	ScannerKeyboard ScannerKind = "keyboard" // it types the code
	ScannerNone     ScannerKind = "none"
)

// Scanner is the reader for codes.
type Scanner struct {
	Kind  ScannerKind
	Place string // where it is, for the screen; empty: the screen does not say
}

// Store says where the journal is. It defines the terminal.
type Store struct {
	Path string // absolute
	// Key is the journal's key, 32 bytes in hexadecimal digits;
	// empty: it is in a file beside the journal.
	Key Secret
	// Witness is a file on another volume that also holds the journal's head; may
	// be empty.
	Witness string
}

// Record says what is recorded for who looks into it later.
type Record struct {
	// Calls means that the last calls of HIS and their answers are recorded, masked,
	// beside the journal.
	Calls bool
}

// Owner says how to reach the terminal's owner.
type Owner struct {
	// Socket is the absolute path of the socket where it takes calls; if empty, it
	// is beside the journal.
	Socket string
}

// Log says which file is written what there is to report, beside standard error.
type Log struct {
	Path string // absolute; if empty, none
	// Size is how large the file gets before it is put aside, 1 to 1024 MB, and Files
	// how many of those that were are kept, 1 to 100.
	Size, Files int
}

// Orientation is the orientation of the screen.
type Orientation string

// The orientations.
const (
	Auto      Orientation = "auto" // as the screen is found
	Portrait  Orientation = "portrait"
	Landscape Orientation = "landscape"
)

// UI is the configuration of the screen.
type UI struct {
	Orientation Orientation
	PanelInches float64 // the diagonal of the visible area, 5 to 110; 0: not measured
	Language    view.Language
	Timeout     time.Duration // how long a screen waits for a person, 5 to 600 s
	HelpPhone   string
	HelpPlace   string
	Fullscreen  Fullscreen
}

// Fullscreen says whose pages fill the screen.
type Fullscreen string

// Who fills the screen.
const (
	KioskFills Fullscreen = "auto" // the kiosk; the pages of an agent and of a call lie in a window
	AllFill    Fullscreen = "true"
	NoneFills  Fullscreen = "false"
)
