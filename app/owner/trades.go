package owner

import (
	"time"

	"onetrans/flows/txn"
)

// Trades lists the trades to which something happened since a moment, without
// credentials, those first that were touched last. Its cost follows what
// happened since. Its errors are the journal's.
func (o *Owner) Trades(since time.Time) ([]txn.Trade, error) {
	type key struct{ kind, no string }
	seen := make(map[key]bool)
	var order []key
	err := o.journal.Since(since, func(e txn.Entry) bool {
		k := key{e.Kind, e.No}
		if e.Kind != "" && !seen[k] {
			seen[k] = true
			order = append(order, k)
		}
		return true
	})
	if err != nil {
		return nil, err
	}
	var trades []txn.Trade
	for _, k := range order {
		t, found, err := o.Trade(k.kind, k.no)
		if err != nil {
			return nil, err
		}
		if found {
			trades = append(trades, t)
		}
	}
	return trades, nil
}

// PrunedBefore is before when trades had ended that were moved to archives since
// a moment; zero when none were.
func (o *Owner) PrunedBefore(moment time.Time) (time.Time, error) {
	return o.journal.PrunedBefore(moment)
}

// Trade finds a trade by its kind and number, without credentials.
func (o *Owner) Trade(kind, no string) (t txn.Trade, found bool, err error) {
	t, found, err = o.journal.Trade(kind, no)
	t.Order.Secrets = txn.Secrets{}
	return t, found, err
}
