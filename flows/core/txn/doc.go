// Package txn is the transaction core. It moves the money: nothing else in the
// program speaks to the platform about it.
//
// # A trade's life
//
// A [Trade] is one charge, refund, settlement, cancellation or return of a balance,
// under one number for life. What sets these kinds apart is in their kind value; they
// all live the same life:
//
//  1. Created. The number, and all that is needed to finish the job, are in the
//     [Journal] before a byte is sent. Where they can't be written, nothing is sent.
//  2. Sent, and its answer judged: done, refused, or neither is proven.
//  3. In doubt ([Unknown]) while neither is proven. Unknown is not failed.
//  4. Asked. The platform is asked at once and then ever less often, also after a
//     restart. Only what it proves not to have, or to have failed, is sent again, under
//     the same number.
//  5. Proven. A word of the platform's that counts ends it: [Succ], [Fail], [Closed],
//     [NotFound] and the other final states. They stand: another word later is an
//     alarm at the desk, and nothing is done by itself.
//  6. Told. The caller has its [Status], whoever watches each change ([Core.Watch]).
//     What ended well with nobody there is told when the card comes back ([Core.News]).
//
// Two ways lead aside. What was paid and can't be finished is given back, by a refund
// that is a trade of its own ([Refunding]). And a person may take a trade in hand:
// where the platform will not say, or says otherwise than before, it waits at the desk
// ([Core.Desk]) for a word ([Core.Decide]) or another try ([Core.Retry]).
//
// # When a payment's answer is lost
//
// The send was journaled, so the trade is known: it becomes unknown, by the event
// 'no normal answer', and its caller hears that nobody knows. The background asks until
// the order proves paid, failed or closed. One that the platform does not know long
// after it was sent is closed, so that it can never arrive; where the platform can't
// close, it waits for a person. A like charge asks a person first ([InDoubtError]).
// A program that ends in between finds it in the journal ([Open]) and goes on.
//
// # Where each rule is
//
//   - transact.go: journal, send, judge. [Journal] and [Platform] are in core.go, when
//     to ask in poll.go, what an answer says in answer.go, who is in memory in live.go.
//   - kind.go: what a kind of trade may set. Of each kind, recharge_, refund_, settle_,
//     cancel_ and balance_: its callers' functions in recharge.go, its table, what it
//     asks and what answers prove in recharge_kind.go; so for the others.
//   - order.go: what a call wants, and that a number stands for one content.
//     refund_repeat.go: a repeated refund is the same by either name of its original,
//     and by its way.
//   - refund_kind.go: a refund keeps its number, is asked for before it is sent again,
//     and what it then waits for. refund_bounds.go: refunds never pass what was paid.
//     refund_sums.go: what the sums of an order's refunds prove of one.
//   - payment.go: an order that a person pays, by a recharge or in a settlement.
//   - final.go: what is final stays so. query.go: what HIS hears when it asks.
//   - undo.go: what can't be finished is given back, once.
//   - verdict.go, desk.go: a person's word, and what waits for it.
//   - trade.go: what is kept of a trade; refs.go: what it is found by; kept.go: what of
//     the platform's answers.
//
// # What a caller must do
//
//   - Open one [Core] a journal, and [Core.Close] it when its calls have ended.
//   - Repeat what is in doubt under its own number, never under a new one.
//   - Take an error for 'nothing was sent for this call', and all else from the status.
//     When ctx ends, the waiting ends; the trade goes on.
//   - Go by a final state only where [Trade.Denied] does not say otherwise, and never
//     show one that is open as failed.
//   - Hold [Core.Acquire] for one call of HIS, or one person's visit, at a time.
//   - Say that a person has heard of their news ([Core.Tell]).
package txn
