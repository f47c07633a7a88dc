package simulate

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"onetrans/flows/core/txn"
	"onetrans/flows/message/onetrans"
	"onetrans/store"
)

// books are what there is to compare when the day is over.
type books struct {
	orders      map[string]order
	settlements map[string]booked
	// journals are the trades as each terminal's journal has them.
	journals []map[key]txn.Trade
}

// undecided counts the trades that are not final and wait for no person.
func (t *terminal) undecided() (open int) {
	t.seenMu.Lock()
	defer t.seenMu.Unlock()
	for _, trade := range t.seen {
		if !trade.Final() && trade.Progress.Desk == "" {
			open++
		}
	}
	return open
}

// endSlowRefunds carries out what takes banks days; every fifth fails.
func (d *day) endSlowRefunds() {
	orders, err := d.bank.orders()
	if err != nil {
		d.wrong("the platform's orders: %v", err)
		return
	}
	for _, no := range slices.Sorted(maps.Keys(orders)) {
		for _, r := range orders[no].Refunds {
			if r.Result == onetrans.ResultIng {
				d.bank.endRefund(r.OutRefundNo, oneOf(diceOf(d.seed, "end of "+r.OutRefundNo), onetrans.ResultSucc, onetrans.ResultSucc, onetrans.ResultSucc, onetrans.ResultSucc, onetrans.ResultFail))
			}
		}
	}
}

// judge compares everything with everything.
func (d *day) judge() {
	var b books
	var err error
	if b.orders, err = d.bank.orders(); err != nil {
		d.wrong("the platform's orders: %v", err)
	}
	if b.settlements, err = d.bank.settlements(); err != nil {
		d.wrong("the platform's settlements: %v", err)
	}
	for _, t := range d.terminals {
		trades, err := t.read()
		if err != nil {
			d.wrong("journal %s: %v", t.name, err)
		}
		b.journals = append(b.journals, trades)
	}
	d.judgeOrders(b)
	d.judgeSettlements(b)
	for i, t := range d.terminals {
		d.judgeJournal(b, t, b.journals[i])
	}
	d.judgeWords(b)
	d.judgeWishes(b)
}

// read opens a journal once more, and compares its log with its trades.
func (t *terminal) read() (trades map[key]txn.Trade, err error) {
	trades = map[key]txn.Trade{}
	s, err := store.Open(t.path, store.Options{NoSync: true})
	if err != nil {
		return nil, err
	}
	defer s.Close()
	if err := verify(s); err != nil {
		return nil, err
	}
	last := map[key]string{}
	err = s.Entries(func(_ uint64, e txn.Entry) bool {
		last[key{e.Kind, e.No}] = e.State
		return true
	})
	if err != nil {
		return nil, err
	}
	open, err := s.Open()
	if err != nil {
		return nil, err
	}
	for _, k := range slices.SortedFunc(maps.Keys(last), func(a, b key) int { return strings.Compare(a.kind+a.no, b.kind+b.no) }) {
		trade, found, err := s.Trade(k.kind, k.no)
		switch {
		case err != nil:
			return nil, err
		case !found || string(trade.At()) != last[k]:
			return nil, fmt.Errorf("%s %s is %q, and was %q last", k.kind, k.no, trade.At(), last[k])
		}
		remembered := slices.ContainsFunc(open, func(o txn.Trade) bool { return o.Order.Kind() == k.kind && o.Order.No == k.no })
		if remembered == trade.Final() {
			return nil, fmt.Errorf("%s %s is %q, and listed as open: %v", k.kind, k.no, trade.At(), remembered)
		}
		trades[k] = trade
	}
	return trades, nil
}

// verify proves a journal: chain, head and indexes.
func verify(s *store.Store) error {
	proof, err := s.Verify(context.Background())
	if err == nil && !proof.Whole() {
		err = fmt.Errorf("the journal is not whole: %+v", proof.Faults)
	}
	return err
}

// judgeOrders: the platform has no money that patients' phones and the journals
// don't know of, and gave none back that nobody asked for.
func (d *day) judgeOrders(b books) {
	for no, o := range b.orders {
		if d.shop.wallets[no] && !o.paid() {
			d.wrong("a phone paid %s, which is %s", no, o.Result)
		}
		if o.paid() && !b.creditedAs(no) {
			d.wrong("%s is paid, and no journal has it so", no)
		}
		if o.givenBack() > o.Amount {
			d.wrong("%s: %s given back of %s", no, o.givenBack(), o.Amount)
		}
		for _, r := range o.Refunds {
			if !slices.ContainsFunc(b.journals, func(trades map[key]txn.Trade) bool {
				t, known := trades[key{onetrans.TransRefund, r.OutRefundNo}]
				return known && t.Order.Amount == r.Amount && (t.At() == txn.Succ) == (r.Result == onetrans.ResultSucc)
			}) {
				d.wrong("refund %s of %s over %s is %s, and no journal has it so", r.OutRefundNo, no, r.Amount, r.Result)
			}
		}
	}
}

