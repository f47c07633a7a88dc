package simulate

import (
	"maps"
	"slices"
	"strings"
	"time"

	"onetrans/flows/core/txn"
	"onetrans/flows/message/onetrans"
)

// way is how a refund goes back.
type way struct{ mode, process string }

// fact is what the platform's book has of a trade.
type fact struct {
	done    bool // paid, given back, settled and not cancelled, cancelled
	going   bool // a refund that is under way
	there   bool // a refund that the platform has, however it stands
	made    bool // a settlement that was done, even if it was cancelled since
	over    bool // a settlement that was cancelled, its share given back
	content string
	way     way
	setlID  string
}

// fact looks a trade up.
func (d *day) fact(k key) (f fact) {
	switch k.kind {
	case onetrans.TransRecharge:
		o := d.bank.order("outChargeNo", k.no)
		f.done, f.content = o.paid(), contentOf(o.CardNo, o.AccountType, o.Amount, "")
	case onetrans.TransRefund:
		for _, r := range d.bank.order("outRefundNo", k.no).Refunds {
			if r.OutRefundNo == k.no {
				f.there, f.done, f.going = true, r.Result == onetrans.ResultSucc, r.Result == onetrans.ResultIng
				f.way = way{r.WithdrawMode, r.RefundType}
			}
		}
	case onetrans.TransSettle:
		s := d.bank.settlement("outSettleNo", k.no)
		f.setlID, f.done = s.SetlID, s.State == "settled"
		f.made = f.done || s.State == "cancelled"
		f.over = s.State == "cancelled" && d.sharedBack(s)
	case onetrans.TransSettleCancel:
		s := d.bank.settlement("setl_id", k.no)
		f.setlID, f.done = s.SetlID, s.State == "cancelled" && d.sharedBack(s)
	}
	return f
}

// sharedBack says whether a settlement's share was given back, where it was paid here.
func (d *day) sharedBack(s booked) bool {
	o := d.bank.order("outChargeNo", s.OutSettleNo)
	return !o.paid() || o.givenBack() == o.Amount
}

func contentOf(cardNo, account string, amount onetrans.Fen, original string) string {
	return cardNo + " " + account + " " + amount.String() + " " + original
}

// here is what a terminal's journal has, as far as it binds what is said there.
type here struct {
	// proven: it was told that the trade was done.
	proven bool
	// byHand: a person has decided it.
	byHand bool
	// like is a charge like it that the platform has unsaid, and that no person has settled.
	like string
	// cancelling is the settlement's cancellation, unless that came to nothing.
	cancelling bool
}

// has looks at the journal as it is durable.
func (t *terminal) has(c *telling) (h here) {
	t.seenMu.Lock()
	defer t.seenMu.Unlock()
	if trade, known := t.seen[c.key]; known {
		h.proven, h.byHand = done(trade), trade.Progress.Hand != nil
		if s := trade.Progress.Settle; s != nil && s.SetlID != "" {
			cancel, begun := t.seen[key{onetrans.TransSettleCancel, s.SetlID}]
			h.cancelling = begun && cancel.At() != txn.Refused && cancel.At() != txn.NotSent
		}
	}
	for k, o := range t.seen {
		if c.kind == onetrans.TransRecharge && k.kind == c.kind && k.no != c.no && o.At() == txn.Succ &&
			o.Progress.Alarm != "" && o.Progress.Hand == nil &&
			contentOf(o.Order.CardNo, o.Order.AccountType, o.Order.Amount, "") == c.content && (h.like == "" || k.no < h.like) {
			h.like = k.no
		}
	}
	return h
}

// judgeWord: what a caller hears is what the platform's book has.
func (d *day) judgeWord(c *telling) {
	lie := d.wordIsWrong(c)
	switch {
	case lie == "":
		lie = d.refusalIsWrong(c)
	case d.unsays(c.no) && !c.here.proven: // it was lied to
		c.judged = true
		return
	}
	if lie != "" {
		c.judged = true
		d.wrong("%s %s was told at %s as %q (%s): %s", c.kind, c.no, c.terminal, c.said, c.how, lie)
	}
}

// wordIsWrong says what is wrong with a word about the trade itself.
func (d *day) wordIsWrong(c *telling) string {
	switch f := c.after; c.said {
	case taken:
		return takenIsWrong(c, f)
	case underWay:
		if !f.there { // that it has ended since, nobody may have heard
			return "the platform does not have it"
		}
	case notTaken:
		if (f.done || f.going) && !d.disturbed(c) {
			return "the platform has done it"
		}
	case undone:
		switch {
		case f.done, c.code == onetrans.CodeUnsettled && !f.made:
			return "the platform has not undone it"
		case c.here.cancelling && !f.over:
			return "its share is not given back"
		}
	}
	return ""
}

