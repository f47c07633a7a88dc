//go:build e2e

package e2e

import (
	"fmt"
	"time"

	"onetrans/app/checks/tour"
	"onetrans/flows/view"
)

// step is one thing a person does: they see a page, and do something there.
type step struct {
	sees string
	does func(*world) error
}

func touch(page string, action view.Action, value string) step {
	return step{page, func(w *world) error { return w.tap(page, action, value) }}
}

// untilCode leads from the attract screen to the code on the screen.
func untilCode() []step {
	return []step{
		touch("attract", view.Start, ""),
		touch("home", view.PickService, string(view.ServiceInpatientDeposit)),
		touch("identify", view.ChooseWay, string(view.WaySocialSecurityCard)),
		{"insert", func(w *world) error { w.insert(nil); return nil }},
		touch("person", view.Correct, ""),
		touch("amount", view.Quick, "2"),
		touch("amount entered", view.Next, ""),
		touch("confirm", view.Pay, ""),
	}
}

// follow does the steps, and says at which screen it went wrong.
func (w *world) follow(steps []step) error {
	for _, s := range steps {
		if err := w.await(s.sees, 15*time.Second); err != nil {
			return err
		}
		if err := s.does(w); err != nil {
			return fmt.Errorf("on page %s: %w", s.sees, err)
		}
	}
	return nil
}

// toCode brings the code on the screen, and reads it.
func (w *world) toCode() (code string, err error) {
	if err := w.follow(untilCode()); err != nil {
		return "", err
	}
	if err := w.await("cashier", 15*time.Second); err != nil {
		return "", err
	}
	return w.readCode()
}

// mainJob does all of it: a card in, the code paid, the result on the screen.
func (w *world) mainJob(pay func(*world, string) error) error {
	code, err := w.toCode()
	if err != nil {
		return err
	}
	if err := pay(w, code); err != nil {
		return err
	}
	return w.await("result", 15*time.Second)
}

// byPhone pays on the page that the code leads to.
func byPhone(w *world, code string) error { return tour.Phone(w.t.Context(), code) }
