package journal

import (
	"errors"
	"strings"
	"testing"

	"onetrans/flows/receipt"
)

// A slip's proof covers its number, amount, state and time: whoever changes one of
// them is found out.
func TestAChangedSlipIsFoundOut(t *testing.T) {
	w := newWorld(t)
	facts := receipt.Facts{Kind: receipt.Recharged, No: "1", Amount: 20000, At: now}
	head, err := w.s.Head()
	if err != nil {
		t.Fatal(err)
	}
	printed := (&receipt.Head{Sequence: head.Seq, Value: head.Value, Proof: w.s.Slip(head.Seq, facts.Proven()...)}).Short()
	said := func(no, amount, at, code string) error {
		_, err := w.run("verify", "--receipt", code, "--number", no, "--amount", amount, "--time", at)
		return err
	}
	const at = "2026-03-05 07:30"
	out, err := w.run("verify", "--receipt", printed, "--number", "1", "--amount", "200.00", "--time", at)
	if err != nil || !strings.Contains(out, "the receipt is genuine: "+w.words.Say("receipt.recharged.title")) {
		t.Errorf("%v\n%s", err, out)
	}
	other := printed[:len(printed)-1] + string("01"[1-strings.IndexByte("01", printed[len(printed)-1])&1])
	for what, err := range map[string]error{
		"number": said("2", "200.00", at, printed),
		"amount": said("1", "2000.00", at, printed),
		"time":   said("1", "200.00", "2026-03-05 07:31", printed),
		"proof":  said("1", "200.00", at, other),
		"head":   said("1", "200.00", at, strings.Replace(printed, "-", "-00", 1)[:len(printed)]),
	} {
		if err == nil {
			t.Errorf("another %s is taken", what)
		}
	}
	facts.Kind = receipt.RechargeDoubt
	doubt := (&receipt.Head{Sequence: head.Seq, Value: head.Value, Proof: w.s.Slip(head.Seq, facts.Proven()...)}).Short()
	if out, err := w.run("verify", "--receipt", doubt, "--number", "1", "--amount", "200.00", "--time", at); err != nil || strings.Contains(out, "right: "+w.words.Say("receipt.recharged.title")+" "+w.words.Say("receipt.recharged.state")) {
		t.Errorf("another state is taken: %v\n%s", err, out)
	}
	if _, err := w.run("verify", "--receipt", printed); !errors.Is(err, ErrSlipSays) {
		t.Errorf("without what it says: %v", err)
	}
}

// An older slip has no proof of what it says, and is told to be one.
func TestAnOlderSlipVerifiesAsWhatItIs(t *testing.T) {
	w := newWorld(t)
	head, err := w.s.Head()
	if err != nil {
		t.Fatal(err)
	}
	printed := (&receipt.Head{Sequence: head.Seq, Value: head.Value}).Short()
	if out, err := w.run("verify", "--receipt", printed); err != nil || !strings.Contains(out, "old form") {
		t.Errorf("%v\n%s", err, out)
	}
}

// What is wrong with a receipt's code is no fault of the journal's: nobody is told
// to adopt anything.
func TestAMistypedReceiptIsNoFaultOfTheJournals(t *testing.T) {
	for _, spoken := range []string{"en", "zh-CN"} {
		w := newWorld(t)
		w.words = language(t, spoken)
		for _, code := range []string{"2:00000000", "99-00000000", "2-00000000-0102030405"} {
			out, err := w.run("verify", "--receipt", code, "--number", "1", "--amount", "1.00", "--time", "2026-03-05 07:30")
			if !errors.Is(err, ErrSlip) || strings.Contains(err.Error(), "adopt") || !strings.Contains(out, w.words.Say("journal.verify.whole")) {
				t.Errorf("%s: %v\n%s", code, err, out)
			}
		}
	}
}
