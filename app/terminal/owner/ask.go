package owner

import (
	"context"
	"slices"
	"sync"

	"onetrans/flows/core/txn"
)

// maxAsked is how many open trades a call's own owner asks for once.
const maxAsked = 32

// AskOpen asks the platform once, now, for what the journal has open, and
// returns when that is done or ctx has ended: who owns the terminal for one
// call only must not leave everything to the next. What came of it is in the
// journal and in the log.
func (o *Owner) AskOpen(ctx context.Context) error {
	open, err := o.journal.Open()
	if err != nil {
		return err
	}
	open = open[:min(len(open), maxAsked)]
	isWhole := func(t txn.Trade) bool { return t.Order.Kind() == txn.KindBalance }
	o.askFor(ctx, slices.DeleteFunc(slices.Clone(open), isWhole))
	// A balance stands as its refunds do, which have been asked for now.
	o.askFor(ctx, slices.DeleteFunc(open, func(t txn.Trade) bool { return !isWhole(t) }))
	return ctx.Err()
}

// askFor asks for all of these at once.
func (o *Owner) askFor(ctx context.Context, trades []txn.Trade) {
	var asking sync.WaitGroup
	for _, t := range trades {
		asking.Go(func() { _, _ = o.Core.CheckAny(ctx, t.Order.Kind(), t.Order.No) })
	}
	asking.Wait()
}
