// Package tour walks the kiosk's main job by itself, through its real widgets,
// a card in the virtual reader and the phone's page, and leaves a numbered
// screenshot of each screen.
package tour

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"onetrans/flows/view"
)

// patience is how long one screen may take to come.
const patience = 30 * time.Second

// settle is how long a new page needs to be drawn, before it is photographed.
const settle = 700 * time.Millisecond

// Hands are what the tour does things with.
type Hands struct {
	// Pages brings every page that is shown, the latest last.
	Pages <-chan view.Page
	// Tap taps the button that means this, as a finger would.
	Tap func(view.Tap) error
	// Insert puts the card in; Remove takes it out.
	Insert func(context.Context) error
	Remove func()
	// Pay pays what a QR code's text leads to, as a phone would.
	Pay func(ctx context.Context, code string) error
	// Shoot leaves a picture of the screen at the path.
	Shoot func(ctx context.Context, path string) error
}

// Tour is one walk.
type Tour struct {
	Hands
	Dir string

	page  view.Page
	shots int
}

// station is one screen of the walk, and how to go on from it.
type station struct {
	name  string
	here  func(view.Page) bool
	leave func(context.Context, *Tour) error
}

// Walk does the main job: an inpatient deposit of 200 yuan.
func (t *Tour) Walk(ctx context.Context) error {
	if err := os.MkdirAll(t.Dir, 0o755); err != nil {
		return err
	}
	for _, s := range stations() {
		if err := t.visit(ctx, s); err != nil {
			return fmt.Errorf("on the way to %q: %w", s.name, err)
		}
	}
	return nil
}

func stations() []station {
	return []station{
		{"attract", is[view.Attract], tap(view.Start, "")},
		{"home", is[view.Home], tap(view.PickService, string(view.ServiceInpatientDeposit))},
		{"identify", is[view.PickWay], tap(view.ChooseWay, string(view.WaySocialSecurityCard))},
		{"insert-card", is[view.Present], func(ctx context.Context, t *Tour) error { return t.Insert(ctx) }},
		{"check-person", is[view.Person], tap(view.Correct, "")},
		{"amount", is[view.Amount], tap(view.Quick, "2")},
		{"amount-entered", ready, tap(view.Next, "")},
		{"confirm", is[view.Confirm], tap(view.Pay, "")},
		{"cashier", is[view.Cashier], tap(view.LeavePay, "")},
		{"leave-payment", asks(view.AskLeavePay), tap(view.KeepPaying, "")},
		{"cashier-again", paying, func(ctx context.Context, t *Tour) error {
			return t.Pay(ctx, t.page.Content.(view.Cashier).QRCode)
		}},
		{"paid", is[view.Result], tap(view.Done, "")},
		{"take-card", is[view.TakeCard], func(_ context.Context, t *Tour) error { t.Remove(); return nil }},
		{"attract-again", is[view.Attract], nil},
	}
}

// visit waits for a screen, photographs it and goes on.
func (t *Tour) visit(ctx context.Context, s station) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for !s.here(t.page) {
		select {
		case t.page = <-t.Pages:
		case <-ctx.Done():
			return fmt.Errorf("%T is still there: %w", t.page.Content, ctx.Err())
		}
	}
	select {
	case <-time.After(settle):
	case <-ctx.Done():
		return ctx.Err()
	}
	t.shots++
	if err := t.Shoot(ctx, filepath.Join(t.Dir, fmt.Sprintf("%02d-%s.png", t.shots, s.name))); err != nil {
		return err
	}
	if s.leave == nil {
		return nil
	}
	return s.leave(ctx, t)
}

func tap(action view.Action, value string) func(context.Context, *Tour) error {
	return func(_ context.Context, t *Tour) error {
		err := t.Tap(view.Tap{Action: action, Value: value})
		if err != nil {
			err = errors.Join(fmt.Errorf("tapping %s", action), err)
		}
		return err
	}
}

func is[C view.Content](p view.Page) bool {
	_, ok := p.Content.(C)
	return ok
}

func ready(p view.Page) bool {
	a, ok := p.Content.(view.Amount)
	return ok && a.Ready
}

func asks(kind view.AskKind) func(view.Page) bool {
	return func(p view.Page) bool { return p.Ask != nil && p.Ask.Kind == kind }
}

func paying(p view.Page) bool { return is[view.Cashier](p) && p.Ask == nil }
