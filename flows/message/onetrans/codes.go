package onetrans

// Code is a message's return code, the field 'code'. It is about the message, not
// the trade.
type Code string

// CodeOK is success: the trade's state is in 'result'.
const CodeOK Code = "000000"

// Codes that this program answers with itself.
const (
	CodeBusy       Code = "600001" // a call is running; the specification's own
	CodeNotJSON    Code = "600002" // not JSON or not GBK
	CodeField      Code = "600003" // a field is missing or malformed
	CodeTransType  Code = "600004" // unknown trans_type
	CodeCancelled  Code = "600005" // the person cancelled; nothing was sent, or the order is closed for good
	CodeTimedOut   Code = "600006" // timed out; nothing was sent, or the order is closed for good
	CodeDevice     Code = "600007" // a device failed, or there is no display
	CodeUnknown    Code = "600008" // the outcome is unknown: query, never pay or refund again
	CodeUntrusted  Code = "600009" // the answer to a read cannot be trusted
	CodeTooLong    Code = "600010" // the answer to a read is longer than the caller's buffer
	CodeJournal    Code = "600011" // the journal is unavailable, nothing was sent
	CodeNotSent    Code = "600012" // no connection was made, and no earlier send of this trade is unknown
	CodeOtherTrade Code = "600013" // this number was already used with other content
	CodeNotTaken   Code = "600014" // the payment failed or the order is closed for good: nothing was charged
	CodeInDoubt    Code = "600015" // the outcome of a like charge is unknown
	CodeUnsettled  Code = "600016" // this settlement has been cancelled
	CodeInternal   Code = "600099" // an internal error, before anything was sent
)

// Codes with which a platform refuses a message.
const (
	CodePlatformSignature  Code = "610001" // wrong signature
	CodePlatformReplay     Code = "610002" // replay or wrong clock: send again with a fresh msgid and the same order number
	CodePlatformOtherTrade Code = "610003" // number reused with other content
	CodePlatformNoPerson   Code = "610004" // no such person or card
	CodePlatformExceeds    Code = "610005" // the refund exceeds what is left
	CodePlatformNoRefund   Code = "610006" // the order is not refundable
	CodePlatformNoSettle   Code = "610007" // settlement refused; final
	CodePlatformTransType  Code = "610008" // unknown trans_type
	CodePlatformField      Code = "610009" // a field is missing or malformed
	CodePlatformBusy       Code = "610099" // busy, try later
)
