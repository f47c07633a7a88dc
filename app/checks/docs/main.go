// Command docs generates the documentation that is made from the code: the diagrams
// of flows and trades from their tables, and the reference of the messages from
// their declared rules. With -windows it writes the pages of the zip for Windows.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"onetrans/flows/authorise"
	"onetrans/flows/cashier"
	"onetrans/flows/core/txn"
	"onetrans/flows/identify"
	"onetrans/flows/kiosk"
	"onetrans/flows/message/onetrans"
	"onetrans/flows/recharge"
	"onetrans/flows/settle"
)

func main() {
	folder := flag.String("folder", ".github/docs", "where the pages go")
	windows := flag.String("windows", "", "a folder that gets instead what is to be read in the zip for Windows")
	flag.Parse()
	if *windows != "" {
		if err := writeZipFiles(".", *windows); err != nil {
			fmt.Fprintln(os.Stderr, "docs:", err)
			os.Exit(1)
		}
		return
	}
	for name, page := range pages() {
		if err := os.WriteFile(filepath.Join(*folder, name), []byte(page), 0o644); err != nil {
			fmt.Fprintln(os.Stderr, "docs:", err)
			os.Exit(1)
		}
	}
}

// pages are all generated pages.
func pages() map[string]string {
	return map[string]string{"flows.md": flows(), "interface.md": interfacePage()}
}

// flows is the page with all diagrams.
func flows() string {
	var b strings.Builder
	b.WriteString("# Flows\n\nDrawn from their tables by `make docs`; a test holds this page against them.\n")
	for _, d := range []struct{ title, about, diagram string }{
		{"The kiosk", "Who has the screen. An arrow that bears a flow's name is where that flow, drawn below, leads to.", kiosk.Table().Diagram(kiosk.Attracting)},
		{"Identify", "Who is it (mdtrt_cert_type 09).", identify.Table().Diagram(identify.Choosing)},
		{"Authorise", "A phone lets the hospital use an electronic health card.", authorise.Table().Diagram(authorise.Asking)},
		{"The cashier", "What a top-up and a settlement have in common: the code, the wait, leaving, and doubt.", cashier.Table().Diagram(cashier.Scanning, cashier.Ordering)},
		{"Settle", "Which bills, what they come to, the payment of the rest, and what became of it.", settle.Table().Diagram(settle.Calculating)},
		{"Recharge", "Amount, confirmation, code, and what became of it.", recharge.Table().Diagram(recharge.Entering, recharge.AtCashier)},
		{"A recharge in the transaction core", "What each word of the platform, and each silence, proves.", txn.Diagram(onetrans.TransRecharge)},
		{"A refund in the transaction core", "Under one number for life, asked for before it is sent again.", txn.Diagram(onetrans.TransRefund)},
		{"A settlement in the transaction core", "Its phases, and the ways to leave it.", txn.Diagram(onetrans.TransSettle)},
		{"A cancellation in the transaction core", "Complete when the person's own share was given back.", txn.Diagram(onetrans.TransSettleCancel)},
		{"A refunded balance in the transaction core", "It is made of refunds, one for each order that it gives back of.", txn.Diagram(txn.KindBalance)},
	} {
		fmt.Fprintf(&b, "\n## %s\n\n%s\n\n```mermaid\n%s```\n", d.title, d.about, d.diagram)
	}
	return b.String()
}
