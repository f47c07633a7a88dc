package sandbox

import (
	"testing"

	"onetrans/flows/message/onetrans"
)

// The order that the sample asks for is known, though this ledger never made
// it, and lists it only once something happens to it.
func TestTheOrderOfTheSampleQueryIsKnown(t *testing.T) {
	b := newBench(t)
	p := SamplePersons()[0]
	for _, numbers := range []obj{
		{"traceNo": sampleOldTrace, "outTradeNo": sampleOldNo}, {"traceNo": "", "outTradeNo": sampleOldNo},
	} {
		q := queryOf(p, onetrans.TransRecharge, "").with("traceNo", numbers["traceNo"]).with("outTradeNo", numbers["outTradeNo"])
		wantFields(t, b.send(onetrans.TransQuery, q), map[string]string{
			"result": "succ", "channel": "ALI_BAR", "traceNo": sampleOldTrace, "chargeNo": sampleOldTrace, "origTraceTime": "20231127173953",
		})
	}
	err := b.srv.ledger.view(func(k *book) error {
		if all, err := k.orders(); err != nil || len(all) != 0 {
			t.Errorf("listed: %v, %v", all, err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// The sample's own order gets the number under which the sample refunds it.
func TestTheOrderOfTheSampleRechargeHasItsNumber(t *testing.T) {
	b := newBench(t)
	made := b.send(onetrans.TransRecharge, rechargeOf(SamplePersons()[0], sampleNewNo, "0.01"))
	wantFields(t, made, map[string]string{"traceNo": sampleNewTrace, "chargeNo": sampleNewTrace})
	other := b.send(onetrans.TransRecharge, rechargeOf(patient(), "C1", "0.01"))
	if got := other.get("traceNo"); got == sampleNewTrace || got == "" {
		t.Errorf("another order has %s", got)
	}
}