func takenIsWrong(c *telling, f fact) string {
	switch {
	case c.kind == onetrans.TransSettle && c.here.cancelling,
		c.kind == onetrans.TransSettle && !c.before.done && c.before.made && c.at.tap.heardSince(c.key, c.begin):
		return "it has been cancelled"
	case !f.done && !(c.kind == onetrans.TransSettle && f.made): // cancelled just now
		return "the platform has not done it"
	case c.kind == onetrans.TransRefund && c.way != (way{}) && c.way != f.way:
		return "the platform gave back by way " + f.way.mode + " " + f.way.process + ", not " + c.way.mode + " " + c.way.process
	case c.kind == onetrans.TransRecharge && c.content != "" && c.content != f.content:
		return "the platform has " + f.content
	}
	return ""
}

// refusalIsWrong says what is wrong with refusing, or not refusing, to begin.
func (d *day) refusalIsWrong(c *telling) string {
	switch {
	case c.asks || c.code == "":
	case c.code == onetrans.CodeOtherTrade:
		return d.reuseIsWrong(c)
	case c.here.like != "" && c.first && !nothingSent(c.code):
		return "it is like " + c.here.like + ", which the platform has unsaid"
	}
	return ""
}

// reuseIsWrong: the same again is the same trade, by whatever name, and what is
// proven failed may go another way.
func (d *day) reuseIsWrong(c *telling) string {
	others := d.told.others(c)
	same := true
	var last *telling
	for _, other := range others {
		if other.content != c.content {
			return ""
		}
		same = same && other.way == c.way
		if last == nil || other.begin.After(last.begin) {
			last = other
		}
	}
	switch {
	case same:
		return "it is the very same trade"
	case last.said == notTaken && last.end.Before(c.begin) && last.terminal == c.terminal &&
		!nothingSent(last.code) && !c.here.byHand && !d.disturbed(last):
		return "it had failed, and may go another way"
	}
	return ""
}

// disturbed: another call about the same trade ran since this one began, or elsewhere.
func (d *day) disturbed(c *telling) bool {
	for _, other := range d.told.others(c) {
		if other.terminal != c.terminal || other.end.IsZero() || other.end.After(c.begin) && other.begin.Before(c.end) {
			return true
		}
	}
	return false
}

// askOfAll: once all is well, HIS asks of everything again, and hears how it ended.
func (d *day) askOfAll() {
	his := visitor{d, diceOf(d.seed, "HIS at last"), "HIS"}
	for _, k := range slices.SortedFunc(maps.Keys(d.told.calls), func(a, b key) int { return strings.Compare(a.kind+a.no, b.kind+b.no) }) {
		for _, t := range d.terminals {
			if again, ok := d.lastCall(k); ok && t.answersFor(k) {
				his.askAtLast(t, k, again)
			}
		}
	}
}

// lastCall is what HIS asks for a trade by.
func (d *day) lastCall(k key) (again onetrans.Request, ok bool) {
	for _, c := range d.told.calls[k] {
		if !c.again.TransType.Empty() {
			again, ok = c.again, true
		}
	}
	return again, ok
}

// answersFor says whether a terminal can tell how a trade ended without
// beginning it anew, and has no doubt about what the platform says.
func (t *terminal) answersFor(k key) bool {
	t.seenMu.Lock()
	defer t.seenMu.Unlock()
	trade, known := t.seen[k]
	return known && trade.Progress.Alarm == "" && trade.At() != txn.NotSent && trade.At() != txn.Refused
}

func (v visitor) askAtLast(t *terminal, k key, request onetrans.Request) {
	call := v.begin(&telling{key: k, asks: true}, t)
	a, lived := v.his(t, 2*time.Minute, request, with{})
	said := a.saysOf(k.kind, false)
	if request.TransType.String() == onetrans.TransQuery {
		said = a.ofQuery()
	}
	v.ended(call, said, a.String(), a.code)
	v.trace("%s      hears %q of %s at last (%s)", v.name, said, k.no, a)
	if (!lived || said == unsaid) && !call.here.byHand && !v.unsays(k.no) && !v.told.elsewhere(k, t) {
		v.wrong("%s %s is never told at %s: %s", k.kind, k.no, t.name, a)
	}
}
