package view

// Tap is what a person did on a screen.
type Tap struct {
	Action Action
	// Value says which one, where an action has several: a service, a way, a key, a quick amount's index.
	Value string
}

// Name is the event's name in a flow's table.
func (t Tap) Name() string { return "tap " + string(t.Action) }

// Action is what a button means.
type Action string

// What a person can do.
const (
	Start       Action = "start"        // the attract screen was touched
	PickService Action = "service"      // Value: ServiceKind
	ChooseWay   Action = "way"          // Value: WayKind
	Back        Action = "back"         // one screen back
	GoHome      Action = "home"         // to the home screen
	Retry       Action = "retry"        // try again what failed
	Correct     Action = "correct"      // the person is right
	Wrong       Action = "wrong"        // the person is wrong: again
	Key         Action = "key"          // Value: "0" … "9", ".", KeyDelete, KeyClear
	Quick       Action = "quick"        // Value: index into Amount.Quick
	Next        Action = "next"         // amount is entered
	Pay         Action = "pay"          // confirmed: make the order
	PayAnyway   Action = "pay_anyway"   // pay although a like charge is in doubt
	CheckPaid   Action = "check_paid"   // 'I have paid, look again'
	LeavePay    Action = "leave_pay"    // 'I don't want to pay'
	KeepPaying  Action = "keep_paying"  // back to the code
	ReallyLeave Action = "really_leave" // close the order
	KeepWaiting Action = "keep_waiting" // stay on the page of a payment in doubt
	GoToCounter Action = "counter"      // leave that page
	Continue    Action = "continue"     // 'I am still here'
	Done        Action = "done"         // finished
	PrintSlip   Action = "print"        // the receipt of this page
	ToggleBill  Action = "bill"         // Value: BillRow.Index
	AllBills    Action = "all_bills"    // tick all bills, or none when all are
	NextPage    Action = "next_page"    // of a list
	PrevPage    Action = "prev_page"
	SetLarge    Action = "large"    // toggle large text
	SetContrast Action = "contrast" // toggle high contrast
	SetLanguage Action = "language" // Value: Language
)

// Keys that are no digits.
const (
	KeyDelete = "delete"
	KeyClear  = "clear"
)
