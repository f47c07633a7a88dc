package txn

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"onetrans/flows/flow"
	"onetrans/flows/message/onetrans"
)

// Cancellation is how far a cancellation has come, besides what every trade has.
type Cancellation struct {
	// Answer is the platform's, an object.
	Answer string
	// Share is the person's own share, paid under the trade's TraceNo.
	Share onetrans.Fen
	// Differs: the answer names another payment than this journal's settlement has.
	Differs bool
}

// CancelStatus is how the cancellation of a settlement stands.
type CancelStatus struct {
	// No is the setl_id of what is cancelled.
	No string
	// State: Created and Unknown while nothing is known of it, Refunding when it
	// stands and the person's share is on its way; and for good Succ (complete),
	// Refused, NotSent.
	State flow.State
	// Unsealed: it was not sent, because its message could not be sealed.
	Unsealed bool
	// Answer is the platform's, an object; empty while there is none.
	Answer jsontext.Value
	// Share is the person's own share, which is refunded.
	Share   onetrans.Fen
	TraceNo string // of the payment
	// RefundNo is the outRefundNo of the share's refund, RefundState how that
	// stands; empty where none was made.
	RefundNo    string
	RefundState flow.State
	// RefusedWith is the code of the last refusal, RefusedWords the platform's words.
	RefusedWith  onetrans.Code
	RefusedWords string
	// Desk says why the share waits for a person; empty when it does not. The
	// caller of a cancellation at the desk hears 600008.
	Desk Reason
	// SilentSince is when the platform stopped speaking; zero while it speaks.
	SilentSince time.Time
}

// Final says whether nothing is to be asked or sent any more.
func (s CancelStatus) Final() bool {
	return isFinal(s.State)
}

func cancelStatus(s Status) CancelStatus {
	p := s.Trade.Progress
	status := CancelStatus{
		No: s.Trade.Order.No, State: p.State, TraceNo: p.TraceNo,
		RefundNo: p.RefundNo, RefundState: p.RefundState, Unsealed: p.Unsealed, RefusedWith: s.Trade.Refusal().With, RefusedWords: s.Trade.Refusal().Words,
		Desk: p.Desk, SilentSince: s.SilentSince,
	}
	if p.Cancel != nil {
		status.Answer, status.Share = jsontext.Value(p.Cancel.Answer), p.Cancel.Share
	}
	return status
}

// CancelSettlement cancels a settlement (chs.common.outpatient.settle.cancel)
// and refunds the person's own share; only then is it complete. A platform without
// phases sees to the share itself. It is known by
// its setl_id, and repeating it repeats its answer. It returns how it stands
// once it is decided or a person's, or ctx has ended: then it goes on in the
// background.
//
// An error means that nothing was sent for this call: [ErrInvalid],
// [ErrNumberReused] or [ErrJournal].
func (c *Core) CancelSettlement(ctx context.Context, asked onetrans.Asked[onetrans.SettleCancelIn]) (CancelStatus, error) {
	order, err := newCancellation(asked, time.Now())
	if err != nil {
		return CancelStatus{}, err
	}
	s, err := c.carryOut(ctx, errand{
		order: order, first: sent{at: time.Now(), whole: !c.platform.Capabilities().Phases},
		again: func(ctx context.Context, l *live) error {
			if l.now().Progress.Desk == "" {
				return nil
			}
			_, err := c.ask(ctx, l, 0) // what was missing may be there now
			return err
		},
		served: func(t Trade) bool { return t.Final() || t.Progress.Desk != "" },
	})
	return cancelStatus(s), err
}

// CheckCancellation asks the platform now, or sees to the refund of the share.
// Its errors are those of [Core.Check]. It is for the kiosk's page about a
// cancellation, which is not there yet.
func (c *Core) CheckCancellation(ctx context.Context, setlID string) (CancelStatus, error) {
	s, err := c.now(ctx, onetrans.TransSettleCancel, setlID, nil)
	return cancelStatus(s), err
}

// WatchCancellation delivers a cancellation's status now and whenever it
// changes, as [Core.Watch] does.
func (c *Core) WatchCancellation(setlID string) (statuses <-chan CancelStatus, end func(), err error) {
	return watch(c, onetrans.TransSettleCancel, setlID, cancelStatus)
}

