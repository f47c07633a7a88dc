package txn

// RechargeDiagram draws the table of a recharge's states, in Mermaid's notation.
func RechargeDiagram() string { return rechargeTable().Diagram(draft) }

// RefundDiagram draws the table of a refund's states, in Mermaid's notation.
func RefundDiagram() string { return refundTable().Diagram(draft) }

// SettleDiagram draws the table of a settlement's states, in Mermaid's notation.
func SettleDiagram() string { return settleTable().Diagram(draft) }

// CancelDiagram draws the table of a cancellation's states, in Mermaid's notation.
func CancelDiagram() string { return cancelTable().Diagram(draft) }

// BalanceDiagram draws the table of a refunded balance's states, in Mermaid's notation.
func BalanceDiagram() string { return balanceTable().Diagram(draft) }
