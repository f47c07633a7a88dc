package txn

import (
	"context"
	"maps"
	"slices"
	"time"

	"onetrans/flows/flow"
	"onetrans/flows/message/onetrans"
)

// kind is what sets one kind of trade apart; what is the same for all is in
// transact.go and poll.go. A field that is nil says that there is no such thing.
type kind struct {
	// table decides every event in every state.
	table flow.Table[Trade]
	// verdicts are where a person's word may lead from a state: to the first, unless
	// decide says to which, and whether the word can be given at all.
	verdicts verdicts
	decide   func(Trade, Verdict) (next flow.State, ok bool)
	// decidable is from when on a verdict can be given: not while what was sent may
	// still arrive, or be paid.
	decidable func(t Trade, v Verdict, now time.Time) time.Time

	// request is the message that makes the trade; repeated, it is the same trade.
	request func(Trade) (onetrans.Request, error)
	// answered says what the answer to that message proves.
	answered func(Trade, onetrans.Answer, error) flow.Event
	// question is the query that asks for a trade by its own number, which HIS may ask,
	// too; word says what the answer proves, nil when nothing.
	question func(t Trade, hold time.Duration) (onetrans.Request, error)
	word     func(c *Core, t Trade, answer onetrans.Answer, err error) flow.Event
	// echoes: an answer says itself of which trade it speaks. The trace number does
	// not: that of a charge is the same for all its refunds.
	echoes bool
	// hear asks how an open trade stands, whose turn is held, and sends nothing anew.
	hear func(c *Core, ctx context.Context, l *live, hold time.Duration) (spoke bool, err error)
	// ask is hear, or says what has to be said next.
	ask func(c *Core, ctx context.Context, l *live, hold time.Duration) (spoke bool, err error)
	// holds says whether the next question is one that the platform may hold.
	holds func(Trade) bool

	// moves says whether a word of the platform's, on a trade that it has, means that
	// money is moving.
	moves func(onetrans.Result) bool
	// harmless are the final states that a word does not contradict, though it differs.
	harmless map[onetrans.Result][]flow.State

	// repeats says whether a caller's repeat begins a trade anew.
	repeats func(Trade) bool
	// same is what stands against taking an order for the trade that its number
	// was used for, besides its content.
	same func(c *Core, before Trade, repeat Order) error
	// resendAfter is how long to wait at most after the n-th send before the next. Nil:
	// it is sent again for a caller alone, or as soon as that is proven right.
	resendAfter func(sends int) time.Duration
	// takesDays: the platform may take days to carry it out.
	takesDays bool
	// restarted is what happens to a trade that was open when the program ended, so
	// that nobody waits for it any more; a nil event: nothing.
	restarted func(Trade) flow.Event

	// complete adds to an event what the journal knows of other trades, and journals
	// what it means for them, before the event itself is journaled.
	complete func(c *Core, t Trade, e flow.Event) (flow.Event, error)
	// undo is the refund that undoes a trade.
	undo func(c *Core, t Trade, now time.Time) (Order, error)

	// payment: a person pays by it.
	payment bool
	// waits is what a trade waits for that is open and not at the desk.
	waits func(Trade) Waiting
	// refs are what a trade is found by that others don't have, see [Trade.Refs], and
	// name is the name by which other trades speak of the one with a number.
	refs func(Trade) []string
	name func(no string) string
}

// verdicts are where a person's word may lead, by the state.
type verdicts map[flow.State]map[Verdict][]flow.State

// kinds are the kinds of trades there are, by trans_type. What a kind does asks for
// kinds again, which is why they are made in init.
var kinds map[string]kind

func init() {
	kinds = map[string]kind{
		onetrans.TransRecharge:     rechargeKind(),
		onetrans.TransRefund:       refundKind(),
		onetrans.TransSettle:       settleKind(),
		onetrans.TransSettleCancel: cancelKind(),
		KindBalance:                balanceKind(),
	}
}

// kind is the order's.
func (o Order) kind() kind { return kinds[o.Kind()] }

func (t Trade) kind() kind { return t.Order.kind() }

// Kinds are the kinds of trades there are.
func Kinds() []string { return slices.Sorted(maps.Keys(kinds)) }

// States are the states that a trade of some kind may stand in.
func States() (all []string) {
	for _, k := range kinds {
		for state := range k.table {
			if state != draft && !slices.Contains(all, string(state)) {
				all = append(all, string(state))
			}
		}
	}
	slices.Sort(all)
	return all
}

// Diagram draws the table of a kind's states, in Mermaid's notation.
func Diagram(kind string) string { return kinds[kind].table.Diagram(draft) }

// neverBegan: what was refused or not sent is not the platform's.
func neverBegan(t Trade) bool { return t.At() == Refused || t.At() == NotSent }

func isPending(t Trade) bool { return t.At() == Pending }
