package call

import (
	"strings"
	"sync"

	"onetrans/app/terminal/socket"
	"onetrans/assets/texts"
	"onetrans/flows/core/txn"
	"onetrans/flows/message/onetrans"
	"onetrans/flows/message/platform"
	"onetrans/flows/message/wire"
	"onetrans/store"
)

// saying is what a caller is told: a code, and a sentence of assets/texts.
type saying struct {
	code   onetrans.Code
	key    string   // of the sentence, after [sentences]
	values []string // what fills it in: name, value, name, value
	text   string   // what is said instead of a sentence with a key
}

// sentences begins the keys of all that err_msg says.
const sentences = "call."

// chinese is the language of err_msg: the interface has it in Chinese, whatever
// language people are spoken to in. It is loaded once, when this program first says
// something itself; passing on a platform's answer does not need it.
var chinese = sync.OnceValue(func() texts.Language {
	book, _ := texts.Load(texts.Source) // the tests hold the files
	return book.In(texts.Source)
})

// say is a sentence of err_msg.
func say(key string, values ...string) string { return chinese().Say(sentences+key, values...) }

// Sentences are all sentences of err_msg, and the fields' names and values that they
// mention.
func Sentences() (all []string) {
	for _, key := range chinese().Keys() {
		if strings.HasPrefix(key, sentences) {
			all = append(all, chinese().Say(key))
		}
	}
	for _, transType := range onetrans.TransTypes() {
		for _, r := range append(onetrans.CommonRules(onetrans.In), onetrans.Rules(transType, onetrans.In)...) {
			all = append(append(all, r.Name), r.Allowed()...)
		}
	}
	return all
}

// errMsg is the sentence as it is sent, before it is encoded in GBK.
func (s saying) errMsg() string {
	if s.text != "" {
		return s.text
	}
	return say(s.key, s.values...)
}

// said is the same code with another sentence.
func (s saying) said(text string) saying { return saying{code: s.code, text: text} }

// sayings are all sentences of this program's own that a caller can hear.
var sayings = struct {
	ok                                                        saying
	busy, notJSON, field, otherType, transType                saying
	silentOwner, otherVersion, slowOwner, utf8, utf16         saying
	cancelled, timedOut                                       saying
	noPage, noScanner, noCardReader, noIdentityReader         saying
	noGraphics                                                saying
	noCard, unreadable                                        saying
	readerGone, readerSilent                                  saying
	wrongCard, cardPulled, cardLocked                         saying
	identityReaderGone, noIdentity, noIdentityCard            saying
	identityMoved, identityUnreadable                         saying
	identityRefused, identityNumber                           saying
	unknown, untrusted, tooLong, journal, notSent, otherTrade saying
	notTaken, notRefunded, refunding, notSettled, givenBack   saying
	noBills, billsUnpaid, billsFailed                         saying
	givingBack, notGivenBack, unsettled, cancelling           saying
	shareGoesBack, shareAtDesk                                saying
	inDoubt, exceeds, refused, refusedQuery, internal         saying
}{
	ok:                 saying{code: onetrans.CodeOK, key: "ok"},
	busy:               saying{code: onetrans.CodeBusy, key: "busy"},
	silentOwner:        saying{code: onetrans.CodeDevice, key: "silent_owner"},
	otherVersion:       saying{code: onetrans.CodeInternal, key: "other_version"},
	slowOwner:          saying{code: onetrans.CodeDevice, key: "slow_owner"},
	notJSON:            saying{code: onetrans.CodeNotJSON, key: "not_json"},
	utf8:               saying{code: onetrans.CodeNotJSON, key: "utf8"},
	utf16:              saying{code: onetrans.CodeNotJSON, key: "utf16"},
	field:              saying{code: onetrans.CodeField, key: "field"},
	otherType:          saying{code: onetrans.CodeField, key: "other_type"},
	transType:          saying{code: onetrans.CodeTransType, key: "trans_type"},
	cancelled:          saying{code: onetrans.CodeCancelled, key: "cancelled"},
	timedOut:           saying{code: onetrans.CodeTimedOut, key: "timed_out"},
	noPage:             saying{code: onetrans.CodeDevice, key: "no_page"},
	noGraphics:         saying{code: onetrans.CodeDevice, key: "no_graphics"},
	noScanner:          saying{code: onetrans.CodeDevice, key: "no_scanner"},
	noCardReader:       saying{code: onetrans.CodeDevice, key: "no_card_reader"},
	noIdentityReader:   saying{code: onetrans.CodeDevice, key: "no_identity_reader"},
	noCard:             saying{code: onetrans.CodeDevice, key: "no_card"},
	unreadable:         saying{code: onetrans.CodeDevice, key: "unreadable"},
	readerGone:         saying{code: onetrans.CodeDevice, key: "reader_gone"},
	readerSilent:       saying{code: onetrans.CodeDevice, key: "reader_silent"},
	wrongCard:          saying{code: onetrans.CodeDevice, key: "wrong_card"},
	cardPulled:         saying{code: onetrans.CodeDevice, key: "card_pulled"},
	cardLocked:         saying{code: onetrans.CodeDevice, key: "card_locked"},
	identityReaderGone: saying{code: onetrans.CodeDevice, key: "identity_reader_gone"},
	noIdentity:         saying{code: onetrans.CodeDevice, key: "no_identity"},
	noIdentityCard:     saying{code: onetrans.CodeDevice, key: "no_identity_card"},
	identityMoved:      saying{code: onetrans.CodeDevice, key: "identity_moved"},
	identityUnreadable: saying{code: onetrans.CodeDevice, key: "identity_unreadable"},
	identityRefused:    saying{code: onetrans.CodeDevice, key: "identity_refused"},
	identityNumber:     saying{code: onetrans.CodeDevice, key: "identity_number"},
	unknown:            saying{code: onetrans.CodeUnknown, key: "unknown"},
	untrusted:          saying{code: onetrans.CodeUntrusted, key: "untrusted"},
	tooLong:            saying{code: onetrans.CodeTooLong, key: "too_long"},
	journal:            saying{code: onetrans.CodeJournal, key: "journal"},
	notSent:            saying{code: onetrans.CodeNotSent, key: "not_sent"},
	otherTrade:         saying{code: onetrans.CodeOtherTrade, key: "other_trade"},
	notTaken:           saying{code: onetrans.CodeNotTaken, key: "not_taken"},
	notRefunded:        saying{code: onetrans.CodeOK, key: "not_refunded"},
	refunding:          saying{code: onetrans.CodeOK, key: "refunding"},
	notSettled:         saying{code: onetrans.CodeNotTaken, key: "not_settled"},
	givenBack:          saying{code: onetrans.CodePlatformNoSettle, key: "given_back"},
	noBills:            saying{code: onetrans.CodeNotTaken, key: "no_bills"},
	billsUnpaid:        saying{code: onetrans.CodeNotTaken, key: "bills_unpaid"},
	billsFailed:        saying{code: onetrans.CodeNotTaken, key: "bills_failed"},
	givingBack:         saying{code: onetrans.CodeUnknown, key: "giving_back"},
	notGivenBack:       saying{code: onetrans.CodeUnknown, key: "not_given_back"},
	unsettled:          saying{code: onetrans.CodeUnsettled, key: "unsettled"},
	cancelling:         saying{code: onetrans.CodeUnknown, key: "cancelling"},
	shareGoesBack:      saying{code: onetrans.CodeUnknown, key: "share_goes_back"},
	shareAtDesk:        saying{code: onetrans.CodeUnknown, key: "share_at_desk"},
	inDoubt:            saying{code: onetrans.CodeInDoubt, key: "in_doubt"},
	exceeds:            saying{code: onetrans.CodePlatformExceeds, key: "exceeds"},
	refused:            saying{key: "refused"},
	refusedQuery:       saying{key: "refused_query"},
	internal:           saying{code: onetrans.CodeInternal, key: "internal"},
}

