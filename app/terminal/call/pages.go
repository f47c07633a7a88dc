package call

import (
	"context"
	"errors"
	"fmt"

	"onetrans/flows/core/txn"
	"onetrans/flows/message/onetrans"
)

// Why a page may end without an outcome.
var (
	// ErrNoPage means that there is no display. Nothing was sent.
	ErrNoPage = errors.New("no display for the page that this call needs")
	// ErrNoGraphics means that the display can't draw it.
	ErrNoGraphics = fmt.Errorf("%w: no OpenGL", ErrNoPage)
	// ErrNoScanner means that there is no scanner. Nothing was sent.
	ErrNoScanner = errors.New("no scanner for the code that this call needs")
	// ErrCancelled means that the person did not want to. Nothing was sent, or the
	// order is closed for good.
	ErrCancelled = errors.New("the person cancelled")
	// ErrTimedOut means that nobody did anything in time; otherwise as
	// [ErrCancelled].
	ErrTimedOut = errors.New("nobody did anything in time")
)

// ErrLate means that the caller waits no longer, and what became of the page is not yet
// known.
var ErrLate = errors.New("the caller waits no longer")

// Pages show the page that a call needs, and return when it is over, or ctx
// has ended and with it the page. Where ctx has a deadline they return by then, and the
// page ends so much earlier that what it began may be undone. The call holds the terminal meanwhile.
//
// Errors are those above, and the core's and the platform's own. Where a trade
// is returned with ErrCancelled or ErrTimedOut, it is closed for good.
type Pages interface {
	// Identify lets a person choose how to be identified (mdtrt_cert_type 09),
	// sends what was read with the rest of the request, and returns the answer.
	Identify(context.Context, onetrans.Request) (onetrans.Answer, error)
	// Scan waits for any code that a request wants. It is a bearer token: never log it.
	Scan(context.Context, onetrans.Request) (code string, err error)
	// Cashier collects the payment of a recharge whose amount is fixed, with a code
	// on the screen or one that the person shows, as its depositType says.
	Cashier(context.Context, onetrans.Asked[onetrans.RechargeIn]) (txn.Status, error)
	// Lend takes what is shown off the screen, for a page of the platform's own, until
	// back is called.
	Lend(context.Context) (back func(), err error)
	// Settle settles a person's bills under the settlement's number.
	Settle(ctx context.Context, asked onetrans.Asked[onetrans.SettleIn], outSettleNo string) (txn.SettleStatus, error)
}

// clearly has nothing of ours on the screen while the platform shows a page of its own,
// which takes as long as the platform lets it.
func (j job) clearly(ctx context.Context, do func(context.Context) onetrans.Answer) onetrans.Answer {
	if j.Pages != nil {
		back, err := j.Pages.Lend(ctx)
		if err != nil {
			return j.failure(err)
		}
		defer back()
	}
	return do(ctx)
}

// theirs passes on a message for which the platform has a page of its own.
func (j job) theirs(ctx context.Context) onetrans.Answer {
	return j.clearly(ctx, func(ctx context.Context) onetrans.Answer {
		answer, err := j.Core.Call(ctx, j.request)
		if err != nil {
			return j.failure(err)
		}
		return passed(j.request, answer)
	})
}

// scanned is what a page's scanner read, if data itself has no code.
func (j job) scanned(ctx context.Context) (string, error) {
	if j.Pages == nil {
		return "", ErrNoPage
	}
	return j.Pages.Scan(ctx, j.request)
}
