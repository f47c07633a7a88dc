package txn

import (
	"cmp"
	"fmt"
	"slices"
)

// Reason is why a trade waits for a person; empty when it does not. Journals of
// older versions have sentences instead.
type Reason string

// The reasons.
const (
	// ReasonRefused: the platform refused it, and sending it again will not
	// help. Which code it gave is the trade's RefusedWith.
	ReasonRefused       Reason = "refused"
	ReasonContradiction Reason = "contradiction"  // the platform contradicts its own final answer
	ReasonDisputed      Reason = "disputed"       // the platform has it end otherwise than a person decided
	ReasonNotBooked     Reason = "not_booked"     // paid, and not booked by the hospital
	ReasonNeverArrived  Reason = "never_arrived"  // the platform does not know it, and can't close its number
	ReasonNoAnswer      Reason = "no_answer"      // its answer was lost, and the platform can't be asked for it
	ReasonNoEcho        Reason = "no_echo"        // the platform does not say of which refund it speaks
	ReasonClosed        Reason = "closed"         // a refund that the platform says to be closed
	ReasonGivenUp       Reason = "given_up"       // the refund that undoes it was given up by hand
	ReasonInHand        Reason = "in_hand"        // a person is deciding it
	ReasonNoShare       Reason = "no_share"       // the cancellation does not say what the person paid
	ReasonOtherPayment  Reason = "other_payment"  // the cancellation names another payment than was made here
	ReasonNoPayment     Reason = "no_payment"     // the payment of the person's share is not known
	ReasonNoCredentials Reason = "no_credentials" // there are none to refund the person's share with
	ReasonExceeds       Reason = "exceeds"        // less is left of the order than is to be given back
	ReasonReused        Reason = "reused"         // the refund's number has another content
	ReasonInvalid       Reason = "invalid"        // the refund that it needs can't be made
	ReasonOtherPrice    Reason = "other_price"    // it was settled over other amounts than the person saw
	// ReasonCancelledElsewhere: it was settled and cancelled before this journal
	// had its end; whoever cancelled it had to give the share back.
	ReasonCancelledElsewhere Reason = "cancelled_elsewhere"
)

// Reasons are all of them.
func Reasons() []Reason {
	return []Reason{
		ReasonRefused, ReasonContradiction, ReasonDisputed, ReasonNotBooked, ReasonNeverArrived, ReasonNoAnswer, ReasonNoEcho, ReasonClosed, ReasonGivenUp,
		ReasonInHand, ReasonNoShare, ReasonNoPayment, ReasonNoCredentials, ReasonExceeds, ReasonReused, ReasonInvalid, ReasonCancelledElsewhere,
		ReasonOtherPayment, ReasonOtherPrice,
	}
}

// Desk lists the trades that wait for a person, the oldest first. Its cost
// follows what is open and what has ever waited after its end. Trades carry no
// credentials here. Its error is ErrJournal.
func (c *Core) Desk() ([]Status, error) {
	var waiting []Status
	for _, l := range c.open() {
		if s := l.status(); s.Trade.AtDesk() {
			waiting = append(waiting, s)
		}
	}
	ended, err := c.related(atTheDesk)
	if err != nil {
		return nil, fmt.Errorf("listing the desk: %w", err)
	}
	for _, t := range ended {
		waiting = append(waiting, Status{Trade: t})
	}
	return listed(waiting), nil
}

// listed are trades for a list: the oldest first, and without credentials.
func listed(all []Status) []Status {
	slices.SortFunc(all, func(a, b Status) int {
		return cmp.Or(a.Trade.Order.CreatedAt.Compare(b.Trade.Order.CreatedAt), cmp.Compare(a.Trade.Order.No, b.Trade.Order.No))
	})
	for i := range all {
		all[i].Trade.Order.Secrets = Secrets{}
	}
	return all
}
