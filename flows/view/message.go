package view

import (
	"fmt"
	"time"
)

// Version is what the owner of a terminal and the window that draws for it speak.
// Any change of a message, a page or a content is another version: the two are one
// executable, but for an update under a running owner.
const Version = 2

// ExitNoGraphics is the exit status of a window that can't draw on its display: without
// OpenGL another one could not either.
const ExitNoGraphics = 5

// ToWindow is a message from the owner to the window. Exactly one of Setup, Page,
// Hide, Beat and Press is there.
type ToWindow struct {
	// Setup is the first message, and no other.
	Setup *Setup `json:"setup"`
	// Page is drawn whole, and shows the window if it is hidden. Number is the
	// page's own: from 1, each higher than the one before.
	Page   *Page  `json:"page"`
	Number uint64 `json:"n"`
	// Over is the window of the call's caller, in front of which the page is shown and
	// which gets the focus back; 0: none.
	Over uint64 `json:"over"`
	// Hide takes the window off the screen, and the last person's page out of it.
	Hide bool `json:"hide"`
	// Beat, from 1, is answered with the same number by the goroutine that draws.
	Beat uint64 `json:"beat"`
	// Press taps the button that means this, as a finger would, where the setup
	// allows a tour. It is answered with Pressed.
	Press *Tap `json:"press"`
}

// Setup is all that a window knows of the terminal for which it draws.
type Setup struct {
	// Version is [Version].
	Version int `json:"v"`
	// Language is the one of the page that waits for someone, until a page comes.
	Language Language `json:"language"`
	// Inches is the panel's diagonal.
	Inches float64 `json:"inches"`
	// Landscape: a window that does not fill the screen lies on its side.
	Landscape  bool `json:"landscape"`
	Fullscreen bool `json:"fullscreen"`
	// Hidden: the window comes onto the screen with the first page of a call, not
	// before, and is no kiosk's.
	Hidden bool `json:"hidden"`
	// Hospital is the name in the frame.
	Hospital string `json:"hospital"`
	// Demo: the platform is the sandbox, and every page says so.
	Demo bool `json:"demo"`
	// HelpPlace and HelpPhone tell where help is; empty where nobody said.
	HelpPlace string `json:"help_place"`
	HelpPhone string `json:"help_phone"`
	// CounterPlace is where a cashier sits; empty for 'the payment counter'.
	CounterPlace string `json:"counter_place"`
	// Keys: the scanner plays keyboard, so that the owner wants every key.
	Keys bool `json:"keys"`
	// Tour: Press is taken.
	Tour bool `json:"tour"`
}

// FromWindow is a message from the window to the owner. Exactly one of Ready, Tap,
// Key, Beat, Pressed and Closed is there.
type FromWindow struct {
	// Ready is [Version], once the window draws; it comes first.
	Ready int `json:"ready"`
	// Tap is what a person did, and Number that of the page which they saw. The
	// page that is shown by now may be another: see [SameKind].
	Tap    *Tap   `json:"tap"`
	Number uint64 `json:"n"`
	// Key is a key of the keyboard that the scanner plays.
	Key *Stroke `json:"key"`
	// Beat answers the owner's.
	Beat uint64 `json:"beat"`
	// Pressed answers Press: whether there was such a button, that could be tapped.
	Pressed *bool `json:"pressed"`
	// Closed: the person wants the window gone. The owner decides.
	Closed bool `json:"closed"`
}

// Stroke is a key, and when it came: a scanner is known by its rhythm.
type Stroke struct {
	// Rune is the character; '\n' for Enter, '\t' for Tab.
	Rune rune `json:"rune"`
	// At is on the window's own clock, in nanoseconds since that began. It never
	// jumps, as the system's may. [Clock] says what that is in the owner's time.
	At int64 `json:"at"`
}

// Clock tells the owner when something was that came with a time of one window's
// clock. The zero value is for a window that has just been started.
type Clock struct {
	began time.Time
	last  int64
}

// apart is how long after another a key can be part of no burst.
const apart = time.Second

// Time is when a window that tells it now says that it was. It keeps the distance
// between two keys that may be of one burst to the nanosecond, however long they
// took, and is late by no more than the quickest line took so far.
func (c *Clock) Time(at int64) time.Time {
	began := time.Now().Add(-time.Duration(at))
	if c.began.IsZero() || at-c.last >= int64(apart) && began.Before(c.began) {
		c.began = began
	}
	c.last = at
	return c.began.Add(time.Duration(at))
}

// check says what a message lacks, or has too much.
func (m ToWindow) check() error {
	switch {
	case m.Setup != nil && m.Setup.Version != Version:
		return ErrVersion
	case count(m.Setup != nil, m.Page != nil, m.Hide, m.Beat != 0, m.Press != nil) != 1:
		return fmt.Errorf("%w: not one thing to do", ErrLine)
	case m.Page != nil && m.Page.Content == nil:
		return fmt.Errorf("%w: a page of nothing", ErrLine)
	case (m.Page != nil) != (m.Number != 0), m.Page == nil && m.Over != 0:
		return fmt.Errorf("%w: a number for each page", ErrLine)
	}
	return nil
}

func (m FromWindow) check() error {
	switch {
	case m.Ready != 0 && m.Ready != Version:
		return ErrVersion
	case count(m.Ready != 0, m.Tap != nil, m.Key != nil, m.Beat != 0, m.Pressed != nil, m.Closed) != 1:
		return fmt.Errorf("%w: not one thing that happened", ErrLine)
	case (m.Tap != nil) != (m.Number != 0):
		return fmt.Errorf("%w: a number for each tap", ErrLine)
	case m.Key != nil && m.Key.At < 0:
		return fmt.Errorf("%w: a key of the future", ErrLine)
	}
	return nil
}

func count(there ...bool) (n int) {
	for _, is := range there {
		if is {
			n++
		}
	}
	return n
}