// newCancellation makes the trade that a cancellation asks for and takes the
// credentials out of its request.
func newCancellation(asked onetrans.Asked[onetrans.SettleCancelIn], now time.Time) (Order, error) {
	in := asked.In
	if in.SetlID.Empty() {
		return Order{}, fmt.Errorf("%w: setl_id is missing", ErrInvalid)
	}
	o := Order{
		No:        in.SetlID.String(),
		CardNo:    in.PsnNo.String(),
		CreatedAt: now,
		Secrets:   Secrets{AppID: asked.Request.AppID.String(), AppKey: asked.Request.AppKey.String()},
	}
	o.Content = contentOf(onetrans.TransSettleCancel, o.No, in.MdtrtID.String(), 0, "", o.CardNo)
	var err error
	o.Request, err = withoutSecrets(asked.Request, onetrans.TransSettleCancel, in)
	return o, err
}

// cancellation is the message that cancels; repeated, it repeats its answer.
func (t Trade) cancellation() (onetrans.Request, error) {
	return t.Order.today(), nil
}

// maxRefundNo is how many characters an outRefundNo has at most.
const maxRefundNo = 32

// shareRefundNo is the outRefundNo of the share's refund. It follows from the
// settlement, so that it is one refund wherever the settlement is cancelled.
func shareRefundNo(setlID string) string {
	no := "X" + setlID
	if utf8.RuneCountInString(no) <= maxRefundNo {
		return no
	}
	sum := sha256.Sum256([]byte(setlID))
	return "X" + hex.EncodeToString(sum[:])[:maxRefundNo-1]
}

// shareRefund is the refund of the person's own share: of the card that paid,
// where this journal knows it, else of what the cancellation names.
func (c *Core) shareRefund(t Trade, now time.Time) (Order, error) {
	in := onetrans.RefundIn{
		PayAppID:     present(c.options.PayAppID),
		PayAppSecret: present(c.options.PayAppSecret),
		TermNo:       present(c.options.TermNo),
		CardType:     onetrans.T(onetrans.CardSocialSecurity),
		CardNo:       onetrans.T(t.Order.CardNo),
		AccountType:  onetrans.T(onetrans.AccountOutpatient),
		UserName:     onetrans.T(t.Order.CardNo),
		HisCustID:    onetrans.T(t.Order.CardNo),
		Amount:       onetrans.Yuan(t.Progress.Cancel.Share),
		WithdrawMode: onetrans.T(onetrans.WithdrawInsurance),
	}
	found, err := c.cancelledOf(t.Order.No, t.Progress.TraceNo)
	if err != nil {
		return Order{}, err
	}
	if len(found) == 1 {
		settled, err := requested[onetrans.SettleIn](found[0].Order)
		if err != nil {
			return Order{}, err
		}
		in.CardType, in.CardNo, in.AccountType = settled.CardType, settled.CardNo, settled.AccountType
		in.UserName, in.HisCustID = settled.PsnName, payer(settled)
		if in.TermNo.Empty() {
			in.TermNo = settled.TermNo
		}
	}
	return t.ownRefund(in, now)
}

// cancellationOf finds the cancellation of a settlement, see lookUp.
func (c *Core) cancellationOf(setlID string) (Trade, bool, error) {
	if setlID == "" {
		return Trade{}, false, nil
	}
	return c.lookUp(onetrans.TransSettleCancel, setlID)
}

// cancellationStands: the settlement is cancelled, and at most the refund of the share
// is still to be done.
func (t Trade) cancellationStands() bool { return t.At() == Refunding || t.At() == Succ }

// cancelledOf finds the settlements that a cancellation may be of: the one with this
// setl_id, or, where the platform gave none when it was settled, the one whose payment
// the cancellation names. There are several where a platform gave two the same number.
func (c *Core) cancelledOf(setlID, traceNo string) ([]Trade, error) {
	made, err := c.related(bySettlement(setlID))
	if err != nil || len(made) == 1 || traceNo == "" {
		return made, err
	}
	paid, err := c.related(byTrace(traceNo))
	named := slices.DeleteFunc(paid, func(t Trade) bool {
		id := t.settlement().SetlID
		return t.Progress.Settle == nil || id != setlID && (id != "" || t.At() != Succ)
	})
	if len(named) == 1 {
		return named, err
	}
	return made, err
}
