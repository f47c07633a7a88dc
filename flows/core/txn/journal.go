package txn

import (
	"context"
	"time"

	"onetrans/flows/message/onetrans"
	"onetrans/flows/message/platform"
)

// Entry is one event of a trade, to be kept for good.
type Entry struct {
	At    time.Time `json:"at"`
	Kind  string    `json:"kind,omitzero"` // the trade's trans_type
	No    string    `json:"no"`
	Event string    `json:"event"`
	State string    `json:"state"`
	// Note says in a word what the event brought: a code, a message's fate.
	Note string `json:"note,omitempty"`
	// By is the person whose word the event is; empty when it is nobody's.
	By string `json:"by,omitzero"`
}

// Journal is where trades are kept.
type Journal interface {
	// Write makes the entry and the trade as it now stands durable, both or
	// neither, before it returns.
	Write(Entry, Trade) error
	// Trade finds a trade by its kind and number. One that was moved to an
	// archive is [ErrArchived].
	Trade(transType, no string) (Trade, bool, error)
	// Related lists the trades that have ref among their Refs; it may list
	// some that had it once.
	Related(ref string) ([]Trade, error)
	// Open lists the trades that are not final. Its cost follows their number.
	Open() ([]Trade, error)
}

// Platform is what the core needs of a driver.
type Platform interface {
	// Call sends one message and waits for its answer. [platform.ErrNotSent]
	// means that the connection never opened; any other error, that a
	// message may have been taken and no normal answer came.
	Call(ctx context.Context, request onetrans.Request) (onetrans.Answer, error)
	Capabilities() platform.Capabilities
}
