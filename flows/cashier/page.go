package cashier

import (
	"time"

	"onetrans/flows/message/money"
	"onetrans/flows/message/onetrans"
	"onetrans/flows/view"
)

// Terms are what the hospital says wherever it is paid.
type Terms struct {
	Payee   string   // the hospital
	Wallets []string // that can pay the code on the screen, as translation keys
	Scanner string   // where it is; empty when nobody said
	// Theirs: the platform collects on a page of its own.
	Theirs bool
}

// Due is what is to be paid, as the screens tell it.
type Due struct {
	Terms
	Account view.ServiceKind
	Name    string // masked
	Amount  onetrans.Fen
	Balance string // of the account; empty where it is not to be told
	// Doubt is what is known while it is not known what became of the money.
	Doubt  view.DoubtKind
	CardIn bool
}

// Content is what stands on the screen.
func (m Model) Content(d Due) view.Content {
	switch m.state {
	case Scanning:
		return m.payCode(d)
	case Theirs:
		return view.Busy{Kind: view.BusyElsewhere}
	case Paying, Leaving:
		return m.code(d)
	case Closing:
		return view.Busy{Kind: view.BusyClosing, Long: m.longHere()}
	case Doubtful:
		return view.Doubt{
			Kind: d.Doubt, Amount: money.Grouped(d.Amount), Reference: m.order.No,
			Waited: view.WholeSeconds(m.now.Sub(m.askedSince())), CardIn: d.CardIn,
		}
	}
	if m.depositType != "" { // not a code to show is waited for, but what became of the one that was scanned
		return view.Busy{Kind: view.BusyCharging, Long: m.longHere()}
	}
	return view.Busy{Kind: view.BusyOrder, Long: m.longHere()}
}

// Ask is the question that covers the screen.
func (m Model) Ask() *view.Ask {
	if m.state == Leaving {
		return &view.Ask{Kind: view.AskLeavePay}
	}
	return nil
}

func (m Model) payCode(d Due) view.PayCode {
	_, wallet := payCode(m.depositType)
	return view.PayCode{
		Account: d.Account, Payee: d.Payee, Name: d.Name, Amount: money.Grouped(d.Amount),
		Wallet: wallet, Place: d.Scanner, Problem: m.wrongCode,
	}
}

func (m Model) code(d Due) view.Cashier {
	return view.Cashier{
		Account: d.Account, Payee: d.Payee, Name: d.Name, Amount: money.Grouped(d.Amount), Balance: d.Balance,
		QRCode: m.order.QRCode, Wallets: d.Wallets,
		Left:     view.WholeSeconds(m.deadline().Sub(m.now)),
		Total:    view.WholeSeconds(m.deadline().Sub(m.shownAt)),
		Checking: m.checking, NotPaidYet: m.notPaidYet, Offline: !m.order.SilentSince.IsZero(),
	}
}

// askedSince is when the asking began that has brought nothing yet.
func (m Model) askedSince() time.Time {
	if silent := m.order.SilentSince; !silent.IsZero() && silent.Before(m.since) {
		return silent
	}
	return m.since
}

func (m Model) longHere() bool { return m.now.Sub(m.since) >= view.LongWait }
