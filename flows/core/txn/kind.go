package txn

import (
	"context"
	"maps"
	"slices"
	"time"

	"onetrans/flows/flow"
	"onetrans/flows/message/onetrans"
)

// kind is what sets one kind of trade apart. Journaling, sending, polling and
// taking up after a restart are the same for all.
type kind struct {
	table flow.Table[Trade]
	// request is the message that makes the trade; repeated, it is the same trade.
	request func(Trade) (onetrans.Request, error)
	// answered says what the answer to that message proves.
	answered func(Trade, onetrans.Answer, error) flow.Event
	// ask goes on with an open trade, whose turn is held: it asks how the trade
	// stands, or says what has to be said next.
	ask func(c *Core, ctx context.Context, l *live, hold time.Duration) (spoke bool, err error)
	// holds says whether the next question is one that the platform may hold.
	holds func(Trade) bool
	// repeats says whether a caller's repeat begins a trade anew.
	repeats func(Trade) bool
	// same is what stands against taking an order for the trade that its number
	// was used for, beside its content; nil: nothing.
	same func(c *Core, before Trade, repeat Order) error
	// before completes an event by what the journal knows of other trades, and
	// journals what it says of them, before it is journaled itself; nil: neither.
	before func(c *Core, t Trade, e flow.Event) (flow.Event, error)
	// undoing is the refund that undoes a trade of this kind; nil: none does.
	undoing func(c *Core, t Trade, now time.Time) (Order, error)
	// leftAlone is what happens to a trade for which nobody waits any more,
	// because the program ended; nil: nothing.
	leftAlone func(Trade) flow.Event
}

func kinds() map[string]kind {
	return map[string]kind{
		onetrans.TransRecharge:     rechargeKind(),
		onetrans.TransRefund:       refundKind(),
		onetrans.TransSettle:       settleKind(),
		onetrans.TransSettleCancel: cancelKind(),
		KindBalance:                balanceKind(),
	}
}

// Kinds are the kinds of trades there are.
func Kinds() []string { return slices.Sorted(maps.Keys(kinds())) }

// States are the states that a trade of some kind may stand in.
func States() (all []string) {
	for _, k := range kinds() {
		for state := range k.table {
			if state != draft && !slices.Contains(all, string(state)) {
				all = append(all, string(state))
			}
		}
	}
	slices.Sort(all)
	return all
}

// RechargeDiagram draws the table of a recharge's states, in Mermaid's notation.
func RechargeDiagram() string { return rechargeTable().Diagram(draft) }

// RefundDiagram draws the table of a refund's states, in Mermaid's notation.
func RefundDiagram() string { return refundTable().Diagram(draft) }

// SettleDiagram draws the table of a settlement's states, in Mermaid's notation.
func SettleDiagram() string { return settleTable().Diagram(draft) }

// CancelDiagram draws the table of a cancellation's states, in Mermaid's notation.
func CancelDiagram() string { return cancelTable().Diagram(draft) }

// BalanceDiagram draws the table of a refunded balance's states, in Mermaid's notation.
func BalanceDiagram() string { return balanceTable().Diagram(draft) }

func (c *Core) kindOf(l *live) kind { return c.kinds[l.order.Kind()] }

// neverLeft: what was refused or not sent is not the platform's.
func neverLeft(t Trade) bool { return t.At() == Refused || t.At() == NotSent }

func nothing(Trade) flow.Event { return nil }

func isPending(t Trade) bool { return t.At() == Pending }
