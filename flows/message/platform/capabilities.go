package platform

// Capabilities says what a platform can do; the core adapts to it.
type Capabilities struct {
	Close  bool // knows hop.trade.close
	Hold   bool // holds a query's answer for waitSeconds
	Phases bool // settles in phases, each of which we call
}

// Capabilities are those of a platform that speaks the wire.
func (c *Client) Capabilities() Capabilities {
	return Capabilities{Close: true, Hold: true, Phases: true}
}
