package view

import "strings"

// Slip is how the receipt of a page stands; zero where none is offered. What
// becomes of it says nothing about the money.
type Slip struct {
	State SlipState
	// Problem says why it was not printed; empty unless it failed.
	Problem SlipProblem
}

// SlipState names how far a receipt has come.
type SlipState string

// How far a receipt may have come.
const (
	SlipOffered  SlipState = "offered"
	SlipPrinting SlipState = "printing"
	SlipPrinted  SlipState = "printed"
	SlipFailed   SlipState = "failed"
)

// SlipProblem names what kept a receipt from being printed.
type SlipProblem string

// What can keep a receipt from being printed.
const (
	SlipNoPaper   SlipProblem = "no_paper"
	SlipCoverOpen SlipProblem = "cover_open"
	SlipNoPrinter SlipProblem = "no_printer" // it does not answer, or is out of order
)

// WalletOf is the translation key of a wallet, by its key or by the channel
// code that a platform gives (WX_QR, ALI_BAR, UNION_QR); empty when nobody knows it.
func WalletOf(channel string) string {
	family, _, _ := strings.Cut(strings.ToUpper(channel), "_")
	switch family {
	case "WX", "WECHAT":
		return "wechat"
	case "ALI", "ALIPAY":
		return "alipay"
	case "UNION", "UNIONPAY", "UP":
		return "unionpay"
	}
	return ""
}
