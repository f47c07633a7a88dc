// Package socket joins those who call a terminal with the process that owns
// it: one connection a call, on this machine, between processes of one user.
//
// Both sides first prove that they read the same secret, where the address has
// one; then the caller hands its call over in a single line, and gets a single
// line back. A command is handed over likewise, and answered in as many lines as
// it takes. Empty lines meanwhile say that the owner is alive.
package socket

import (
	"errors"
	"time"

	"onetrans/flows/onetrans"
)

// version is of what is spoken here; another is not talked to.
const version = 2

// Errors of a caller. What is neither is a fault in the program.
var (
	// ErrNoOwner: nobody is there who takes calls. Nothing was handed over.
	ErrNoOwner = errors.New("nobody serves this terminal's calls")
	// ErrLost: the owner has the call, and its answer did not come.
	ErrLost = errors.New("the owner was lost after the call was handed over")
)

// Call is what is handed over.
type Call struct {
	TransType string `json:"trans_type"`
	// In is pInData, GBK, at most [onetrans.MaxMessage].
	In []byte `json:"in"`
	// Buffer is how many bytes the answer may have; 0: no limit.
	Buffer int `json:"buffer,omitzero"`
}

// Answer is what comes back.
type Answer struct {
	Out  []byte `json:"out"` // pOutData, GBK
	Exit int    `json:"exit"`
}

// Bounds of a line, in bytes: a whole message in base64 and its frame. GBK may
// have six bytes where UTF-8, whose length is bounded, has two.
const (
	maxHello  = 512
	maxCall   = onetrans.MaxMessage/3*4 + 4096
	maxAnswer = 3 * maxCall
)

// How long the other side may take.
const (
	dialTime  = 500 * time.Millisecond
	helloTime = 2 * time.Second
	callTime  = 5 * time.Second // to hand the call over
	// beat is how often a working owner says that it is alive, silence how
	// long it may not.
	beat       = 5 * time.Second
	silence    = 30 * time.Second
	answerTime = 10 * time.Second // to take the answer
)
