package call

import (
	"context"
	"errors"
	"time"

	"onetrans/flows/cashier"
	"onetrans/flows/core/txn"
	"onetrans/flows/message/onetrans"
)

// recharge makes an order, and waits for its payment if the call says how it is
// paid.
func recharge(ctx context.Context, j job, asked onetrans.Asked[onetrans.RechargeIn]) onetrans.Answer {
	in := asked.In
	switch own := j.Core.Capabilities().OwnCashier; {
	case needsCashier(in) && own:
		return j.clearly(ctx, func(ctx context.Context) onetrans.Answer { return j.theirCashier(ctx, asked) })
	case needsCashier(in):
		return j.cashier(ctx, asked)
	}
	status, err := j.order(ctx, asked)
	if err != nil {
		return j.failure(err)
	}
	if !wantsCode(in) {
		status = j.awaitCharge(ctx, status, !in.Extra.Value.AuthCode.Empty())
	}
	return charged(status.Trade, wantsCode(in))
}

// order makes the order, or continues the one that this call repeats.
func (j job) order(ctx context.Context, asked onetrans.Asked[onetrans.RechargeIn]) (txn.Status, error) {
	ctx, cancel := j.withoutPage(ctx)
	defer cancel()
	return j.Core.Recharge(ctx, asked)
}

// awaitCharge waits for the outcome of an order. One that is still unpaid after a
// code was shown stays so: the code was refused.
func (j job) awaitCharge(ctx context.Context, status txn.Status, shown bool) txn.Status {
	return await(ctx, j.until, j.Core.Watch, status.Trade.Order.No, status, func(s txn.Status) bool {
		return s.Trade.Final() || shown && s.Trade.Unpaid()
	})
}

// wantsCode reports whether the caller shows the order's code itself.
func wantsCode(in onetrans.RechargeIn) bool {
	return in.DepositType.Empty() && in.Extra.Value.PrintMode.String() == "1"
}

// needsCashier reports whether a person must be shown something: a code to scan, or
// where to show their own.
func needsCashier(in onetrans.RechargeIn) bool {
	switch {
	case cashier.Shown(in.DepositType.String()):
		return in.Extra.Value.AuthCode.Empty()
	case !in.DepositType.Empty(), !in.PayType.Empty(): // 医保一码付, credit pay
		return false
	}
	return !wantsCode(in)
}

// cashier collects the payment on a page. A repeat that finds the order decided or
// in progress reports that: nobody is asked to pay it again.
func (j job) cashier(ctx context.Context, asked onetrans.Asked[onetrans.RechargeIn]) onetrans.Answer {
	standing, begun, err := j.Core.RecallRecharge(asked)
	if err != nil {
		return j.failure(err)
	}
	if begun && !standing.Trade.Unpaid() {
		if standing, err = j.order(ctx, asked); err != nil {
			return j.failure(err)
		}
		if standing = j.awaitCharge(ctx, standing, true); !standing.Trade.Unpaid() {
			return charged(standing.Trade, false)
		}
	}
	if j.Pages == nil && !begun {
		return reply(sayings.noPage)
	}
	if j.Pages == nil {
		return charged(standing.Trade, false)
	}
	status, err := j.Pages.Cashier(ctx, asked)
	switch {
	case status.Trade.Order.No != "":
		return personLeft(charged(status.Trade, false), err)
	case begun: // whoever left the page left an order that stands
		return charged(standing.Trade, false)
	}
	return j.neverBegun(err)
}

// neverBegun is the answer after a page that sent nothing.
func (j job) neverBegun(err error) onetrans.Answer {
	if err == nil {
		return inDoubt(j.request) // the page is gone, and did not say
	}
	return j.failure(err)
}

