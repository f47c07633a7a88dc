// Package receipt makes the slip that a person takes home: what is known of a
// trade, in words, with the number to ask about it and where to ask. What is in
// doubt is called so.
package receipt

import (
	"fmt"
	"strings"
	"time"
	"unicode"

	"onetrans/flows/message/mask"
	"onetrans/flows/message/money"
	"onetrans/flows/message/onetrans"
	"onetrans/flows/view"
)

// Kind says what a receipt is about; its title, state and note depend on it.
type Kind string

// The kinds.
const (
	Recharged         Kind = "recharged"          // paid
	RechargedUnbooked Kind = "recharged_unbooked" // paid, and not yet booked by the hospital
	RechargeDoubt     Kind = "recharge_doubt"     // it is unknown whether it is paid
	Refunded          Kind = "refunded"           // refunded
	Refunding         Kind = "refunding"          // requested, and not yet proven
	Settled           Kind = "settled"
	SettleDoubt       Kind = "settle_doubt"       // it is unknown whether it is paid or settled
	SettleRefunding   Kind = "settle_refunding"   // refused after the payment, which is being refunded
	SettleRefunded    Kind = "settle_refunded"    // refused after the payment, which was refunded
	SettleRefundDesk  Kind = "settle_refund_desk" // refused after the payment, which the staff will refund
	Cancelled         Kind = "cancelled"          // a cancelled settlement; the person's share was refunded
	Cancelling        Kind = "cancelling"         // a cancelled settlement; the person's share is being refunded
)

// Kinds lists all kinds.
func Kinds() []Kind {
	return []Kind{
		Recharged, RechargedUnbooked, RechargeDoubt, Refunded, Refunding,
		Settled, SettleDoubt, SettleRefunding, SettleRefunded, SettleRefundDesk, Cancelled, Cancelling,
	}
}

// Facts are what is known of a trade. Empty fields are left out.
type Facts struct {
	Kind Kind
	// No is the trade's own number.
	No string
	// TraceNo is the payment platform's number, TicketNo the hospital's.
	TraceNo, TicketNo string
	// At is when it happened, or when it was requested.
	At time.Time
	// Name, IDNo and CardNo are not masked: the receipt masks them.
	Name, IDNo, CardNo string
	// Codes of the specification's dictionaries card_type and insutype, and of
	// accounts; an unknown code is printed as it is.
	CardType, Insurance, AccountType string
	// Channel is how it was paid, in the platform's terms (WX_QR, ALI_BAR).
	Channel string
	// Amount is what was paid or refunded, or is in doubt.
	Amount onetrans.Fen
	// Shares are the parts of a settlement; nil for other trades.
	Shares *Shares
	// Balance is the account's balance, if an answer gave it.
	Balance *onetrans.Fen
}

// Shares says who pays what: Total = Fund + Account + the person's own share.
type Shares struct{ Total, Fund, Account, Cash onetrans.Fen }

// Terminal is where a receipt comes from, and where to ask about it.
type Terminal struct {
	Hospital, TermNo     string
	HelpPlace, HelpPhone string
	// Demo means that the platform is the sandbox.
	Demo bool
}

// Head is the journal's head: the sequence number and the chain value of its last
// entry. On paper it proves later that the journal has not been rolled back.
type Head struct {
	Sequence uint64
	Value    []byte
	// Proof is the journal's proof of what the slip says; see [Facts.Proven].
	Proof []byte
}

// headBytes is how much of a head's value is printed, enough to tell two heads
// apart; provenBytes if the proof is printed as well.
const (
	headBytes   = 8
	provenBytes = 4
)

// Short is the head in the form of a receipt, "1024-9F3A6C01-0A1B2C3D4E", the last
// part being the proof; without a proof "1024-9F3A6C01778E24B0"; empty for no head.
func (h *Head) Short() string {
	switch {
	case h == nil:
		return ""
	case len(h.Proof) == 0:
		return fmt.Sprintf("%d-%X", h.Sequence, h.Value[:min(headBytes, len(h.Value))])
	}
	return fmt.Sprintf("%d-%X-%X", h.Sequence, h.Value[:min(provenBytes, len(h.Value))], h.Proof)
}

// Proven is what the proof on a slip covers: number, amount in fen, kind, and the
// minute. The amount is the one that the person paid or got back.
func (f Facts) Proven() []string {
	amount := f.Amount
	if f.Shares != nil && amountOf(f.Kind) != "refund" {
		amount = f.Shares.Cash
	}
	return []string{f.No, fmt.Sprint(int64(amount)), string(f.Kind), f.At.In(onetrans.Zone()).Format(provenTime)}
}

// provenTime is a minute in the form in which it is proven.
const provenTime = "200601021504"

// Line is a name and a value. A Whole value, an amount, is never broken.
type Line struct {
	Name, Value string
	Whole, Bold bool
}

