package settle

import (
	"slices"

	"onetrans/flows/cashier"
	"onetrans/flows/core/txn"
	"onetrans/flows/message/mask"
	"onetrans/flows/message/money"
	"onetrans/flows/message/onetrans"
	"onetrans/flows/view"
)

// Content is what stands on the screen.
func (m Model) Content() view.Content {
	switch m.state {
	case Choosing:
		return m.list()
	case Reviewing:
		return m.review()
	case Abandoning:
		return view.Busy{Kind: view.BusyAbandoning, Long: m.longHere()}
	case AtCashier:
		return m.cashier.Content(m.due())
	case Succeeded:
		return m.settled()
	case Refunding:
		return view.Refunding{
			Amount: money.Grouped(m.status.Cash), Reference: m.refundNo(), Refunded: m.status.State == txn.Refunded, AtDesk: m.refundAtDesk(), CardIn: m.cardIn,
		}
	case Troubled:
		no := m.No()
		if m.openNo != "" {
			no = m.openNo
		}
		return view.Trouble{Kind: m.trouble, Reference: no, Retry: !m.single && retryable(m.trouble), CardIn: m.cardIn}
	}
	return view.Settling{Steps: m.steps(), Long: m.longHere(), Paid: m.confirmed && m.status.Cash > 0}
}

// refundNo is what to ask for the refund by.
func (m Model) refundNo() string {
	if m.status.RefundNo != "" {
		return m.status.RefundNo
	}
	return m.No()
}

// refundAtDesk: the staff see to the refund, which does not go on by itself.
func (m Model) refundAtDesk() bool { return m.status.Desk != "" && m.status.State != txn.Refunded }

// Ask is the question that covers the screen.
func (m Model) Ask() *view.Ask {
	if m.state == AtCashier {
		return m.cashier.Ask()
	}
	return nil
}

// Back says whether the screen has a way back. HIS's own settlement has
// nothing before its bills.
func (m Model) Back() bool { return m.state == Choosing && !m.single || m.state == Reviewing }

// Home says whether the screen has a way home.
func (m Model) Home() bool {
	switch m.state {
	case Calculating, Choosing, Reviewing, Troubled:
		return true
	}
	return false
}

// InSequence says whether the screen belongs to the step bar's sequence.
func (m Model) InSequence() bool {
	switch m.state {
	case Succeeded, Refunding, Troubled, Abandoning:
		return false
	}
	return m.Cashier() != cashier.Doubtful
}

// StepNo is the index of the present step: bills, amounts, payment.
func (m Model) StepNo() int {
	switch m.state {
	case Calculating, Choosing:
		return 0
	case Reviewing:
		return 1
	}
	return 2
}

func (m Model) list() view.Bills {
	v := view.Bills{
		Name: mask.Name(m.person.Name), Page: m.page, Pages: m.pages(),
		Chosen: len(m.choice()), All: len(m.bills), Amount: money.Grouped(m.chosenSum()),
	}
	first := m.page * view.BillsAPage
	for i := first; i < min(first+view.BillsAPage, len(m.bills)); i++ {
		b := m.bills[i]
		v.Rows = append(v.Rows, view.BillRow{
			Index: i, Dept: b.Dept, Doctor: b.Doctor, Date: b.Date, Amount: money.Grouped(b.Amount), Chosen: m.chosen[b.No],
		})
	}
	return v
}

func (m Model) review() view.Review {
	fund, account := m.insured()
	return view.Review{
		Name: mask.Name(m.person.Name), Bills: len(m.choice()), Total: money.Grouped(m.status.Total),
		Fund: fund, Account: account, Cash: money.Grouped(m.status.Cash), Free: m.status.Cash == 0,
	}
}

// insured are what insurance pays; empty where it pays nothing at all.
func (m Model) insured() (fund, account string) {
	if m.status.Fund == 0 && m.status.Account == 0 {
		return "", ""
	}
	return money.Grouped(m.status.Fund), money.Grouped(m.status.Account)
}

// due is what the cashier says of it.
func (m Model) due() cashier.Due {
	d := cashier.Due{
		Terms: m.terms, Account: view.ServiceOutpatientPayment, Name: mask.Name(m.person.Name), Amount: m.status.Cash,
		Doubt: view.DoubtBillOffline, CardIn: m.cardIn,
	}
	switch {
	case m.confirmed:
		d.Doubt = view.DoubtBillConfirming
	case m.moving():
		d.Doubt = view.DoubtBillPaying
	}
	return d
}

func (m Model) settled() view.Settled {
	fund, account := m.insured()
	s := view.Settled{
		Name: mask.Name(m.person.Name), Bills: len(m.choice()), Total: money.Grouped(m.status.Total), Fund: fund, Account: account,
		Cash: money.Grouped(m.status.Cash), At: m.since.In(onetrans.Zone()), Reference: m.No(), CardIn: m.cardIn,
	}
	if at, err := onetrans.ParseTime(m.status.TraceTime); err == nil {
		s.At = at
	}
	return s
}

// steps are the steps of the whole settlement: what the platform said of each,
// and otherwise how far this flow has come.
func (m Model) steps() []view.SettleStep {
	order := []view.StepKind{view.StepPerson, view.StepRegistration, view.StepPreSettle, view.StepPayment, view.StepConfirm}
	now := 0
	if m.state == Confirming {
		now = 4
	}
	var steps []view.SettleStep
	for i, kind := range order {
		s := view.SettleStep{Kind: kind, State: view.StepAhead}
		switch {
		case i < now:
			s.State = view.StepDone
		case i == now:
			s.State = view.StepNow
		}
		if m.skipped(kind) && i < now || kind == view.StepPayment && m.confirmed && m.status.Cash == 0 {
			s.State = view.StepSkipped
		}
		steps = append(steps, s)
	}
	return steps
}

// skipped: the platform reported that a step was not needed.
func (m Model) skipped(kind view.StepKind) bool {
	return slices.ContainsFunc(m.status.Steps, func(s txn.Step) bool {
		return s.Code == string(kind) && s.State == string(view.StepSkipped)
	})
}

func (m Model) longHere() bool { return m.now.Sub(m.since) >= view.LongWait }

// retryable: trying the same again may help.
func retryable(kind view.TroubleKind) bool {
	switch kind {
	case view.TroubleCardPulled, view.TroubleJournal, view.TroubleNoBills, view.TroubleInternal:
		return false
	}
	return true
}