// theirCashier has the platform collect a payment on its own page. A repeat that finds
// the order there reports how it stands: whether it would be a second one, nobody knows.
func (j job) theirCashier(ctx context.Context, asked onetrans.Asked[onetrans.RechargeIn]) onetrans.Answer {
	status, err := j.Core.Recharge(ctx, asked)
	if err != nil {
		return j.failure(err)
	}
	// As long again as without a page: the page is over, and the order perhaps open.
	j.until = time.Now().Add(j.until.Sub(j.begin))
	return charged(j.awaitCharge(ctx, status, true).Trade, false)
}

// settleWhole has the platform settle in one call, on its own page.
func (j job) settleWhole(ctx context.Context, asked onetrans.Asked[onetrans.SettleIn]) onetrans.Answer {
	status, err := j.Core.Settle(ctx, asked)
	if err != nil {
		return j.failure(err)
	}
	return settled(status)
}

// personLeft says why a trade is closed for good or was never sent, if that is because
// the person left.
func personLeft(answer onetrans.Answer, err error) onetrans.Answer {
	if code := onetrans.Code(answer.Code.String()); code != onetrans.CodeNotTaken && code != onetrans.CodeNotSent {
		return answer
	}
	for _, s := range []struct {
		err error
		saying
	}{{ErrCancelled, sayings.cancelled}, {ErrTimedOut, sayings.timedOut}} {
		if errors.Is(err, s.err) {
			answer.Code, answer.ErrMsg = onetrans.T(string(s.code)), onetrans.T(s.errMsg())
		}
	}
	return answer
}

// refund refunds a charge.
func refund(ctx context.Context, j job, asked onetrans.Asked[onetrans.RefundIn]) onetrans.Answer {
	sending, cancel := j.withoutPage(ctx)
	defer cancel()
	status, err := j.Core.Refund(sending, asked)
	if err != nil {
		return j.failure(err)
	}
	// The platform may take days: that it is at work is an answer.
	status = await(ctx, j.until, j.Core.WatchRefund, status.Trade.Order.No, status, func(s txn.Status) bool {
		return s.Trade.Final() || s.Trade.At() == txn.Pending || s.Trade.Progress.Desk != ""
	})
	return givenBack(status.Trade)
}

// await is the status that serves the caller, or the last one before the time is
// up.
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
func settle(ctx context.Context, j job, asked onetrans.Asked[onetrans.SettleIn]) onetrans.Answer {
	no := settleNo(j.request, asked.In.Extra.Value.OutSettleNo)
	if no.Empty() {
		return j.failure(missing("msgid", "发送方报文ID/医疗机构业务流水号"))
	}
	standing, begun, err := j.Core.RecallSettlement(ctx, asked)
	switch {
	case err != nil:
		return j.failure(err)
	case !begun && !j.Core.Capabilities().Phases:
		return j.clearly(ctx, func(ctx context.Context) onetrans.Answer { return j.settleWhole(ctx, asked) })
	case begun && (!j.Core.Capabilities().Phases || j.Pages == nil || standing.Final() || standing.State == txn.Cancelling):
		return settled(standing)
	case j.Pages == nil:
		return reply(sayings.noPage)
	}
	status, err := j.Pages.Settle(ctx, asked, no.String())
	switch {
	case status.No != "" && status.NoBills: // whoever left the page, that is why
		return settled(status)
	case status.No != "":
		return personLeft(settled(status), err)
	case begun:
		return settled(standing)
	}
	return j.neverBegun(err)
}

// cancelSettlement cancels a settlement and refunds the person's own share.
func cancelSettlement(ctx context.Context, j job, asked onetrans.Asked[onetrans.SettleCancelIn]) onetrans.Answer {
	sending, cancel := j.withoutPage(ctx)
	defer cancel()
	status, err := j.Core.CancelSettlement(sending, asked)
	if err != nil {
		return j.failure(err)
	}
	return cancelled(await(ctx, j.until, j.Core.WatchCancellation, status.No, status, func(s txn.CancelStatus) bool {
		return s.Final() || s.Desk != ""
	}))
}
