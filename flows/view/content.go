package view

import "time"

// Attract is the screen that waits for someone.
type Attract struct{}

// OutOfService is the screen of a kiosk that serves nobody, and says to the staff
// what is the matter.
type OutOfService struct{ Fault FaultKind }

// FaultKind names what keeps a kiosk from serving: its journal can't be used.
type FaultKind string

// The faults, each with a text of its own.
const (
	FaultDamaged    FaultKind = "damaged"     // no whole journal
	FaultRolledBack FaultKind = "rolled_back" // an older state of it
	FaultTerminal   FaultKind = "terminal"    // another terminal's
	FaultAltered    FaultKind = "altered"     // not what was written
	FaultLost       FaultKind = "lost"        // it is gone
	FaultMoved      FaultKind = "moved"       // it comes from another place or machine
	FaultPlatform   FaultKind = "platform"    // play money's under a real platform, or the other way round
	FaultKey        FaultKind = "key"         // its key is missing, or another's
	FaultSchema     FaultKind = "schema"      // a newer program's
	FaultDisk       FaultKind = "disk"        // the file system does not let it be opened
)

// Home offers the services.
type Home struct{ Services []Service }

// Service is one tile of the home screen, named by its translation key.
type Service struct {
	Kind ServiceKind
	// Main marks the service that most people come for.
	Main bool
}

// ServiceKind names a service; title, hint and icon go by it.
type ServiceKind string

// The services of this version.
const (
	ServiceInpatientDeposit  ServiceKind = "inpatient_deposit"
	ServiceOutpatientDeposit ServiceKind = "outpatient_deposit"
	ServiceOutpatientPayment ServiceKind = "outpatient_payment" // settlement of outpatient bills
)

// PickWay asks how the person wants to identify (mdtrt_cert_type 09).
type PickWay struct {
	Ways []WayKind
	// Before is what lay there already; empty for nothing.
	Before BeforeKind
}

// BeforeKind names what was on a reader before anybody was asked for it: it may
// be somebody else's, so that it has to be put there again.
type BeforeKind string

// What can have been there before.
const (
	BeforeCard     BeforeKind = "card"     // in the slot
	BeforeIdentity BeforeKind = "identity" // on the reader for identity cards
)

// WayKind names a way to identify.
type WayKind string

// The ways to identify that need a device which works, and the one that needs none.
const (
	WaySocialSecurityCard WayKind = "social_security_card"
	WayIdentityCard       WayKind = "identity_card" // or a permit of the same make, laid on its reader
	WayCode               WayKind = "code"          // medical-insurance voucher or electronic health card, at the scanner
	WayHealthCard         WayKind = "health_card"   // electronic health card: the phone scans the screen and agrees
)

// Present asks for the card or code, saying where the device is.
type Present struct {
	Way WayKind
	// Place is where the device is, from the configuration; empty when nobody said.
	Place string
	// Before is what lay there already; empty for nothing.
	Before BeforeKind
}

// Busy says what is being waited for.
type Busy struct {
	Kind BusyKind
	// Long is set after 8 seconds: then the screen says what it waits for.
	Long bool
}

// BusyKind names what is being waited for.
type BusyKind string

// What can be waited for.
const (
	BusyReading BusyKind = "reading" // the card is being read
	BusyLookup  BusyKind = "lookup"  // the platform is asked who it is
	BusyOrder   BusyKind = "order"   // the order is being made
	BusyClosing BusyKind = "closing" // the order is being closed

	BusyCharging BusyKind = "charging" // the payment code that was shown is being charged

	BusyAuthorise  BusyKind = "authorise"  // the code to authorise with is being made
	BusyAbandoning BusyKind = "abandoning" // what a pre-settlement left behind is being undone

	BusyElsewhere BusyKind = "elsewhere" // the platform's own page comes, or has the screen
)

// Person asks to check who was read. Everything in it is masked already.
type Person struct {
	Name      string // 欧阳*珺
	Sex       SexKind
	Age       int // whole years; negative when unknown
	Insurance string
	IDNo      string // 3501**********1234
	CardNo    string
	// Account is whose balance is shown, Balance in yuan, grouped; empty when the platform gave none.
	Account ServiceKind
	Balance string
	// CardIn is set while the card is in the reader.
	CardIn bool
	// Laid: it was an identity card, which is to be taken along.
	Laid bool
	// News is what ended after they had left the last time, a line a kind.
	News []NewsLine
}

