package txn

import (
	"fmt"

	"onetrans/flows/flow"
)

// newsTold: somebody who can tell the person has heard how the trade ended.
type newsTold struct{}

func (newsTold) Name() string { return "passed on" }

func onTellingNews(t Trade, _ newsTold) (Trade, []flow.Effect) {
	t.Progress.News = false
	return t, nil
}

// News lists what ended well for a card while nobody was there to hear of it,
// the oldest first: a payment that came after the person had left, a settlement
// that was finished, or whose payment was given back, without them. It is news
// until [Core.Tell]. Its error is ErrJournal.
func (c *Core) News(cardType, cardNo string) ([]Status, error) {
	trades, err := c.paidWith(cardType, cardNo)
	if err != nil {
		return nil, err
	}
	var news []Status
	for _, t := range trades {
		if t.Progress.News {
			news = append(news, Status{Trade: t})
		}
	}
	return listed(news), nil
}

// Tell says that the person has been told how a trade ended. Its errors are
// ErrUnknownTrade and ErrJournal.
func (c *Core) Tell(kind, no string) error {
	c.beginning.Lock()
	defer c.beginning.Unlock()
	s, err := c.last(kind, no)
	if err != nil {
		return err
	}
	return c.noteTold(s.Trade)
}

// noteTold notes that a final trade is no news any more; beginning is held.
func (c *Core) noteTold(t Trade) error {
	if !t.Progress.News {
		return nil
	}
	if _, err := c.happen(newLive(t), newsTold{}, ""); err != nil {
		return fmt.Errorf("noting that it was told: %w", err)
	}
	return nil
}

// isNews says whether a person who was not there would want to know of it.
func (t Trade) isNews() bool {
	return t.kind().payment && (t.At() == Succ || t.At() == Refunded)
}
