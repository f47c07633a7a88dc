package kiosk

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"onetrans/flows/core/txn"
	"onetrans/flows/flow"
	"onetrans/flows/message/onetrans"
	"onetrans/flows/message/platform"
	"onetrans/flows/message/wire"
	"onetrans/flows/view"
)

// bills settles bills as a test says. What is asked of it is written down.
type bills struct {
	mu      sync.Mutex
	asked   []string
	chosen  []string
	status  txn.SettleStatus
	fail    map[string]error // by what is asked
	becomes map[string]flow.State
	watch   []chan txn.SettleStatus
	in      onetrans.SettleIn
	refuse  error  // why a pre-settlement is not sent
	code    string // of an order that is there already
	none    bool   // no bills wait
	mute    bool   // confirm is not answered
}

func (b *bills) PreSettle(_ context.Context, asked onetrans.Asked[onetrans.SettleIn], nos []string) (txn.SettleStatus, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.in = asked.In
	b.asked, b.chosen = append(b.asked, "pre"), nos
	if b.refuse != nil {
		return txn.SettleStatus{}, b.refuse
	}
	no := b.in.Extra.Value.OutSettleNo.String()
	b.status = txn.SettleStatus{
		No: no, State: txn.PreSettled,
		Settlement: txn.Settlement{
			Total: 12000, Fund: 8000, Account: 440, Cash: 3560,
			Bills: []txn.Bill{{No: "B1", Dept: "心内科", Amount: 7000}, {No: "B2", Dept: "检验科", Amount: 5000}},
		},
	}
	if b.none {
		b.status.Bills, b.status.NoBills = nil, true
	}
	if b.code != "" {
		b.status.QRCode, b.status.ExpireAt = b.code, time.Now().Add(5*time.Minute)
	}
	return b.come("pre")
}

// come is what an ask brings.
func (b *bills) come(what string) (txn.SettleStatus, error) {
	if state, ok := b.becomes[what]; ok {
		b.status.State = state
	}
	return b.status, b.fail[what]
}

func (b *bills) ask(what string, usual flow.State) (txn.SettleStatus, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.asked = append(b.asked, what)
	if b.fail[what] == nil {
		b.status.State = usual
		b.status.CloseAsked = what == "abandon"
	}
	return b.come(what)
}

func (b *bills) PaySettlement(context.Context, string) (txn.SettleStatus, error) {
	b.mu.Lock()
	b.status.QRCode, b.status.ExpireAt = qrcode, time.Now().Add(5*time.Minute)
	b.mu.Unlock()
	return b.ask("pay", txn.Paying)
}

func (b *bills) ConfirmSettlement(ctx context.Context, _ string) (txn.SettleStatus, error) {
	if b.mute {
		<-ctx.Done()
		return b.ask("confirm", txn.Confirming)
	}
	return b.ask("confirm", txn.Succ)
}

func (b *bills) AbandonSettlement(context.Context, string) (txn.SettleStatus, error) {
	return b.ask("abandon", txn.Abandoned)
}

func (b *bills) CheckSettlement(context.Context, string) (txn.SettleStatus, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.status, b.fail["check"]
}

func (b *bills) WatchSettlement(string) (<-chan txn.SettleStatus, func(), error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	w := make(chan txn.SettleStatus, 1)
	w <- b.status
	b.watch = append(b.watch, w)
	return w, func() {}, nil
}

// comes lets the settlement come to a stage by itself.
func (b *bills) comes(state flow.State) {
	b.mu.Lock()
	b.status.State = state
	for _, w := range b.watch {
		select {
		case w <- b.status:
		default:
		}
	}
	b.mu.Unlock()
	synctest.Wait()
}

func (b *bills) wants(t *testing.T, asked ...string) {
	t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	if !slices.Equal(b.asked, asked) {
		t.Errorf("asked %q, want %q", b.asked, asked)
	}
}

func (k *stand) list() {
	k.home()
	k.tap(view.PickService, string(view.ServiceOutpatientPayment))
	k.slot.insert(nil)
	synctest.Wait()
	k.do(view.Correct)
}

func (k *stand) payBills() { k.list(); k.do(view.Next, view.Pay) }

func TestSettlingBills(t *testing.T) {
	serve(t, func(k *stand) {
		k.list()
		k.shows(view.Bills{})
		if b := k.page().Content.(view.Bills); b.Chosen != 2 || b.Amount != "120.00" || b.Name != "欧阳*珺" {
			t.Errorf("%+v", b)
		}
		k.do(view.Next)
		k.shows(view.Review{})
		if r := k.page().Content.(view.Review); r.Total != "120.00" || r.Fund != "80.00" || r.Account != "4.40" || r.Cash != "35.60" {
			t.Errorf("%+v", r)
		}
		k.do(view.Pay)
		k.shows(view.Cashier{})
		k.bills.comes(txn.Confirming)
		k.shows(view.Settled{})
		k.bills.wants(t, "pre", "pay", "confirm")
		k.do(view.Done)
		k.shows(view.TakeCard{})
		k.slot.remove()
		synctest.Wait()
		if left := k.traces(); len(left) != 0 || k.core.busy {
			t.Errorf("left: %q; the terminal is taken: %v", left, k.core.busy)
		}
		if in := k.bills.in; in.CertNo.String() != idNo || in.PatientType.String() != "00" || in.AccountType.String() != "01" || len(in.Extra.Value.OutSettleNo.String()) != 26 {
			t.Errorf("%+v", in)
		}
	})
}

