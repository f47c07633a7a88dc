package main

import (
	"fmt"
	"strings"

	"onetrans/flows/message/onetrans"
)

// interfacePage is the reference of the messages, made from their declared rules.
func interfacePage() string {
	var b strings.Builder
	b.WriteString("# The messages\n\nDrawn from the rules declared beside the Go types by `make docs`; a test holds this page against them.\n" +
		"The tables are the specification's. What stands under them as ours is in none of its tables: a platform may ignore it.\n")
	b.WriteString("\n## Common fields\n")
	writeRules(&b, "In", onetrans.CommonRules(onetrans.In))
	writeRules(&b, "Out", onetrans.CommonRules(onetrans.Out))
	for _, transType := range onetrans.TransTypes() {
		fmt.Fprintf(&b, "\n## %s\n", transType)
		writeRules(&b, "In", onetrans.Rules(transType, onetrans.In))
		writeRules(&b, "Out", onetrans.Rules(transType, onetrans.Out))
	}
	return b.String()
}

func writeRules(b *strings.Builder, direction string, rules []onetrans.Rule) {
	fmt.Fprintf(b, "\n### %s\n\n| node | code | name | type | length | required | when | may be |\n|---|---|---|---|---|---|---|---|\n", direction)
	var ours []string
	for _, r := range rules {
		if r.Ours() {
			ours = append(ours, "`"+strings.TrimPrefix(r.Node+"."+r.Code, ".")+"`")
			continue
		}
		var words string
		if direction == "In" && len(r.Allowed()) > 0 {
			words = "`" + strings.Join(r.Allowed(), "` `") + "`"
		}
		fmt.Fprintf(b, "| %s | `%s` | %s | %s | %s | %s | %s | %s |\n", r.Node, r.Code, r.Name, r.Type, r.Length, r.Required, r.When, words)
	}
	if len(ours) > 0 {
		fmt.Fprintf(b, "\nOurs: %s.\n", strings.Join(ours, ", "))
	}
}
