// Package money formats amounts for people.
package money

import (
	"strings"

	"onetrans/flows/message/onetrans"
)

// Grouped is an amount in yuan with two decimals and a thousands separator:
// "1,200.00".
func Grouped(f onetrans.Fen) string {
	yuan, cents, _ := strings.Cut(f.String(), ".")
	return group(yuan) + "." + cents
}

// Short is [Grouped] without superfluous decimals: "5,000", "0.50".
func Short(f onetrans.Fen) string {
	return strings.TrimSuffix(Grouped(f), ".00")
}

func group(yuan string) string {
	sign := ""
	if strings.HasPrefix(yuan, "-") {
		sign, yuan = "-", yuan[1:]
	}
	for i := len(yuan) - 3; i > 0; i -= 3 {
		yuan = yuan[:i] + "," + yuan[i:]
	}
	return sign + yuan
}
