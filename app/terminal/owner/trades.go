package owner

import (
	"time"

	"onetrans/flows/core/txn"
	"onetrans/store"
)

// Trades calls yield with every trade that was not archived, without
// credentials, until it returns false. All are looked at, whatever their entries'
// times: a clock may have been wrong. Its errors are the journal's.
func (o *Owner) Trades(yield func(txn.Trade) bool) error {
	return o.journal.List(store.Filter{}, func(r store.Record) bool { return yield(r.Trade) })
}

// PrunedBefore is before when the trades had ended that were moved to archives;
// zero when none were.
func (o *Owner) PrunedBefore() (time.Time, error) { return o.journal.PrunedBefore() }

// Trade finds a trade by its kind and number, without credentials.
func (o *Owner) Trade(kind, no string) (t txn.Trade, found bool, err error) {
	t, found, err = o.journal.Trade(kind, no)
	t.Order.Secrets = txn.Secrets{}
	return t, found, err
}
