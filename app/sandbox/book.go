package sandbox

import (
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/go-json-experiment/json"
	"go.etcd.io/bbolt"

	"onetrans/flows/message/onetrans"
)

// book is the ledger within one transaction of the file: its changes become durable
// together, or not at all.
type book struct {
	tx      *bbolt.Tx
	now     time.Time
	random  io.Reader
	changed bool // somebody may be waiting for this

	crediting func() time.Duration // how long a payment that comes now takes to be booked
	booked    []notice             // to be told when all this is on the disk
}

// get reads a JSON value; a key that is not there is [errUnknownTrade].
func get[T any](b *book, bucket []byte, key string) (*T, error) {
	raw := b.tx.Bucket(bucket).Get([]byte(key))
	if raw == nil {
		return nil, errUnknownTrade
	}
	v := new(T)
	if err := json.Unmarshal(raw, v); err != nil {
		return nil, fmt.Errorf("sandbox: reading %s: %w", bucket, err)
	}
	return v, nil
}

// put writes a JSON value.
func put(b *book, bucket []byte, key string, v any) error {
	raw, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("sandbox: writing %s: %w", bucket, err)
	}
	return b.tx.Bucket(bucket).Put([]byte(key), raw)
}

// order finds an order by the caller's number, closed if its time is over, and
// booked if it was paid and its time has come.
func (b *book) order(outChargeNo string) (*order, error) {
	o, err := get[order](b, bucketOrders, outChargeNo)
	if err != nil {
		if old, ok := archived(outChargeNo); ok && errors.Is(err, errUnknownTrade) {
			return old, nil
		}
		return nil, err
	}
	// Written at once where that is possible: a clock that is set back must
	// not bring a closed order to life.
	expired, booked := o.expire(b.now), o.book(b.now, b.newCallSN())
	switch {
	case !b.tx.Writable():
		return o, nil
	case booked:
		return o, b.credited(o)
	case expired:
		return o, b.putOrder(o)
	}
	return o, nil
}

// orderByCharge finds an order by the platform's number.
func (b *book) orderByCharge(chargeNo string) (*order, error) {
	out := b.tx.Bucket(bucketCharges).Get([]byte(chargeNo))
	if out == nil {
		return nil, errUnknownTrade
	}
	return b.order(string(out))
}

// orderByTrace finds an order by its trace number.
func (b *book) orderByTrace(traceNo string) (*order, error) {
	out, ok := b.trace(traceNo, traceOfCharge)
	if !ok {
		return nil, errUnknownTrade
	}
	return b.order(out)
}

// orderBy finds an order as the specification says: the trace number wins.
func (b *book) orderBy(traceNo, outChargeNo string) (*order, error) {
	if traceNo != "" {
		return b.orderByTrace(traceNo)
	}
	return b.order(outChargeNo)
}

func (b *book) putOrder(o *order) error {
	b.changed = true
	return put(b, bucketOrders, o.OutChargeNo, o)
}

// refund finds a refund by its outRefundNo.
func (b *book) refund(outRefundNo string) (*refund, error) {
	return get[refund](b, bucketRefunds, outRefundNo)
}

// refundByTrace finds a refund by its own trace number.
func (b *book) refundByTrace(traceNo string) (*refund, error) {
	out, ok := b.trace(traceNo, traceOfRefund)
	if !ok {
		return nil, errUnknownTrade
	}
	return b.refund(out)
}

func (b *book) putRefund(r *refund) error {
	b.changed = true
	return put(b, bucketRefunds, r.OutRefundNo, r)
}

// refundsOf lists an order's refunds in order of arrival.
func (b *book) refundsOf(o *order) ([]*refund, error) {
	refunds := make([]*refund, 0, len(o.Refunds))
	for _, no := range o.Refunds {
		r, err := b.refund(no)
		if err != nil {
			return nil, err
		}
		refunds = append(refunds, r)
	}
	return refunds, nil
}

// orders lists all orders by their number.
func (b *book) orders() ([]*order, error) {
	var all []*order
	err := b.tx.Bucket(bucketOrders).ForEach(func(k, _ []byte) error {
		o, err := b.order(string(k))
		all = append(all, o)
		return err
	})
	return all, err
}

// balance is what is on a person's account; an account never used holds its opening sum.
func (b *book) balance(p Person, accountType string) (onetrans.Fen, error) {
	v, err := get[onetrans.Fen](b, bucketBalances, p.HisCustID+"/"+accountType)
	if err == nil {
		return *v, nil
	}
	if !errors.Is(err, errUnknownTrade) {
		return 0, err
	}
	a, ok := p.account(accountType)
	if !ok {
		return 0, nil
	}
	return onetrans.ParseFen(a.Opening)
}

// credited puts what an order brought onto its account.
func (b *book) credited(o *order) error {
	if err := b.credit(o, o.Amount); err != nil {
		return err
	}
	if o.NotifyURL != "" {
		b.booked = append(b.booked, noticeOf(o))
	}
	return b.putOrder(o)
}

// credit adds to (or, negative, takes from) the account of an order; what pays
// a bill touches none.
func (b *book) credit(o *order, amount onetrans.Fen) error {
	if o.SettleNo != "" {
		return nil
	}
	p, ok := personByHis(o.HisCustID)
	if !ok {
		return fmt.Errorf("sandbox: order %s belongs to nobody: %w", o.OutChargeNo, errUnknownTrade)
	}
	have, err := b.balance(p, o.AccountType)
	if err != nil {
		return err
	}
	return put(b, bucketBalances, o.HisCustID+"/"+o.AccountType, have+amount)
}
