package kiosk

import (
	"context"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"onetrans/devices"
	"onetrans/flows/core/txn"
	"onetrans/flows/receipt"
	"onetrans/flows/view"
)

// press prints as a test says, after so long. What it printed is written down.
type press struct {
	mu      sync.Mutex
	takes   time.Duration
	fails   error
	printed []receipt.Facts
	spoken  []view.Language
}

func (p *press) Print(ctx context.Context, language view.Language, f receipt.Facts) error {
	p.mu.Lock()
	takes, fails := p.takes, p.fails
	p.mu.Unlock()
	select {
	case <-time.After(takes):
	case <-ctx.Done():
		return ctx.Err()
	}
	if fails == nil {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.printed, p.spoken = append(p.printed, f), append(p.spoken, language)
	}
	return fails
}

func (p *press) set(takes time.Duration, fails error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.takes, p.fails = takes, fails
}

func (p *press) kinds() (kinds []receipt.Kind) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, f := range p.printed {
		kinds = append(kinds, f.Kind)
	}
	return kinds
}

func (k *stand) slips(state view.SlipState, problem view.SlipProblem) {
	k.t.Helper()
	if got := k.page().Slip; got != (view.Slip{State: state, Problem: problem}) {
		k.t.Fatalf("the receipt is %+v, want %q %q", got, state, problem)
	}
}

// withPrinter is a kiosk with a printer.
func withPrinter(t *testing.T, test func(*stand, *press)) {
	t.Helper()
	p := &press{takes: 3 * time.Second}
	serveWith(t, func(_ *stand, _ *Options, out *Dependencies) { out.Receipts = p }, func(k *stand) { test(k, p) })
}

func TestAReceiptOfATopUp(t *testing.T) {
	withPrinter(t, func(k *stand, p *press) {
		k.cashier()
		k.slips("", "")
		k.core.becomes(is(txn.Succ))
		k.slips(view.SlipOffered, "")
		k.do(view.PrintSlip, view.PrintSlip)
		k.slips(view.SlipPrinting, "")
		if c := k.page().Countdown; c.Running() {
			t.Errorf("the page ends while it prints: %+v", c)
		}
		k.wait(4 * time.Second)
		k.slips(view.SlipPrinted, "")
		k.shows(view.Result{})
		k.do(view.PrintSlip)
		k.wait(4 * time.Second)
		if got := p.kinds(); !slices.Equal(got, []receipt.Kind{receipt.Recharged}) {
			t.Fatalf("printed %q", got)
		}
		f := p.printed[0]
		if f.Name != name || f.CardNo != "Z1" || f.CardType != "05" || f.AccountType != "02" || f.Amount != 20000 || len(f.No) != 26 || f.At.IsZero() {
			t.Errorf("%+v", f)
		}
	})
}

func TestAPrinterThatFailsFailsNoPayment(t *testing.T) {
	for err, problem := range map[error]view.SlipProblem{
		devices.ErrPaperOut: view.SlipNoPaper, devices.ErrCoverOpen: view.SlipCoverOpen, devices.ErrPrinterSilent: view.SlipNoPrinter,
	} {
		withPrinter(t, func(k *stand, p *press) {
			p.set(time.Second, err)
			k.result()
			k.do(view.PrintSlip)
			k.wait(2 * time.Second)
			k.slips(view.SlipFailed, problem)
			k.shows(view.Result{})
			p.set(time.Second, nil)
			k.do(view.PrintSlip)
			k.slips(view.SlipPrinting, "")
			k.wait(2 * time.Second)
			k.slips(view.SlipPrinted, "")
			k.do(view.Done)
			k.shows(view.TakeCard{})
		})
	}
}

// What became known after a slip of a doubt gets a slip of its own.
func TestAReceiptOfADoubt(t *testing.T) {
	withPrinter(t, func(k *stand, p *press) {
		k.doubt()
		k.shows(view.Doubt{})
		k.slips(view.SlipOffered, "")
		k.do(view.PrintSlip)
		k.core.becomes(is(txn.Succ))
		k.shows(view.Result{})
		k.slips(view.SlipPrinting, "")
		k.wait(4 * time.Second)
		k.slips(view.SlipOffered, "")
		k.do(view.PrintSlip)
		k.wait(4 * time.Second)
		if got := p.kinds(); !slices.Equal(got, []receipt.Kind{receipt.RechargeDoubt, receipt.Recharged}) {
			t.Errorf("printed %q", got)
		}
		if p.printed[0].No != p.printed[1].No {
			t.Error("two numbers to ask by")
		}
	})
}

