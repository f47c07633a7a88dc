package txn

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
)

// Refs are what else a trade can be found by in the journal: the platform's
// number of a payment, the original that a refund gives back, the payment whose
// settlement a cancellation undoes, and the lists that it is on: its card's
// drawer, the desk.
func (t Trade) Refs() []string {
	var refs []string
	if own := t.kind().refs; own != nil {
		refs = own(t)
	}
	if t.Final() && t.AtDesk() {
		refs = append(refs, atTheDesk)
	}
	if t.inDrawer() {
		refs = append(refs, drawer(t.Order.CardNo))
	}
	return refs
}

// paymentRefs are what a payment is found by: the platform's number of it.
func (t Trade) paymentRefs() []string {
	if t.Progress.TraceNo == "" {
		return nil
	}
	return []string{byTrace(t.Progress.TraceNo)}
}

// Ties are the names by which a trade with these Refs belongs with others: an
// order with its refunds, a settlement with its cancellation. Trades that have
// a name in common belong together. To be on one list makes no such tie.
func Ties(kind, no string, refs []string) []string {
	var ties []string
	if name := kinds[kind].name; name != nil {
		ties = append(ties, name(no))
	}
	for _, ref := range refs {
		if isList(ref) {
			continue
		}
		ties = append(ties, strings.TrimPrefix(strings.TrimPrefix(ref, refundsOf("")), cancelledPayment("")))
	}
	return ties
}

func byTrace(traceNo string) string { return "trace:" + traceNo }

func byNo(outChargeNo string) string { return "no:" + outChargeNo }

func bySettlement(setlID string) string { return "setl:" + setlID }

func refundsOf(original string) string { return "refund of " + original }

func cancelledPayment(payment string) string { return "unsettles " + payment }

func cutNo(original string) (outChargeNo string, ok bool) {
	return strings.CutPrefix(original, byNo(""))
}

func cutTrace(original string) (traceNo string, ok bool) {
	return strings.CutPrefix(original, byTrace(""))
}

// atTheDesk is the Ref of what is final and waits for a person.
const atTheDesk = "at the desk"

// retracted is the Ref of charges whose end the platform has taken back, or disputes with
// a person, until a person has seen to them.
const retracted = "unsaid"

// isList says whether a Ref is a list that a trade is on, and no name of its own.
func isList(ref string) bool {
	return ref == atTheDesk || ref == retracted || strings.HasPrefix(ref, drawers)
}

const drawers = "card "

// drawer is the Ref by which what was paid with a card is found. Refs stand
// open in the journal, so it is one of 4096 drawers that many cards share: who
// opens one looks at each trade's card, and who reads the Ref learns of none.
func drawer(cardNo string) string {
	sum := sha256.Sum256([]byte("card " + cardNo))
	return drawers + hex.EncodeToString(sum[:2])[:3]
}

// inDrawer says whether a trade is found by its card.
func (t Trade) inDrawer() bool {
	return t.Order.CardNo != "" && t.kind().payment
}

// lookUp finds a trade in the journal. One that was moved to an archive is not known
// here. Its error is ErrJournal.
func (c *Core) lookUp(kind, no string) (t Trade, known bool, err error) {
	t, known, err = c.journal.Trade(kind, no)
	switch {
	case errors.Is(err, ErrArchived):
		return Trade{}, false, nil
	case err != nil:
		return Trade{}, false, fmt.Errorf("%w: looking for %s: %w", ErrJournal, no, err)
	}
	return t, known, nil
}

// paidWith are the recharges and settlements in this journal of a card. Their
// cost follows a drawer's trades.
func (c *Core) paidWith(cardType, cardNo string) ([]Trade, error) {
	found, err := c.related(drawer(cardNo))
	if err != nil {
		return nil, fmt.Errorf("looking for a card's trades: %w", err)
	}
	var trades []Trade
	for _, t := range found {
		if t.Order.CardNo == cardNo && t.Order.CardType == cardType {
			trades = append(trades, t)
		}
	}
	return trades, nil
}

// related are the journal's trades that have ref now.
func (c *Core) related(ref string) ([]Trade, error) {
	found, err := c.journal.Related(ref)
	if err != nil {
		return nil, fmt.Errorf("%w: looking for what belongs together: %w", ErrJournal, err)
	}
	var trades []Trade
	for _, t := range found {
		for _, r := range t.Refs() {
			if r == ref {
				trades = append(trades, t)
				break
			}
		}
	}
	return trades, nil
}