// errorSayings are what a caller hears of each error, the more specific first.
func errorSayings() []struct {
	err error
	saying
} {
	type row = struct {
		err error
		saying
	}
	return []row{
		{txn.ErrBusy, sayings.busy},
		{store.ErrInUse, sayings.busy},
		{txn.ErrJournal, sayings.journal},
		{store.ErrUnusable, sayings.journal},
		{store.ErrDamaged, sayings.journal},
		{store.ErrKey, sayings.journal},
		{store.ErrRefused, sayings.journal},
		{txn.ErrNumberReused, sayings.otherTrade},
		{txn.ErrUnclear, sayings.unknown},
		{txn.ErrExceeds, sayings.exceeds},
		{txn.ErrInvalid, sayings.field},
		{socket.ErrNoReply, sayings.silentOwner},
		{socket.ErrVersion, sayings.otherVersion},
		{ErrNotServed, sayings.slowOwner},
		{ErrNoGraphics, sayings.noGraphics},
		{ErrNoPage, sayings.noPage},
		{ErrNoScanner, sayings.noScanner},
		{ErrCancelled, sayings.cancelled},
		{ErrTimedOut, sayings.timedOut},
		{ErrLate, sayings.unknown},
		{wire.ErrContent, sayings.internal}, // the network and the platform had no part in it
		{platform.ErrNotSent, sayings.notSent},
		{wire.ErrUntrusted, sayings.untrusted},
		{platform.ErrNoAnswer, sayings.unknown},
	}
}

// otherWay is what a caller hears when it repeats a refund with another way than
// the first.
func otherWay(stands *txn.WayError) saying {
	return saying{
		code: onetrans.CodeOtherTrade, key: "other_way",
		values: []string{"mode", stands.WithdrawMode, "type", stands.RefundType},
	}
}

// with is a saying followed by the code and the words of the platform's last
// refusal, if there was one, cut to the length of err_msg.
func (s saying) with(code onetrans.Code, words string) saying {
	if code == "" {
		return s
	}
	text := say("with_code", "said", s.errMsg(), "code", string(code))
	if words != "" {
		text = say("with_words", "said", s.errMsg(), "code", string(code), "words", words)
	}
	return s.said(onetrans.Clip(text, onetrans.MaxErrMsg))
}
