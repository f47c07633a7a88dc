package simulate

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"onetrans/app/checks/simulate/judge"
	"onetrans/flows/core/txn"
	"onetrans/flows/message/onetrans"
	"onetrans/store"
)

// rowOf is what the judge sees of a trade in a journal: what is on disk, and no more.
func rowOf(t txn.Trade) judge.Row {
	o, p := t.Order, t.Progress
	r := judge.Row{
		Key: judge.Key{Kind: o.Kind(), No: o.No}, State: string(p.State),
		Content: o.Content, Amount: o.Amount, CardNo: o.CardNo, AccountType: o.AccountType,
		Original: o.Original, Own: o.Own, TraceNo: p.TraceNo,
		Alarm: p.Alarm, Desk: string(p.Desk), ByHand: p.Hand != nil,
	}
	if s := p.Settle; s != nil {
		r.SetlID, r.Paid, r.Cash = s.SetlID, s.Paid, s.Cash
	}
	return r
}

// begin tells the judge of a call as it begins.
func (d *day) begin(t *terminal, c *judge.Call) *judge.Call {
	c.Terminal = t.name
	var before judge.Book
	if c.Kind == onetrans.TransSettle { // the one thing that can be undone meanwhile
		before = d.bank.about(c.Key)
	}
	d.judge.Begin(c, before)
	return c
}

// ended tells the judge what a call's caller was told.
func (d *day) ended(c *judge.Call, said judge.Word, how string, code onetrans.Code) {
	d.judge.End(c, said, how, code, d.heardOf(c, said))
}

// heardOf is what the platform's book has of a trade of which something was said.
func (d *day) heardOf(c *judge.Call, said judge.Word) (book judge.Book) {
	if said != judge.Unsaid {
		book = d.bank.about(c.Key)
	}
	return book
}

// remember keeps what HIS calls to hear once more how a trade stands.
func (d *day) remember(k judge.Key, again onetrans.Request) {
	d.shop.mu.Lock()
	defer d.shop.mu.Unlock()
	d.shop.again[k] = again
}

// askOfAll: once all is well, HIS asks of everything again, and hears how it ended.
func (d *day) askOfAll() {
	his := visitor{d, diceOf(d.seed, "HIS at last"), "HIS"}
	for _, k := range slices.SortedFunc(maps.Keys(d.shop.again), byKey) {
		for _, t := range d.terminals {
			if d.judge.Answers(t.name, k) {
				his.askAtLast(t, k, d.shop.again[k])
			}
		}
	}
}

func byKey(a, b judge.Key) int { return cmp.Compare(a.Kind+a.No, b.Kind+b.No) }

func (v visitor) askAtLast(t *terminal, k judge.Key, request onetrans.Request) {
	call := v.begin(t, &judge.Call{Key: k, Asks: true})
	a, said, how := v.hears(call, t, 2*time.Minute, request, attached{})
	v.judge.EndAtLast(call, said, how, a.code, v.heardOf(call, said))
	v.trace("%s      hears %q of %s at last (%s)", v.name, said, k.No, how)
}

// evidence is all there is to judge a day by.
func (d *day) evidence() judge.Day {
	e := judge.Day{Journals: map[string][]judge.Kept{}, Phones: d.shop.wallets, Wishes: d.shop.wishes}
	var err error
	if e.Book, err = d.bank.book(); err != nil {
		d.wrong("%v", err)
	}
	for _, t := range d.terminals {
		if e.Journals[t.name], err = t.read(); err != nil {
			d.wrong("journal %s: %v", t.name, err)
		}
	}
	return e
}

// read opens a journal once more, and reads every trade of its log.
func (t *terminal) read() (rows []judge.Kept, err error) {
	s, err := store.Open(t.path, store.Options{NoSync: true})
	if err != nil {
		return nil, err
	}
	defer s.Close()
	if err := verify(s); err != nil {
		return nil, err
	}
	logged, open := map[judge.Key]string{}, map[judge.Key]bool{}
	err = s.Entries(func(_ uint64, e txn.Entry) bool {
		logged[judge.Key{Kind: e.Kind, No: e.No}] = e.State
		return true
	})
	if err != nil {
		return nil, err
	}
	listed, err := s.Open()
	if err != nil {
		return nil, err
	}
	for _, trade := range listed {
		open[judge.Key{Kind: trade.Order.Kind(), No: trade.Order.No}] = true
	}
	for _, k := range slices.SortedFunc(maps.Keys(logged), byKey) {
		trade, found, err := s.Trade(k.Kind, k.No)
		switch {
		case err != nil:
			return nil, err
		case !found:
			return nil, fmt.Errorf("%s %s is in the log alone", k.Kind, k.No)
		}
		rows = append(rows, judge.Kept{Row: rowOf(trade), Logged: logged[k], Open: open[k]})
	}
	return rows, nil
}

// verify proves a journal: chain, head and indexes.
func verify(s *store.Store) error {
	proof, err := s.Verify(context.Background())
	if err == nil && !proof.Whole() {
		err = fmt.Errorf("the journal is not whole: %+v", proof.Faults)
	}
	return err
}