func TestSomeOfTheBills(t *testing.T) {
	serve(t, func(k *stand) {
		k.list()
		k.tap(view.ToggleBill, "1")
		k.do(view.Next)
		k.shows(view.Review{})
		k.bills.wants(t, "pre", "pre")
		if !slices.Equal(k.bills.chosen, []string{"B1"}) {
			t.Errorf("%q", k.bills.chosen)
		}
		k.do(view.Back, view.Next) // the same choice is not asked for again
		k.bills.wants(t, "pre", "pre")
		k.do(view.Back, view.AllBills, view.AllBills)
		if b := k.page().Content.(view.Bills); b.Chosen != 0 {
			t.Errorf("%+v", b)
		}
		k.do(view.Next) // nothing is chosen
		k.shows(view.Bills{})
	})
}

// Whoever leaves after pre-settlement leaves nothing behind.
func TestWhoLeavesLeavesNothingBehind(t *testing.T) {
	for name, leave := range map[string]func(*stand){
		"home from the bills":   func(k *stand) { k.do(view.GoHome) },
		"back from the bills":   func(k *stand) { k.do(view.Back) },
		"home from the amounts": func(k *stand) { k.do(view.Next, view.GoHome) },
		"walked away":           func(k *stand) { k.wait(timeout + view.AskPatience + 2*time.Second) },
		"said no":               func(k *stand) { k.wait(timeout + 2*time.Second); k.do(view.GoHome) },
		"pulled the card":       func(k *stand) { k.slot.remove(); synctest.Wait() },
	} {
		t.Run(name, func(t *testing.T) {
			serve(t, func(k *stand) {
				k.list()
				leave(k)
				k.bills.wants(t, "pre", "abandon")
			})
		})
	}
}

func TestNotPayingTheBills(t *testing.T) {
	serve(t, func(k *stand) {
		k.payBills()
		k.do(view.LeavePay, view.ReallyLeave)
		k.bills.wants(t, "pre", "pay", "abandon")
		k.shows(view.TakeCard{})
	})
	serve(t, func(k *stand) { // paid meanwhile: it is settled
		k.bills.becomes = map[string]flow.State{"abandon": txn.Confirming}
		k.payBills()
		k.do(view.LeavePay, view.ReallyLeave)
		k.bills.wants(t, "pre", "pay", "abandon", "confirm")
		k.shows(view.Settled{})
	})
}

// A confirmation without an answer is in doubt, never refused.
func TestAnUnansweredConfirmation(t *testing.T) {
	serve(t, func(k *stand) {
		k.bills.fail = map[string]error{"confirm": errors.New("silent")}
		k.bills.becomes = map[string]flow.State{"confirm": txn.Confirming}
		k.payBills()
		k.bills.comes(txn.Confirming)
		if d, ok := k.page().Content.(view.Doubt); !ok || d.Kind != view.DoubtBillConfirming || d.Reference == "" {
			t.Fatalf("%+v", k.page().Content)
		}
		k.slot.remove()
		k.wait(time.Hour)
		k.shows(view.Doubt{})
		k.bills.comes(txn.Succ)
		k.shows(view.Settled{})
		k.bills.wants(t, "pre", "pay", "confirm")
	})
}

func TestRefusedAfterPayment(t *testing.T) {
	serve(t, func(k *stand) {
		k.bills.becomes = map[string]flow.State{"confirm": txn.Refunding}
		k.payBills()
		k.bills.comes(txn.Confirming)
		if r, ok := k.page().Content.(view.Refunding); !ok || r.Amount != "35.60" || r.Reference == "" || r.Refunded {
			t.Fatalf("%+v", k.page().Content)
		}
		k.bills.comes(txn.Refunded)
		if !k.page().Content.(view.Refunding).Refunded {
			t.Error("not refunded")
		}
	})
}

func TestAuthorisingAHealthCard(t *testing.T) {
	choose := func(k *stand) {
		k.core.answersAuth(onetrans.AuthPending)
		k.choose()
		k.tap(view.ChooseWay, string(view.WayHealthCard))
		k.shows(view.Authorise{})
	}
	serve(t, func(k *stand) {
		choose(k)
		k.wait(5 * time.Second)
		k.shows(view.Authorise{})
		k.core.answersAuth(onetrans.AuthSucceeded)
		k.wait(3 * time.Second)
		k.shows(view.Person{})
		k.do(view.Wrong)
		k.shows(view.PickWay{})
		k.do(view.GoHome)
		k.wait(time.Hour)
		if left := k.traces(); len(left) != 0 {
			t.Errorf("left: %q", left)
		}
	})
	for status, want := range map[string]view.TroubleKind{
		onetrans.AuthFailed: view.TroubleAuthRefused, onetrans.AuthCancelled: view.TroubleAuthCancelled,
		authExpired: view.TroubleAuthExpired, onetrans.AuthPending: view.TroubleAuthExpired,
	} {
		serve(t, func(k *stand) {
			choose(k)
			k.core.answersAuth(status)
			wait := 5 * time.Second
			if status == onetrans.AuthPending { // nobody agrees
				wait = 125 * time.Second
			}
			k.wait(wait)
			k.troubled(want)
			k.core.answersAuth(onetrans.AuthPending)
			k.do(view.Retry)
			k.shows(view.Authorise{})
			k.do(view.Back)
			k.shows(view.PickWay{})
		})
	}
}

