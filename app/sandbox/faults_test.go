package sandbox

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"

	"onetrans/flows/message/onetrans"
)

func TestEachFaultDoesWhatItSays(t *testing.T) {
	for _, c := range []struct {
		name     string
		answered string // code, or "" for no normal answer
		done     bool
	}{
		{"refuse", "610099", false},
		{"drop_request", "", false},
		{"drop_answer", "", true},
		{"status_500", "", true},
		{"garble", "", true},
		{"wrong_signature", "", true},
		{"wrong_msgid", "", true},
		{"duplicate", "000000", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t)
			b.control("faults", obj{c.name: 1, "trans_type": onetrans.TransRecharge})
			r, err := b.try(onetrans.TransRecharge, rechargeOf(patient(), "C1", "10"))
			if answered := err == nil; answered != (c.answered != "") {
				t.Errorf("answer %+v, %v", r, err)
			}
			if err == nil {
				wantCode(t, r, c.answered)
			}
			want := "notfound"
			if c.done {
				want = "init"
			}
			wantFields(t, b.ask("C1"), map[string]string{"result": want})
			b.control("faults", obj{})
			wantFields(t, b.send(onetrans.TransRecharge, rechargeOf(patient(), "C1", "10")), map[string]string{"result": "init"})
		})
	}
}

func TestDuplicatedMoneyMovesOnce(t *testing.T) {
	b := newBench(t)
	b.control("faults", obj{"duplicate": 1})
	wantFields(t, b.send(onetrans.TransRecharge, withCode(rechargeOf(patient(), "C1", "10"), "WX_BAR", wxGood)),
		map[string]string{"result": "succ", "balance": "3010.00"})
	wantFields(t, b.send(onetrans.TransRefund, refundOf(patient(), "C1", "R1", "6.00")),
		map[string]string{"result": "succ", "refundedAmt": "6.00", "refundCount": "1"})
}

func TestFaultsHitOnlyTheirKindOfMessage(t *testing.T) {
	b := newBench(t)
	b.control("faults", obj{"refuse": 1, "trans_type": onetrans.TransRefund})
	wantFields(t, b.send(onetrans.TransRecharge, rechargeOf(patient(), "C1", "10")), map[string]string{"result": "init"})
	wantCode(t, b.send(onetrans.TransRefund, refundOf(patient(), "C1", "R1", "1.00")), "610099")
}

func TestFaultsRepeatBySeed(t *testing.T) {
	run := func(seed int) (codes []string) {
		b := newBench(t)
		b.control("faults", obj{"seed": seed, "refuse": 0.5})
		for range 32 {
			codes = append(codes, b.ask("C1").Code)
		}
		return codes
	}
	first := run(7)
	if !slices.Equal(first, run(7)) {
		t.Error("the same seed gave other faults")
	}
	if slices.Equal(first, run(8)) || !slices.Contains(first, "610099") || !slices.Contains(first, "000000") {
		t.Errorf("faults %v", first)
	}
}

func TestTurningOneFaultUpDoesNotMoveTheOthers(t *testing.T) {
	draw := func(set Faults) (hits []bool) {
		var f faulter
		f.use(set)
		for range 64 {
			hits = append(hits, f.draw("x").dropAnswer)
		}
		return hits
	}
	if !slices.Equal(draw(Faults{Seed: 3, DropAnswer: 0.3}), draw(Faults{Seed: 3, DropAnswer: 0.3, Garble: 0.9, Refuse: 0.5})) {
		t.Error("other faults moved this one")
	}
}

// A copy of a message that was refused gets the refusal again: the network must
// not make a success of what its sender has heard to be nothing.
func TestACopyOfWhatWasRefusedIsRefused(t *testing.T) {
	b := newBench(t)
	sealed := b.seal(b.plain("M1", onetrans.TransRecharge, rechargeOf(patient(), "C1", "10")))
	b.control("faults", obj{"refuse": 1})
	for range 2 {
		r, err := b.post(t.Context(), sealed)
		if err != nil {
			t.Fatal(err)
		}
		wantCode(t, r, "610099")
		b.control("faults", obj{})
	}
	wantFields(t, b.ask("C1"), map[string]string{"result": "notfound"})
}

