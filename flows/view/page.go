// Package view says what stands on the terminal's screen and what a person
// can do there. Flows make pages; the interface draws them and reports taps.
// Pages hold data and kinds, never sentences: those are in the translations.
//
// Who makes pages and who draws them are two processes. [ToWindow] and [FromWindow]
// are what they tell each other, a line each.
package view

import "time"

// Page is one screen: its content, in the frame that all screens share.
type Page struct {
	Content Content
	// Steps is the step bar; nil where a screen belongs to no sequence.
	Steps *Steps
	// Back and Home say whether the frame offers these ways out.
	Back, Home bool
	// Countdown is the ring in the frame; zero where the screen does not end by itself.
	Countdown Countdown
	// Ask is a question that covers the content and must be answered first; nil for none.
	Ask *Ask
	// Slip is how the receipt of this page stands; zero where there is none.
	Slip Slip
	// Single: the page serves a call of HIS. It leads nowhere else: the way home
	// is the way out.
	Single bool
	// Caller says for whom, and from where, such a page is.
	Caller Caller
	// Look is how the present person wants the screen to be.
	Look Look
}

// Caller is for whom a call of HIS is, and who in the hospital made it, so that
// whoever stands there can see whether it is theirs. All may be empty.
type Caller struct {
	Name string // masked
	Card string // the end of the card's or admission number
	From string // department and operator
}

// Content is what a screen shows: one of the types of this package.
type Content interface{ content() }

// Steps names the steps of a sequence by their translation keys, the present one by its index.
type Steps struct {
	Names []string
	Now   int
}

// Countdown is the time left on a screen, in whole seconds.
type Countdown struct{ Left, Total int }

// Running says whether there is time to show.
func (c Countdown) Running() bool { return c.Total > 0 }

// Look is what a person chose on the home screen; it lasts for that person only.
type Look struct {
	Language Language
	Large    bool // large text, fewer things
	Contrast bool // text at 7 : 1 and more
}

// Language is a translation file's name.
type Language string

// The languages that the program speaks.
const (
	Chinese Language = "zh-CN"
	English Language = "en"
)

// Ask is a question with two answers.
type Ask struct {
	Kind AskKind
	// Left is the time left to answer, in seconds; 0 when there is no limit.
	Left int
	// Charge is what the question is about, where it is about money.
	Charge ChargeLine
}

// AskKind names a question; its words are in the translations.
type AskKind string

// The questions. Each has one big answer that goes on and one that does not.
const (
	AskStillThere AskKind = "still_there" // Continue, or Home
	AskLeavePay   AskKind = "leave_pay"   // KeepPaying, or ReallyLeave
	AskPayAgain   AskKind = "pay_again"   // Back (the careful answer), or PayAnyway
)

// ChargeLine names a charge to a person.
type ChargeLine struct {
	Amount    string // yuan, two decimals, grouped: "1,200.00"
	Reference string // the number to tell at the counter
	At        time.Time
}
