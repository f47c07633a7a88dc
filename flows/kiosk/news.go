package kiosk

import (
	"slices"

	"onetrans/flows/core/txn"
	"onetrans/flows/identify"
	"onetrans/flows/message/onetrans"
	"onetrans/flows/view"
)

// newsOf is what ended after a person had left, by the cards that are theirs.
// That it can't be read keeps nobody from being served.
func (r *Runner) newsOf(p identify.Person) (news []identify.News) {
	cards := slices.Clone(p.Cards)
	for _, a := range p.Accounts {
		if c := (identify.Card{Type: a.CardType, No: a.CardNo}); c.No != "" && !slices.Contains(cards, c) {
			cards = append(cards, c)
		}
	}
	for _, c := range cards {
		ended, err := r.out.Core.News(c.Type, c.No)
		if err != nil {
			r.out.Log.Error("looking for news", "error", err)
		}
		for _, status := range ended {
			news = append(news, newsFrom(status.Trade))
		}
	}
	return news
}

func newsFrom(t txn.Trade) identify.News {
	news := identify.News{Kind: view.NewsPaid, Amount: t.Order.Amount, TransType: t.Order.Kind(), No: t.Order.No}
	settled := t.Progress.Settle
	switch {
	case t.Order.Kind() != onetrans.TransSettle || settled == nil:
	case t.At() == txn.Refunded:
		news.Kind, news.Amount = view.NewsGivenBack, settled.Cash
	default:
		news.Kind, news.Amount = view.NewsSettled, settled.Total
	}
	return news
}

// tell notes that a person has heard of what ended.
func (r *Runner) tell(news []identify.News) {
	for _, n := range news {
		if err := r.out.Core.Tell(n.TransType, n.No); err != nil {
			r.out.Log.Error("noting what was told", "no", n.No, "error", err)
		}
	}
}
