package platform

// Capabilities says what a platform can do; the core and the doors adapt to it.
type Capabilities struct {
	Close  bool // knows hop.trade.close
	Hold   bool // holds a query's answer for waitSeconds
	Phases bool // settles in phases, each of which we call; else in one call of its own

	// Repeats: a charge that is sent again under its number is the same charge, and a
	// settlement or its cancellation repeats its answer.
	Repeats bool

	OwnCashier bool // collects payments on a page of its own
	OwnReaders bool // reads cards and codes itself, on a page of its own
}

// Capabilities are those of a platform that speaks the wire.
func (c *Client) Capabilities() Capabilities {
	return Capabilities{Close: true, Hold: true, Phases: true, Repeats: true}
}