func TestReceiptsOfASettlement(t *testing.T) {
	shares := receipt.Shares{Total: 12000, Fund: 8000, Account: 440, Cash: 3560}
	withPrinter(t, func(k *stand, p *press) {
		k.payBills()
		k.bills.comes(txn.Confirming)
		k.wait(time.Second)
		k.shows(view.Settled{})
		k.do(view.PrintSlip)
		k.wait(4 * time.Second)
		k.slips(view.SlipPrinted, "")
		f := p.printed[0]
		if f.Kind != receipt.Settled || f.Name != name || *f.Shares != shares || f.Amount != 3560 || f.No == "" {
			t.Errorf("%+v", f)
		}
	})
	withPrinter(t, func(k *stand, p *press) {
		k.payBills()
		k.bills.comes(txn.Refunding)
		k.shows(view.Refunding{})
		k.do(view.PrintSlip)
		k.wait(4 * time.Second)
		k.bills.comes(txn.Refunded)
		k.slips(view.SlipOffered, "")
		k.do(view.PrintSlip)
		k.wait(4 * time.Second)
		if got := p.kinds(); !slices.Equal(got, []receipt.Kind{receipt.SettleRefunding, receipt.SettleRefunded}) {
			t.Errorf("printed %q", got)
		}
	})
}

func TestAReceiptSpeaksThePersonsLanguage(t *testing.T) {
	withPrinter(t, func(k *stand, p *press) {
		k.home()
		k.tap(view.SetLanguage, string(view.English))
		k.tap(view.PickService, string(view.ServiceInpatientDeposit))
		k.slot.insert(nil)
		synctest.Wait()
		k.do(view.Correct)
		k.tap(view.Quick, "1")
		k.do(view.Next, view.Pay)
		k.core.becomes(is(txn.Succ))
		k.do(view.PrintSlip)
		k.wait(4 * time.Second)
		if !slices.Equal(p.spoken, []view.Language{view.English}) {
			t.Errorf("%q", p.spoken)
		}
	})
}

// Who leaves while it prints gets the whole slip, and the next person hears
// nothing of it.
func TestWhoLeavesWhileItPrints(t *testing.T) {
	withPrinter(t, func(k *stand, p *press) {
		p.set(20*time.Second, nil)
		k.result()
		k.do(view.PrintSlip, view.Done)
		k.slot.remove()
		synctest.Wait()
		k.shows(view.Attract{})
		k.result()
		k.slips(view.SlipOffered, "")
		k.wait(21 * time.Second)
		k.slips(view.SlipOffered, "")
		if got := p.kinds(); len(got) != 1 {
			t.Errorf("printed %q", got)
		}
		k.do(view.Done)
		if left := k.traces(); len(left) != 0 {
			t.Errorf("left: %q", left)
		}
	})
}

func TestACallsResultCanBePrinted(t *testing.T) {
	withPrinter(t, func(k *stand, p *press) {
		c := k.call(charge())
		k.core.becomes(is(txn.Succ))
		k.slips(view.SlipOffered, "")
		k.do(view.PrintSlip)
		k.wait(4 * time.Second)
		k.slips(view.SlipPrinted, "")
		k.do(view.Done)
		c.ends(t, Answered)
		if f := p.printed[0]; f.No != "HIS-1" || f.Name != name || f.Amount != 20000 || f.AccountType != "02" {
			t.Errorf("%+v", f)
		}
	})
}

func TestWithoutAPrinterNothingIsOffered(t *testing.T) {
	serve(t, func(k *stand) {
		k.result()
		k.slips("", "")
		k.do(view.PrintSlip)
		k.slips("", "")
		k.shows(view.Result{})
	})
}