// Receipt is a receipt in words, masked.
type Receipt struct {
	// Demo says that no real money moved; empty if it did.
	Demo                   string
	Hospital, Title, State string
	Lines                  []Line
	Notes                  []string
	// Code is the trade's number again, for a scanner.
	Code string
}

// Say is the text of a key, with placeholders filled in, given as name, value.
type Say func(key string, values ...string) string

// New makes the receipt of what is known. head is the journal's, nil if there is
// none; printed is the present time.
func New(say Say, names Names, t Terminal, f Facts, head *Head, printed time.Time) Receipt {
	name := "receipt." + string(f.Kind)
	w := writer{say: say, names: names}
	w.add("no", fours(f.No))
	w.add("time", w.time(f.At))
	w.person(f)
	w.money(f)
	w.add("trace", fours(f.TraceNo))
	w.add("ticket", fours(f.TicketNo))
	w.add("terminal", t.TermNo)
	w.add("printed", w.time(printed))
	w.add("head", head.Short())
	demo := ""
	if t.Demo {
		demo = say("frame.demo")
	}
	return Receipt{
		Demo:     demo,
		Hospital: clean(t.Hospital), Title: say(name + ".title"), State: say(name + ".state"), Lines: w.lines,
		Notes: w.notes(name, t), Code: clean(f.No),
	}
}

type writer struct {
	say   Say
	names Names
	lines []Line
}

// add adds a line, unless the value is empty.
func (w *writer) add(key, value string) {
	if value = clean(value); value != "" {
		w.lines = append(w.lines, Line{Name: w.say("receipt.line." + key), Value: value})
	}
}

func (w *writer) amount(key string, fen onetrans.Fen, bold bool) {
	w.lines = append(w.lines, Line{
		Name: w.say("receipt.line." + key), Value: w.say("receipt.yuan", "amount", money.Grouped(fen)), Whole: true, Bold: bold,
	})
}

func (w *writer) person(f Facts) {
	w.add("name", mask.Name(clean(f.Name)))
	w.add("id", mask.IDNo(clean(f.IDNo)))
	if card := mask.CardNo(clean(f.CardNo)); card != "" && f.CardType != "" {
		w.add("card", w.names.card(f.CardType)+" "+card)
	} else {
		w.add("card", card)
	}
	w.add("insurance", w.names.insurance(f.Insurance))
}

func (w *writer) money(f Facts) {
	switch f.AccountType {
	case onetrans.AccountOutpatient, onetrans.AccountInpatient:
		w.add("account", w.say("receipt.account."+f.AccountType))
	default:
		w.add("account", f.AccountType)
	}
	if s := f.Shares; s != nil {
		w.amount("total", s.Total, false)
		w.amount("fund", s.Fund, false)
		w.amount("personal", s.Account, false)
		w.amount("cash", s.Cash, true)
	}
	if name := amountOf(f.Kind); f.Shares == nil || name == "refund" {
		w.amount(name, f.Amount, true)
	}
	if wallet := view.WalletOf(f.Channel); wallet != "" {
		w.add("channel", w.say("wallet."+wallet))
	} else {
		w.add("channel", f.Channel)
	}
	if f.Balance != nil {
		w.amount("balance", *f.Balance, false)
	}
}

// amountOf is the name of the amount of a kind.
func amountOf(kind Kind) string {
	switch kind {
	case Refunded, Refunding, SettleRefunding, SettleRefunded, SettleRefundDesk, Cancelled, Cancelling:
		return "refund"
	case RechargeDoubt, SettleDoubt:
		return "doubt"
	}
	return "paid"
}

// time is a time in the usual format, in the platform's time zone.
func (w *writer) time(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	at = at.In(onetrans.Zone())
	return w.say("receipt.time", "year", at.Format("2006"), "month", at.Format("01"), "day", at.Format("02"), "clock", at.Format("15:04"))
}

// notes say what to do with the slip, and where to ask.
func (w *writer) notes(name string, t Terminal) []string {
	place := clean(t.HelpPlace)
	if place == "" {
		place = w.say("place.help")
	}
	notes := []string{w.say(name+".note", "place", place), w.say("receipt.help", "place", place)}
	if phone := clean(t.HelpPhone); phone != "" {
		notes = append(notes, w.say("receipt.phone", "phone", phone))
	}
	return append(notes, w.say("receipt.no_invoice"))
}

// clean makes one line of text from outside: no control character, and none that
// changes the direction of writing, reaches the paper.
func clean(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r) && r != '\u00a0', unicode.IsControl(r):
			return ' '
		case unicode.Is(unicode.Cf, r), r == unicode.ReplacementChar:
			return -1
		}
		return r
	}, s)
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r == ' ' }), " ")
}

// fours groups a long number by four, as the screen does, so that it can be read
// out.
func fours(number string) string {
	if strings.Trim(number, "0123456789") != "" {
		return number
	}
	var b strings.Builder
	for i, r := range []rune(number) {
		if i > 0 && i%4 == 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
	}
	return b.String()
}
