package view

import (
	"math"
	"time"
)

// How long a screen waits for a person who does nothing: what the ring in the
// frame counts (limit in flows/kiosk/idle.go). A screen that asks for something
// waits as long as ui.timeout_s says; for who reads in large text, all but the
// question is doubled.
const (
	AskPatience    = 20 * time.Second // 'are you still there?' waits for an answer
	ResultPatience = 30 * time.Second // what came of it stays to be read
	GlancePatience = 10 * time.Second // what is not final stays, where HIS waits for it
)

// How long a code is on the screen: what the countdown beside it counts (deadline
// in flows/cashier). An order's code is good until the time that the platform says.
const (
	OrderCodePatience     = 5 * time.Minute // of an order whose time the platform did not say
	AuthoriseCodePatience = 2 * time.Minute // to authorise a health card with: the platform never says
)

// How long money may be unheard of before a person is told that nothing is known.
const (
	SilencePatience = 20 * time.Second // the platform does not answer
	ExpiryPatience  = 5 * time.Second  // after the order's own time
	// DoubtPatience is how long HIS's call then goes on asking, where the
	// configuration (pay.unknown_wait_s) says nothing else.
	DoubtPatience = time.Minute
)

// How long a person waits for the platform's answer before they hear that there is none.
const (
	LookUpPatience    = 15 * time.Second // who is it
	OrderPatience     = 20 * time.Second // a code to pay with
	CheckPatience     = 8 * time.Second  // 'I have paid, look again'
	ClosePatience     = 12 * time.Second // closing an order, undoing a pre-settlement
	PreSettlePatience = 30 * time.Second // looking up, registering and pre-settling
	ConfirmPatience   = 30 * time.Second // settling for good
)

// How long readers and the platform are left alone.
const (
	ReaderPause    = 2 * time.Second // before a reader that failed is tried again
	AuthorisePause = 2 * time.Second // between two questions of what became of an authorisation
	// CardPatience is after how long a card that was there before is told of: longer
	// than a reader takes to say that there is none, or that it is away itself.
	CardPatience = 3 * time.Second
	// ClockSlack is how much sooner than by our clock the platform may close an order.
	ClockSlack = 2 * time.Second
)

// Tick is how often time goes by for the flows (flow.Waited).
const Tick = time.Second

// LongWait is when a screen starts to say what it waits for.
const LongWait = 8 * time.Second

// WholeSeconds rounds up, so that a screen says 0 only when the time is over.
func WholeSeconds(d time.Duration) int { return max(0, int(math.Ceil(d.Seconds()))) }