// creditedAs says whether a journal has the money of an order.
func (b books) creditedAs(no string) bool {
	return slices.ContainsFunc(b.journals, func(trades map[key]txn.Trade) bool {
		if t, known := trades[key{onetrans.TransRecharge, no}]; known && t.At() == txn.Succ && t.Order.Amount == b.orders[no].Amount {
			return true
		}
		t, known := trades[key{onetrans.TransSettle, no}]
		return known && t.Progress.Settle != nil && t.Progress.Settle.Paid && t.Progress.Settle.Cash == b.orders[no].Amount
	})
}

// judgeSettlements: nothing is left open, and no share is kept of what was not settled.
func (d *day) judgeSettlements(b books) {
	for no, s := range b.settlements {
		o, asked := b.orders[no]
		if asks := b.refundsOf(o); asked && len(asks) > 1 {
			d.wrong("the share of settlement %s is asked for under %v", no, asks)
		}
		kept := asked && o.paid() && o.givenBack() < o.Amount
		switch s.State {
		case "open":
			d.wrong("settlement %s is still open at the platform", no)
		case "settled":
			if asked && (!o.paid() || o.givenBack() > 0) {
				d.wrong("settlement %s stands, its order is %s, %s given back", no, o.Result, o.givenBack())
			}
		default:
			if kept {
				d.wrong("settlement %s is %s, and its share is kept", no, s.State)
			}
		}
	}
}

// refundsOf are the numbers under which a payment is to be given back, anywhere.
func (b books) refundsOf(o order) (nos []string) {
	for _, trades := range b.journals {
		for k, t := range trades {
			if k.kind == onetrans.TransRefund && !slices.Contains(nos, k.no) && o.TraceNo != "" &&
				(t.Order.Original == "trace:"+o.TraceNo || t.Order.Original == "no:"+o.OutChargeNo) {
				nos = append(nos, k.no)
			}
		}
	}
	slices.Sort(nos)
	return nos
}

// judgeJournal: what a journal says is so at the platform, and nothing is left
// in doubt.
func (d *day) judgeJournal(b books, t *terminal, trades map[key]txn.Trade) {
	for k, trade := range trades {
		if trade.Progress.Alarm != "" && !d.unsays(k.no) && !d.told.elsewhere(k, t) {
			d.wrong("%s %s: alarm: %s", k.kind, k.no, trade.Progress.Alarm)
		}
		if !trade.Final() {
			d.wrong("%s %s is still %s at %s: %q", k.kind, k.no, trade.At(), t.name, trade.Progress.Desk)
		}
		if has := b.has(k); done(trade) != has && !(has && b.doneAt(k)) {
			d.wrong("%s %s is %s at %s; at the platform: %v", k.kind, k.no, trade.At(), t.name, has)
		}
		if s := b.settlements[k.no]; k.kind == onetrans.TransSettle &&
			(trade.At() == txn.Cancelled && s.State != "cancelled" || trade.At() != txn.Cancelled && cancelledAt(s.SetlID, trades)) {
			d.wrong("%s %s is %s at %s; at the platform: %s", k.kind, k.no, trade.At(), t.name, s.State)
		}
	}
}

// cancelledAt says whether a terminal's trades have a settlement's cancellation.
func cancelledAt(setlID string, trades map[key]txn.Trade) bool {
	t, known := trades[key{onetrans.TransSettleCancel, setlID}]
	return known && t.At() == txn.Succ
}

// done says whether a trade's journal has it as done, even if that was cancelled since.
func done(t txn.Trade) bool { return t.At() == txn.Succ || t.At() == txn.Cancelled }

// doneAt says whether a journal has a trade as done: what was given up at one
// terminal, another may have carried out.
func (b books) doneAt(k key) bool {
	return slices.ContainsFunc(b.journals, func(trades map[key]txn.Trade) bool { return done(trades[k]) })
}

// has says whether the platform did what a trade asks for, and it stands.
func (b books) has(k key) bool {
	switch k.kind {
	case onetrans.TransRecharge:
		return b.orders[k.no].paid()
	case onetrans.TransRefund:
		return b.refund(k.no).given()
	case onetrans.TransSettle:
		s := b.settlements[k.no].State
		return s == "settled" || s == "cancelled"
	case onetrans.TransSettleCancel:
		for no, s := range b.settlements {
			if s.SetlID == k.no && s.State == "cancelled" {
				o := b.orders[no]
				return !o.paid() || o.givenBack() == o.Amount
			}
		}
	}
	return false
}

// judgeWords: what callers were told is true.
func (d *day) judgeWords(b books) {
	for k, calls := range d.told.calls {
		for _, c := range binding(calls) {
			has := b.has(k)
			if c.said == undone {
				has = !has && b.orders[k.no].givenBack() != b.orders[k.no].Amount
			}
			if has != (c.said == taken) {
				d.wrong("%s %s was told as %s (%s) at %s; at the platform: %v", k.kind, k.no, c.said, c.how, c.terminal, has)
			}
		}
	}
}

// judgeWishes: what somebody wanted once was done once at most.
func (d *day) judgeWishes(b books) {
	for who, keys := range d.shop.wishes {
		var done []string
		for _, k := range keys {
			if b.has(k) {
				done = append(done, k.no)
			}
		}
		if len(done) > 1 {
			d.wrong("%s was done more than once: %v", who, done)
		}
	}
}