// NewsLine says what ended after the person had left, over how much in all.
type NewsLine struct {
	Kind   NewsKind
	Amount string // yuan, grouped
}

// NewsKind is a translation key for what ended.
type NewsKind string

// What there is news of.
const (
	NewsPaid      NewsKind = "paid"       // a top-up came
	NewsSettled   NewsKind = "settled"    // bills were settled
	NewsGivenBack NewsKind = "given_back" // what was paid for bills came back
)

// SexKind is a translation key for a person's sex.
type SexKind string

// Sexes as the dictionary has them (gend: 1, 2, else unknown).
const (
	SexMale    SexKind = "male"
	SexFemale  SexKind = "female"
	SexUnknown SexKind = "unknown"
)

// Amount asks how much.
type Amount struct {
	Account ServiceKind
	Balance string // as in Person
	Min     string // yuan, grouped, without needless decimals: "1", "5,000"
	Max     string
	// Typed is what stands in the display: "" , "2", "200", "0.5".
	Typed string
	// Quick are the quick amounts in yuan, Selected the index of the one that stands in the display, or -1.
	Quick    []string
	Selected int
	// Problem says why the amount can't be taken yet; empty while it can, or nothing is typed.
	Problem AmountProblem
	// Ready is set when the amount can be taken: then Next works.
	Ready bool
}

// AmountProblem names why an amount can't be taken.
type AmountProblem string

// Why an amount can't be taken.
const (
	AmountTooSmall AmountProblem = "too_small"
	AmountTooLarge AmountProblem = "too_large"
)

// Confirm repeats what will be paid.
type Confirm struct {
	Account ServiceKind
	Amount  string // "200.00", grouped
	Name    string // masked
	Balance string
}

// PayCode asks for the payment code on the person's phone, held to the scanner.
type PayCode struct {
	Account ServiceKind
	Payee   string // the hospital
	Name    string // masked
	Amount  string
	Wallet  string // whose code, as a translation key
	// Place is where the scanner is; empty when nobody said.
	Place string
	// Problem says why what was scanned does not pay; empty while nothing was.
	Problem PayCodeProblem
}

// PayCodeProblem names why a code does not pay.
type PayCodeProblem string

// Why a code does not pay.
const (
	PayCodeHealth PayCodeProblem = "health" // it is a health card's or an insurance voucher
	PayCodeOther  PayCodeProblem = "other"  // another wallet's, or nothing known

	PayCodeRefused PayCodeProblem = "refused" // the wallet did not pay with it
)

// Cashier shows the code to pay.
type Cashier struct {
	Account ServiceKind
	Payee   string // the hospital
	Name    string // masked
	Amount  string
	Balance string // only when the order names one to show
	// QRCode is the text of the code.
	QRCode string
	// Wallets that can pay such a code, as translation keys.
	Wallets []string
	// Left and Total are the order's time, in seconds.
	Left, Total int
	// Checking is set while the person's own 'I have paid' query runs; then that button is dead.
	Checking bool
	// NotPaidYet is set when that query was answered 'not paid'.
	NotPaidYet bool
	// Offline is set while the platform can't be reached.
	Offline bool
}

// Result tells that the money came.
type Result struct {
	Account   ServiceKind
	Amount    string
	Balance   string // only when an answer gave it
	Channel   string // wallet, as a translation key; empty when unknown
	At        time.Time
	Reference string
	// NotBooked: paid, but the hospital has not booked it; the counter finishes it.
	NotBooked bool
	CardIn    bool
}

// Doubt tells the truth about money whose outcome is not known.
type Doubt struct {
	Kind      DoubtKind
	Amount    string
	Reference string
	// Waited is how long it has been asked, in whole seconds.
	Waited int
	CardIn bool
}

// DoubtKind names what is known.
type DoubtKind string

// What can be known of a payment in doubt.
const (
	DoubtOffline   DoubtKind = "offline"   // the platform does not answer
	DoubtPaying    DoubtKind = "paying"    // the wallet is still working on it
	DoubtCrediting DoubtKind = "crediting" // paid, being credited
	DoubtElsewhere DoubtKind = "elsewhere" // the platform's own page is over, and its end is not proven

	DoubtBillOffline    DoubtKind = "bill_offline"    // of bills: the platform does not answer
	DoubtBillPaying     DoubtKind = "bill_paying"     // of bills: the wallet is still working on it
	DoubtBillConfirming DoubtKind = "bill_confirming" // of bills: the settlement is sent and not answered
)

