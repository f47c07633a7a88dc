package owner

import (
	"context"
	"sync"

	"onetrans/flows/onetrans"
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
	ask := map[string]func(context.Context, string) error{
		onetrans.TransRecharge:     func(ctx context.Context, no string) error { _, err := o.Core.Check(ctx, no); return err },
		onetrans.TransSettle:       func(ctx context.Context, no string) error { _, err := o.Core.CheckSettlement(ctx, no); return err },
		onetrans.TransRefund:       func(ctx context.Context, no string) error { _, err := o.Core.CheckRefund(ctx, no); return err },
		onetrans.TransSettleCancel: func(ctx context.Context, no string) error { _, err := o.Core.CheckCancellation(ctx, no); return err },
	}
	var asking sync.WaitGroup
	for _, t := range open[:min(len(open), maxAsked)] {
		if ask, ok := ask[t.Order.Kind()]; ok {
			asking.Go(func() { _ = ask(ctx, t.Order.No) })
		}
	}
	asking.Wait()
	return ctx.Err()
}
