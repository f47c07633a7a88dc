package recharge

import (
	"math"
	"slices"
	"time"

	"onetrans/flows/message/mask"
	"onetrans/flows/message/money"
	"onetrans/flows/message/onetrans"
	"onetrans/flows/view"
)

// Content is what stands on the screen.
func (m Model) Content() view.Content {
	switch m.state {
	case Confirming, PayAgain:
		return view.Confirm{
			Account: m.terms.Service,
			Amount:  money.Grouped(m.charge.Amount),
			Name:    mask.Name(m.charge.Person.Name),
			Balance: m.balance(),
		}
	case Scanning:
		return m.payCode()
	case Ordering:
		return view.Busy{Kind: m.ordering(), Long: m.longHere()}
	case Paying, Leaving:
		return m.cashier()
	case Closing:
		return view.Busy{Kind: view.BusyClosing, Long: m.longHere()}
	case Doubtful:
		return m.doubt()
	case Succeeded:
		return m.result()
	case Troubled:
		return view.Trouble{Kind: m.trouble, Reference: m.no(), Retry: !m.single && retryable(m.trouble), CardIn: m.cardIn}
	}
	return m.enter()
}

// Ask is the question that covers the screen.
func (m Model) Ask() *view.Ask {
	switch m.state {
	case Leaving:
		return &view.Ask{Kind: view.AskLeavePay}
	case PayAgain:
		return &view.Ask{Kind: view.AskPayAgain, Charge: view.ChargeLine{
			Amount: money.Grouped(m.inDoubt.Amount), Reference: m.inDoubt.No,
		}}
	}
	return nil
}

// Back says whether the screen has a way back, Home whether it has one home.
func (m Model) Back() bool { return m.state == Entering || m.state == Confirming }

// Home says whether the screen has a way home.
func (m Model) Home() bool { return m.Back() || m.state == Scanning || m.state == Troubled }

// InSequence says whether the screen belongs to the step bar's sequence.
func (m Model) InSequence() bool {
	switch m.state {
	case Doubtful, Succeeded, Troubled:
		return false
	}
	return true
}

// StepNo is the index of the present step: amount, confirmation, payment.
func (m Model) StepNo() int {
	switch m.state {
	case Entering:
		return 0
	case Confirming, PayAgain:
		return 1
	}
	return 2
}

func (m Model) enter() view.Amount {
	amount, problem := m.amount()
	v := view.Amount{
		Account:  m.terms.Service,
		Balance:  m.balance(),
		Min:      money.Short(m.terms.Min),
		Max:      money.Short(m.terms.Max),
		Typed:    m.typed,
		Selected: slices.Index(m.terms.Quick, amount),
		Problem:  problem,
		Ready:    problem == "" && amount > 0,
	}
	// While somebody still types, 'too small' would scold them for the first digit.
	if amount == 0 {
		v.Problem = ""
	}
	for _, q := range m.terms.Quick {
		v.Quick = append(v.Quick, money.Short(q))
	}
	return v
}

func (m Model) payCode() view.PayCode {
	_, wallet := payCode(m.charge.DepositType)
	return view.PayCode{
		Account: m.terms.Service,
		Payee:   m.terms.Payee,
		Name:    mask.Name(m.charge.Person.Name),
		Amount:  money.Grouped(m.charge.Amount),
		Wallet:  wallet,
		Place:   m.place,
		Problem: m.wrongCode,
	}
}

// ordering is what is waited for: a code to show, or what became of the one
// that was scanned.
func (m Model) ordering() view.BusyKind {
	if m.charge.DepositType != "" {
		return view.BusyCharging
	}
	return view.BusyOrder
}

func (m Model) cashier() view.Cashier {
	p := m.status.Trade.Progress
	balance := ""
	if m.single { // nobody was shown it before
		balance = m.balance()
	}
	return view.Cashier{
		Account:    m.terms.Service,
		Payee:      m.terms.Payee,
		Name:       mask.Name(m.charge.Person.Name),
		Amount:     money.Grouped(m.charge.Amount),
		Balance:    balance,
		QRCode:     p.QRCode,
		Wallets:    m.terms.Wallets,
		Left:       wholeSeconds(m.deadline().Sub(m.now)),
		Total:      wholeSeconds(m.deadline().Sub(m.shownAt)),
		Checking:   m.checking,
		NotPaidYet: m.notPaidYet,
		Offline:    !m.status.SilentSince.IsZero(),
	}
}

func (m Model) doubt() view.Doubt {
	d := view.Doubt{
		Kind:      view.DoubtOffline,
		Amount:    money.Grouped(m.charge.Amount),
		Reference: m.no(),
		Waited:    wholeSeconds(m.now.Sub(m.askedSince())),
		CardIn:    m.cardIn,
	}
	switch {
	case m.status.Trade.Progress.Result == onetrans.ResultExp:
		d.Kind = view.DoubtCrediting
	case m.status.Trade.Progress.Result == onetrans.ResultIng:
		d.Kind = view.DoubtPaying
	}
	return d
}

// askedSince is when the asking began that has brought nothing yet.
func (m Model) askedSince() time.Time {
	if silent := m.status.SilentSince; !silent.IsZero() && silent.Before(m.since) {
		return silent
	}
	return m.since
}

func (m Model) result() view.Result {
	p := m.status.Trade.Progress
	r := view.Result{
		Account:   m.terms.Service,
		Amount:    money.Grouped(m.charge.Amount),
		Channel:   p.Channel,
		At:        m.since.In(onetrans.Zone()),
		Reference: m.no(),
		NotBooked: m.terms.MustBook && p.CallSN == "",
		CardIn:    m.cardIn,
	}
	if at, err := onetrans.ParseTime(p.TraceTime); err == nil {
		r.At = at
	}
	amount := onetrans.Amount{Text: onetrans.T(p.Balance)}
	if balance, err := amount.Fen(); err == nil {
		r.Balance = money.Grouped(balance)
	}
	return r
}

func (m Model) balance() string {
	if !m.charge.Account.Told {
		return ""
	}
	return money.Grouped(m.charge.Account.Balance)
}

func (m Model) longHere() bool { return m.now.Sub(m.since) >= longWait }

// wholeSeconds rounds up, so that a screen says 0 only when the time is over.
func wholeSeconds(d time.Duration) int { return max(0, int(math.Ceil(d.Seconds()))) }

// retryable: trying the same again may help.
func retryable(kind view.TroubleKind) bool {
	switch kind {
	case view.TroubleCardPulled, view.TroubleJournal, view.TroubleInternal:
		return false
	}
	return true
}
