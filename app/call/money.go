package call

import (
	"context"
	"errors"
	"time"

	"onetrans/flows/onetrans"
	recharging "onetrans/flows/recharge"
	"onetrans/flows/txn"
)

// recharge makes an order, and waits for its money where the call says how it is paid.
func recharge(ctx context.Context, j job) onetrans.Answer {
	var in onetrans.RechargeIn
	if err := onetrans.UnmarshalData(j.request.Data, &in); err != nil {
		return reply(sayings.field)
	}
	if needsCashier(in) {
		return j.cashier(ctx)
	}
	sending, cancel := j.withoutPage(ctx)
	defer cancel()
	status, err := j.Core.Recharge(sending, j.request)
	if err != nil {
		return j.failure(err)
	}
	if !wantsCode(in) {
		status = await(ctx, j.until, j.Core.Watch, status.Trade.Order.No, status, func(s txn.Status) bool { return s.Trade.Final() })
	}
	return charged(status.Trade, wantsCode(in))
}

// wantsCode says that the caller shows the order's code itself.
func wantsCode(in onetrans.RechargeIn) bool {
	return in.DepositType.Empty() && in.Extra.Value.PrintMode.String() == "1"
}

// needsCashier says whether a person has to be shown something: a code to
// scan, or where to show their own.
func needsCashier(in onetrans.RechargeIn) bool {
	switch {
	case recharging.Shown(in.DepositType.String()):
		return in.Extra.Value.AuthCode.Empty()
	case !in.DepositType.Empty(), !in.PayType.Empty(): // 医保一码付, credit pay
		return false
	}
	return !wantsCode(in)
}

func (j job) cashier(ctx context.Context) onetrans.Answer {
	if j.Pages == nil {
		return reply(sayings.noPage)
	}
	status, err := j.Pages.Cashier(ctx, j.request)
	if status.Trade.Order.No == "" {
		return j.neverBegun(err)
	}
	return left(charged(status.Trade, false), err)
}

// neverBegun is the answer after a page that sent nothing.
func (j job) neverBegun(err error) onetrans.Answer {
	if err == nil {
		return inDoubt(j.request) // the page is gone, and did not say
	}
	return j.failure(err)
}

// left says of a trade that is closed for good why it is, where the person left.
func left(answer onetrans.Answer, err error) onetrans.Answer {
	if answer.Code.String() != string(onetrans.CodeNotTaken) {
		return answer
	}
	for _, s := range []struct {
		err error
		saying
	}{{ErrCancelled, sayings.cancelled}, {ErrTimedOut, sayings.timedOut}} {
		if errors.Is(err, s.err) {
			answer.Code, answer.ErrMsg = onetrans.T(string(s.code)), onetrans.T(s.text)
		}
	}
	return answer
}

// refund gives money back.
func refund(ctx context.Context, j job) onetrans.Answer {
	sending, cancel := j.withoutPage(ctx)
	defer cancel()
	status, err := j.Core.Refund(sending, j.request)
	if err != nil {
		return j.failure(err)
	}
	// The platform may take days: that it is at work is an answer.
	status = await(ctx, j.until, j.Core.WatchRefund, status.Trade.Order.No, status, func(s txn.Status) bool {
		return s.Trade.Final() || s.Trade.At() == txn.Pending || s.Trade.Progress.Desk != ""
	})
	return givenBack(status.Trade)
}

// await waits for what the caller must hear, until it is time to go: it is the last status that comes until it serves, or it is time to go.
func await[S any](
	ctx context.Context, until time.Time, watch func(no string) (<-chan S, func(), error), no string, status S, serves func(S) bool,
) S {
	ctx, cancel := context.WithDeadline(ctx, until)
	defer cancel()
	if serves(status) {
		return status
	}
	statuses, end, err := watch(no)
	if err != nil {
		return status
	}
	defer end()
	for !serves(status) {
		select {
		case status = <-statuses:
		case <-ctx.Done():
			return status
		}
	}
	return status
}

// settle settles a person's bills on a page.
func settle(ctx context.Context, j job) onetrans.Answer {
	if j.Pages == nil {
		return reply(sayings.noPage)
	}
	var in asked
	if err := onetrans.UnmarshalData(j.request.Data, &in); err != nil {
		return reply(sayings.field)
	}
	no := settleNo(j.request, in)
	if no.Empty() {
		return j.failure(missing("msgid", "发送方报文ID/医疗机构业务流水号"))
	}
	status, err := j.Pages.Settle(ctx, j.request, no.String())
	if status.No == "" {
		return j.neverBegun(err)
	}
	return left(settled(status), err)
}

// cancelSettlement cancels a settlement and gives the person's own share back.
func cancelSettlement(ctx context.Context, j job) onetrans.Answer {
	sending, cancel := j.withoutPage(ctx)
	defer cancel()
	status, err := j.Core.CancelSettlement(sending, j.request)
	if err != nil {
		return j.failure(err)
	}
	return cancelled(await(ctx, j.until, j.Core.WatchCancellation, status.No, status, func(s txn.CancelStatus) bool {
		return s.Final() || s.Desk != ""
	}))
}
