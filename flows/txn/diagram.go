package txn

// RechargeDiagram draws the table of a recharge's states, in Mermaid's notation.
func RechargeDiagram() string { return rechargeTable().Diagram(draft) }

// RefundDiagram draws the table of a refund's states, in Mermaid's notation.
func RefundDiagram() string { return refundTable().Diagram(draft) }
