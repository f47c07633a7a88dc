package reconcile

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"onetrans/flows/core/txn"
	"onetrans/flows/message/onetrans"
)

// Platform answers queries about trades (hop.trade.query).
type Platform interface {
	Query(context.Context, onetrans.Asked[onetrans.QueryIn]) (onetrans.Answer, error)
}

// ErrMerchant means that an account's trades cannot be queried.
var ErrMerchant = errors.New("the platform cannot be asked for its trades without payAppId and payAppSecret")

// Limits of querying.
const (
	maxAsking = 8 // concurrent queries
	maxAsked  = 3 // attempts of one query
	askPause  = time.Second
)

// word is what the platform said about a trade.
type word struct {
	row Row
	// refunded and refunding are the sums of the charge's refunds.
	refunded, refunding onetrans.Fen
	summed              bool
	// the answer names the refund that it is about
	echoed bool
}

// AskPlatform compares the trades of a day with the platform's answer about each.
// here are the journal's trades that the day [Concerns]. The platform does not say
// amounts, except for the sum of a charge's refunds. That sum proves a refund that
// the platform does not name only if nobody else refunds this terminal's orders.
func AskPlatform(
	ctx context.Context, p Platform, day Day, here []txn.Trade, merchants map[string]onetrans.Merchant, refundsOnlyHere bool,
) (Report, error) {
	all, ofDay, err := tradesOf(here, day)
	if err != nil {
		return Report{}, err
	}
	for _, t := range ofDay {
		if account := t.txn.Order.AccountType; merchants[account].PayAppID == "" {
			return Report{}, fmt.Errorf("account %q: %w", account, ErrMerchant)
		}
	}
	asked := make([]word, len(ofDay))
	room := make(chan struct{}, maxAsking)
	var asking sync.WaitGroup
	for n, t := range ofDay {
		room <- struct{}{}
		asking.Go(func() {
			defer func() { <-room }()
			asked[n] = ask(ctx, p, t, merchants)
		})
	}
	asking.Wait()
	if ctx.Err() != nil {
		return Report{}, ctx.Err()
	}
	report := judgeWords(day, all, asked, refundsOnlyHere)
	report.Asked = len(asked)
	for _, w := range asked {
		if w.row.State != Silent {
			report.Answered++
		}
	}
	return report, nil
}

// Concerns reports whether a trade matters when the platform is asked about a day:
// trades of the day do, and all refunds, each of which counts towards its charge's.
func Concerns(t txn.Trade, day Day) bool {
	trade, ok, err := LineOf(t).Trade()
	return err != nil || ok && (trade.Kind == Refund || DayOf(trade.At) == day)
}

// tradeToAsk is a trade, and the same as the comparison sees it.
type tradeToAsk struct {
	trade Trade
	txn   txn.Trade
}

// tradesOf are the trades that move money, and those of the day.
func tradesOf(here []txn.Trade, day Day) (all []Trade, ofDay []tradeToAsk, err error) {
	for _, t := range here {
		trade, ok, err := LineOf(t).Trade()
		if err != nil {
			return nil, nil, fmt.Errorf("trade %s: %w", t.Order.No, err)
		}
		if !ok {
			continue
		}
		all = append(all, trade)
		// A settlement that never had an order has none to ask for; of one whose
		// payment a person knows, the platform can't be asked either.
		if DayOf(trade.At) == day && (askable(t) || trade.State == Moved) {
			ofDay = append(ofDay, tradeToAsk{trade, t})
		}
	}
	return all, ofDay, nil
}

// askable reports whether the trade has a number of its own to query by.
func askable(t txn.Trade) bool {
	return t.Order.Kind() != onetrans.TransSettle || t.Progress.TraceNo != "" && !t.PaidElsewhere()
}

// ask queries one trade, and again if there was no usable answer.
func ask(ctx context.Context, p Platform, t tradeToAsk, merchants map[string]onetrans.Merchant) word {
	silent := word{row: Row{Kind: t.trade.Kind, No: t.trade.No, State: Silent, Unpriced: true}}
	asked := query(t.txn, merchants[t.txn.Order.AccountType])
	if !askable(t.txn) || t.trade.State == Doubt { // its answer proves nothing before the core has trusted it
		return silent
	}
	for n := range maxAsked {
		if n > 0 {
			select {
			case <-time.After(askPause):
			case <-ctx.Done():
				return silent
			}
		}
		if answer, err := p.Query(ctx, asked); err == nil {
			if w, ok := heard(t.trade, answer); ok {
				return w
			}
		}
	}
	return silent
}

// query is the query for a trade, by its own number: a refund's trace number may be
// its charge's. For a settlement's payment only the platform's is known.
func query(t txn.Trade, m onetrans.Merchant) onetrans.Asked[onetrans.QueryIn] {
	q := onetrans.QueryIn{
		PayAppID: onetrans.T(m.PayAppID), PayAppSecret: onetrans.T(m.PayAppSecret), TermNo: onetrans.T(termNo(t)),
		CardType: onetrans.T(t.Order.CardType), CardNo: onetrans.T(t.Order.CardNo),
		AccountType: onetrans.T(t.Order.AccountType),
		TradeType:   onetrans.T(onetrans.TransRecharge), OutTradeNo: onetrans.T(t.Order.No),
	}
	switch t.Order.Kind() {
	case onetrans.TransRefund:
		q.TradeType, q.IsRefund = onetrans.T(onetrans.TransRefund), onetrans.T("1")
	case onetrans.TransSettle:
		q.OutTradeNo, q.TraceNo = onetrans.Text{}, onetrans.T(t.Progress.TraceNo)
	}
	return onetrans.Asked[onetrans.QueryIn]{Request: t.Order.Request, In: q}
}

// heard is what an answer says about a trade; ok is false if it says nothing about
// it.
func heard(t Trade, answer onetrans.Answer) (w word, ok bool) {
	var out onetrans.QueryOut
	if onetrans.Code(answer.Code.String()) != onetrans.CodeOK || onetrans.UnmarshalData(answer.Data, &out) != nil {
		return w, false
	}
	w.row = Row{Kind: t.Kind, No: t.No, Unpriced: true, State: stateSaid(onetrans.Result(out.Result.String()))}
	if w.row.State == "" {
		return w, false
	}
	said := out.TraceNo.String()
	if said == "" {
		said = out.OrigTraceNo.String()
	}
	echo := out.OutRefundNo.String()
	if t.Kind == Refund && echo != "" && echo != t.No || t.Kind == Charge && said != "" && t.TraceNo != "" && said != t.TraceNo {
		return w, false // it speaks of another trade
	}
	w.echoed = t.Kind == Charge || echo != ""
	var errs [2]error
	w.refunded, errs[0] = out.RefundedAmt.Fen()
	w.refunding, errs[1] = out.RefundingAmt.Fen()
	w.summed = errs == [2]error{}
	return w, true
}

func stateSaid(r onetrans.Result) State {
	switch r {
	case onetrans.ResultSucc:
		return Moved
	case onetrans.ResultFail, onetrans.ResultClosed:
		return NotMoved
	case onetrans.ResultInit, onetrans.ResultIng, onetrans.ResultExp:
		return Open
	case onetrans.ResultNotFound:
		return Absent
	}
	return ""
}
