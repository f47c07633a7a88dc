package sandbox

import (
	"errors"
	"io"
	"slices"
	"time"

	"go.etcd.io/bbolt"

	"onetrans/flows/message/onetrans"
)

// ledger is who owes whom what, in a file. All changes go through update.
type ledger struct {
	db    *bbolt.DB
	now   func() time.Time
	pulse *pulse
	// random makes numbers.
	random io.Reader

	crediting func() time.Duration
	notify    func(notice)
}

// update lets do change the book. When update returns nil the change is on disk,
// and everybody who waits for it has been woken.
func (l *ledger) update(do func(*book) error) error {
	b := &book{now: l.now(), random: l.random, crediting: l.crediting}
	err := l.db.Update(func(tx *bbolt.Tx) error {
		b.tx = tx
		return do(b)
	})
	if err != nil {
		return err
	}
	if b.changed {
		l.pulse.beat()
	}
	for _, n := range b.booked {
		l.notify(n)
	}
	return nil
}

// view lets do read the book.
func (l *ledger) view(do func(*book) error) error {
	return l.db.View(func(tx *bbolt.Tx) error {
		return do(&book{tx: tx, now: l.now(), random: l.random})
	})
}

// place makes the order n, or returns the one already made under its number: fresh
// says which. Other content under the same number is [errConflict].
func (b *book) place(n *order, ttl time.Duration) (o *order, fresh bool, err error) {
	o, err = b.order(n.OutChargeNo)
	switch {
	case err == nil && !o.sameAs(n):
		return nil, false, errConflict
	case err == nil:
		return o, false, nil
	case !errors.Is(err, errUnknownTrade):
		return nil, false, err
	}
	n.CreatedAt = b.now
	// In whole seconds, as the wire's expireTime is: both sides mean the same instant.
	n.ExpireAt = b.now.Add(ttl).Truncate(time.Second)
	return n, true, b.enter(n)
}

// enter gives a new order its numbers and writes it.
func (b *book) enter(n *order) (err error) {
	n.ChargeNo = b.newChargeNo(n.OutChargeNo)
	if n.TraceNo, err = b.newTrace(traceOfCharge, n.OutChargeNo); err != nil {
		return err
	}
	if err := b.tx.Bucket(bucketCharges).Put([]byte(n.ChargeNo), []byte(n.OutChargeNo)); err != nil {
		return err
	}
	return b.putOrder(n)
}

// pay collects the money for an order and credits its account, usually at once.
func (b *book) pay(o *order, channel string) error {
	changed, err := o.pay(b.now, channel, b.crediting())
	switch {
	case err != nil || !changed:
		return err
	case o.book(b.now, b.newCallSN()):
		return b.credited(o)
	}
	return b.putOrder(o)
}

// decline declines an order as the patient.
func (b *book) decline(o *order) error {
	if err := o.decline(); err != nil {
		return err
	}
	return b.putOrder(o)
}

// closeOrder ends an unpaid order for good; a number never seen is reserved as closed.
func (b *book) closeOrder(traceNo, outChargeNo string) (*order, error) {
	o, err := b.orderBy(traceNo, outChargeNo)
	switch {
	case err == nil:
		if o.closeBy(noteClosed) {
			err = b.putOrder(o)
		}
		return o, err
	case !errors.Is(err, errUnknownTrade) || traceNo != "":
		return nil, err
	}
	o = &order{
		OutChargeNo: outChargeNo, Origin: originClosed, CodeDead: true,
		Result: onetrans.ResultClosed, Note: noteClosed,
		CreatedAt: b.now, ExpireAt: b.now.Truncate(time.Second),
	}
	return o, b.enter(o)
}

// giveBack starts the refund n of o, or returns the one already made under its
// number, which is retried if it failed. errConflict, errNotPaid and errExceeds
// change nothing.
func (b *book) giveBack(o *order, n *refund) (*refund, error) {
	r, err := b.refund(n.OutRefundNo)
	switch {
	case errors.Is(err, errUnknownTrade):
		r = n
	case err != nil:
		return nil, err
	case r.OutChargeNo != o.OutChargeNo || r.Amount != n.Amount:
		return nil, errConflict
	case r.Result != onetrans.ResultFail:
		return r, nil
	}
	if err = errors.Join(b.mayGiveBack(o, n.Amount), b.shareIsFree(o, n.Mode)); err != nil {
		return nil, err
	}
	if err = b.enterRefund(o, r); err != nil {
		return nil, err
	}
	r.Mode, r.Process, r.doomed = n.Mode, n.Process, n.doomed
	r.begin(b.now)
	if r.holds() {
		err = b.credit(o, -r.Amount)
	}
	return r, errors.Join(err, b.putRefund(r), b.putOrder(o))
}

// mayGiveBack reports whether this much of o can still be refunded.
func (b *book) mayGiveBack(o *order, amount onetrans.Fen) error {
	if o.Result != onetrans.ResultSucc {
		return errNotPaid
	}
	refunds, err := b.refundsOf(o)
	if err != nil {
		return err
	}
	sums := sumRefunds(refunds)
	if amount > o.Amount-sums.done-sums.pending {
		return errExceeds
	}
	return nil
}

// shareIsFree reports whether the settlement behind a payment, if there is one,
// does not need it: it is cancelled, or refused for good.
func (b *book) shareIsFree(o *order, mode string) error {
	if o.SettleNo == "" {
		return nil
	}
	s, err := b.settlement(o.SettleNo)
	switch {
	case err != nil:
		return err
	case s.State == settleCancelled && mode == onetrans.WithdrawInsurance,
		s.State == settleRefused && (mode == onetrans.WithdrawInsurance || mode == onetrans.WithdrawOriginal):
		return nil
	}
	return errShareBound
}

// enterRefund gives a refund that is new its number and its place with the order.
func (b *book) enterRefund(o *order, r *refund) (err error) {
	if slices.Contains(o.Refunds, r.OutRefundNo) {
		return nil
	}
	r.OutChargeNo, r.At = o.OutChargeNo, b.now
	o.Refunds = append(o.Refunds, r.OutRefundNo)
	r.TraceNo, err = b.newTrace(traceOfRefund, r.OutRefundNo)
	return err
}

// endRefund ends a refund in progress; a failed one restores the money.
func (b *book) endRefund(r *refund, succeeded bool) error {
	if r.Result != onetrans.ResultIng {
		return errNotWaiting
	}
	o, err := b.order(r.OutChargeNo)
	if err != nil {
		return err
	}
	r.settle(b.now, succeeded)
	if !r.holds() {
		err = b.credit(o, r.Amount)
	}
	return errors.Join(err, b.putRefund(r))
}
