package txn

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"onetrans/flows/message/onetrans"
)

// drawer is the Ref by which what was paid with a card is found. Refs stand
// open in the journal, so it is one of 4096 drawers that many cards share: who
// opens one looks at each trade's card, and who reads the Ref learns of none.
func drawer(cardNo string) string {
	sum := sha256.Sum256([]byte("card " + cardNo))
	return drawers + hex.EncodeToString(sum[:2])[:3]
}

const drawers = "card "

// isList says whether a Ref is a list that a trade is on, and no name of its own.
func isList(ref string) bool {
	return ref == atTheDesk || ref == theUnsaid || strings.HasPrefix(ref, drawers)
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

// inDrawer says whether a trade is found by its card.
func (t Trade) inDrawer() bool {
	kind := t.Order.Kind()
	return t.Order.CardNo != "" && (kind == onetrans.TransRecharge || kind == onetrans.TransSettle)
}
