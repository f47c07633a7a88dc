package platform

// Capabilities says what a driver can do; flows follow it.
type Capabilities struct {
	Close  bool // knows hop.trade.close
	Hold   bool // holds a query's answer for waitSeconds
	Phases bool // settles in phases, each called by us
}

// Capabilities of a platform that speaks the wire.
func (c *Client) Capabilities() Capabilities {
	return Capabilities{Close: true, Hold: true, Phases: true}
}
