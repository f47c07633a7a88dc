package journal

import (
	"cmp"
	"strings"

	"onetrans/assets/texts"
	"onetrans/devices"
	"onetrans/flows/core/txn"
	"onetrans/flows/flow"
	"onetrans/flows/message/onetrans"
)

// words translates what a journal says.
type words struct{ texts.Language }

func (w words) say(key string, values ...string) string { return w.Say("journal."+key, values...) }

// name is the name of a code; the code itself if it has none.
func (w words) name(group, code string) string {
	key := group + "." + strings.ReplaceAll(code, " ", "_")
	if said := w.say(key); said != "journal."+key {
		return said
	}
	return code
}

func (w words) kind(transType string) string { return w.name("kind", kindWord(transType)) }
func (w words) state(s flow.State) string    { return w.name("state", string(s)) }

// way is the way that a refund takes; empty for any other trade.
func (w words) way(withdrawMode string) string {
	if withdrawMode == "" {
		return ""
	}
	return w.name("withdraw_mode", withdrawMode)
}

// event is the name of an entry's event.
func (w words) event(name string) string {
	if result, ok := strings.CutPrefix(name, "told "); ok {
		return w.say("event.told", "result", w.name("result", result))
	}
	return w.name("event", name)
}

// because says why something waits for a person; for a platform's refusal, also in
// the platform's words, which anybody may see.
func (w words) because(why txn.Reason, refusedWith onetrans.Code, platforms string) string {
	said := w.name("because", string(why))
	switch {
	case why == txn.ReasonRefused && platforms != "":
		said = w.say("because.refused_words", "code", string(refusedWith), "words", platforms)
	case why == txn.ReasonRefused:
		said = w.say("because.refused", "code", string(refusedWith))
	}
	return w.say("waits.person", "why", said)
}

// waits says what a trade is waiting for; empty for nothing.
func (w words) waits(t txn.Trade) string {
	p, waits := t.Progress, t.Waits()
	said := ""
	switch waits.For {
	case txn.ForNothing:
		return ""
	case txn.ForPerson:
		refusal := t.Refusal()
		who := personOf(t.Order, fieldsOf(t.Order))
		return w.because(cmp.Or(p.Desk, txn.ReasonContradiction), refusal.With, who.unnamed(refusal.Words))
	case txn.ForRefund:
		if p.RefundNo == "" {
			return w.say("waits.refunds")
		}
		return w.say("waits.refund", "no", p.RefundNo)
	default:
		said = w.say("waits." + string(waits.For))
	}
	if !waits.Until.IsZero() {
		said = w.say("until", "what", said, "time", when(waits.Until))
	}
	return said
}

// column pads a text to the width of a table's column, on the right, or on the left
// if the width is negative. A longer text is not cut.
func column(text string, width int) string {
	space := strings.Repeat(" ", max(0, max(width, -width)-devices.Columns(text)))
	if width < 0 {
		return space + text
	}
	return text + space
}
