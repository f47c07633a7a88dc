// Command docs writes the documentation that comes from the code: the flows'
// and the trades' diagrams, out of their tables.
package main

import (
	"flag"
	"fmt"
	"os"
	"strings"

	"onetrans/flows/identify"
	"onetrans/flows/kiosk"
	"onetrans/flows/recharge"
	"onetrans/flows/txn"
)

func main() {
	path := flag.String("flows", ".github/docs/flows.md", "where the flows' diagrams go")
	flag.Parse()
	if err := os.WriteFile(*path, []byte(flows()), 0o644); err != nil {
		fmt.Fprintln(os.Stderr, "docs:", err)
		os.Exit(1)
	}
}

// flows is the page of all diagrams.
func flows() string {
	var b strings.Builder
	b.WriteString("# Flows\n\nDrawn from their tables by `make docs`; a test holds this page against them.\n")
	for _, d := range []struct{ title, about, diagram string }{
		{"The kiosk", "Who has the screen. The flows below run inside `identifying` and `recharging`.", kiosk.Table().Diagram(kiosk.Attracting)},
		{"Identify", "Who is it (mdtrt_cert_type 09).", identify.Table().Diagram(identify.Choosing)},
		{"Recharge", "Amount, confirmation, code, and what became of it.", recharge.Table().Diagram(recharge.Entering)},
		{"A recharge in the transaction core", "What each word of the platform, and each silence, proves.", txn.RechargeDiagram()},
	} {
		fmt.Fprintf(&b, "\n## %s\n\n%s\n\n```mermaid\n%s```\n", d.title, d.about, d.diagram)
	}
	return b.String()
}