// knownBy is the platform's answer about the person, who has no account and
// these cards here.
func knownBy(cards string) func(context.Context) (onetrans.Answer, error) {
	return func(context.Context) (onetrans.Answer, error) {
		return onetrans.Answer{Code: onetrans.T("000000"), Data: fmt.Appendf(nil,
			`{"baseinfo":{"psn_name":%q,"psn_cert_type":"01","certno":%q,"exp_content":{"hisCustId":%q}}%s}`, name, idNo, hisID, cards)}, nil
	}
}

// comesBy leads to the check of the person, who chose to pay bills.
func (k *stand) comesBy(way view.WayKind) {
	k.home()
	k.tap(view.PickService, string(view.ServiceOutpatientPayment))
	switch way {
	case view.WaySocialSecurityCard:
		k.slot.insert(nil)
	case view.WayCode:
		k.codes <- code
	case view.WayHealthCard:
		k.core.answersAuth(onetrans.AuthSucceeded)
		k.tap(view.ChooseWay, string(way))
		k.wait(3 * time.Second)
	}
	synctest.Wait()
}

func TestBillsAreSettledByWhoeverIsKnownHoweverTheyCame(t *testing.T) {
	for way, cardno := range map[view.WayKind]string{
		view.WaySocialSecurityCard: cardNo, view.WayCode: "H-NEW", view.WayHealthCard: "H-NEW",
	} {
		t.Run(string(way), func(t *testing.T) {
			serve(t, func(k *stand) {
				k.core.lookUp = knownBy(`,"cardinfo":[{"card_type":"03","card_no":"H-OLD"},{"card_type":"03","card_no":"H-NEW"}]`)
				k.comesBy(way)
				k.shows(view.Person{})
				k.do(view.Correct)
				k.shows(view.Bills{})
				if in := k.bills.in; in.CardNo.String() != cardno || in.Extra.Value.CardNo.String() != cardno {
					t.Errorf("settled with card %q", in.CardNo)
				}
			})
		})
	}
}

func TestWhoHasNoCardHearsSoBeforeAnythingIsTried(t *testing.T) {
	serve(t, func(k *stand) {
		k.core.lookUp = knownBy("")
		k.comesBy(view.WayCode)
		k.troubled(view.TroubleNoCard)
		k.bills.wants(t)
	})
}

// What never reached the platform is not told as its silence or its refusal.
func TestAFaultOfOursNeverBlamesThePlatform(t *testing.T) {
	ours := fmt.Errorf("%w: cardno is missing", txn.ErrInvalid)
	for what, try := range map[string]func(*stand){
		"settling":     func(k *stand) { k.bills.refuse = ours; k.list() },
		"recharging":   func(k *stand) { k.core.recharge = fails(ours); k.cashier() },
		"identifying":  func(k *stand) { k.core.lookUp = failsLookUp(ours); k.comesBy(view.WayCode) },
		"not sealable": func(k *stand) { k.core.lookUp = failsLookUp(unsealable()); k.comesBy(view.WayCode) },
	} {
		t.Run(what, func(t *testing.T) {
			serve(t, func(k *stand) { try(k); k.troubled(view.TroubleInternal) })
		})
	}
	serve(t, func(k *stand) { // when the bills are to be paid
		k.bills.fail = map[string]error{"pay": txn.ErrNotNow}
		k.payBills()
		k.troubled(view.TroubleInternal)
		k.bills.wants(t, "pre", "pay", "abandon")
	})
	serve(t, func(k *stand) {
		k.bills.fail = map[string]error{"pay": txn.ErrJournal}
		k.payBills()
		k.troubled(view.TroubleJournal)
	})
	for what, err := range map[string]error{"not reached": platform.ErrNotSent, "silent": platform.ErrNoAnswer, "not to be trusted": wire.ErrUntrusted} {
		t.Run(what, func(t *testing.T) {
			serve(t, func(k *stand) {
				k.core.lookUp = failsLookUp(err)
				k.comesBy(view.WayCode)
				k.troubled(view.TroubleOffline)
			})
		})
	}
}

func unsealable() error { return fmt.Errorf("%w: %w", platform.ErrNotSent, wire.ErrContent) }

func failsLookUp(err error) func(context.Context) (onetrans.Answer, error) {
	return func(context.Context) (onetrans.Answer, error) { return onetrans.Answer{}, err }
}

func fails(err error) func(context.Context, txn.Status) (txn.Status, error) {
	return func(context.Context, txn.Status) (txn.Status, error) { return txn.Status{}, err }
}
