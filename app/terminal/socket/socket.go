// Package socket joins those who call a terminal with the process that owns
// it: one connection a call, on this machine, between processes of one user.
//
// Before a byte is said, both sides see that the other is the same user's, or
// root's, where the system says so; then they prove that they read the same
// secret, where the address has one, and agree on a version. Then the caller
// hands its call over in a single line, and gets a single line back. A command is
// handed over likewise, and answered in as many lines as it takes. Empty lines
// meanwhile say that the owner is alive.
package socket

import (
	"errors"
	"time"

	"onetrans/flows/message/onetrans"
)

// Versions of what is spoken here: the newest, and the oldest that is still
// understood, the second before it. Version 2 brought commands, 3 a word for who
// is turned away, 4 how long a caller waits, its window, and a call whose body says
// its trans_type.
const (
	version  = 4
	saysAway = 3
	oldest   = 2
)

// versions are the newest and the oldest version that one side speaks.
type versions struct{ newest, oldest int }

// spoken are this program's.
var spoken = versions{version, oldest}

// Version is the version of what is spoken here.
const Version = version

// Errors of a caller. What is none of them is a fault in the program.
var (
	// ErrNoOwner: nobody is there who takes calls. Nothing was handed over.
	ErrNoOwner = errors.New("nobody serves this terminal's calls")
	// ErrNoReply: somebody is there and says nothing, as one who was stopped.
	// Nothing was handed over.
	ErrNoReply = errors.New("the terminal's owner does not answer: see whether it was stopped, and start it anew")
	// ErrVersion: the owner speaks no version that the caller does. Nothing was
	// handed over.
	ErrVersion = errors.New("the terminal's owner is another version of this program: start it anew")
	// ErrLost: the owner has the call, and its answer did not come.
	ErrLost = errors.New("the owner was lost after the call was handed over")
)

// PlaceError: something else is where an owner's socket is to be. It is left alone.
type PlaceError struct{ Path string }

func (e *PlaceError) Error() string { return e.Path + " is no socket, and is left alone" }

// Words are the key of the error's words for persons, and what fills them in.
func (e *PlaceError) Words() (key string, values []string, behind error) {
	return "socket_place", []string{"file", e.Path}, nil
}

// Answer is what comes back.
type Answer struct {
	Out    []byte `json:"out"` // pOutData, GBK
	Exit   int    `json:"exit"`
	Theirs bool   `json:"theirs,omitzero"` // in shadow: another vendor's, which is no GBK or no JSON perhaps
}

// away stands in the place of an answer where the owner did not take what was
// handed over: it has not begun, and won't.
type away struct {
	Away bool `json:"away"`
}

// reply is what comes in the place of a call's answer.
type reply struct {
	Answer
	Away bool `json:"away,omitzero"`
}

var errAway = errors.New("the owner did not take it")

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
	firstTime = time.Second // to say a first byte
	helloTime = 2 * time.Second
	callTime  = 5 * time.Second // to hand the call over
	// beat is how often a working owner says that it is alive, silence how
	// long it may not.
	beat       = 5 * time.Second
	silence    = 30 * time.Second
	answerTime = 10 * time.Second // to take the answer
)