// A platform that looks for refunds by their card answers about the newest one.
func TestAQueryWithoutItsEchoIsAboutTheNewestRefund(t *testing.T) {
	b := newBench(t)
	b.paid("C1", "20")
	b.send(onetrans.TransRefund, refundOf(patient(), "C1", "R1", "5.00"))
	b.send(onetrans.TransRefund, refundOf(patient(), "C1", "R2", "3.00"))
	for fault, echo := range map[string]string{"no_echo": "", "wrong_echo": "R2"} {
		b.control("faults", obj{fault: 1})
		for _, no := range []string{"R1", "never sent"} {
			wantFields(t, b.send(onetrans.TransQuery, queryOf(patient(), onetrans.TransRefund, no)),
				map[string]string{"result": "succ", "outRefundNo": echo, "refundedAmt": "8.00"})
		}
	}
	b.control("faults", obj{})
	wantFields(t, b.send(onetrans.TransQuery, queryOf(patient(), onetrans.TransRefund, "R1")), map[string]string{"outRefundNo": "R1"})
}

// What a platform unsays is still in its book: queries alone don't tell.
func TestAPlatformUnsaysWhatItSaid(t *testing.T) {
	b := newBench(t)
	b.paid("C1", "20")
	b.send(onetrans.TransRefund, refundOf(patient(), "C1", "R1", "5.00"))
	for _, result := range []string{"notfound", "fail", "closed"} {
		b.control("faults", obj{"unsay": obj{"C1": result, "R1": result}})
		wantFields(t, b.ask("C1"), map[string]string{"result": result})
		wantFields(t, b.send(onetrans.TransQuery, queryOf(patient(), onetrans.TransRefund, "R1")), map[string]string{"result": result, "outRefundNo": "R1"})
		wantFields(t, b.send(onetrans.TransRefund, refundOf(patient(), "C1", "R1", "5.00")), map[string]string{"result": "succ", "refundedAmt": "5.00"})
	}
	b.control("faults", obj{})
	wantFields(t, b.ask("C1"), map[string]string{"result": "succ"})
	if status, _ := b.control("faults", obj{"unsay": obj{"C1": "succ"}}); status != http.StatusBadRequest {
		t.Errorf("succ unsays nothing: %d", status)
	}
}

// One order, or one refund's, can be looked up without all the others.
func TestTheControlDoorListsOneOrder(t *testing.T) {
	b := newBench(t)
	b.paid("C1", "20")
	b.paid("C2", "20")
	b.send(onetrans.TransRefund, refundOf(patient(), "C1", "R1", "5.00").with("withdrawMode", "0"))
	for question, want := range map[string]string{
		"": "C1 C2", "?outChargeNo=C2": "C2", "?outRefundNo=R1": "C1 R1 by 0", "?outChargeNo=C9": "", "?outRefundNo=R9": "",
	} {
		var list []orderList
		_, answer := b.control("orders"+question, nil)
		if err := json.Unmarshal(answer, &list); err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, o := range list {
			got = append(got, o.OutChargeNo)
			if question == "?outRefundNo=R1" {
				got = append(got, o.Refunds[0].OutRefundNo, "by", o.Refunds[0].WithdrawMode)
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%q lists %v, want %s", question, got, want)
		}
	}
}

// A probability is one, and nothing else is taken for it.
func TestAnEchoFaultIsAProbability(t *testing.T) {
	b := newBench(t)
	for _, fault := range []string{"no_echo", "wrong_echo"} {
		for p, want := range map[float64]int{-0.1: http.StatusBadRequest, 0: http.StatusOK, 1: http.StatusOK, 1.1: http.StatusBadRequest} {
			if status, _ := b.control("faults", obj{fault: p}); status != want {
				t.Errorf("%s of %v: %d, want %d", fault, p, status, want)
			}
		}
	}
}
