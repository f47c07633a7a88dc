package txn

// RechargeDiagram draws the table of a recharge's states, in Mermaid's notation.
func RechargeDiagram() string { return rechargeTable().Diagram(draft) }