// Trouble says what happened, where the money is and what to do next.
type Trouble struct {
	Kind      TroubleKind
	Reference string // empty when there is nothing to refer to
	// Retry says whether trying again makes sense here.
	Retry  bool
	CardIn bool
}

// TroubleKind names a trouble; its title, text and icon go by it.
type TroubleKind string

// The troubles, each with a text of its own.
const (
	TroubleNoReader           TroubleKind = "no_reader"           // reader unplugged
	TroubleWrongCard          TroubleKind = "wrong_card"          // not a social-security card
	TroubleCardPulled         TroubleKind = "card_pulled"         // pulled while being read, or before paying
	TroubleCardLocked         TroubleKind = "card_locked"         // wants a PIN
	TroubleUnreadable         TroubleKind = "unreadable"          // answered nonsense
	TroubleNotIdentity        TroubleKind = "not_identity"        // what was laid down is no identity card
	TroubleIdentityMoved      TroubleKind = "identity_moved"      // it was taken away while being read
	TroubleIdentityUnreadable TroubleKind = "identity_unreadable" // it answered nonsense
	TroubleIdentityRefused    TroubleKind = "identity_refused"    // card and reader don't accept each other
	TroubleIdentityNumber     TroubleKind = "identity_number"     // its number can't be right

	TroubleNoPerson      TroubleKind = "no_person"      // the platform does not know the card
	TroubleNobodyRead    TroubleKind = "nobody_read"    // the platform's own page read nobody
	TroubleNotRegistered TroubleKind = "not_registered" // no hisCustId: the counter registers
	TroubleNoAccount     TroubleKind = "no_account"     // no such deposit account
	TroubleNoCard        TroubleKind = "no_card"        // no card number that bills could be settled under
	TroubleOffline       TroubleKind = "offline"        // platform out of reach; nothing was sent, nothing taken
	TroubleNoOrder       TroubleKind = "no_order"       // no payment code came; nothing could be paid
	TroubleRefused       TroubleKind = "refused"        // the platform refused; nothing taken
	TroubleClosed        TroubleKind = "closed"         // order closed or expired; nothing taken
	TroubleFailed        TroubleKind = "failed"         // the payment failed; nothing taken
	TroubleJournal       TroubleKind = "journal"        // journal can't be written; nothing sent
	TroubleBusy          TroubleKind = "busy"           // another call is running on this terminal
	TroubleInternal      TroubleKind = "internal"       // a fault of this program; nothing was sent

	TroubleNoBills         TroubleKind = "no_bills"          // no bill waits for this person
	TroubleNoPreSettlement TroubleKind = "no_pre_settlement" // what there is to pay can't be found out now; nothing taken
	TroubleBillOpen        TroubleKind = "bill_open"         // an earlier settlement has no end yet; nothing sent
	TroubleBillRefused     TroubleKind = "bill_refused"      // the settlement is refused; nothing taken
	TroubleBillClosed      TroubleKind = "bill_closed"       // payment of bills closed; nothing taken, the bills still wait
	TroubleBillCancelled   TroubleKind = "bill_cancelled"    // the settlement was made and is cancelled; nothing taken now
	TroubleAuthRefused     TroubleKind = "auth_refused"      // the health card's authorisation failed
	TroubleAuthCancelled   TroubleKind = "auth_cancelled"    // the person did not agree on the phone
	TroubleAuthExpired     TroubleKind = "auth_expired"      // nobody agreed in time
)

// TakeCard asks to take the card, until it is gone.
type TakeCard struct {
	// Identity: it is an identity card, which lies on its reader.
	Identity bool
}

func (Attract) content()      {}
func (OutOfService) content() {}
func (Home) content()         {}
func (PickWay) content()      {}
func (Present) content()      {}
func (Busy) content()         {}
func (Person) content()       {}
func (Amount) content()       {}
func (Confirm) content()      {}
func (PayCode) content()      {}
func (Cashier) content()      {}
func (Result) content()       {}
func (Doubt) content()        {}
func (Trouble) content()      {}
func (TakeCard) content()     {}
