package judge

import (
	"time"

	"onetrans/flows/message/onetrans"
)

// Wrote tells the judge what is durable now at a terminal, and by which event.
func (j *Judge) Wrote(terminal, event string, now Row) {
	j.mu.Lock()
	defer j.mu.Unlock()
	rows := j.at(terminal).rows
	before, begun := rows[now.Key]
	rows[now.Key] = now
	if _, known := now.promise(); !known {
		j.wrong("%s %s is %q at %s, which promises nothing", now.Kind, now.No, now.State, terminal)
	}
	switch {
	case !begun:
	case before.order() != now.order(), leavesItsOriginal(rows, before, now):
		j.wrong("%s %s was changed: %s", now.Kind, now.No, event)
	case !before.mayBecome(now, event):
		j.wrong("%s %s was %s, which is final, and became %s by %q", now.Kind, now.No, before.State, now.State, event)
	}
	if now.Kind == onetrans.TransRefund && event == "sent" {
		j.checkRefunds(rows, now)
	}
}

// leavesItsOriginal says whether a refund gives back another payment than before. One
// payment has two names, so that another name alone says nothing.
func leavesItsOriginal(rows map[Key]Row, before, now Row) bool {
	for _, payment := range rows {
		if payment.TraceNo != "" && payment.isOriginalOf(before) && !payment.isOriginalOf(now) {
			return true
		}
	}
	return false
}

// checkRefunds adds up the refunds of the payment that r gives back. One that this
// terminal does not know is bounded by the platform.
func (j *Judge) checkRefunds(rows map[Key]Row, r Row) {
	for _, payment := range rows {
		if !payment.isOriginalOf(r) {
			continue
		}
		sum := onetrans.Fen(0)
		for k, other := range rows {
			if k.Kind == onetrans.TransRefund && other.takes() && payment.isOriginalOf(other) {
				sum += other.Amount
			}
		}
		if paid := payment.payment(); sum > paid {
			j.wrong("refunds of %s come to %s of %s", payment.No, sum, paid)
		}
	}
}

// Trades is how many trades the journals have.
func (j *Judge) Trades() (n int) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, one := range j.journals {
		n += len(one.rows)
	}
	return n
}

// Undecided counts the trades that are not final and wait for no person.
func (j *Judge) Undecided() (n int) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, one := range j.journals {
		for _, r := range one.rows {
			if !r.final() && r.Desk == "" {
				n++
			}
		}
	}
	return n
}

// Answers says whether a terminal can tell how a trade ended without beginning it
// anew, and has no doubt about what the platform says.
func (j *Judge) Answers(terminal string, k Key) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	r, known := j.at(terminal).rows[k]
	return known && r.Alarm == "" && !r.nothing()
}

// Leaves judges a message as it leaves: what makes a trade stands in the journal,
// and a refund in doubt is asked for before it is sent again.
func (j *Judge) Leaves(terminal string, m Message) {
	if !m.IsSend() {
		return
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	at := j.at(terminal)
	if r, known := at.rows[m.Key()]; !known || r.final() {
		j.wrong("%s is sent and is not in the journal as open", m)
	}
	if m.Kind != onetrans.TransRefund {
		return
	}
	if at.doubted[m.No] {
		j.wrong("%s is in doubt and is sent again without a query", m)
	}
	at.doubted[m.No] = true // until it is answered, and for good when the process dies
}

// Reply is what came back of a message.
type Reply struct {
	// Code is the answer's; empty where there was no normal one.
	Code onetrans.Code
	// NeverSent: not a byte of the message left.
	NeverSent bool
}

// Answered tells the judge what came back.
func (j *Judge) Answered(terminal string, m Message, r Reply) {
	j.mu.Lock()
	defer j.mu.Unlock()
	at := j.at(terminal)
	if r.Code == onetrans.CodeOK {
		at.heard[m.Key()] = time.Now()
	}
	if len(r.Code) == 6 || m.Kind == onetrans.TransRefund && r.NeverSent {
		delete(at.doubted, m.Key().No)
	}
}

// heardSince says whether the platform spoke of a trade to a terminal since then.
func (j *Judge) heardSince(terminal string, k Key, then time.Time) bool {
	return !j.at(terminal).heard[k].Before(then) // never: the zero time is before
}
