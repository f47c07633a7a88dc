package view

import "time"

// BillsAPage is how many bills stand on one page of the list.
const BillsAPage = 3

// Bills lists the bills that wait. All or some of them are chosen; a list that
// is longer than a page is turned with buttons.
type Bills struct {
	Name string // masked
	Rows []BillRow
	// Page is the present page, from 0, of Pages.
	Page, Pages int
	// Chosen of All bills are ticked, on all pages; Amount is their sum in yuan, grouped.
	Chosen, All int
	Amount      string
}

// BillRow is one bill.
type BillRow struct {
	// Index is the value of the tap that ticks it or takes the tick away.
	Index        int
	Dept, Doctor string // as the platform names them
	Date         string // 2026-11-20
	Amount       string // yuan, grouped
	Chosen       bool
}

// Review shows what pre-settlement came to. All amounts are in yuan, grouped.
type Review struct {
	Name          string // masked
	Bills         int
	Total         string // 总额
	Fund, Account string // 统筹 and 个账; empty where there is no insurance
	Cash          string // 自付
	Free          bool   // nothing is left to pay
}

// Settling shows the steps of a settlement as they happen.
type Settling struct {
	Steps []SettleStep
	// Long is set after 8 seconds: then the screen says what it waits for.
	Long bool
	// Paid: money was taken already, and is safe.
	Paid bool
}

// SettleStep is a step and how far it has come.
type SettleStep struct {
	Kind  StepKind
	State StepState
}

// StepKind names a step of a settlement.
type StepKind string

// The steps, in their order.
const (
	StepPerson       StepKind = "person"
	StepRegistration StepKind = "registration"
	StepPreSettle    StepKind = "pre_settlement"
	StepPayment      StepKind = "payment"
	StepConfirm      StepKind = "confirmation"
)

// StepState says how far a step has come.
type StepState string

// How far a step may have come.
const (
	StepAhead   StepState = "ahead"
	StepNow     StepState = "now"
	StepDone    StepState = "done"
	StepSkipped StepState = "skipped" // not needed here
)

// Settled tells that the bills are settled.
type Settled struct {
	Name          string // masked
	Bills         int
	Total         string
	Fund, Account string // as in Review
	Cash          string
	At            time.Time
	Reference     string
	CardIn        bool
}

// Refunding tells that the settlement was refused after the payment, which is
// being refunded.
type Refunding struct {
	Amount    string
	Reference string
	// Refunded: the money is back already.
	Refunded bool
	// AtDesk: nothing goes back by itself any more; the staff see to it.
	AtDesk bool
	CardIn bool
}

// Authorise shows the code with which the phone lets the hospital use the
// electronic health card.
type Authorise struct {
	QRCode string
	// Left and Total are the code's time, in seconds.
	Left, Total int
	// Offline is set while the platform can't be reached.
	Offline bool
}

func (Bills) content()     {}
func (Review) content()    {}
func (Settling) content()  {}
func (Settled) content()   {}
func (Refunding) content() {}
func (Authorise) content() {}
