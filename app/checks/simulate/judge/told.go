package judge

import (
	"slices"
	"time"

	"onetrans/flows/message/onetrans"
)

// Word is what a caller was told of a trade, in the end.
type Word string

// The words.
const (
	Unsaid   Word = ""          // unknown, under way, or the process died
	Taken    Word = "taken"     // paid, given back, settled or cancelled
	NotTaken Word = "not taken" // failed, refused, closed, or nothing was sent
	Undone   Word = "undone"    // paid, and given back; settled, and cancelled
	UnderWay Word = "under way" // the platform has the refund, and carries it out in its time
)

// Call is one call about a trade. What it asks is its maker's to fill in; the rest
// the judge keeps.
type Call struct {
	Key
	Terminal string
	// Asks: it only asks, and so can't change anything.
	Asks bool
	// Content is what the call's number stands for; empty where that is not judged.
	Content string
	// Way is how a refund is to go.
	Way Way
	// Despite: somebody has looked at the charge in doubt that is like it, and pays
	// all the same.
	Despite bool

	begin, end time.Time
	said       Word
	how        string        // for people
	code       onetrans.Code // of HIS's; empty where the core itself was asked
	// first: nobody spoke of the trade before.
	first bool
	// before and after are what the platform had in its book as the call began,
	// and as it was answered.
	before, after fact
	// judged: it was found wrong, or the platform had lied to this terminal.
	judged bool
	// here is what this terminal's journal had as the call began.
	here here
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

// Begin notes a call as it begins, and what the platform's book had then.
func (j *Judge) Begin(c *Call, book Book) {
	j.mu.Lock()
	defer j.mu.Unlock()
	c.begin, c.before, c.here = time.Now(), book.fact(c.Key), j.at(c.Terminal).has(c)
	c.first = len(j.calls[c.Key]) == 0
	j.calls[c.Key] = append(j.calls[c.Key], c)
}

// has looks at the journal as it is durable.
func (at *journal) has(c *Call) (h here) {
	if r, known := at.rows[c.Key]; known {
		h.proven, h.byHand = r.done(), r.ByHand
		cancel, begun := at.rows[Key{onetrans.TransSettleCancel, r.SetlID}]
		h.cancelling = begun && !cancel.nothing()
	}
	for k, r := range at.rows {
		if c.Kind == onetrans.TransRecharge && k.Kind == c.Kind && k.No != c.No && r.done() && r.Alarm != "" && !r.ByHand &&
			Content(r.CardNo, r.AccountType, r.Amount, "") == c.Content && (h.like == "" || k.No < h.like) {
			h.like = k.No
		}
	}
	return h
}

// End notes what a call's caller was told, and judges it by what the platform's book
// has of the trade at that moment. how says it for people; code is of the answer to
// HIS, empty where the core itself was asked.
func (j *Judge) End(c *Call, said Word, how string, code onetrans.Code, book Book) {
	j.mu.Lock()
	defer j.mu.Unlock()
	c.end, c.said, c.how, c.code, c.after = time.Now(), said, how, code, book.fact(c.Key)
	if c.here.like != "" { // a person may have settled it meanwhile
		c.here.like = j.at(c.Terminal).has(c).like
	}
	j.judgeWord(c)
}

// EndAtLast is [Judge.End] once all is well, when HIS has to hear how the trade ended.
func (j *Judge) EndAtLast(c *Call, said Word, how string, code onetrans.Code, book Book) {
	j.End(c, said, how, code, book)
	j.mu.Lock()
	defer j.mu.Unlock()
	if said == Unsaid && !c.here.byHand && !j.unsaid[c.No] && !j.elsewhere(c.Key, c.Terminal) {
		j.wrong("%s %s is never told at %s: %s", c.Kind, c.No, c.Terminal, how)
	}
}

// others are the other calls that made a trade, or tried to.
func (j *Judge) others(c *Call) []*Call {
	return slices.DeleteFunc(slices.Clone(j.calls[c.Key]), func(other *Call) bool { return other == c || other.Asks })
}

// elsewhere says whether somebody asked for a trade at another terminal, where it
// may have gone on.
func (j *Judge) elsewhere(k Key, terminal string) bool {
	return slices.ContainsFunc(j.calls[k], func(c *Call) bool { return c.Terminal != terminal && !c.Asks })
}

// Heard is an answer to HIS, as it went over the door.
type Heard struct {
	TransType string // of the message that it answers
	Code      onetrans.Code
	Result    onetrans.Result
}

// Says is what HIS makes of an answer: what it books.
func (c *Call) Says(h Heard) Word {
	switch {
	case h.Code == onetrans.CodeUnknown && h.Result == onetrans.ResultSucc:
		return Taken // proven once, though the platform says otherwise now
	case h.TransType == onetrans.TransQuery && h.Code != onetrans.CodeOK:
		return Unsaid
	case nothingSent(h.Code):
		return c.Nothing()
	case isUnknown(h.Code):
		return Unsaid
	case h.Code == onetrans.CodeUnsettled:
		return Undone
	case h.Code != onetrans.CodeOK:
		return NotTaken
	case h.TransType == onetrans.TransSettle || h.TransType == onetrans.TransSettleCancel:
		return Taken
	case h.TransType == onetrans.TransRefund && h.Result == onetrans.ResultIng:
		return UnderWay
	}
	return ofResult(h.Result)
}

// Nothing is what a caller makes of it that nothing was sent for this call, which says
// nothing of the calls before it.
func (c *Call) Nothing() Word {
	if c.first {
		return NotTaken
	}
	return Unsaid
}

// ofResult is what HIS makes of a trade's result.
func ofResult(r onetrans.Result) Word {
	switch r {
	case onetrans.ResultSucc:
		return Taken
	case onetrans.ResultFail, onetrans.ResultClosed, onetrans.ResultNotFound:
		return NotTaken
	}
	return Unsaid
}

// nothingSent says whether a code says that this call sent nothing, and nothing of
// the calls before.
func nothingSent(c onetrans.Code) bool {
	switch c {
	case onetrans.CodeBusy, onetrans.CodeField, onetrans.CodeDevice, onetrans.CodeJournal,
		onetrans.CodeInDoubt, onetrans.CodeInternal, onetrans.CodePlatformExceeds:
		return true
	}
	return false
}

// isUnknown says whether a code leaves the trade unknown to its caller.
func isUnknown(c onetrans.Code) bool {
	switch c {
	case onetrans.CodeUnknown, onetrans.CodeOtherTrade, onetrans.CodePlatformOtherTrade, onetrans.CodePlatformReplay:
		return true
	}
	return false
}
