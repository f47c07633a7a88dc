package recharge

import (
	"slices"

	"onetrans/flows/cashier"
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
	case AtCashier:
		return m.cashier.Content(m.due())
	case Succeeded:
		return m.result()
	case Troubled:
		return view.Trouble{Kind: m.trouble, Reference: m.No(), Retry: !m.single && retryable(m.trouble), CardIn: m.cardIn}
	}
	return m.enter()
}

// Ask is the question that covers the screen.
func (m Model) Ask() *view.Ask {
	switch m.state {
	case AtCashier:
		return m.cashier.Ask()
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
func (m Model) Home() bool { return m.Back() || m.Cashier() == cashier.Scanning || m.state == Troubled }

// InSequence says whether the screen belongs to the step bar's sequence.
func (m Model) InSequence() bool {
	return m.state != Succeeded && m.state != Troubled && m.Cashier() != cashier.Doubtful
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

// due is what the cashier says of it.
func (m Model) due() cashier.Due {
	d := cashier.Due{
		Terms: m.terms.Cashier, Account: m.terms.Service, Name: mask.Name(m.charge.Person.Name), Amount: m.charge.Amount,
		Doubt: view.DoubtOffline, CardIn: m.cardIn,
	}
	if d.Theirs {
		d.Doubt = view.DoubtElsewhere
	}
	if m.single { // nobody was shown it before
		d.Balance = m.balance()
	}
	switch m.status.Trade.Progress.Result {
	case onetrans.ResultExp:
		d.Doubt = view.DoubtCrediting
	case onetrans.ResultIng:
		d.Doubt = view.DoubtPaying
	}
	return d
}

func (m Model) result() view.Result {
	p := m.status.Trade.Progress
	r := view.Result{
		Account:   m.terms.Service,
		Amount:    money.Grouped(m.charge.Amount),
		Channel:   p.Channel,
		At:        m.since.In(onetrans.Zone()),
		Reference: m.No(),
		NotBooked: m.terms.MustBook && p.CallSN == "",
		CardIn:    m.cardIn,
	}
	if at, err := onetrans.ParseTime(p.TraceTime); err == nil {
		r.At = at
	}
	amount := onetrans.AmountOf(onetrans.T(p.Balance))
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

// retryable: trying the same again may help.
func retryable(kind view.TroubleKind) bool {
	switch kind {
	case view.TroubleCardPulled, view.TroubleJournal, view.TroubleInternal:
		return false
	}
	return true
}
