package sandbox

import (
	"time"

	"onetrans/flows/message/onetrans"
)

// The orders in the specification's sample messages, so that the samples work
// unchanged: the one that is queried was paid years ago, and the one that is made
// gets the number under which it is refunded.
const (
	sampleOldNo    = "1701077975162691"
	sampleOldTrace = "1729072515865763841"
	sampleNewNo    = "1702283177285398"
	sampleNewTrace = "1734129942764986369"
)

// archived is an order from before this ledger, by the caller's number. It is
// stored, and listed, once something happens to it.
func archived(outChargeNo string) (*order, bool) {
	if outChargeNo != sampleOldNo {
		return nil, false
	}
	p := SamplePersons()[0]
	paid := time.Date(2023, 11, 27, 17, 39, 53, 0, onetrans.Zone())
	return &order{
		OutChargeNo: sampleOldNo, ChargeNo: sampleOldTrace, TraceNo: sampleOldTrace, CallSN: "HIS202311270000000001",
		CardType: onetrans.CardSocialSecurity, CardNo: p.CardNo, AccountType: onetrans.AccountOutpatient, HisCustID: p.HisCustID, Name: p.Name,
		Amount: 1, Origin: originBar, CodeDead: true, Result: onetrans.ResultSucc, Note: "交易成功", Channel: onetrans.DepositAlipay,
		CreatedAt: paid, ExpireAt: paid.Add(5 * time.Minute), PaidAt: paid,
	}, true
}

// archivedBy is the caller's number of an archived order.
func archivedBy(traceNo string) (outChargeNo string, ok bool) {
	return sampleOldNo, traceNo == sampleOldTrace
}

// sampleTrace is the number that the platform gives to the sample's own order.
func sampleTrace(outChargeNo string) (traceNo string, ok bool) {
	return sampleNewTrace, outChargeNo == sampleNewNo
}
