package money

import (
	"testing"

	"onetrans/flows/message/onetrans"
)

func TestAmountsAsPeopleReadThem(t *testing.T) {
	for fen, want := range map[onetrans.Fen][2]string{
		0:            {"0.00", "0"},
		1:            {"0.01", "0.01"},
		50:           {"0.50", "0.50"},
		10000:        {"100.00", "100"},
		123456:       {"1,234.56", "1,234.56"},
		100000000:    {"1,000,000.00", "1,000,000"},
		-123456:      {"-1,234.56", "-1,234.56"},
		-10000:       {"-100.00", "-100"},
		999999999999: {"9,999,999,999.99", "9,999,999,999.99"},
	} {
		if got := Grouped(fen); got != want[0] {
			t.Errorf("Grouped(%d) = %q, want %q", fen, got, want[0])
		}
		if got := Short(fen); got != want[1] {
			t.Errorf("Short(%d) = %q, want %q", fen, got, want[1])
		}
	}
}
